"""Command line: ``python -m audit``. The exit code is 1 where anything is found, and 0 where nobody could be asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from audit import advisories, locks
from audit.locks import Pin

ROOT = Path(__file__).resolve().parents[1]
#: What pip says of a version that its maker took back.
YANKED = "yanked version"


def main() -> int:
    """Look at every lock, and say what is found and what could not be asked."""
    found, pins = [], set[Pin]()
    for path in locks.every(ROOT):
        mine, faults = locks.read(path)
        pins |= {*mine}
        found += faults
    print(f"locks: {len(pins)} packages, each of one version with its hashes" if not found else "locks: see below")
    found += [*weaknesses(sorted(pins)), *taken_back(ROOT / "requirements.lock")]
    print("\n".join(["FOUND:", *found]) if found else "nothing found")
    return int(bool(found))


def weaknesses(pins: Sequence[Pin], service: str = advisories.SERVICE) -> list[str]:
    """Return what is known of packages; where nobody answers, say so aloud and return nothing."""
    try:
        known = advisories.known(pins, service)
    except advisories.NotAskedError as error:
        print(f"NOT ASKED for known weaknesses: {error}; nothing is known of {len(pins)} packages", file=sys.stderr)
        return []
    print(f"weaknesses: asked of {len(pins)} packages")
    return [f"{pin.name}=={pin.version}: {', '.join(names)}: choose another version (`make lock`)"
            for pin, names in known.items()]  # fmt: skip


def taken_back(lock: Path) -> list[str]:
    """Return the versions that their makers took back, as pip names them; where it cannot ask, say so aloud."""
    words = "install --dry-run --ignore-installed --no-deps --require-hashes --quiet --disable-pip-version-check -r"
    told = subprocess.run([sys.executable, "-m", "pip", *words.split(), str(lock)], capture_output=True, text=True)
    if told.returncode:
        last = (told.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"NOT ASKED for versions that were taken back: pip says {last!r}", file=sys.stderr)
        return []
    print("versions taken back: asked")
    return [f"{line.strip()}: choose another version (`make lock`)" for line in said(told.stderr)]


def said(stderr: str) -> list[str]:
    """Return the lines in which pip names a version that was taken back.

    Examples
    --------
    >>> said("WARNING: The candidate selected for download or install is a yanked version: 'a' candidate\\nother")
    ["WARNING: The candidate selected for download or install is a yanked version: 'a' candidate"]
    """
    return [line for line in stderr.splitlines() if YANKED in line]


if __name__ == "__main__":
    sys.exit(main())
