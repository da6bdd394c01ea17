"""Stops of a timetable: which are stops, where, and what becomes of the rest."""

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geokehila.errors import InputError
from geokehila.load import stops
from geokehila.schema import ISRAEL_TM, WGS84

#: Two kilometres around a point near Be'er Sheva.
EXTENT = gpd.GeoSeries([box(34.79, 31.24, 34.81, 31.26)], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
HEADER = "stop_id,stop_code,stop_name,stop_lat,stop_lon,location_type\n"
ROWS = """1,11,שדרות רגר/ביאליק,31.25,34.80,0
2,12,רח' הדסה,31.251,34.801,
3,13,תחנה מרכזית,31.25,34.80,1
4,14,רחוק,32.0,34.80,0
5,15,ללא מקום,,,0
6,16,אפס,0,0,0
1,17,כפול,31.252,34.80,0
"""


def feed(path: Path, text: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("agency.txt", "agency_id\n1\n")
        archive.writestr("stops.txt", "\ufeff" + text)
    return path


def test_each_row_is_a_stop_or_says_why_not(tmp_path: Path) -> None:
    found, ledger = stops.read([feed(tmp_path / "gtfs.zip", HEADER + ROWS)], EXTENT, ISRAEL_TM)
    assert found["place_id"].tolist() == ["gtfs:1", "gtfs:2"] and found["source_id"].tolist() == ["1", "2"]
    assert found["name_he"].tolist() == ["שדרות רגר/ביאליק", "רח' הדסה"] and found.crs == ISRAEL_TM
    assert found["categories"].tolist() == [("bus_stop",)] * 2 and set(found["source"]) == {"gtfs.zip"}
    # One thousandth of a degree north is 111 m, east 95 m at this latitude: 146 m apart.
    assert found.geometry.iloc[0].distance(found.geometry.iloc[1]) == pytest.approx(146, abs=1)
    assert ledger.counts()["stop"] == {
        "read": 7,
        "used": 2,
        "rejected": {
            "a station or an entrance": 1,
            "its id repeats": 1,
            "no usable coordinates": 2,
            "outside the data": 1,
        },
    }


def test_an_unpacked_feed_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "agency.txt").write_text("agency_id\n1\n")
    (tmp_path / "stops.txt").write_text(HEADER + ROWS, encoding="utf-8-sig")
    found, _ = stops.read([tmp_path / "agency.txt", tmp_path / "stops.txt"], EXTENT, ISRAEL_TM)
    assert found["place_id"].tolist() == ["gtfs:1", "gtfs:2"]


def test_a_study_without_a_timetable_has_no_stops() -> None:
    assert stops.none(ISRAEL_TM).empty and stops.none(ISRAEL_TM).crs == ISRAEL_TM


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a zip", "no readable stops.txt"),
        (b"", "no readable stops.txt"),
        (None, "no readable stops.txt"),
    ],
)
def test_what_is_no_feed_is_one_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "gtfs.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=f"^gtfs gtfs.zip: {message}.*: give the feed as gtfs.zip$"):
        stops.read([path], EXTENT, ISRAEL_TM)


def test_a_feed_without_coordinates_is_one_line(tmp_path: Path) -> None:
    path = feed(tmp_path / "gtfs.zip", "stop_id,stop_name\n1,א\n")
    with pytest.raises(InputError, match=r"stops\.txt lacks stop_lat, stop_lon: give a whole feed"):
        stops.read([path], EXTENT, ISRAEL_TM)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "crs", "around"),
    [
        ("national/gtfs_sample_2019.zip", ISRAEL_TM, (34.0, 29.0, 36.0, 33.5)),
        ("las_palmas/gtfs_2023.zip", "EPSG:32628", (-15.6, 28.0, -15.3, 28.3)),
    ],
)
def test_real_feeds(shared: Path, name: str, crs: str, around: tuple[float, float, float, float]) -> None:
    extent = gpd.GeoSeries([box(*around)], crs=WGS84).to_crs(crs).iloc[0]
    found, ledger = stops.read([shared / name], extent, crs)
    with zipfile.ZipFile(shared / name) as archive, archive.open("stops.txt") as file:
        rows = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    counts = ledger.counts()["stop"]
    assert counts["read"] == len(rows) and counts["used"] == len(found) > 0
    assert found["place_id"].is_unique and found.within(extent).all()
