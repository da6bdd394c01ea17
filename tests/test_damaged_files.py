"""Damaged files of every role: a loader returns with its books balanced, or raises one line that names the file."""

import copy
import gzip
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import seed_files
from damage import ODD_VALUES, Edit, edited, edits, odd_cells, shares, with_odd_cells
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from seed_files import Seed

from geokehila.errors import GeoKehilaError

#: How much longer than in the daily test; a campaign by hand: ``DAMAGE=10 pytest tests/test_damaged_files.py``.
LONGER = int(os.environ.get("DAMAGE", "1"))
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
#: Examples of each seed, 2,110 together: bytes of the file; cells of its table; values in its JSON; parts of a
#: workbook; companions of a Shapefile; a map packed after it was spoiled.
BYTES = {
    "osm": 150, "osm.gz": 60, "pbf": 200, "pbf packed": 60, "overpass": 100, "graphml": 140, "areas geojson": 100,
    "areas shp": 60, "areas gpkg": 80, "zones geojson": 60, "zones csv": 50, "index csv": 50, "census xlsx": 40,
    "places csv": 50, "places xlsx": 40, "places geojson": 50, "study": 150,
}  # fmt: skip
CELLS = {"zones csv": 40, "index csv": 60, "census xlsx": 60, "places csv": 50, "places xlsx": 40}
ATTRIBUTES = {"areas geojson": 60, "zones geojson": 50, "places geojson": 40, "overpass": 100}
PARTS = {"census xlsx": 40, "places xlsx": 20}
COMPANIONS = {".dbf": 40, ".shx": 20, ".prj": 20, ".cpg": 10}
PACKED = 20


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seed]:
    return seed_files.every(tmp_path_factory.mktemp("seeds"))


def assert_no_surprise(seed: Seed, path: Path) -> None:
    """Load a file; one line that names it is right, and so are books that balance."""
    try:
        ledgers = seed.load(path)
    except GeoKehilaError as fault:
        assert "\n" not in str(fault) and len(str(fault)) < 1500, str(fault)
        assert path.name in str(fault) or seed.path.suffix == ".toml", str(fault)
        return
    for ledger in ledgers:
        ledger.balance()
        assert all("\n" not in str(notice) for notice in ledger.notices)


@pytest.mark.parametrize("name", BYTES)
def test_the_seed_itself_is_sound(seeds: dict[str, Seed], name: str) -> None:
    for ledger in seeds[name].load(seeds[name].path):
        assert ledger.counts() and not ledger.notices, ledger.notices


def surroundings(seed: Seed, folder: Path) -> Path:
    """Return where a spoiled copy of the file goes, the companions of a Shapefile beside it."""
    for companion in seed.path.parent.glob(f"{seed.path.stem}.*") if seed.path.suffix == ".shp" else []:
        (folder / companion.name).write_bytes(companion.read_bytes())
    return folder / seed.path.name


@pytest.mark.parametrize("name", BYTES)
def test_spoiled_bytes(seeds: dict[str, Seed], name: str, tmp_path: Path) -> None:
    seed, whole = seeds[name], seeds[name].path.read_bytes()
    path = surroundings(seed, tmp_path)

    @settings(max_examples=BYTES[name] * LONGER, suppress_health_check=QUIET)
    @given(edits)
    def spoil(changes: list[Edit]) -> None:
        path.write_bytes(edited(whole, changes))
        assert_no_surprise(seed, path)

    spoil()


@pytest.mark.parametrize("name", CELLS)
def test_odd_cells(seeds: dict[str, Seed], name: str, tmp_path: Path) -> None:
    seed = seeds[name]
    path, write = tmp_path / seed.path.name, seed_files.table if seed.path.suffix == ".csv" else seed_files.workbook

    @settings(max_examples=CELLS[name] * LONGER, suppress_health_check=QUIET)
    @given(odd_cells)
    def spoil(changes: list[tuple[float, float, str]]) -> None:
        assert_no_surprise(seed, write(path, with_odd_cells(seed.rows or [], changes)))

    spoil()


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_odd_attributes(seeds: dict[str, Seed], name: str, tmp_path: Path) -> None:
    """The table of a layer, and a number of its geometry, hold what they should not."""
    seed, path = seeds[name], tmp_path / seeds[name].path.name
    whole = json.loads(seed.path.read_text(encoding="utf-8"))

    @settings(max_examples=ATTRIBUTES[name] * LONGER, suppress_health_check=QUIET)
    @given(st.lists(st.tuples(shares, shares, st.sampled_from(ODD_VALUES)), min_size=1, max_size=4))
    def spoil(changes: list[tuple[float, float, object]]) -> None:
        layer = copy.deepcopy(whole)
        for down, along, value in changes:
            holders = [*inner(layer)]
            holder, keys = holders[int(down * len(holders))]
            holder[keys[int(along * len(keys))]] = copy.deepcopy(value)
        path.write_text(json.dumps(layer, ensure_ascii=False), encoding="utf-8")
        assert_no_surprise(seed, path)

    spoil()


def inner(value: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Every list and table in a tree of JSON, with its keys."""
    if isinstance(value, dict | list) and value:
        keys = [*value] if isinstance(value, dict) else [*range(len(value))]
        yield value, keys
        for key in keys:
            yield from inner(value[key])


@pytest.mark.parametrize("name", PARTS)
def test_spoiled_parts_of_a_workbook(seeds: dict[str, Seed], name: str, tmp_path: Path) -> None:
    """A workbook whose archive is whole, with a part inside it spoiled."""
    seed, path = seeds[name], tmp_path / seeds[name].path.name
    with zipfile.ZipFile(seed.path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}

    @settings(max_examples=PARTS[name] * LONGER, suppress_health_check=QUIET)
    @given(st.sampled_from([*parts]), edits)
    def spoil(spoiled: str, changes: list[Edit]) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, edited(content, changes) if part == spoiled else content)
        assert_no_surprise(seed, path)

    spoil()


@pytest.mark.parametrize("suffix", COMPANIONS)
def test_spoiled_companions_of_a_shapefile(seeds: dict[str, Seed], suffix: str, tmp_path: Path) -> None:
    seed = seeds["areas shp"]
    path = surroundings(seed, tmp_path)
    companion = path.with_suffix(suffix)
    whole = companion.read_bytes()

    @settings(max_examples=COMPANIONS[suffix] * LONGER, suppress_health_check=QUIET)
    @given(edits)
    def spoil(changes: list[Edit]) -> None:
        companion.write_bytes(edited(whole, changes))
        assert_no_surprise(seed, path)

    spoil()


def test_a_spoiled_map_in_a_whole_archive(seeds: dict[str, Seed], tmp_path: Path) -> None:
    seed, whole, path = seeds["osm.gz"], seeds["osm"].path.read_bytes(), tmp_path / "map.osm.gz"

    @settings(max_examples=PACKED * LONGER, suppress_health_check=QUIET)
    @given(edits)
    def spoil(changes: list[Edit]) -> None:
        path.write_bytes(gzip.compress(edited(whole, changes), mtime=0))
        assert_no_surprise(seed, path)

    spoil()


def test_there_are_two_thousand_examples() -> None:
    assert PACKED + sum(sum(table.values()) for table in (BYTES, CELLS, ATTRIBUTES, PARTS, COMPANIONS)) >= 2000
