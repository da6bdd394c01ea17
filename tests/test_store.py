"""Tables on disk: what is written comes back, and equal runs are equal files."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from shapely import LineString, Point, box

from geokehila.errors import InputError
from geokehila.schema import ISRAEL_TM, TABLES, check
from geokehila.store import kept, tables

SHAPE = {"zones": box(0, 0, 9, 9), "buildings": box(0, 0, 9, 9), "streets": LineString([(0, 0), (1, 1)])}
VALUES: dict[str, list[Any]] = {
    "text": ["א,\"ב'", "b\n2"],
    "number": [0.1 + 0.2, -1e-300],
    "count": [0, 2**40],
    "flag": [True, False],
}


def example(name: str, rows: int) -> pd.DataFrame:
    """A table of the schema with as many rows; what may be missing is missing in the last."""
    table = TABLES[name]
    kinds = {"text": "str", "number": "float64", "count": "int64", "flag": "bool"}
    columns = {
        c: gpd.GeoSeries([SHAPE.get(name, Point(1 / 3, 2))] * rows, crs=ISRAEL_TM)
        if kind == "geometry"
        else pd.Series(VALUES[kind][:rows], dtype=kinds[kind])
        for c, kind in table.columns.items()
    }
    frame = gpd.GeoDataFrame(columns) if "geometry" in columns else pd.DataFrame(columns)
    for column in table.nullable:
        frame.loc[frame.index[1:], column] = np.nan if table.columns[column] == "number" else None
    return check(name, frame)


@pytest.mark.parametrize("rows", [0, 1, 2])
@pytest.mark.parametrize("name", TABLES)
def test_every_table_comes_back_as_it_was(name: str, rows: int, tmp_path: Path) -> None:
    table = example(name, rows)
    tables.write_parquet({name: table}, tmp_path)
    read = gpd.read_parquet if "geometry" in table else pd.read_parquet
    back = read(tmp_path / f"{name}.parquet")
    pd.testing.assert_frame_equal(pd.DataFrame(back), pd.DataFrame(table), check_dtype=rows > 0)
    assert len(check(name, back, ISRAEL_TM)) == rows


def test_an_index_with_a_name_becomes_a_column(tmp_path: Path) -> None:
    scores = pd.DataFrame({"domain_health_state": ["reached"]}, index=pd.Index(["w1"], name="origin_id"))
    tables.write_parquet({"scores": scores}, tmp_path)
    assert pd.read_parquet(tmp_path / "scores.parquet").columns.tolist() == ["origin_id", "domain_health_state"]


def layers(rows: int) -> dict[str, gpd.GeoDataFrame]:
    return {name: example(name, rows) for name in ("zones", "places", "streets", "open_spaces")}


@pytest.mark.parametrize("rows", [0, 2])
def test_a_geopackage_written_twice_is_the_same_bytes_and_opens(rows: int, tmp_path: Path) -> None:
    paths = [tmp_path / "one" / "דימונה.gpkg", tmp_path / "two" / "דימונה.gpkg"]
    for path in paths:
        path.parent.mkdir()
        tables.write_geopackage(layers(rows), path, "2024-05-06")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert pyogrio.list_layers(paths[0])[:, 0].tolist() == [*layers(rows)]
    for name, layer in layers(rows).items():
        back = pyogrio.read_dataframe(paths[0], layer=name)
        assert len(back) == rows and back.crs == ISRAEL_TM
        assert [c for c in layer if c not in back] == []
        if rows:
            assert back.geometry.to_wkb().tolist() == layer.geometry.to_wkb().tolist()


def test_a_geopackage_is_dated_by_its_inputs_and_the_setting_is_put_back(tmp_path: Path) -> None:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    tables.write_geopackage(layers(1), tmp_path / "a.gpkg", "2024-05-06")
    with sqlite3.connect(tmp_path / "a.gpkg") as file:
        dates = {date for (date,) in file.execute("SELECT last_change FROM gpkg_contents")}
    file.close()
    assert dates == {"2024-05-06T00:00:00.000Z"}
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before


def test_what_a_unit_tells_of_itself_stands_beside_its_measures() -> None:
    """The whole area is the unit's own, the part of it inside the data is measured, with a reason."""
    zones = example("zones", 1)
    head = {"zoning": "zone", "profile": "adult", "group": "total", "reason": "", "zone_id": zones["zone_id"][0]}
    rows = [{**head, "measure": "land_inside_m2", "value": 7.0, "low": np.nan, "high": np.nan}]
    rows.append({**head, "measure": "x_share", "value": np.nan, "low": 0.0, "high": 1.0})
    found = tables.wide(pd.DataFrame(rows), zones, "zone")
    assert found["land_m2"].tolist() == zones["land_m2"].tolist() and found["land_inside_m2"].tolist() == [7.0]
    assert "land_m2_reason" not in found and found["land_inside_m2_reason"].tolist() == [""]


