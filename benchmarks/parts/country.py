"""An extract of the size of a country cut to the 71 cities of the catalogue in one pass: seconds, and most memory."""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import osmium

from benchmarks.measure import tell
from geokehila.catalogue import cities
from geokehila.load.osm.cut import Box, cut

NODES, OF_A_WAY, OF_A_HOUSE = 30_000_000, 8, 4
#: What the country is drawn in [degrees]: Israel from Eilat to Metula.
WEST, SOUTH, EAST, NORTH = 34.25, 29.48, 35.90, 33.30
#: [degrees] round the middle of a city: half a town, and the longest walk.
ROUND = 0.08
STREET, HOUSE, SHOP = {"highway": "residential"}, {"building": "yes"}, {"shop": "bakery"}


def country(small: bool) -> str:
    """Write a country, cut it in a process of its own, and return the table of what was measured."""
    nodes = 300_000 if small else NODES
    with TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        source = Path(folder) / "country.osm.pbf"
        tell(f"writing a country of {nodes:,} nodes")
        write(source, nodes)
        begun = perf_counter()
        told = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "benchmarks.parts.country", str(source)], check=True, capture_output=True, text=True
        ).stdout
        seconds, peak_mb, size_mb = perf_counter() - begun, float(told.split()[0]), source.stat().st_size / 1e6
        cut_mb = sum(path.stat().st_size for path in Path(folder).glob("cut/*")) / 1e6
    rows = [
        ("nodes, cities", f"{nodes:,}, {len(cities())}"),
        ("extract of the country", f"{size_mb:.0f} MB"),
        ("extracts of the cities", f"{cut_mb:.0f} MB"),
        ("cut", f"{seconds:.0f} s"),
        ("most memory", f"{peak_mb:.0f} MB"),
    ]
    return "\n".join(["| | |", "| --- | ---: |", *(f"| {what} | {value} |" for what, value in rows)])


def write(path: Path, nodes: int) -> None:
    """Draw a lattice over the country: three of four ways are houses, one is a street; one node of 50 is a shop."""
    columns = math.ceil(math.sqrt(nodes * (EAST - WEST) / (NORTH - SOUTH)))
    wide, high = (EAST - WEST) / columns, (NORTH - SOUTH) * columns / nodes
    header = osmium.io.Header()
    header.set("sorting", "Type_then_ID")
    header.set("osmosis_replication_timestamp", "2025-01-01T00:00:00Z")
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as out:
        for number in range(nodes):
            row, column = divmod(number, columns)
            place = (WEST + column * wide, SOUTH + row * high)
            out.add_node(osmium.osm.mutable.Node(id=number + 1, location=place, tags=SHOP if number % 50 == 0 else {}))
        first, number = 1, 1
        while first + OF_A_WAY <= nodes:
            is_street = number % 4 == 0
            size = OF_A_WAY if is_street else OF_A_HOUSE
            refs = [*range(first, first + size), *([] if is_street else [first])]
            out.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=STREET if is_street else HOUSE))
            first, number = first + size, number + 1


def _cut(source: Path) -> None:
    """Cut, and print the most memory that this process held [MB]."""
    boxes = {
        slug: Box(city.lon - ROUND, city.lat - ROUND, city.lon + ROUND, city.lat + ROUND)
        for slug, city in cities().items()
    }
    folder = source.parent / "cut"
    folder.mkdir()
    cut(source, boxes, {slug: folder / f"{slug}.osm.pbf" for slug in boxes})
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    _cut(Path(sys.argv[1]))
