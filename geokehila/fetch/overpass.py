"""OpenStreetMap of a city by Overpass: tile by tile, each refused unless it is whole, made one extract."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from geokehila import osm_file
from geokehila.errors import FetchError, InputError, StudyError
from geokehila.fetch.addresses import shown
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.sniffing import XML, kind_of
from geokehila.fetch.where import box
from geokehila.fetch.wire import Call
from geokehila.load.osm.cut import GENERATOR, STAMP, Box
from geokehila.load.osm.files import readable
from geokehila.load.osm.overpass import SORTED

#: [km] Of a degree of latitude.
DEGREE_KM = 111.2
#: Decimals of degrees that a question holds: 1 cm.
DECIMALS = 7
#: Of objects their version and time are kept, and not who drew them.
_FORM = "{},add_metadata=version+timestamp"
_REMARK = re.compile(rb"<remark>(.{0,2000}?)</remark>", re.DOTALL)
_BASE = re.compile(rb"<meta\b[^>]{0,200}?\bosm_base=\"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\"")
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
#: Bytes at the beginning and the end of an answer in which it says what it is, and what went wrong.
_HEAD, _TAIL = 4096, 4096
#: [days] A tile that waits on the desk from a fetch that failed is asked for again when its map is older.
_KEPT_DAYS = 1.0


@dataclass(frozen=True)
class Options:
    """How a city is asked for.

    Attributes
    ----------
    date
        ISO day (its midnight, UTC) or moment that the map is asked for as it stood then; empty: as it stands.
    tile_km2
        [km2] A city whose box is larger is asked for in tiles no larger.
    most_tiles
        A city of more is none for Overpass, which serves everybody: it is cut from an extract.
    timeout_s, memory_mb
        [s] and [MB] that a server may spend on a tile.
    oldest_days
        [days] A server whose map is older is passed over; of a map that is pinned to a date, one that ends before it.
    """

    date: str = ""
    tile_km2: float = 60.0
    most_tiles: int = 64
    timeout_s: int = 180
    memory_mb: int = 1024
    oldest_days: float = 14.0

    @property
    def moment(self) -> datetime | None:
        """The moment that the map is pinned to; None where it is not.

        Raises
        ------
        StudyError
            The date is none.
        """
        try:
            return datetime.fromisoformat(self.date).replace(tzinfo=UTC) if self.date else None
        except ValueError:
            raise StudyError(f'overpass date is {self.date!r}: write "2026-11-01" or "2026-11-01T12:00:00"') from None


@dataclass(frozen=True)
class _Tile:
    """A whole answer: where it lies, the moment of its map ("" where it is not told), and who gave it."""

    path: Path
    base: str
    url: str


def bring(errand: Errand) -> Brought | None:
    """Write the map of a city's box as the map file that the source names, ``.osm.pbf`` or ``.osm``.

    Tiles that came before a fetch failed are not asked for again if their map is of the last day, or pinned.

    Raises
    ------
    FetchError
        A tile that no server gives whole, a city too large, or ways without their nodes.
    StudyError
        A date that is none.
    """
    options = errand.options(Options)
    moment = options.moment
    around = box(errand.study, errand.data)
    parts = tiles(around, options.tile_km2)
    if len(parts) > options.most_tiles:
        raise FetchError(
            f"{errand.source.key}: {len(parts)} tiles, where at most {options.most_tiles} are asked of Overpass: "
            "cut the city from an extract of its country, or raise most_tiles for a server of your own"
        )
    came: list[_Tile] = []
    for number, part in enumerate(parts, 1):
        came.append(_tile(errand, options, part, f"{number} of {len(parts)}"))
        errand = _beginning_with(errand, came[-1].url)
    date = f"{moment:{_MOMENT}}" if moment else min(tile.base for tile in came)
    counts = _merge([tile.path for tile in came], errand.target, around, date)
    notes = [f"{len(came)} tiles"] if len(came) > 1 else []
    if not moment and len(days := sorted({tile.base[:10] for tile in came})) > 1:
        notes.append(f"the map is of {days[0]} to {days[-1]}")
    return Brought(date=date[:10], url=came[0].url, counts=counts, notes=tuple(notes))


def tiles(around: Box, most_km2: float) -> list[Box]:
    """Return bounds cut into equal tiles of no more than an area [km2], from the south-west on, row by row.

    Examples
    --------
    >>> len(tiles(Box(34.0, 31.0, 34.1, 31.1), 200.0)), len(tiles(Box(34.0, 31.0, 34.1, 31.1), 40.0))
    (1, 4)
    """
    wide_km = (around.east - around.west) * DEGREE_KM * math.cos(math.radians((around.south + around.north) / 2))
    high_km = (around.north - around.south) * DEGREE_KM
    side_km = math.sqrt(most_km2)
    columns, rows = (
        (1, 1) if wide_km * high_km <= most_km2 else (math.ceil(wide_km / side_km), math.ceil(high_km / side_km))
    )
    x, y = np.linspace(around.west, around.east, columns + 1), np.linspace(around.south, around.north, rows + 1)
    return [
        Box(float(x[i]), float(y[j]), float(x[i + 1]), float(y[j + 1])) for j in range(rows) for i in range(columns)
    ]


def question(part: Box, options: Options) -> str:
    """Return what is asked of Overpass for a tile.

    Everything in it; ways with all their nodes; of areas that several ways bound, all of these, but for the borders of
    states and districts, which are long and nobody walks to. Other relations name their members and bring none.
    """
    bounds = ",".join(f"{side:.{DECIMALS}f}" for side in (part.south, part.west, part.north, part.east))
    moment = options.moment
    pinned = f'[date:"{moment:{_MOMENT}}"]' if moment else ""
    return (
        f"[out:xml][timeout:{options.timeout_s}][maxsize:{options.memory_mb * 1_000_000}]{pinned};"
        f"rel({bounds})->.relations;"
        "(rel.relations[type=multipolygon];rel.relations[type=boundary][boundary!=administrative];)->.areas;"
        f"(way({bounds});way(r.areas);)->.ways;"
        f"(node({bounds});.ways;.relations;.ways >;);"
        "out meta;"
    )


def _beginning_with(errand: Errand, url: str) -> Errand:
    """Return the errand with a server asked first: the one that answered last."""
    others = tuple(other for other in errand.source.urls if other != url)
    return replace(errand, source=replace(errand.source, urls=(url, *others)))


def _tile(errand: Errand, options: Options, part: Box, name: str) -> _Tile:
    """Return a tile from the desk if it waits there, else from the first server that gives it whole."""
    asked = question(part, options)
    path = errand.desk / f"tile-{sha256(asked.encode()).hexdigest()[:16]}.osm"
    if tile := _at_desk(path, errand, options):
        return tile

    def ask(url: str) -> str:
        body = errand.wire.content(Call(url, form={"data": asked}), errand.source.max_mb)
        base = _base_of_whole(body, url)
        if base and (fault := _too_old(base, errand, options)):
            raise FetchError(f"{shown(url)}: {fault}: ask another server")
        part_path = path.with_suffix(".part")
        part_path.write_bytes(body)
        part_path.replace(path)
        return base

    errand.say(f"{errand.source.key}: tile {name}")
    base, url = errand.first(ask)
    return _Tile(path, base, url)


def _at_desk(path: Path, errand: Errand, options: Options) -> _Tile | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        base = _base(file.read(_HEAD))
    oldest = errand.wire.now() - timedelta(days=_KEPT_DAYS)
    return _Tile(path, base, errand.source.urls[0]) if options.date or base >= f"{oldest:{_MOMENT}}" else None


def _base_of_whole(body: bytes, url: str) -> str:
    """Return the moment of an answer's map; refuse an answer that is not a whole map, whatever its status says."""
    head, tail = body[:_HEAD], body[-_TAIL:]
    if (kind := kind_of(head)) != XML or b"<osm" not in head:
        raise FetchError(f"{shown(url)}: answers with {kind} instead of a map: try again later")
    for remark in _REMARK.finditer(head + tail):
        said = " ".join(remark[1].decode("utf-8", "replace").split())[:150]
        raise FetchError(f"{shown(url)}: gave up ({said}): try again later, or make tile_km2 smaller")
    if not tail.rstrip().endswith(b"</osm>"):
        raise FetchError(f"{shown(url)}: its answer is cut off after {len(body):,} bytes: try again later")
    return _base(head)


