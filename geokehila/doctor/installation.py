"""Is GeoKehila itself whole: Python, packages, the page's script, the catalogue, room to work in."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module, metadata
from importlib.resources import files
from pathlib import Path

from geokehila.catalogue import Catalogue, cities
from geokehila.doctor.findings import OK, STOP, Finding, judged
from geokehila.errors import GeoKehilaError

#: A run of a large city writes and holds less than this (assumed).
DISK_GB, MEMORY_GB = 1.0, 2.0
ASSETS = ("leaflet.js", "leaflet.css", "LICENSE")
AGAIN = "install it again: pip install --upgrade --force-reinstall geokehila"
#: What the extras serve.
EXTRAS = {"h3": "zones given as H3 cells (zones.csv)"}


def examine(out: Path) -> Iterator[Finding]:
    """Look at everything that a run of any city needs; `out` is the folder that runs write below."""
    yield _python()
    yield _packages()
    yield from _extras()
    yield _leaflet()
    yield _catalogue()
    at = next(place for place in (out.absolute(), *out.absolute().parents) if place.exists())
    yield _folder(at)
    yield _disk(at)
    yield from _memory()


def _python() -> Finding:
    has, stated = ".".join(map(str, sys.version_info[:3])), _stated("Requires-Python")
    fits = all(_fits(has, sign, bound) for sign, bound in re.findall(r"(>=|<)\s*([\d.]+)", stated))
    return judged("Python", fits, has, f"install a Python {stated}", STOP)


def _packages() -> Finding:
    """Every package that GeoKehila states is there, new enough, and can be imported."""
    floors = [
        match.groups() for text in _required(extra=False) if (match := re.match(r"([\w-]+)\s*>=\s*([\d.]+)", text))
    ]
    if not floors:
        return Finding("packages", STOP, "GeoKehila is not installed as a package", AGAIN)
    faults = [fault for name, floor in floors if (fault := _fault(name, floor))]
    return judged("packages", not faults, "; ".join(faults) or f"{len(floors)}, each new enough", AGAIN, STOP)


def _fault(name: str, floor: str) -> str:
    try:
        has = metadata.version(name)
        if not _fits(has, ">=", floor):
            return f"{name} {has} is older than {floor}"
        import_module(name.replace("-", "_"))
    except metadata.PackageNotFoundError:
        return f"{name} is absent"
    except (ImportError, OSError) as error:
        return f"{name} cannot be imported ({error})"
    return ""


def _extras() -> Iterator[Finding]:
    """What only some inputs need is no fault where it is absent: reading such an input says so itself."""
    for name, purpose in EXTRAS.items():
        try:
            yield Finding(f"extra {name}", OK, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(f"extra {name}", OK, f"absent; only needed for {purpose}: pip install geokehila[{name}]")


def _leaflet() -> Finding:
    folder = files("geokehila").joinpath("draw", "assets")
    absent = [name for name in ASSETS if not folder.joinpath(name).is_file()]
    return judged("Leaflet", not absent, f"{', '.join(absent)} absent" if absent else "in the package", AGAIN, STOP)


def _catalogue() -> Finding:
    try:
        catalogue, known = Catalogue.read(), cities()
    except (GeoKehilaError, OSError, ValueError, KeyError) as error:
        return Finding("catalogue", STOP, f"cannot be read ({error})", AGAIN)
    counts = f"{len(known)} cities, {len(catalogue.domains)} domains of life, {len(catalogue.categories)} categories"
    return Finding("catalogue", OK, counts)


def _folder(at: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=at):
            return Finding("folder", OK, f"{at} can be written")
    except OSError as error:
        return Finding("folder", STOP, f"{at} cannot be written ({error.strerror})", "name another --out")


def _disk(at: Path) -> Finding:
    free = shutil.disk_usage(at).free / 1e9
    return judged("disk", free >= DISK_GB, f"{free:.1f} GB free", f"free {DISK_GB:g} GB, or name another --out")


def _memory() -> Iterator[Finding]:
    try:
        from geokehila import memory
    except ImportError:  # it asks psutil, which is named among the packages
        return
    free = memory.free_bytes() / 1e9
    yield judged("memory", free >= MEMORY_GB, f"{free:.1f} GB free", "close other programs before a large city is run")


def _stated(field: str) -> str:
    try:
        return str(metadata.metadata("geokehila")[field] or "")
    except metadata.PackageNotFoundError:
        return ""


def _required(extra: bool) -> list[str]:
    try:
        stated = metadata.requires("geokehila") or []
    except metadata.PackageNotFoundError:
        return []
    return [text for text in stated if ("extra ==" in text) is extra]


def _fits(has: str, sign: str, bound: str) -> bool:
    """Compare versions by their leading numbers."""
    mine, other = (tuple(map(int, re.findall(r"\d+", text)[:3])) for text in (has, bound))
    return mine >= other if sign == ">=" else mine < other
