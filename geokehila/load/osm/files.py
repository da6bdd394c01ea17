"""OpenStreetMap files of any form made one stream: .osm, .osm.gz, .osm.bz2, .osm.pbf and raw Overpass JSON."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import osmium
import shapely

from geokehila import osm_file
from geokehila.errors import GeoKehilaError, InputError
from geokehila.ledger import Notice
from geokehila.load.osm import edited, overpass, pbf
from geokehila.load.osm.edited import Edits
from geokehila.load.rights import must_be_allowed

NATIVE = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")


@dataclass(frozen=True)
class OsmSource:
    """One sorted OSM file, what its parts said of their extent, and the newest date among them.

    ``extent`` is in EPSG:4326; ``extent_stated`` is False where a part states none and the hull of its nodes stands in.
    ``notices`` tell of files that seem to be cut where no error shows it, and of edits that are not uploaded;
    ``deleted`` are the ids of objects that an editor has deleted.
    """

    path: Path
    extent: shapely.Geometry
    extent_stated: bool
    date: str
    notices: tuple[Notice, ...] = ()
    deleted: frozenset[str] = frozenset()


@contextmanager
def one_source(paths: Sequence[Path]) -> Iterator[OsmSource]:
    """Give the files as one source: replies rewritten, overlapping objects kept once, the newest version of each.

    Raises
    ------
    InputError
        A file that is not OpenStreetMap data, is cut off, or holds nothing.
    """
    with TemporaryDirectory() as folder:
        native, edits = _all_native(paths, Path(folder))
        headers = [_header(path, source) for path, source in zip(native, paths, strict=True)]
        yield OsmSource(
            path=native[0]
            if len(native) == 1 and is_sorted(native[0])
            else _merge(native, paths, Path(folder) / "merged.osh.pbf"),
            extent=shapely.union_all([extent for extent, _, _ in headers]),
            extent_stated=all(stated for _, stated, _ in headers),
            date=max(date for _, _, date in headers),
            notices=(
                *(notice for path, source in zip(native, paths, strict=True) for notice in _doubts(path, source)),
                *(_not_uploaded(path, found) for path, found in edits.items()),
            ),
            deleted=frozenset[str]().union(*(found.deleted for found in edits.values())),
        )


def _all_native(paths: Sequence[Path], folder: Path) -> tuple[list[Path], dict[Path, Edits]]:
    """Bring every file to a form osmium reads, and tell what an editor has changed; replies are rewritten together."""
    for path in paths:
        _must_hold_something(path)
    replies = {path: folder / f"{i}.osm.pbf" for i, path in enumerate(paths) if path.suffix.lower() == ".json"}
    overpass.rewrite(replies)
    native = [
        replies.get(path) or _osmium_form(path, folder / f"{i}{path.name.lower()}") for i, path in enumerate(paths)
    ]
    is_xml = [not path.name.endswith(".pbf") for path in native]
    edits = {path: found for path, xml in zip(paths, is_xml, strict=True) if xml and (found := edited.find(path))}
    edited.must_be_one(edits)
    for i, path in enumerate(paths):
        if path in edits:
            native[i] = _uploaded(native[i], path, edits[path], folder / f"{i}.osh.pbf")
    return native, edits


def _uploaded(native: Path, source: Path, edits: Edits, target: Path) -> Path:
    """Return the file as if its edits were uploaded."""
    with readable(source):
        edited.rewrite(native, edits, target)
    return target


def _not_uploaded(path: Path, edits: Edits) -> Notice:
    text = f"{edits.in_words()} of an editor are read as it holds them: upload them, so that others can find them"
    return Notice("edits_not_uploaded", path.name, text)


def _must_hold_something(path: Path) -> None:
    must_be_allowed(path)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist, or is a link that leads nowhere"
        raise InputError(f"osm {path.name}: {what}: give an OpenStreetMap file")
    if not path.stat().st_size:
        raise InputError(f"osm {path.name}: holds no byte: the file is empty, fetch it again")
    if path.suffix.lower() == ".pbf":
        pbf.must_hold_whole_texts(path)


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


def is_sorted(path: Path) -> bool:
    """Tell whether a file's header says that it is sorted by kind and id, and holds no history."""
    with osmium.io.Reader(str(path)) as reader:
        header = reader.header()
        return header.get("sorting") == overpass.SORTED and not header.has_multiple_object_versions


def _merge(paths: Sequence[Path], sources: Sequence[Path], merged: Path) -> Path:
    """Write the files as one, sorted (editors' .osm files often are not), of each object the newest version.

    Only in a file called .osh does osmium keep which objects are deleted.
    """
    reader = osmium.MergeInputReader()
    for path, source in zip(paths, sources, strict=True):
        with readable(source):
            reader.add_file(str(path))
    with osm_file.writing(merged) as writer:
        reader.apply(writer, simplify=True)
    return merged


def _doubts(path: Path, source: Path) -> Iterator[Notice]:
    """Name what a file lacks that every whole extract has: a .pbf cut between two of its blobs reads without error."""
    if source.suffix.lower() == ".json":
        return
    fetch = "if it was not asked for so, it is cut: fetch it again"
    if not _holds(path, source, osmium.osm.WAY):
        yield Notice("no_ways", source.name, f"holds points alone, so no street and no building: {fetch}")
    elif source.suffix.lower() == ".pbf" and not _holds(path, source, osmium.osm.RELATION):
        lacks = (
            "holds lines and outlines but no relation, of which OpenStreetMap makes parks and schools of several parts"
        )
        yield Notice("no_relations", source.name, f"{lacks}: {fetch}")


def _holds(path: Path, source: Path, kind: osmium.osm.osm_entity_bits) -> bool:
    with readable(source):
        return next(iter(osmium.FileProcessor(str(path), kind)), None) is not None


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
