"""One large OpenStreetMap extract cut to many towns in one pass: whole ways, whole areas, everything else left out.

The locations of all nodes stand in memory, 16 bytes each. Objects of a town are spooled as they pass, and put in order
when the pass is over. Ways that no town touches may still be the rim of an area that one does, a wood or a lake: those
that are no streets are spooled apart, and looked up there, not in the large file.
"""

from __future__ import annotations

import heapq
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
import osmium

from geokehila import osm_file
from geokehila.catalogue import Catalogue
from geokehila.errors import InputError
from geokehila.load.osm.files import is_sorted, readable
from geokehila.load.osm.overpass import SORTED
from geokehila.schema import WGS84

#: [m] What lies round the longest walk, so that streets that lead out and back are whole.
MARGIN_M = 500.0
#: Degrees as osmium holds them, and the side of the cells that boxes are looked up by.
PER_DEGREE, CELL = 10_000_000, 500_000
GENERATOR, STAMP = "GeoKehila", "osmosis_replication_timestamp"
NODE, WAY, RELATION = "nodes", "ways", "relations"
#: Relations that are areas, whose every rim is wanted.
AREAS = frozenset(("multipolygon", "boundary"))


@dataclass(frozen=True)
class Box:
    """Bounds in degrees: what a town and the longest walk round it need."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, zones: gpd.GeoDataFrame, catalogue: Catalogue) -> Box:
        """Return the bounds of zones [m] with the longest walk of the fastest walker round them."""
        fastest_m_s = max(profile.speed_m_s for profile in catalogue.profiles.values())
        round_m = catalogue.standards["horizon"].value * fastest_m_s + MARGIN_M
        return cls(*zones.buffer(round_m).to_crs(WGS84).total_bounds)


@dataclass
class _Town:
    """What was found of a town so far: its spools, its ways, and the nodes that these name."""

    box: Box
    folder: Path
    ways: set[int] = field(default_factory=set)
    nodes: set[int] = field(default_factory=set)
    refs: Any = field(default_factory=lambda: array("q"))
    places: Any = field(default_factory=lambda: array("i"))
    awaited: set[int] = field(default_factory=set)

    def spool(self, kind: str) -> Path:
        return self.folder / f"{kind}.osm.pbf"

    def locate(self, way: Any) -> None:
        """Keep where the nodes of a way are."""
        for node in way.nodes:
            if node.location.valid():
                self.refs.append(node.ref)
                self.places.extend((node.x, node.y))


def cut(source: Path, boxes: Mapping[str, Box], targets: Mapping[str, Path]) -> None:
    """Write an extract of each town, reading the source once.

    Parameters
    ----------
    source
        A file of OpenStreetMap as Geofabrik serves it: sorted, .osm.pbf or .osm.
    boxes, targets
        By town: its bounds, and the .osm.pbf that is written. A town keeps each object with a node in its box, ways
        with all their nodes (outside the box without their tags), areas with all their rims. The header states the box
        and the date of the source.

    Raises
    ------
    InputError
        The source is no OpenStreetMap data, is cut off, or is not sorted by kind and id.

    Examples
    --------
    >>> around = {"dimona": Box(34.9, 31.0, 35.1, 31.2)}
    >>> cut(Path("israel-latest.osm.pbf"), around, {"dimona": Path("dimona.osm.pbf")})  # doctest: +SKIP
    """
    with readable(source), TemporaryDirectory() as folder:
        if not is_sorted(source):
            raise InputError(f"osm {source.name}: not sorted by kind and id: take an extract as Geofabrik serves it")
        towns = {name: _Town(box, Path(folder) / str(i)) for i, (name, box) in enumerate(boxes.items())}
        for town in towns.values():
            town.folder.mkdir()
        apart = Path(folder) / "apart.osm.pbf"
        index = osmium.index.create_map("flex_mem")
        _pass(source, towns, apart, index)
        _complete(towns, apart, index)
        stamp = _stamp(source)
        for name, town in towns.items():
            _write(town, targets[name], stamp)


def _stamp(source: Path) -> str:
    with osmium.io.Reader(str(source)) as reader:
        return str(reader.header().get(STAMP))


def _pass(source: Path, towns: Mapping[str, _Town], apart: Path, index: Any) -> None:
    """Go over the source once, and spool what each town keeps."""
    grid = _Grid.of([town.box for town in towns.values()])
    listed = [*towns.values()]
    with_tags = osmium.filter.EmptyTagFilter()
    with_tags.enable_for(osmium.osm.NODE)
    stream = osmium.FileProcessor(str(source)).with_locations(index).with_filter(with_tags)
    with ExitStack() as open_spools:
        spools = {
            kind: [open_spools.enter_context(osm_file.writing(town.spool(kind))) for town in listed]
            for kind in (NODE, WAY, RELATION)
        }
        aside = open_spools.enter_context(osm_file.writing(apart))
        entity: Any
        for entity in stream:
            if entity.is_node():
                for i in grid.holding(entity.location.x, entity.location.y):
                    listed[i].nodes.add(entity.id)
                    spools[NODE][i].add_node(entity)
            elif entity.is_way():
                found = grid.touched(entity)
                for i in found:
                    listed[i].ways.add(entity.id)
                    listed[i].locate(entity)
                    spools[WAY][i].add_way(entity)
                if "highway" not in entity.tags:
                    aside.add_way(entity)
            else:
                for i, town in enumerate(listed):
                    if _is_of(entity, town):
                        spools[RELATION][i].add_relation(entity)


def _is_of(relation: Any, town: _Town) -> bool:
    """Tell whether a relation has a member in the town; of areas the rims that the town lacks are awaited."""
    members = [(member.type, member.ref) for member in relation.members]
    kept = {"w": town.ways, "n": town.nodes}
    if not any(ref in kept.get(kind, ()) for kind, ref in members):
        return False
    if relation.tags.get("type") in AREAS:
        town.awaited |= {ref for kind, ref in members if kind == "w"} - town.ways
    return True


def _complete(towns: Mapping[str, _Town], apart: Path, index: Any) -> None:
    """Bring the rims that towns await from where they were spooled apart."""
    awaited = set[int]().union(*(town.awaited for town in towns.values()))
    if not awaited:
        return
    with ExitStack() as open_spools:
        spools = {
            name: open_spools.enter_context(osm_file.writing(town.spool("rims")))
            for name, town in towns.items()
            if town.awaited
        }
        stream = osmium.FileProcessor(str(apart)).with_locations(index)
        for way in stream.with_filter(osmium.filter.IdFilter(awaited)):
            for name, spool in spools.items():
                if way.id in towns[name].awaited:
                    towns[name].locate(way)
                    spool.add_way(way)


def _write(town: _Town, target: Path, stamp: str) -> None:
    """Put a town's objects in order of kind and id, and write them."""
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(town.box.west, town.box.south, town.box.east, town.box.north))
    header.set("generator", GENERATOR)
    header.set("sorting", SORTED)
    if stamp:
        header.set(STAMP, stamp)
    with osm_file.writing(target, header) as out:
        tagged = ((node.id, node) for node in osmium.FileProcessor(str(town.spool(NODE))))
        for _, node in heapq.merge(tagged, _bare(town), key=lambda pair: pair[0]):
            out.add_node(node)
        rims = town.spool("rims")
        ways = [osmium.FileProcessor(str(path)) for path in (town.spool(WAY), rims) if path.is_file()]
        for way in heapq.merge(*ways, key=lambda way: way.id):
            out.add_way(way)
        for relation in osmium.FileProcessor(str(town.spool(RELATION))):
            out.add_relation(relation)


