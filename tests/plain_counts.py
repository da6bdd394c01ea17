"""Rows, objects and people of real files counted by plain means: csv, json, XML, osmium's tags; none of our loaders."""

import csv
import io
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import osmium

Tags = Mapping[str, str]
#: Each filter of the catalogue as it is written: key and the values that fit, all of which must hold.
_FILTERS = [
    [(key, None if values == "*" else {*values.split("|")}) for key, _, values in (w.partition("=") for w in f.split())]
    for category in tomllib.loads(files("geokehila").joinpath("catalogue/domains.toml").read_text("utf-8"))[
        "category"
    ].values()
    for f in category["any_of"]
]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV in UTF-8."""
    return [*csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))]


def features(path: Path) -> list[dict[str, Any]]:
    """The properties of a GeoJSON's features."""
    return [feature["properties"] for feature in json.loads(path.read_text(encoding="utf-8"))["features"]]


def stops(path: Path) -> int:
    """The rows of stops.txt, in a folder or a zip."""
    if path.is_dir():
        return len(rows(path / "stops.txt"))
    with ZipFile(path) as archive:
        return len([*csv.DictReader(io.StringIO(archive.read("stops.txt").decode("utf-8-sig"), newline=""))])


def edges(path: Path) -> int:
    """The edges of a GraphML."""
    return sum(element.tag.endswith("}edge") for _, element in ElementTree.iterparse(path))


def objects(paths: Iterable[Path]) -> Counter[str]:
    """Streets, buildings and places among the objects of OpenStreetMap files, each object once."""
    seen = {key: tags for path in paths for key, tags in _objects(path)}
    found = Counter[str](street=0, building=0, place=0)
    for (kind, _), tags in seen.items():
        found["street"] += kind == "way" and "highway" in tags
        found["building"] += kind != "node" and "building" in tags
        found["place"] += any(all(_fits(tags.get(key), values) for key, values in one) for one in _FILTERS)
    return found


def _fits(value: str | None, wanted: set[str] | None) -> bool:
    return value is not None and (wanted is None or value in wanted)


def _objects(path: Path) -> Iterator[tuple[tuple[str, int], Tags]]:
    """Yield kind, id and tags of what has tags at all."""
    if path.suffix == ".json":
        for element in json.loads(path.read_text(encoding="utf-8"))["elements"]:
            yield (element["type"], element["id"]), element.get("tags", {})
    elif path.suffix == ".osm":
        for element in ElementTree.parse(path).getroot():
            tags = {tag.attrib["k"]: tag.attrib["v"] for tag in element.iter("tag")}
            if tags:
                yield (element.tag, int(element.attrib["id"])), tags
    else:
        names = {"n": "node", "w": "way", "r": "relation"}
        for entity in osmium.FileProcessor(path).with_filter(osmium.filter.EmptyTagFilter()):
            yield (names[entity.type_str()], entity.id), dict(entity.tags)
