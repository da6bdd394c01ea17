"""``python -m benchmarks.install WHEEL``: install it as a planner does, run the demo, write down what it takes.

In a clean environment, in folders of Hebrew with a blank, by the versions of ``requirements.lock``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.machine import ROOT, conditions
from benchmarks.measure import tell
from benchmarks.table import markdown, put, seconds

PAGE = ROOT / "docs" / "install.md"
EXTRAS = ("cluster", "h3", "interchange", "postgis")
#: [MB] Smaller packages are told together.
SHOWN_MB = 20.0
MEGA = 1e6
ROUNDS = 7
#: What each installed package takes, compiled files included.
SIZES = """
import json
from importlib.metadata import distributions
from pathlib import Path
sizes = {}
for one in distributions():
    paths = [Path(str(one.locate_file(file))) for file in one.files or ()]
    sizes[one.metadata["Name"].lower()] = sum(path.stat().st_size for path in paths if path.is_file())
print(json.dumps(sizes))
"""
STARTS = {
    "`python -c pass`, to compare": ["-c", "pass"],
    "`import geokehila`": ["-c", "import geokehila"],
    "`geokehila --help`": ["-m", "geokehila_cli", "--help"],
    "`from geokehila import Study`": ["-c", "from geokehila import Study"],
    "`from geokehila import run`": ["-c", "from geokehila import run"],
}


@dataclass(frozen=True)
class Place:
    """A clean environment."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Place:
        """Make one by this Python."""
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603
        return cls(folder)

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def run(self, *words: str, cwd: Path | None = None) -> str:
        """Return what its Python prints."""
        told = subprocess.run([str(self.python), *words], check=True, stdout=subprocess.PIPE, cwd=cwd or self.folder)  # noqa: S603
        return told.stdout.decode("utf-8")

    def install(self, what: str, pins: Path) -> None:
        """Install by pip, in the versions that are pinned."""
        quiet = ("-qq", "--disable-pip-version-check", "--constraint", str(pins))
        self.run("-m", "pip", "install", *quiet, what)

    def sizes(self) -> dict[str, int]:
        """Return the bytes of every package but pip."""
        found: dict[str, int] = json.loads(self.run("-c", SIZES))
        return {name: size for name, size in found.items() if name not in ("pip", "setuptools")}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.install", description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write the tables to {PAGE.relative_to(ROOT)}")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        texts = dict(_measured(asked.wheel.resolve(), Path(folder) / "התקנה נקייה"))
    for part, text in texts.items():
        print(f"{text}\n")
        if asked.write:
            put(part, text, PAGE)


def _measured(wheel: Path, folder: Path) -> list[tuple[str, str]]:
    folder.mkdir()
    pins = folder / "pins.txt"
    pins.write_text(pinned((ROOT / "requirements.lock").read_text(encoding="utf-8")), encoding="utf-8")
    begun = perf_counter()
    place = Place.make(folder / "venv")
    place.install(str(wheel), pins)
    tell(f"installed in {perf_counter() - begun:.0f} s")
    core = place.sizes()
    sizes = _sizes(core, _extras(place, wheel, pins, core))
    tell(sizes)
    starts = [(name, [_cpu_s(place, words) for _ in range(ROUNDS)]) for name, words in STARTS.items()]
    work = folder / "תכנון עירוני"
    work.mkdir()
    for which in ("first, the engine is compiled", "again"):
        starts.append((f"`geokehila demo`, {which}", [_cpu_s(place, ["-m", "geokehila_cli", "demo", "--quiet"], work)]))
    tell(f"page: {(work / 'maps' / 'neve-or' / 'index.html').stat().st_size / MEGA:.1f} MB")
    return [("sizes", sizes), ("starts", f"{_starts(starts)}\n\n{conditions()}")]


def _extras(place: Place, wheel: Path, pins: Path, core: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return what each extra adds to the core; what an earlier one brought is not counted again."""
    found, there = {}, {*core}
    for extra in EXTRAS:
        place.install(f"{wheel}[{extra}]", pins)
        found[extra] = {name: size for name, size in place.sizes().items() if name not in there}
        there |= {*found[extra]}
    return found


def _sizes(core: Mapping[str, int], extras: Mapping[str, Mapping[str, int]]) -> str:
    heads = ("", "packages", "MB", f"of which above {SHOWN_MB:g} MB")
    rows = [("core", core), *((f"`geokehila[{extra}]` adds", added) for extra, added in extras.items())]
    return markdown(heads, [(name, str(len(sizes)), f"{_mb(sizes):,.0f}", _largest(sizes)) for name, sizes in rows])


def _largest(sizes: Mapping[str, int]) -> str:
    shown = sorted(((size / MEGA, name) for name, size in sizes.items()), reverse=True)
    return ", ".join(f"{name} {size:.0f}" for size, name in shown if size > SHOWN_MB)


def _mb(sizes: Mapping[str, int]) -> float:
    return sum(sizes.values()) / MEGA


def _starts(starts: Sequence[tuple[str, Sequence[float]]]) -> str:
    rows = [(name, seconds(median(cpu_s)), str(len(cpu_s))) for name, cpu_s in starts]
    return markdown(("a fresh process", "CPU, s", "runs"), rows)


def _cpu_s(place: Place, words: Sequence[str], cwd: Path | None = None) -> float:
    """Measure a fresh process, with the processes that it begins: what else the machine does does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    place.run(*words, cwd=cwd)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pinned(lock: str) -> str:
    """Return the versions of a lock without their hashes, as constraints for pip."""
    return "\n".join(line.rstrip("\\ ") for line in lock.splitlines() if re.match(r"[a-z0-9._-]+==", line)) + "\n"


if __name__ == "__main__":
    main()
