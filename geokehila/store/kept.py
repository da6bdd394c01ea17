"""A finished run, read back from its folder: table by table, only what is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from geokehila.arguments import as_path, quoted
from geokehila.brief import LINES, Brief
from geokehila.catalogue import cities, meant, nearest
from geokehila.errors import InputError, UnknownNameError

#: What a run and a city may be called: it becomes part of a path.
_PLAIN = re.compile(r"[A-Za-z0-9][\w-]{0,99}", re.ASCII)
#: So many cities are named where the one that is asked for is not there.
SOME = 5
#: What tells of a run, in its folder.
RECORD = "run.json"
#: File beside the runs of a city that names the last good one.
LATEST = "latest"
#: Tables of what are layers of the GeoPackage alone, where there are any: their rows without the measures.
OF_LAYERS = {"homes": "origins", "gap_homes": "origins", "shelters": "places", "sole_places": "places"}
#: Folder beside the runs of a city: what is told of one that has not come to its end.
UNFINISHED = "unfinished"


@dataclass(frozen=True, repr=False)
class KeptTables(Brief, Mapping[str, pd.DataFrame]):
    """The tables of a run by name, each read when it is first asked for.

    One that the run has not is an `UnknownNameError` that names the nearest, and a `KeyError`, too.

    Attributes
    ----------
    folder
        ``data/processed/<slug>/<run_id>``.

    Examples
    --------
    >>> tables = KeptTables(newest(Path(), "dimona"))  # doctest: +SKIP
    >>> "zone_scores" in tables, len(tables["zones"]) > 0  # doctest: +SKIP
    (True, True)
    """

    folder: Path
    _read: dict[str, pd.DataFrame] = field(default_factory=dict)

    def _title(self) -> str:
        return f"{len(self)} tables of {self.folder}"

    def _rows(self) -> list[tuple[str, str]]:
        names, each = [*self], -(-len(self) // LINES) or 1
        return [("", ", ".join(names[at : at + each])) for at in range(0, len(names), each)]

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table, with its geometry where it has one."""
        if name not in self._read:
            if name not in self:
                raise UnknownNameError(f"{self.folder}: no table {quoted(name)}: {self._meant(str(name))}")
            path = self.folder / f"{name}.parquet"
            has_shape = b"geo" in (pq.read_schema(path).metadata or {})
            self._read[name] = gpd.read_parquet(path) if has_shape else pd.read_parquet(path)
        return self._read[name]

    def _meant(self, name: str) -> str:
        """Return where a layer of that name is, else the nearest table."""
        package = next(self.folder.glob("*.gpkg"), None)
        if package is None or name not in pyogrio.list_layers(package)[:, 0]:
            return meant(name, [*self])
        table = f"its table is {OF_LAYERS[name]}" if name in OF_LAYERS else "it has no table"
        return f"a layer of {package.name}; {table}"

    def __contains__(self, name: object) -> bool:
        """Tell whether the run has a table, without reading it."""
        return isinstance(name, str) and (self.folder / f"{name}.parquet").is_file()

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(sorted(path.stem for path in self.folder.glob("*.parquet")))

    def __len__(self) -> int:
        """Return how many there are."""
        return len([*iter(self)])


def folder(run: Path | str, out: Path = Path()) -> Path:
    """Return the folder of a run: as it is named, the one of that id, or of the newest run of a city.

    Parameters
    ----------
    run
        A folder, the file ``latest`` or the folder beside which it lies, an id, or a city's slug.
    out
        Where the city's runs are kept.

    Raises
    ------
    InputError
        No run of the city is kept below `out`.

    Examples
    --------
    >>> folder("data/processed/dimona/0123456789").name
    '0123456789'
    """
    place = as_path(run, "run")
    if found := standing(place):
        return found
    if len(place.parts) > 1:
        return place
    of_id = [city / place / RECORD for city in (out / "data" / "processed").glob("*")]
    return next((record.parent for record in of_id if record.is_file()), None) or newest(out, str(run))


def standing(place: Path | str) -> Path | None:
    """Return the folder of a run that a path leads to: itself, or by a file ``latest``; None where it leads to none.

    Raises
    ------
    InputError
        The file names no folder beside it.

    Examples
    --------
    >>> standing("no/such/folder") is None
    True
    """
    place = Path(place)
    if (place / RECORD).is_file():
        return place
    latest = place if place.name == LATEST else place / LATEST
    return named(latest) if latest.is_file() else None


def none_kept(out: Path, slug: str) -> InputError:
    """Return what is said where no run of a city is kept: how to make one, or of which city one is."""
    place = out / "data" / "processed" / slug
    return InputError(f"{place}: no run of {slug} is kept here: {_remedy(place.parent, slug)}")


def is_run(out: Path, slug: str) -> bool:
    """Tell whether a good run of a city is kept."""
    return (out / "data" / "processed" / slug / LATEST).is_file()


def newest(out: Path | str, slug: str) -> Path:
    """Return the folder of a city's last good run.

    Raises
    ------
    InputError
        There is none; the message says how to make one. Or what stands there names no folder beside it.

    Examples
    --------
    >>> newest(Path(), "dimona").parent.as_posix()  # doctest: +SKIP
    'data/processed/dimona'
    """
    out = as_path(out, "out")
    if not is_run(out, slug):
        raise none_kept(out, slug)
    return named(out / "data" / "processed" / slug / LATEST)


def _remedy(processed: Path, slug: str) -> str:
    """Return what to do without a run: take the one of a city spelled like this, else make one."""
    kept = {latest.parent.name for latest in processed.glob(f"*/{LATEST}")}
    if near := [other for other in nearest(slug, kept) if other in kept]:
        return f"did you mean {' or '.join(map(repr, near))}?"
    known = [slug] if slug in cities() else nearest(slug)
    if not known and kept:
        some = ", ".join(sorted(kept)[:SOME]) + (" and others" if len(kept) > SOME else "")
        return f"there are runs of {some}; else name as out (--out) the folder above data/processed"
    make = f"`geokehila run {(*known, slug)[0]}`"
    return f"make one with {make}, or name as out (--out) the folder above data/processed"


def named(latest: Path) -> Path:
    """Return the folder beside it that a file ``latest`` names; raise `InputError` where it names another place."""
    try:
        name = latest.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        name = ""
    if not _PLAIN.fullmatch(name):
        raise InputError(f"{latest}: names no run: delete it, and run the city again")
    return latest.parent / name


def record(folder: Path | str) -> dict[str, Any]:
    """Return the content of ``run.json``.

    Raises
    ------
    InputError
        The folder holds no whole run.

    Examples
    --------
    >>> record(newest(Path(), "dimona"))["weights"]  # doctest: +SKIP
    'residents'
    """
    path = as_path(folder, "folder of a run") / RECORD
    if not path.is_file():
        raise InputError(f"{folder}: holds no {RECORD}: name the folder of a finished run")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        city, names = content["city"], (content["run_id"], content["city"]["slug"])
        is_whole = all(map(_PLAIN.fullmatch, names)) and isinstance(city["code"], int)
        is_whole = is_whole and isinstance(content["dates"], dict) and isinstance(content["version"], str)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        is_whole = False
    if not is_whole:
        raise InputError(f"{path}: is not what a run writes of itself: name the folder of another run")
    return content
