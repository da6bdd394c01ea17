"""OpenStreetMap files of any form made one stream: .osm, .osm.gz, .osm.bz2, .osm.pbf and raw Overpass JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import osmium
import shapely
from osmium.osm import mutable

from geokehila.errors import GeoKehilaError, InputError

Element = dict[str, Any]
NATIVE = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
#: What the header of a file says whose nodes come before the ways that need them.
SORTED = "Type_then_ID"


@dataclass(frozen=True)
class OsmSource:
    """One sorted OSM file, what its parts said of their extent, and the newest date among them.

    ``extent`` is in EPSG:4326; ``extent_stated`` is False where a part states none and the hull of its nodes stands in.
    """

    path: Path
    extent: shapely.Geometry
    extent_stated: bool
    date: str


@contextmanager
def one_source(paths: Sequence[Path]) -> Iterator[OsmSource]:
    """Give the files as one source: replies rewritten, overlapping objects kept once, the newest version of each.

    Raises
    ------
    InputError
        A file that is not OpenStreetMap data, is cut off, or holds nothing.
    """
    with TemporaryDirectory() as folder:
        native = _all_native(paths, Path(folder))
        headers = [_header(path, source) for path, source in zip(native, paths, strict=True)]
        yield OsmSource(
            path=native[0] if _is_sorted(native) else _merge(native, paths, Path(folder) / "merged.osm.pbf"),
            extent=shapely.union_all([extent for extent, _, _ in headers]),
            extent_stated=all(stated for _, stated, _ in headers),
            date=max(date for _, _, date in headers),
        )


def _all_native(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Bring every file to a form osmium reads; what replies tell of one object is put together first."""
    replies = {path: _reply(path) for path in paths if path.suffix.lower() == ".json"}
    known: dict[tuple[str, int], Element] = {}
    for path, reply in replies.items():
        with _whole(path):
            reply["elements"] = _with_nodes(reply["elements"])
            for e in reply["elements"]:
                known[e["type"], e["id"]] = known.get((e["type"], e["id"]), {}) | e
    native = []
    for i, path in enumerate(paths):
        if path in replies:
            native.append(folder / f"{i}.osm.pbf")
            with _whole(path):
                _rewrite(replies[path], known, native[-1])
        else:
            native.append(_osmium_form(path, folder / f"{i}{path.name.lower()}"))
    return native


def _osmium_form(path: Path, copy: Path) -> Path:
    """Return the file itself; osmium knows suffixes in lower case only, so others are copied."""
    if path.name.endswith(NATIVE):
        return path
    if not path.name.lower().endswith(NATIVE):
        raise InputError(
            f"osm {path.name}: not OpenStreetMap data GeoKehila reads: give .osm, .osm.pbf or Overpass .json"
        )
    shutil.copyfile(path, copy)
    return copy


def _reply(path: Path) -> dict[str, Any]:
    try:
        reply = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(f"osm {path.name}: not a whole Overpass reply ({error}): fetch it again") from None
    if not isinstance(reply, dict) or not isinstance(reply.get("elements"), list):
        raise InputError(f"osm {path.name}: JSON without 'elements': fetch it from Overpass with [out:json]")
    if "error" in str(reply.get("remark", "")):
        raise InputError(f"osm {path.name}: Overpass gave up ({reply['remark']}): ask for less and fetch it again")
    return reply


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Turn what an element without its parts raises into one line."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"osm {path.name}: an element lacks its parts ({error!r}): fetch it again with 'out geom;' or 'out body;'"
        ) from None


def _with_nodes(found: Sequence[Element]) -> list[Element]:
    """Return the objects of a reply, and the nodes that ways given with their geometry bring along."""
    elements = [e for e in found if e.get("type") in _add]
    for way in [e for e in elements if e["type"] == "way" and "geometry" in e]:
        pairs = zip(way["nodes"], way["geometry"], strict=True)
        elements += [{"type": "node", "id": node, **at} for node, at in pairs if at]
    return elements


