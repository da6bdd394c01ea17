"""Planned dwellings: which rows count, and where."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from osm_xml import X, Y, degrees
from shapely import Point, box

from geokehila.errors import InputError
from geokehila.load import dwellings
from geokehila.schema import ISRAEL_TM

EXTENT = box(X - 1_000, Y - 1_000, X + 1_000, Y + 1_000)


def read(path: Path) -> dwellings.Planned:
    return dwellings.read(path, ISRAEL_TM, EXTENT)


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "dwellings.csv"
    path.write_text(text, encoding="utf-8")
    return path


def rejected(found: dwellings.Planned) -> dict[str, str]:
    rows = found.ledger.rejected()
    return dict(zip(rows["source_id"], rows["reason"], strict=True))


def test_points_and_outlines_of_a_layer(tmp_path: Path) -> None:
    rows = gpd.GeoDataFrame(
        {
            "מזהה": [1, 2, 3, 4, 5, 6],
            'מספר יח"ד': ["240", '1,200 יח"ד', "0", "-3", None, "הרבה"],
            "שנת אכלוס": ["2032", "31/12/2035", "בקרוב", None, None, None],
            "מספר תכנית": ["999-0000007", None, None, None, None, None],
        },
        geometry=[Point(X, Y), box(X, Y, X + 50, Y + 40), *(Point(X + i, Y) for i in range(1, 5))],
        crs=ISRAEL_TM,
    )
    rows.to_file(tmp_path / "dwellings.gpkg")
    found = read(tmp_path / "dwellings.gpkg")
    planned = found.dwellings
    assert [*planned.columns] == ["dwellings_id", "dwellings", "year", "plan_number", "geometry"]
    assert planned["dwellings_id"].tolist() == ["dwellings:1", "dwellings:2", "dwellings:3"]
    assert planned["dwellings"].tolist() == [240, 1_200, 0], "0 is measured none"
    assert planned["year"].tolist()[:2] == [2032, 2035] and np.isnan(planned["year"][2])
    assert planned["plan_number"].tolist() == ["999-0000007", None, None]
    assert planned.crs == ISRAEL_TM and planned.geometry[1].area == pytest.approx(2_000, rel=1e-3)
    assert rejected(found) == {
        "dwellings:4": "dwellings is '-3': write a number, 0 or more",
        "dwellings:5": "dwellings not told",
        "dwellings:6": "dwellings is 'הרבה': write a number, 0 or more",
    }
    assert found.ledger.counts()["planned dwellings"] | {"rejected": {}} == {"read": 6, "used": 3, "rejected": {}}
    said = {notice.name: notice.text for notice in found.ledger.notices}
    assert said["years_not_read"].startswith("1 years are none that can be read")
    assert said["rows_left_out"].startswith("3 of 6 rows are left out: row 4 (dwellings:4): ")


def test_a_table_with_coordinates_and_what_lies_elsewhere(tmp_path: Path) -> None:
    (lon, lat), (far_lon, far_lat) = degrees(0, 0), degrees(5_000, 0)
    text = f"id,lon,lat,dwellings,year\n1,{lon},{lat},10,2030\n2,{far_lon},{far_lat},10,\n3,,,10,\n"
    found = read(csv(tmp_path, text))
    assert found.dwellings["dwellings_id"].tolist() == ["dwellings:1"]
    assert found.dwellings.geometry[0].distance(Point(X, Y)) < 0.1
    assert rejected(found) == {"dwellings:2": "outside the data", "dwellings:3": "no usable coordinates"}


def test_stages_of_one_plot_all_count(tmp_path: Path) -> None:
    found = read(csv(tmp_path, f"x,y,dwellings,year\n{X},{Y},100,2030\n{X},{Y},250,2040\n"))
    assert found.dwellings["dwellings"].sum() == 350
    assert found.dwellings["dwellings_id"].is_unique


def test_the_example_of_the_manual(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "municipal_files.md").read_text(encoding="utf-8")
    example = page.partition("## Planned dwellings")[2].partition("```csv\n")[2].partition("```")[0]
    found = dwellings.read(csv(tmp_path, example), ISRAEL_TM, box(0, 0, 1e6, 1e6))
    assert found.dwellings["dwellings"].tolist() == [240, 1_200]
    assert found.dwellings["year"].fillna(0).tolist() == [2032, 0]


def test_what_cannot_be_read_says_so_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column of dwellings among x, y, floors: call it dwellings"):
        read(csv(tmp_path, f"x,y,floors\n{X},{Y},4\n"))
    with pytest.raises(InputError, match="no columns of coordinates"):
        read(csv(tmp_path, "dwellings,year\n4,2030\n"))
