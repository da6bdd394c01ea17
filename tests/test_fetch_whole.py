"""A fictional city fetched from servers that replay the sample town, then run: what came is what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
import shapely
from replay_osm import Map, overpass
from replay_server import Held, Replay, Reply, arcgis_layer, ckan_table, of_json, quick_wire, replaying
from typer.testing import CliRunner

from geokehila import run
from geokehila.fetch import fetching
from geokehila.fetch.dem import Degree
from geokehila.pipeline import Run
from geokehila_cli.app import app

Fetched = tuple[Path, list[dict[str, Any]]]
TILE = Degree(30, 34)
#: As the live layer spells them, where a Shapefile cuts names at ten letters.
SPELLED = {
    "SEMEL_YISH": "SEMEL_YISHUV", "SHEM_YISHU": "SHEM_YISHUV", "SHEM_YIS_1": "SHEM_YISHUV_ENGLISH",
    "STAT_2022": "STAT_2022", "YISHUV_STA": "YISHUV_STAT_2022", "COD_TIFKUD": "COD_TIFKUD",
}  # fmt: skip


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def features(path: Path) -> list[dict[str, Any]]:
    """The areas of a Shapefile as an ArcGIS service gives them."""
    areas = gpd.read_file(path)
    told = areas[[*SPELLED]].rename(columns=SPELLED).astype(object).to_dict("records")
    rings = [[[*map(list, shapely.orient_polygons(area, exterior_cw=True).exterior.coords)]] for area in areas.geometry]
    return [
        {"attributes": {"OBJECTID": i, **row}, "geometry": {"rings": ring}}
        for i, (row, ring) in enumerate(zip(told, rings, strict=True), 1)
    ]


def census(path: Path) -> Held:
    """The census workbook as a table of the datastore: its second row names the columns."""
    _, names, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    texts = [{name: None if cell is None else str(cell) for name, cell in zip(names, row, strict=True)} for row in rows]
    return dict.fromkeys(names, "text"), texts


def tile(source: Path, folder: Path) -> bytes:
    """The tile of the degree in which the town lies, with the town's heights in their place."""
    with rasterio.open(source) as town:
        cells, step = np.zeros((3600, 3600), "float32"), town.res[0]
        column, row = (
            round((town.bounds.left - TILE.west) / step + 0.5),
            round((TILE.south + 1 - town.bounds.top) / step + 0.5),
        )
        cells[row : row + town.height, column : column + town.width] = town.read(1)
    place = rasterio.Affine(step, 0, TILE.west - step / 2, 0, -step, TILE.south + 1 + step / 2)
    path = folder / "tile.tif"
    form = {"driver": "GTiff", "height": 3600, "width": 3600, "count": 1, "compress": "deflate", "zlevel": 1}
    with rasterio.open(path, "w", dtype="float32", crs="EPSG:4326", transform=place, **form) as out:
        out.write(cells, 1)
    return path.read_bytes()


def sources(replay: Replay, town: Path, folder: Path) -> Mapping[str, tuple[str, str]]:
    """Serve every file of the town; return by source its address, and what else a user's table says of it."""
    areas = arcgis_layer(features(town / "statistical_areas.shp"), dict.fromkeys(SPELLED.values(), "String"), most=4)
    replay.at("/areas/query", areas)
    replay.at("/tileList.txt", Reply(f"{TILE.name}\n".encode()))
    replay.at(f"/{TILE.name}/{TILE.name}.tif", Reply(tile(town / "dem.tif", folder), ranged=True))
    busy_once = iter([Reply(status=429, headers={"Retry-After": "10"})])
    knows = overpass(Map.read(town / "osm.osm.pbf"))
    mirror = of_json([{"name": "נווה אור", "value": "נווה אור", "countdown": 60, "lat": 30.9, "lng": 34.62}])
    return {
        "cbs_areas_2022": (replay.at("/areas", areas), "options = { least = 9 }"),
        "cbs_census_2022": (
            replay.at("/census", ckan_table({"c": census(town / "census.xlsx")})),
            'options = { resource = "c", least = 10, page = 7 }',
        ),
        "osm_israel": (replay.at("/israel.osm.pbf", Reply(status=404)), ""),
        "osm_overpass": (replay.at("/api", lambda asked: next(busy_once, None) or knows(asked)), ""),
        "gtfs_israel": (replay.at("/gtfs.zip", Reply((town / "gtfs.zip").read_bytes(), ranged=True)), ""),
        "copernicus_dem": (replay.url, "options = { least = 1 }"),
        "alert_areas": (replay.at("/alerts", mirror), "options = { least = 1 }"),
        "shelters": (
            replay.at("/shelters", Reply((town / "shelters.csv").read_bytes())),
            'role = "shelters"\nclient = "municipal"\nfile = "shelters.csv"\nholds = "shelters"\nscope = "city"\n'
            'licence = "the town\'s own"',
        ),
    }