def _rewrite(reply: Mapping[str, Any], known: Mapping[tuple[str, int], Element], path: Path) -> None:
    """Write a reply as .osm.pbf, sorted, each object once with all that is known of it.

    ``out body; >; out skel qt;`` repeats nodes without their tags, in this reply or in another.
    """
    here = {(e["type"], e["id"]) for e in reply["elements"]}
    date = _base_date(reply)
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", date)
    header.set("sorting", SORTED)
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for key in sorted(here):
            _add[key[0]](writer, known[key], known[key].get("timestamp", date) or None)


def _base_date(reply: Mapping[str, Any]) -> str:
    return str(reply.get("osm3s", {}).get("timestamp_osm_base", ""))


def _add_node(writer: osmium.SimpleWriter, e: Mapping[str, Any], date: str | None) -> None:
    writer.add_node(
        mutable.Node(
            id=e["id"],
            location=(e["lon"], e["lat"]),
            tags=e.get("tags", {}),
            version=e.get("version", 1),
            timestamp=date,
        )
    )


def _add_way(writer: osmium.SimpleWriter, e: Mapping[str, Any], date: str | None) -> None:
    writer.add_way(
        mutable.Way(id=e["id"], nodes=e["nodes"], tags=e.get("tags", {}), version=e.get("version", 1), timestamp=date)
    )


def _add_relation(writer: osmium.SimpleWriter, e: Mapping[str, Any], date: str | None) -> None:
    members = [(m["type"][0], m["ref"], m["role"]) for m in e.get("members", [])]
    writer.add_relation(
        mutable.Relation(
            id=e["id"], members=members, tags=e.get("tags", {}), version=e.get("version", 1), timestamp=date
        )
    )


_add = {"node": _add_node, "way": _add_way, "relation": _add_relation}


def _is_sorted(native: Sequence[Path]) -> bool:
    """Tell whether this is one file whose header says that it is sorted."""
    with osmium.io.Reader(str(native[0])) as reader:
        return len(native) == 1 and str(reader.header().get("sorting")) == SORTED


def _merge(paths: Sequence[Path], sources: Sequence[Path], merged: Path) -> Path:
    """Write the files as one, sorted (editors' .osm files often are not), of each object the newest version."""
    reader = osmium.MergeInputReader()
    for path, source in zip(paths, sources, strict=True):
        with readable(source):
            reader.add_file(str(path))
    with osmium.SimpleWriter(str(merged), overwrite=True) as writer:
        reader.apply(writer, simplify=True)
    return merged


def _header(path: Path, source: Path) -> tuple[shapely.Geometry, bool, str]:
    """Read the extent, whether the file states it, and the date; what no header states comes from the objects."""
    with readable(source), osmium.io.Reader(str(path)) as reader:
        header = reader.header()
    box, date = header.box(), header.get("osmosis_replication_timestamp")
    if box.valid() and date:
        return _box(box), True, date[:10]
    with readable(source):
        lonlat, newest = _objects(path)
    if not len(lonlat):
        raise InputError(f"osm {source.name}: holds no node: the file is empty, fetch it again")
    extent = _box(box) if box.valid() else shapely.convex_hull(shapely.multipoints(lonlat))
    return extent, box.valid(), date[:10] or newest


@contextmanager
def readable(source: Path) -> Iterator[None]:
    """Turn what the OSM reader raises on a broken file into one line."""
    try:
        yield
    except GeoKehilaError:
        raise
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise InputError(
            f"osm {source.name}: cannot be read to its end ({error}): it is cut or broken, fetch it again"
        ) from None


def _box(box: osmium.osm.Box) -> shapely.Geometry:
    low, high = box.bottom_left, box.top_right
    return shapely.box(low.lon, low.lat, high.lon, high.lat)


def _objects(path: Path) -> tuple[np.ndarray, str]:
    """Return every node's [lon, lat] and the newest edit date, empty where no object carries one."""
    lonlat, newest = [], datetime.fromtimestamp(0, UTC)
    entity: Any
    for entity in osmium.FileProcessor(str(path)):
        newest = max(newest, entity.timestamp)
        if entity.is_node() and entity.location.valid():
            lonlat.append((entity.lon, entity.lat))
    return np.array(lonlat), newest.strftime("%Y-%m-%d") if newest.timestamp() else ""
