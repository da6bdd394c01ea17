"""The smallest town that a run takes: two homes, a clinic and a street. Its folders have Hebrew names and spaces."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import osm_xml as osm
import pytest

import geokehila

SLUG = "town"


def build(folder: Path) -> Path:
    """Write its files into ``raw`` of a folder below this one, and its last good run into ``out``; return it."""
    place = files(folder)
    run(place, place / "out")
    return place


def files(folder: Path) -> Path:
    """Write its files into ``raw`` of a folder below this one; return it."""
    place = folder / "עיר קטנה"
    raw = place / "raw" / SLUG
    raw.mkdir(parents=True)
    corners = [osm.degrees(x, y) for x, y in ((0, 0), (900, 0), (900, 900), (0, 900), (0, 0))]
    (w, s), (e, n) = corners[0], corners[2]
    homes = [osm.square(10 + 10 * i, 200 + 300 * i, 110, 20) for i in range(2)]
    ways = [osm.way(2 + i, ring, "building=apartments") for i, (_, ring) in enumerate(homes)]
    street = [osm.node(1, 100, 100), osm.node(2, 800, 100), osm.node(3, 400, 102, "amenity=clinic")]
    nodes = [*street, *(nodes for nodes, _ in homes)]
    head = f'<bounds minlat="{s}" minlon="{w}" maxlat="{n}" maxlon="{e}"/>'
    osm.write(raw / "osm.osm", *nodes, osm.way(1, [1, 2], "highway=residential"), *ways, head=head)
    shape = {"type": "Polygon", "coordinates": [corners]}
    feature = {"type": "Feature", "geometry": shape, "properties": {"id": "a", "population": 100}}
    layer = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (raw / "zones.geojson").write_text(layer, encoding="utf-8")
    (raw / "study.toml").write_text('[study]\nname = "Town"\n[zones]\nkind = "polygons"\n', encoding="utf-8")
    return place


def run(town: Path, out: Path, progress: Callable[[str], None] = lambda stage: None) -> geokehila.Run:
    """Run the town."""
    return geokehila.run(SLUG, town / "raw", out, progress)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file with its bytes and every folder, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def last_good(out: Path) -> dict[str, bytes | None]:
    """As :func:`tree`, without what is told of a run that did not come to its end."""
    return {name: found for name, found in tree(out).items() if "unfinished" not in name.split("/")}


def told(out: Path) -> dict[str, Any]:
    """What is told of a run that did not come to its end; empty where nothing is."""
    path = out / "data" / "processed" / SLUG / "unfinished" / "run.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def wait_for(is_there: Callable[[], bool]) -> None:
    """Wait until something is there; fail after two minutes."""
    for _ in range(2400):
        if is_there():
            return
        time.sleep(0.05)
    pytest.fail("nothing came in two minutes")
