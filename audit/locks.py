"""What the locks hold: every package by one version and by its hashes, and no address to fetch it from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: A package of one version, for some systems only where a marker says so.
PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(\[[\w,-]+\])?==(?P<version>[\w.!+-]+)( *;[^\\]*)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
#: npm's own hash of a package.
INTEGRITY = re.compile(r"sha512-[A-Za-z0-9+/]{86}==")


@dataclass(frozen=True, order=True)
class Pin:
    """A package as it is locked; ecosystem ``PyPI`` or ``npm``."""

    ecosystem: str
    name: str
    version: str


def of_python(text: str) -> tuple[list[Pin], list[str]]:
    """Return the packages of a lock of pip's, and what is wrong with it.

    Examples
    --------
    >>> of_python("affine==3.0.1")
    ([Pin(ecosystem='PyPI', name='affine', version='3.0.1')], ['affine==3.0.1: no hash'])
    """
    pins, faults = [], []
    for line in text.replace("\\\n", " ").splitlines():
        words = line.split("#")[0].strip()
        what, *hashes = re.split(r"\s+(?=--hash)", words)
        found = PIN.fullmatch(what)
        if found:
            pins.append(Pin("PyPI", found["name"], found["version"]))
            wrong = [f"{one.strip()} is no hash of sha256" for one in hashes if not HASH.fullmatch(one.strip())]
            faults += [f"{what}: {why}" for why in (wrong if hashes else ["no hash"])]
        elif words:
            faults.append(f"{words[:80]}: neither a package of one version nor its hash")
    return pins, faults


def of_npm(text: str) -> tuple[list[Pin], list[str]]:
    """Return the packages of a lock of npm's, and what is wrong with it."""
    pins, faults = [], []
    for path, told in json.loads(text)["packages"].items():
        if not path:
            continue
        pin = Pin("npm", path.rpartition("node_modules/")[2], told["version"])
        pins.append(pin)
        if not INTEGRITY.fullmatch(told.get("integrity", "")):
            faults.append(f"{pin.name}=={pin.version}: no hash")
        if "resolved" in told:
            faults.append(f"{pin.name}=={pin.version}: names an address, {told['resolved']}")
    return pins, faults


def every(root: Path) -> Iterator[Path]:
    """Yield the locks of the project."""
    yield from sorted([*root.glob("requirements.lock"), *root.glob("*/requirements.lock")])
    yield root / "package-lock.json"


def read(path: Path) -> tuple[list[Pin], list[str]]:
    """Return what a lock holds, and what is wrong with it, each with the lock's name."""
    text = path.read_text(encoding="utf-8")
    pins, faults = of_npm(text) if path.suffix == ".json" else of_python(text)
    return pins, [f"{path.parent.name}/{path.name}: {fault}" for fault in faults]