def _base(head: bytes) -> str:
    found = _BASE.search(head)
    return found[1].decode() if found else ""


def _too_old(base: str, errand: Errand, options: Options) -> str:
    """Return why a server's map is too old, "" where it is not."""
    if moment := options.moment:
        return f"its map ends {base[:10]}, before {options.date}" if base < f"{moment:{_MOMENT}}" else ""
    oldest = errand.wire.now() - timedelta(days=options.oldest_days)
    return f"its map is of {base[:10]}, over {options.oldest_days:g} days old" if base < f"{oldest:{_MOMENT}}" else ""


def _merge(parts: Sequence[Path], target: Path, around: Box, date: str) -> dict[str, int]:
    """Write tiles as one sorted map, of each object its newest version; return how many there are of each kind."""
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(around.west, around.south, around.east, around.north))
    header.set("generator", GENERATOR)
    header.set("sorting", SORTED)
    if date:
        header.set(STAMP, date)
    try:
        reader = osmium.MergeInputReader()
        for path in parts:
            with readable(path):
                reader.add_file(str(path))
        form = "pbf" if target.name.endswith(".pbf") else "xml"
        with osm_file.writing(target, header, _FORM.format(form)) as writer:
            reader.apply(writer, simplify=True)
        with readable(target):
            return _counted(target)
    except InputError as fault:
        _forget(parts)
        raise FetchError(f"overpass: the answers make no map: {fault}") from None
    except FetchError:
        _forget(parts)
        raise


def _forget(parts: Sequence[Path]) -> None:
    """Drop tiles of which one is broken, so that the next fetch asks for them again."""
    for path in parts:
        path.unlink(missing_ok=True)


def _counted(path: Path) -> dict[str, int]:
    """Count the objects of a map; refuse one without ways, or whose ways lack nodes: a part of an answer is missing."""
    counts = {"nodes": 0, "ways": 0, "relations": 0}

    def refs() -> Iterator[int]:
        way: Any
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
            counts["ways"] += 1
            yield from (node.ref for node in way.nodes)

    nodes = np.fromiter((node.id for node in osmium.FileProcessor(str(path), osmium.osm.NODE)), np.int64)
    asked = np.fromiter(refs(), np.int64)
    counts["nodes"] = len(nodes)
    counts["relations"] = sum(1 for _ in osmium.FileProcessor(str(path), osmium.osm.RELATION))
    lost = np.setdiff1d(asked, nodes)
    if not counts["ways"] or len(lost):
        what = f"{len(lost):,} nodes of its ways are missing" if counts["ways"] else "holds no way"
        raise FetchError(f"overpass: a partial answer, {what}: try again later")
    return counts