@pytest.fixture(scope="module")
def fetched(replay: Replay, raw_neve_or: Path, tmp_path_factory: pytest.TempPathFactory) -> Fetched:
    """The raw folder after `geokehila fetch`, in which there was a study alone; and what became of each source."""
    folder = tmp_path_factory.mktemp("fetched")
    data = folder / "raw"
    (data / "neve-or").mkdir(parents=True)
    study = (raw_neve_or / "neve-or" / "study.toml").read_text(encoding="utf-8")
    (data / "neve-or" / "study.toml").write_text(f"{study}\n[hubs]\nresamples = 0\nadd = 0\n", encoding="utf-8")
    served = sources(replay, raw_neve_or / "neve-or", folder)
    table = "\n".join(f'[{key}]\nurls = ["{url}"]\n{more}' for key, (url, more) in served.items())
    (data / "sources.toml").write_text(table, encoding="utf-8")
    only = "statistical_areas,census,osm,gtfs,dem,alerts,shelters"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetching, "Wire", lambda **more: quick_wire())
        done = CliRunner().invoke(app, ["fetch", "neve-or", "--data", str(data), "--only", only, "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    return data, json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(fetched: Fetched) -> Run:
    data, _ = fetched
    return run("neve-or", data, data.parent / "out")


def test_everything_came_and_the_fallback_is_told(fetched: Fetched) -> None:
    data, outcomes = fetched
    states = {one["source"]: one["state"] for one in outcomes}
    assert states == {
        "cbs_areas_2022": "fetched", "cbs_census_2022": "fetched", "osm_israel": "failed", "osm_overpass": "fetched",
        "gtfs_israel": "fetched", "gtfs_city": "fetched", "alert_areas": "fetched", "copernicus_dem": "fetched",
        "shelters": "fetched",
    }  # fmt: skip
    (osm,) = (one for one in outcomes if one["source"] == "osm_overpass")
    assert "osm_city: osm_israel" in osm["why"], "the extract failed, so Overpass was asked"
    names = sorted(path.name for path in (data / "neve-or").iterdir())
    assert names == ["dem.tif", "gtfs.zip", "osm.osm.pbf", "shelters.csv", "sources.json", "study.toml"]
    assert not [path for path in data.rglob(".*") if "lock" not in path.name], "nothing is left on the desks"


def test_a_run_reads_what_was_fetched(made: Run, neve_or: Run) -> None:
    """People, homes and walks are those of a run of the files themselves."""
    assert made.origins["people"].sum() == pytest.approx(neve_or.origins["people"].sum())
    assert len(made.origins) == len(neve_or.origins)
    walks = [pd.read_parquet(one.path / "access_nearest.parquet") for one in (made, neve_or)]
    keys = ["profile", "direction", "origin_id"]
    mine, sent = (table.set_index(keys)[["clinic_s", "bus_stop_s", "shelter_s"]].sort_index() for table in walks)
    pd.testing.assert_frame_equal(mine, sent)
    stops = [pd.DataFrame(pd.read_parquet(one.path / "stops.parquet")) for one in (made, neve_or)]
    counts = "weekday_departures_count"
    assert stops[0].set_index("stop_id")[counts].to_dict() == stops[1].set_index("stop_id")[counts].to_dict()


def test_a_run_names_source_licence_and_date_of_what_was_fetched(made: Run) -> None:
    rows = {row["role"]: row for row in json.loads((made.path / "run.json").read_text(encoding="utf-8"))["inputs"]}
    assert rows["osm"]["source"] == "osm_overpass" and rows["osm"]["licence"].startswith("ODbL 1.0")
    assert rows["osm"]["date"] == "2026-11-22" and rows["dem"]["licence"].startswith("Copernicus DEM licence")
    assert rows["shelters"]["licence"] == "the town's own" and rows["gtfs"]["date"] == "2025-01-01"
    assert not any("127.0.0.1" in path.read_text(encoding="utf-8") for path in made.path.glob("*.json")), "no address"
