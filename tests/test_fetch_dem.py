"""Heights from tiles of a degree: joined cell for cell, cut to the box; seas without tiles, and files that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from replay_osm import drawn
from replay_server import Replay, Reply, page, quick_wire, replaying

from geokehila.errors import FetchError
from geokehila.fetch import Wish, dem, fetch
from geokehila.fetch.dem import Degree, bring, degrees
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.sources import Source
from geokehila.fetch.where import box
from geokehila.load import terrain
from geokehila.load.osm.cut import Box
from geokehila.study import Study

STEP = 1 / 3600
Drawn = tuple[Study, Path, Path]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    return drawn(tmp_path_factory.mktemp("town"))


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def height(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """A slope on which every cell is another height, [m]."""
    return ((lon - 34.0) * 400 + (lat - 30.0) * 100).astype("float32")


def tile(folder: Path, degree: Degree, rows: int = 3600, crs: str = "EPSG:4326", dtype: str = "float32") -> bytes:
    """A tile as the bucket has them: the middle of its first cell is its north-western corner.

    Heights are drawn from 30.25 to 30.55 only, where tests look, so that it is written soon.
    """
    place = Affine(STEP, 0, degree.west - STEP / 2, 0, -STEP, degree.south + 1 + STEP / 2)
    lon, lat = degree.west + np.arange(rows) * STEP, degree.south + 1 - np.arange(rows) * STEP
    drawn_rows = np.flatnonzero((lat > 30.25) & (lat < 30.55)) if rows == 3600 else []
    cells = np.zeros((rows, rows), dtype)
    cells[drawn_rows] = height(lon, lat[drawn_rows, None])
    form = {"driver": "GTiff", "height": rows, "width": rows, "count": 1, "compress": "deflate", "zlevel": 1}
    path = folder / f"{degree.name}.tif"
    with rasterio.open(path, "w", dtype=dtype, crs=crs, transform=place, **form) as out:
        out.write(cells, 1)
    return path.read_bytes()


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> dict[Degree, bytes]:
    folder = tmp_path_factory.mktemp("tiles")
    return {degree: tile(folder, degree) for degree in (Degree(30, 34), Degree(30, 35))}


def bucket(replay: Replay, tiles: dict[Degree, bytes], listed: int = 5) -> str:
    names = [degree.name for degree in tiles]
    others = [Degree(-80, west).name for west in range(listed - len(names))]
    replay.at("/tileList.txt", Reply("\r\n".join([*names, *others]).encode()))
    for degree, body in tiles.items():
        replay.at(f"/{degree.name}/{degree.name}.tif", Reply(body, ranged=True))
    return replay.url


def errand(town: Drawn, desk: Path, url: str) -> Errand:
    study, data, _ = town
    options = {"least": 3}
    source = Source("dem", "dem", "dem", "dem.tif", "heights", "free", urls=(url,), options=options, max_mb=60.0)
    desk.mkdir(exist_ok=True)
    return Errand(source, study, quick_wire(attempts=2), desk, data)


def moved(monkeypatch: pytest.MonkeyPatch, around: Box) -> None:
    """Let the city lie elsewhere."""
    monkeypatch.setattr(dem, "box", lambda study, data: around)


def fetched(errand: Errand) -> Brought:
    brought = bring(errand)
    assert brought is not None
    return brought


def test_degrees_are_named_as_the_bucket_names_them() -> None:
    assert degrees(Box(34.2, 31.2, 34.3, 31.3)) == [Degree(31, 34)]
    assert degrees(Box(-0.1, -0.1, 0.1, 0.1)) == [Degree(-1, -1), Degree(-1, 0), Degree(0, -1), Degree(0, 0)]
    assert Degree(-1, 0).name == "Copernicus_DSM_COG_10_S01_00_E000_00_DEM"


def test_cells_of_a_tile_are_kept_as_they_are(
    replay: Replay, town: Drawn, tiles: dict[Degree, bytes], tmp_path: Path
) -> None:
    asked = errand(town, tmp_path / "desk", bucket(replay, tiles))
    assert fetched(asked).counts == {"tiles": 1}
    around = box(town[0], town[1])
    with rasterio.open(asked.target) as cut:
        left, bottom, right, top = cut.bounds
        assert left <= around.west < left + STEP and right - STEP < around.east <= right
        assert bottom <= around.south < bottom + STEP and top - STEP < around.north <= top
        rows, columns = np.mgrid[: cut.height, : cut.width]
        lon, lat = left + (columns + 0.5) * STEP, top - (rows + 0.5) * STEP
        assert cut.read(1) == pytest.approx(height(lon, lat), abs=1e-3)
        assert cut.tags()["TILES"] == Degree(30, 34).name and cut.tags()["LICENCE"] == "free"
        assert cut.crs.to_epsg() == 4326
    found, _ = terrain.read([asked.target], "EPSG:2039", (190e3, 470e3, 191e3, 471e3))
    assert found is not None


def test_a_city_on_two_degrees_has_no_seam(
    replay: Replay, town: Drawn, tiles: dict[Degree, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(monkeypatch, Box(34.995, 30.5, 35.005, 30.51))
    asked = errand(town, tmp_path / "desk", bucket(replay, tiles))
    assert fetched(asked).counts == {"tiles": 2}
    with rasterio.open(asked.target) as cut:
        found = cut.read(1)
    # One cell east is 400/3600 m higher, the border of the degrees as well.
    assert np.diff(found, axis=1) == pytest.approx(400 * STEP, abs=1e-3)


def test_where_the_list_has_no_tile_it_is_sea(
    replay: Replay, town: Drawn, tiles: dict[Degree, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(monkeypatch, Box(33.995, 30.5, 34.005, 30.51))
    asked = errand(town, tmp_path / "desk", bucket(replay, tiles))
    brought = fetched(asked)
    assert brought.notes == ("no tile of N30_00_E033: sea, or not released",)
    with rasterio.open(asked.target) as cut:
        known = cut.read(1, masked=True)
    assert known.mask[:, :15].all() and not known.mask[:, 20:].any()
    assert replay.times(f"/{Degree(30, 33).name}/{Degree(30, 33).name}.tif") == 0


def test_where_there_is_no_tile_at_all_it_fails(
    replay: Replay, town: Drawn, tiles: dict[Degree, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = errand(town, tmp_path / "desk", bucket(replay, tiles))
    moved(monkeypatch, Box(31.2, 33.2, 31.3, 33.3))
    with pytest.raises(FetchError, match="no tile lies there: carry heights by --from"):
        bring(asked)
    moved(monkeypatch, Box(31.2, 33.2, 35.3, 36.3))
    with pytest.raises(FetchError, match="20 tiles, where a city needs at most 9"):
        bring(asked)


def test_a_tile_that_is_listed_and_missing_is_a_fault(
    replay: Replay, town: Drawn, tiles: dict[Degree, bytes], tmp_path: Path
) -> None:
    url = bucket(replay, tiles)
    name = Degree(30, 34).name
    asked = errand(town, tmp_path / "desk", url)
    for reply, said in ((Reply(status=404), "answers 404"), (Reply(status=503), "503"), (page(), "cannot be read")):
        replay.at(f"/{name}/{name}.tif", reply)
        with pytest.raises(FetchError, match=said):
            bring(asked)
        assert not [*asked.desk.glob("*.tif")]


@pytest.mark.parametrize("listed", [page(), Reply(b""), Reply(b"Copernicus_DSM_COG_10_N30_00_E034_00_DEM\n")])
def test_a_list_that_is_none_tells_of_no_sea(listed: Reply, replay: Replay, town: Drawn, tmp_path: Path) -> None:
    replay.at("/tileList.txt", listed)
    with pytest.raises(FetchError, match="names fewer than 3 tiles"):
        bring(errand(town, tmp_path / "desk", replay.url))


def test_a_raster_that_is_no_tile_of_its_degree_is_refused(replay: Replay, town: Drawn, tmp_path: Path) -> None:
    right, wrong = Degree(30, 34), Degree(31, 34)
    name = right.name
    asked = errand(town, tmp_path / "desk", bucket(replay, {right: b""}))
    odd = {
        "1200 by 1200 cells": tile(tmp_path, right, rows=1200),
        "3600 by 3600 cells in 1 bands of int16": tile(tmp_path, right, dtype="int16"),
        "its CRS is not EPSG:4326": tile(tmp_path, right, crs="EPSG:3857"),
        "it lies at 34.000 31.000": tile(tmp_path, wrong),
    }
    for said, body in odd.items():
        replay.at(f"/{name}/{name}.tif", Reply(body, ranged=True))
        with pytest.raises(FetchError, match=said):
            bring(asked)


def test_a_cut_tile_goes_on_and_one_that_came_is_not_asked_for_again(
    replay: Replay, town: Drawn, tiles: dict[Degree, bytes], tmp_path: Path
) -> None:
    url = bucket(replay, tiles)
    path = f"/{Degree(30, 34).name}/{Degree(30, 34).name}.tif"
    body = tiles[Degree(30, 34)]
    replay.at(path, Reply(body, ranged=True, cut_at=100_000), Reply(body, ranged=True))
    asked = errand(town, tmp_path / "desk", url)
    with pytest.raises(FetchError, match="breaks off"):
        bring(replace(asked, wire=quick_wire(attempts=1)))
    fetched(asked)
    ranges = [one.headers.get("range") for one in replay.asked if one.path == path]
    assert ranges == [None, "bytes=100000-"]
    written = asked.target.read_bytes()
    fetched(asked)
    assert replay.times(path) == 2 and asked.target.read_bytes() == written


def test_the_licence_stands_in_the_manifest(
    replay: Replay, town: Drawn, tiles: dict[Degree, bytes], tmp_path: Path
) -> None:
    study, data, _ = town
    (data / "sources.toml").write_text(
        f'[copernicus_dem]\nurls = ["{bucket(replay, tiles)}"]\noptions = {{ least = 3 }}\n'
    )
    (outcome,) = fetch(study, data, Wish(only=("dem",)), quick_wire())
    (data / "sources.toml").unlink()
    assert (outcome.state, outcome.date) == ("fetched", "2015"), outcome
    told = (data / study.city.slug / "sources.json").read_text(encoding="utf-8")
    assert "Copernicus DEM licence" in told and "Airbus Defence and Space" in told