def _bare(town: _Town) -> Iterator[tuple[int, Any]]:
    """Yield the nodes of ways that have no tags, by id."""
    ids, first = np.unique(np.frombuffer(town.refs, np.int64), return_index=True)
    at = np.frombuffer(town.places, np.int32).reshape(-1, 2)[first] / PER_DEGREE
    for node, (lon, lat) in zip(ids.tolist(), at.tolist(), strict=True):
        if node not in town.nodes:
            yield node, osmium.osm.mutable.Node(id=node, location=(lon, lat))


def _units(degrees: float) -> int:
    return round(degrees * PER_DEGREE)


@dataclass(frozen=True)
class _Grid:
    """Which towns' boxes hold a point, looked up by cells."""

    boxes: list[tuple[int, int, int, int]]
    cells: Mapping[tuple[int, int], list[int]]

    @classmethod
    def of(cls, boxes: Iterable[Box]) -> _Grid:
        bounds = [(_units(box.west), _units(box.south), _units(box.east), _units(box.north)) for box in boxes]
        cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, (west, south, east, north) in enumerate(bounds):
            for column in range(west // CELL, east // CELL + 1):
                for row in range(south // CELL, north // CELL + 1):
                    cells[column, row].append(i)
        return cls(bounds, cells)

    def holding(self, x: int, y: int) -> list[int]:
        near = self.cells.get((x // CELL, y // CELL))
        if not near:
            return []
        return [
            i for i in near if self.boxes[i][0] <= x <= self.boxes[i][2] and self.boxes[i][1] <= y <= self.boxes[i][3]
        ]

    def touched(self, way: Any) -> set[int]:
        return {i for node in way.nodes if node.location.valid() for i in self.holding(node.x, node.y)}
