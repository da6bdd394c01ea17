"""Lists of places that a municipality hands over: what is kept, what is rejected, what is said."""

import json
from pathlib import Path

import pandas as pd
import pytest
from osm_xml import X, Y, degrees
from shapely import Point

from geokehila.errors import InputError
from geokehila.load import municipal
from geokehila.schema import ISRAEL_TM

LON, LAT = degrees(0, 0)
COLUMNS = {"place_id", "name_he", "name_ar", "name_en", "source", "source_id", "date", "categories", "geometry"}


def csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def geojson(path: Path, *features: tuple[dict[str, object] | None, dict[str, object]]) -> Path:
    rows = [{"type": "Feature", "geometry": shape, "properties": properties} for shape, properties in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return path


def point(x: float, y: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [*degrees(x, y)]}


@pytest.mark.parametrize("header", ["name,lon,lat", "שם,Longitude,Latitude", " NAME , X , Y "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_gives_places_of_its_category(tmp_path: Path, header: str, encoding: str) -> None:
    path = csv(tmp_path / "places_clinic.csv", f"{header}\nמרפאת הדר,{LON},{LAT}\n,{LON},{LAT}\n", encoding)
    places, ledger = municipal.read(path, "clinic", ISRAEL_TM)
    assert places.geometry.iloc[0].distance(Point(X, Y)) < 0.02
    assert places["name_he"].iloc[0] == "מרפאת הדר" and pd.isna(places["name_he"].iloc[1])
    assert places["place_id"].tolist() == ["clinic:1", "clinic:2"]
    assert places["categories"].tolist() == [("clinic",)] * 2 and set(places["source"]) == {"places_clinic.csv"}
    assert ledger.counts() == {"place": {"read": 2, "used": 2, "rejected": {}}}


def test_nothing_but_name_and_place_is_kept(tmp_path: Path) -> None:
    personal = {"telephone": "052-1234567", "contact": "ישראל ישראלי", "email": "a@b.il"}
    words = ",".join(personal.values())
    lists = [
        csv(tmp_path / "a.csv", f"name,{','.join(personal)},lon,lat\nגן,{words},{LON},{LAT}\n"),
        geojson(tmp_path / "b.geojson", (point(0, 0), {"name": "גן", **personal})),
    ]
    for path in lists:
        places, _ = municipal.read(path, "park", ISRAEL_TM)
        assert {*places.columns} == COLUMNS and places["name_he"].tolist() == ["גן"]
        assert not any(word in places.to_csv() for word in personal.values())


def test_rows_without_usable_coordinates_are_rejected_by_row(tmp_path: Path) -> None:
    """Good, empty, Israel TM metres, words, zero island, good."""
    rows = [f"{LON},{LAT}", ",", f"{X},{Y}", "east,31", "0,0", f"{LON},{LAT}"]
    places, ledger = municipal.read(csv(tmp_path / "a.csv", "\n".join(["lon,lat", *rows])), "school", ISRAEL_TM)
    assert places["place_id"].tolist() == ["school:1", "school:6"]
    rejected = ledger.rejected()
    assert rejected["source_id"].tolist() == ["school:2", "school:3", "school:4", "school:5"]
    assert set(rejected["reason"]) == {"no usable coordinates"}


def test_a_layer_may_hold_areas_and_rows_without_shape(tmp_path: Path) -> None:
    corners = [degrees(*at) for at in ((0, 0), (30, 0), (30, 30), (0, 30), (0, 0))]
    area: dict[str, object] = {"type": "Polygon", "coordinates": [corners]}
    path = geojson(tmp_path / "a.geojson", (point(5, 5), {"name": "A"}), (None, {"name": "B"}), (area, {"name": "C"}))
    places, ledger = municipal.read(path, "park", ISRAEL_TM)
    assert places["name_en"].tolist() == ["A", "C"] and places.crs == ISRAEL_TM
    assert places.geometry.area.tolist() == [0, pytest.approx(900, abs=2)]
    assert ledger.counts()["place"] == {"read": 3, "used": 2, "rejected": {"no usable coordinates": 1}}


def test_two_lists_of_one_file_name_have_ids_of_their_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        csv(tmp_path / folder / "list.csv", f"lon,lat\n{LON},{LAT}\n")
    lists = {"clinic": tmp_path / "a" / "list.csv", "school": tmp_path / "b" / "list.csv"}
    frames, ledgers = municipal.read_all(lists, ISRAEL_TM)
    assert pd.concat(frames)["place_id"].is_unique and len(ledgers) == 2
    assert municipal.read_all({}, ISRAEL_TM) == ([], [])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "שם,lon,lat\nגן,34.8,31.2\n".encode("cp1255"), "save it as UTF-8 CSV"),
        ("a.csv", b"", "save it as UTF-8 CSV"),
        ("a.csv", b"lon,lat\n34.8,31.2\n34.8,31.2,5,6\n", "save it as UTF-8 CSV"),
        ("a.csv", b"name,street\nA,B\n", "among name, street: name them lon and lat"),
        ("a.csv", b"lon;lat\n34.8;31.2\n", "name them lon and lat"),
        ("a.csv", b"lon,lat\n", "none of its 0 rows"),
        ("a.csv", f"x,y\n{X},{Y}\n".encode(), "none of its 1 rows has usable coordinates: give lon and lat in degrees"),
        ("a.geojson", b"<html></html>", "export it as GeoJSON or GeoPackage"),
        ("a.geojson", b"", "export it as GeoJSON or GeoPackage"),
        ("absent.csv", None, "save it as UTF-8 CSV"),
    ],
)
def test_errors_are_one_line(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"^{name}: .*{message}") as fault:
        municipal.read(tmp_path / name, "park", ISRAEL_TM)
    assert "\n" not in str(fault.value)


@pytest.mark.shared
def test_shelters_of_beer_sheva(shared: Path) -> None:
    """The same list as CSV and as GeoJSON: one place for each row."""
    rows = len(json.loads((shared / "beersheva" / "public_shelters.geojson").read_text(encoding="utf-8"))["features"])
    for suffix in ("csv", "geojson"):
        places, ledger = municipal.read(shared / "beersheva" / f"public_shelters.{suffix}", "shelter", ISRAEL_TM)
        assert ledger.counts()["place"]["read"] == rows
        assert places.geometry.x.between(X - 10_000, X + 10_000).all()