def test_json_is_sorted_readable_and_the_same_for_equal_content(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    tables.write_json({"b": {"y": 1, "x": "שלום"}, "a": None}, one)
    tables.write_json({"a": None, "b": {"x": "שלום", "y": 1}}, two)
    assert one.read_bytes() == two.read_bytes()
    text = one.read_text(encoding="utf-8")
    assert text.index('"a"') < text.index('"b"') < text.index('"x"') < text.index('"y"') and "שלום" in text


def test_what_is_missing_is_null_in_json_which_knows_no_nan(tmp_path: Path) -> None:
    content = {"low": np.nan, "rows": [{"high": float("inf")}, 1.5], "pair": (np.float64("nan"), 2)}
    tables.write_json(content, tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text(encoding="utf-8")

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    back = json.loads(text, parse_constant=refuse)
    assert back == {"low": None, "rows": [{"high": None}, 1.5], "pair": [None, 2]}


def test_zones_get_a_column_for_every_number_of_the_map() -> None:
    zones = example("zones", 2)
    ids = zones["zone_id"].tolist()
    head = {"zoning": "zone", "profile": "adult", "group": "total", "reason": ""}
    rows = [
        {**head, "zone_id": ids[0], "measure": "people", "value": 7.0},
        {**head, "zone_id": ids[0], "measure": "domain_x_share", "low": 0.25, "high": 0.5, "reason": "edge"},
        {**head, "zone_id": ids[0], "measure": "people", "value": 3.0, "group": "65+"},
        {**head, "zone_id": "", "measure": "people", "value": 9.0, "zoning": "city"},
    ]
    found = tables.wide(pd.DataFrame(rows), zones, "zone").set_index("zone_id")
    assert found.loc[
        ids[0], ["people", "domain_x_share_low", "domain_x_share_high", "domain_x_share_reason"]
    ].tolist() == [7, 0.25, 0.5, "edge"]
    assert found.loc[ids[1], ["people", "domain_x_share_low"]].isna().all() and len(found) == 2
    assert found.loc[ids[1], ["people_reason", "domain_x_share_reason"]].tolist() == ["no people", "no people"]


def test_an_area_that_nobody_counted_is_told_from_one_where_nobody_lives() -> None:
    zones = example("zones", 2)
    lived_in, other = zones["zone_id"]
    head = {"zoning": "zone", "profile": "adult", "group": "total", "reason": "", "zone_id": lived_in}
    rows = [{**head, "measure": "people", "value": 7.0}, {**head, "measure": "x_share", "low": 0.2, "high": 0.5}]
    for uncounted, said in ((set(), "no people"), ({other}, "people not counted"), ({lived_in}, "no people")):
        found = tables.wide(pd.DataFrame(rows), zones, "zone", uncounted)
        assert found["people"].isna().tolist() == [False, True]
        assert found["people_reason"].tolist() == found["x_share_reason"].tolist() == ["", said]


def test_an_area_without_homes_says_so_of_measures_of_homes_alone() -> None:
    zones = example("zones", 2)
    ids = zones["zone_id"].tolist()
    head = {"zoning": "zone", "profile": "adult", "group": "total"}
    rows = [
        {**head, "zone_id": ids[0], "measure": "people", "value": np.nan, "reason": "unknown"},
        {**head, "zone_id": ids[0], "measure": "weakest_domain", "value": 0.5, "reason": "health"},
        {**head, "zone_id": ids[0], "measure": "domain_health_share", "low": 0.0, "high": 1.0, "reason": "edge"},
        *({**head, "zone_id": one, "measure": "dead_ends_count", "value": 0.0, "reason": ""} for one in ids),
    ]
    found = tables.wide(pd.DataFrame(rows), zones, "zone").set_index("zone_id")
    assert found["people_reason"].tolist() == ["unknown", "no people"]
    assert found["dead_ends_count"].tolist() == [0, 0] and found["dead_ends_count_reason"].tolist() == ["", ""]
    assert found["weakest_domain_reason"].tolist()[0] == "health"
    assert found["weakest_domain_reason"].isna().tolist() == [False, True], "what names a domain names none"


def test_a_run_is_found_by_its_id_and_who_asks_for_none_is_told_what_there_is(tmp_path: Path) -> None:
    def write(slug: str, run_id: str) -> Path:
        folder = tmp_path / "data" / "processed" / slug / run_id
        folder.mkdir(parents=True)
        (folder / kept.RECORD).write_text("{}", encoding="utf-8")
        (folder.parent / kept.LATEST).write_text(run_id, encoding="utf-8")
        return folder

    old, new = write("toy", "0a"), write("toy", "0b")
    assert (kept.folder("0a", tmp_path), kept.folder("toy", tmp_path)) == (old, new)
    with pytest.raises(InputError, match="no run of qqqqq is kept here: there are runs of toy; else name as out"):
        kept.folder("qqqqq", tmp_path)
    for slug in "ghijkl":
        write(slug, "0c")
    with pytest.raises(InputError, match="there are runs of g, h, i, j, k and others; else"):
        kept.folder("qqqqq", tmp_path)
