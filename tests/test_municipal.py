"""Lists of places that a municipality hands over: what is kept, what is rejected, what is said."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from osm_xml import X, Y, degrees
from shapely import Point, box

from geokehila.catalogue import Catalogue
from geokehila.catalogue.lists import ListChoice, read_choices
from geokehila.errors import InputError
from geokehila.load import municipal
from geokehila.load.municipal.dates import iso_date
from geokehila.merging import PlaceList
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

LON, LAT = degrees(0, 0)
COLUMNS = {
    "place_id", "name_he", "name_ar", "name_en", "name_ru", "source", "source_id", "date", "categories", "sectors",
    "capacity", "geometry",
}  # fmt: skip
CATALOGUE = Catalogue.read()
KEYS = ("kindergarten", "school", "shelter", "park", "clinic")


def csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def geojson(path: Path, *features: tuple[dict[str, object] | None, dict[str, object]]) -> Path:
    rows = [{"type": "Feature", "geometry": shape, "properties": properties} for shape, properties in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return path


def point(x: float, y: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [*degrees(x, y)]}


def read(path: Path, category: str = "school", **more: Any) -> PlaceList:
    return municipal.read(path, category, ISRAEL_TM, catalogue=CATALOGUE, **more)


def rejected(listed: PlaceList) -> dict[str, str]:
    rows = listed.ledger.rejected()
    return dict(zip(rows["source_id"], rows["reason"], strict=True))


def notices(listed: PlaceList) -> list[str]:
    """Names of the notices, but for columns that are not read: test_stated_columns.py has those."""
    return [name for notice in listed.ledger.notices if (name := notice.name) != "columns_not_read"]


def told(listed: PlaceList) -> dict[str, str]:
    return {name: str(notice) for notice in listed.ledger.notices if (name := notice.name) != "columns_not_read"}


LOST, GIVE = "are left out, for they have no usable coordinates", ": give lon and lat, in a layer a point"


def rows(*lines: str, header: str = "name,lon,lat") -> str:
    return "\n".join([header, *lines]) + "\n"


# --- what is found without being told --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    ["name,lon,lat", "שם,Longitude,Latitude", " NAME , X , Y ", "שם המקלט,קו אורך,קו רוחב", "الاسم,خط الطول,خط العرض",
     'שם_מקום,נ.צ. X,נ.צ. Y', "Name,LONG,LAT"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_gives_places_of_its_category(tmp_path: Path, header: str, encoding: str) -> None:
    text = rows(f"מרפאת הדר,{LON},{LAT}", f",{LON},{LAT}", header=header)
    found = read(csv(tmp_path / "places_clinic.csv", text, encoding), "clinic")
    assert found.places.geometry.iloc[0].distance(Point(X, Y)) < 0.02
    assert found.places["name_he"].iloc[0] == "מרפאת הדר" and pd.isna(found.places["name_he"].iloc[1])
    assert found.places["categories"].tolist() == [("clinic",)] * 2
    assert set(found.places["source"]) == {"places_clinic.csv"} and found.covered == {"clinic"}
    assert found.ledger.counts() == {"place": {"read": 2, "used": 2, "rejected": {}}} and notices(found) == []


def test_a_csv_as_excel_saves_it_in_hebrew(tmp_path: Path) -> None:
    found = read(csv(tmp_path / "a.csv", f"שם;קו אורך;קו רוחב\r\nגן הדר;{LON};{LAT}\r\n", "cp1255"))
    assert found.places["name_he"].tolist() == ["גן הדר"] and notices(found) == ["code_page_1255"]


def test_a_workbook(tmp_path: Path) -> None:
    pd.DataFrame({"שם": ["גן"], "lon": [LON], "lat": [LAT], "מספר": [7]}).to_excel(tmp_path / "a.xlsx", index=False)
    assert read(tmp_path / "a.xlsx").places["place_id"].tolist() == ["school:7"]


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson"])
def test_layers_of_every_kind(tmp_path: Path, suffix: str) -> None:
    frame = read(csv(tmp_path / "a.csv", rows(f"גן,{LON},{LAT}"))).places[["name_he", "geometry"]]
    layer = frame.rename(columns={"name_he": "שם"})
    (layer if suffix != "geojson" else layer.to_crs("EPSG:4326")).to_file(tmp_path / f"a.{suffix}", encoding="utf-8")
    found = read(tmp_path / f"a.{suffix}").places
    assert found["name_he"].tolist() == ["גן"] and found.geometry.iloc[0].distance(Point(X, Y)) < 0.02


@pytest.mark.parametrize(
    ("header", "x", "y", "crs"),
    [
        ("x,y", X, Y, ISRAEL_TM),
        ("lon,lat", X, Y, ISRAEL_TM),  # the words lie, the range does not
        ("מזרח,צפון", X, Y, ISRAEL_TM),
        # By the definition of the two grids: 50 km less east, 500 km more north, to a few metres.
        ("X,Y", X - 50_000, Y + 500_000, "EPSG:28193"),
    ],
)
def test_the_grids_of_israel_are_told_by_their_range(tmp_path: Path, header: str, x: int, y: int, crs: str) -> None:
    path = csv(tmp_path / "a.csv", rows(f"א,{x},{y}", f"ב,{x + 100},{y}", header=f"name,{header}"))
    found = read(path)
    assert found.places.geometry.iloc[0].distance(Point(X, Y)) < 5
    assert notices(found) == ["coordinates_guessed"] and crs in found.ledger.notices[0].text
    assert municipal.propose(path).crs == crs


def test_degrees_in_one_column_and_metres_in_another_pair(tmp_path: Path) -> None:
    text = f'name,lon,lat,x,y\nא,,,{X},{Y}\nב,,,"{X + 9:,}",{Y}\n'
    found = read(csv(tmp_path / "a.csv", text))
    assert found.places.geometry.x.round().tolist() == [X, X + 9]


@pytest.mark.parametrize("cell", ["{lon}, {lat}", "{lat} {lon}", "{lon}/{lat}"])
def test_both_coordinates_in_one_column(tmp_path: Path, cell: str) -> None:
    text = f'שם,נ.צ.\nא,"{cell.format(lon=LON, lat=LAT)}"\nב,\n'
    found = read(csv(tmp_path / "a.csv", text))
    assert found.places.geometry.iloc[0].distance(Point(X, Y)) < 0.02
    assert rejected(found) == {"school:row 2": "no usable coordinates"}


@pytest.mark.parametrize(("x", "y"), [(LAT, LON), (Y, X)])
def test_swapped_coordinates_are_turned_where_every_row_says_so(tmp_path: Path, x: float, y: float) -> None:
    path = csv(tmp_path / "a.csv", rows(f"א,{x},{y}", f"ב,{x},{y}", ",,"))
    found = read(path)
    assert found.places.geometry.iloc[0].distance(Point(X, Y)) < 0.02 and len(found.places) == 2
    assert "coordinates_swapped" in notices(found) and municipal.propose(path).is_swapped


def test_one_swapped_row_among_good_ones_is_rejected(tmp_path: Path) -> None:
    found = read(csv(tmp_path / "a.csv", rows(f"א,{LON},{LAT}", f"ב,{LAT},{LON}")))
    assert rejected(found) == {"school:row 2": "no usable coordinates"}
    assert told(found) == {"rows_without_coordinates": f"a.csv: 1 of 2 rows {LOST}: row 3 (school:row 2){GIVE}"}


def test_a_layer_with_swapped_degrees_is_turned_too(tmp_path: Path) -> None:
    corners = [degrees(*at)[::-1] for at in ((0, 0), (30, 0), (30, 30), (0, 30), (0, 0))]
    area: dict[str, object] = {"type": "Polygon", "coordinates": [corners]}
    found = read(geojson(tmp_path / "a.geojson", (area, {})))
    assert found.places.geometry.iloc[0].symmetric_difference(box(X, Y, X + 30, Y + 30)).area < 2
    assert notices(found) == ["coordinates_swapped"]


def test_outside_israel_the_ranges_say_nothing(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", rows("a,-15.43,28.12", f"b,{LAT},{LON}"))
    assert len(municipal.read(path, "school", "EPSG:32628").places) == 2


def test_nothing_but_names_place_id_and_date_is_kept(tmp_path: Path) -> None:
    personal = {"telephone": "052-1234567", "contact_person": "ישראל ישראלי", "E-mail": "a@b.il",
                "טלפון נייד": "050-7654321", "שם איש קשר": "פלוני אלמוני", "שם מנהל": "אלמוני פלוני",
                "כתובת": "רחוב הגפן 7"}  # fmt: skip
    words = ",".join(personal.values())
    lists = [
        csv(tmp_path / "a.csv", f"name,{','.join(personal)},lon,lat\nגן,{words},{LON},{LAT}\n"),
        geojson(tmp_path / "b.geojson", (point(0, 0), {"name": "גן", **personal})),
    ]
    for path in lists:
        found = read(path, "park")
        assert {*found.places.columns} == COLUMNS and found.places["name_he"].tolist() == ["גן"]
        said = found.places.to_csv() + municipal.propose(path).as_toml()
        assert not any(word in said for word in (*personal.values(), *personal))


def test_a_column_about_persons_may_not_be_stated(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", f"איש קשר,lon,lat\nפלוני,{LON},{LAT}\n")
    for choice in (ListChoice(columns={"name": "איש קשר"}), ListChoice(where={"איש קשר": ("פלוני",)})):
        with pytest.raises(InputError, match=r"^a.csv: column 'איש קשר' is about persons, which is not read"):
            read(path, choice=choice)


def test_names_in_four_languages_and_of_every_sort(tmp_path: Path) -> None:
    header = "name,name_he,שם בערבית,English name,name_ru,lon,lat"
    wild = ['<b>גן</b> ""א""', "x\u202e\u0007y", "א" * 10_000]
    lines = [f'"{name}",גן,حديقة,Garden,Сад,{LON},{LAT + i / 1000}' for i, name in enumerate(wild)]
    lines.append(f"Park,,,,,{LON},{LAT + 0.1}")
    found = read(csv(tmp_path / "a.csv", rows(*lines, header=header))).places
    assert found[["name_he", "name_ar", "name_en", "name_ru"]].iloc[0].tolist() == ["גן", "حديقة", "Garden", "Сад"]
    assert found["name_en"].iloc[3] == "Park"
    bare = read(csv(tmp_path / "b.csv", rows(*(f'"{name}",{LON},{LAT + i}' for i, name in enumerate(wild))))).places
    assert bare["name_he"].iloc[0] == '<b>גן</b> "א"' and bare["name_en"].iloc[1] == "x y"
    assert len(bare["name_he"].iloc[2]) == 200
    assert read(csv(tmp_path / "c.csv", rows(f"12,{LON},{LAT}"))).places["name_he"].tolist() == ["12"]


@pytest.mark.parametrize(
    ("header", "is_name"),
    [("שם מסגרת", True), ("שם גן ילדים", True), ("שם_החווה", True), ("Name of site", True), ("اسم الروضة", True),
     ("שם איש הקשר", False), ("שם המנהל/ת", False), ("שם אחראית", False), ("שם הגננת", False), ("שם מלא", False),
     ("שם ההורה", False), ("שם הורה", False), ("שם שכונה", False),
         ("name of the contact", False), ("Name manager", False), ("اسم المدير", False), ("name (first)", False),
     ("שם רחוב", False), ("שם היישוב", False), ("שמורה", False), ("מסגרת", False), ("names_count_of", True)],
)  # fmt: skip
def test_a_column_that_starts_with_the_word_name_is_it_unless_it_names_persons(
    tmp_path: Path, header: str, is_name: bool
) -> None:
    found = read(csv(tmp_path / "a.csv", rows(f"פלוני,{LON},{LAT},גפן 7", header=f"{header},lon,lat,כתובת")))
    assert found.places["name_he"].tolist() == (["פלוני"] if is_name else [None])
    assert notices(found) == ([] if is_name else ["no_name_column"])
    assert "כתובת" in told(found).get("no_name_column", "כתובת") and "מנהל" not in str(told(found))


def test_a_better_name_goes_before_and_a_blank_column_is_none(tmp_path: Path) -> None:
    for header, line in (("שם מפעיל,שם", "ב,א"), ("שם מפעיל,שם בעברית", "ב,א"), ("שם ישן,שם מסגרת", ",א")):
        found = read(csv(tmp_path / "a.csv", rows(f"{line},{LON},{LAT}", header=f"{header},lon,lat")))
        assert found.places["name_he"].tolist() == ["א"] and notices(found) == []


def test_without_a_name_the_columns_that_are_not_read_are_told(tmp_path: Path) -> None:
    """Not those about persons, nor the id; not where the study says that there is none, or nothing else is there."""
    lines = [f"{n},גן,גפן {n},050-1234567,{LON},{LAT + n / 1000}" for n in range(2)]
    path = csv(tmp_path / "a.csv", rows(*lines, header="id,מסגרת,כתובת,טלפון,lon,lat"))
    text = 'a.csv: no column of names among מסגרת, כתובת, which are not read: state name = "…" in columns of [lists]'
    assert told(read(path)) == {"no_name_column": text}
    assert notices(read(path, choice=ListChoice(columns={"name": ""}))) == []
    assert read(path, choice=ListChoice(columns={"name": "מסגרת"})).places["name_he"].tolist() == ["גן", "גן"]
    assert notices(read(csv(tmp_path / "b.csv", rows(f"7,{LON},{LAT}", header="id,lon,lat")))) == []
    layer = geojson(tmp_path / "c.geojson", (point(0, 0), {"street": "x"}))
    assert "among street, which" in told(read(layer))["no_name_column"]


# --- rows ------------------------------------------------------------------------------------------------------------


def test_rows_without_usable_coordinates_are_rejected_by_row(tmp_path: Path) -> None:
    """Good, blank, Israel TM metres, words, zero island, the sea, good; a row without any cell is none."""
    lines = [f"א,{LON},{LAT}", "ב,,", f"ג,{X},{Y}", "ד,east,31", "ה,0,0", "", "ו,30,33", f"ז,{LON} ,{LAT}°"]
    found = read(csv(tmp_path / "a.csv", rows(*lines)))
    assert found.places["name_he"].tolist() == ["א", "ז"]
    assert rejected(found) == dict.fromkeys((f"school:row {n}" for n in range(2, 7)), "no usable coordinates")
    assert found.ledger.counts()["place"]["read"] == 7
    text = f"a.csv: 5 of 7 rows {LOST}: row 3 (school:row 2), "
    text += f"row 4 (school:row 3), row 5 (school:row 4), row 6 (school:row 5), row 8 (school:row 6){GIVE}"
    assert told(found) == {"rows_without_coordinates": text}


def test_blank_coordinates_are_told_by_the_row_in_the_file_and_the_id_in_rejected(tmp_path: Path) -> None:
    """A title and a blank line above the header, which is line 3; a row that `where` leaves out is not counted."""
    lines = [f"7,a,{LON},{LAT}", "8,b,,", "9,a,,"]
    path = csv(tmp_path / "a.csv", "List,,,\n,,,\n" + rows(*lines, header="id,kind,lon,lat"))
    found = read(path, choice=ListChoice(where={"kind": ("a",)}))
    assert told(found)["rows_without_coordinates"] == f"a.csv: 1 of 3 rows {LOST}: row 6 (school:9){GIVE}"
    layer = geojson(tmp_path / "b.geojson", (point(0, 0), {"id": 1}), (None, {"id": 2}))
    assert told(read(layer)) == {"rows_without_coordinates": f"b.geojson: 1 of 2 rows {LOST}: row 2 (school:2){GIVE}"}


def test_a_layer_may_hold_areas_and_what_is_neither_point_nor_area(tmp_path: Path) -> None:
    corners = [degrees(*at) for at in ((0, 0), (30, 0), (30, 30), (0, 30), (0, 0))]
    bow_tie = [degrees(*at) for at in ((0, 0), (30, 30), (30, 0), (0, 30), (0, 0))]
    shapes: list[dict[str, object] | None] = [
        point(5, 5),
        None,
        {"type": "Polygon", "coordinates": [corners]},
        {"type": "LineString", "coordinates": corners},  # closed: what it encloses
        {"type": "LineString", "coordinates": corners[:3]},
        {"type": "MultiPoint", "coordinates": [degrees(0, 0), degrees(10, 0)]},  # its middle
        {"type": "Polygon", "coordinates": [bow_tie]},  # two triangles of 15 m by 30 m over 2
        {"type": "Point", "coordinates": [*degrees(5, 9), 280.5]},
    ]
    path = geojson(tmp_path / "a.geojson", *((shape, {"name": f"A{i}"}) for i, shape in enumerate(shapes)))
    found = read(path, "park")
    assert found.places["name_en"].tolist() == ["A0", "A2", "A3", "A5", "A6", "A7"] and found.places.crs == ISRAEL_TM
    assert found.places.geometry.area.tolist() == pytest.approx([0, 900, 900, 0, 450, 0], abs=2)
    assert found.places.geometry.iloc[3].distance(Point(X + 5, Y)) < 0.02
    assert not found.places.geometry.has_z.any()
    assert rejected(found) == {
        "park:row 2": "no usable coordinates",
        "park:row 5": "a line, neither a point nor an area",
    }


def test_ids_of_the_list_name_its_places(tmp_path: Path) -> None:
    lines = [f"{own},{LON},{LAT + n / 1000}" for n, own in enumerate(["17", "4", "", "18"])]
    found = read(csv(tmp_path / "a.csv", rows(*lines, header="מספר מקלט,lon,lat")), "shelter").places
    assert found["place_id"].drop(2).tolist() == ["shelter:17", "shelter:4", "shelter:18"]
    assert found["source_id"].drop(2).tolist() == ["17", "4", "18"]
    assert re.fullmatch("shelter:h[0-9a-f]{8}", found.at[2, "place_id"]), "the row without one has one of its own"


def ids(path: Path, *lines: str, header: str = "name,lon,lat", category: str = "school") -> dict[str, str]:
    found = read(csv(path, rows(*lines, header=header)), category).places
    return dict(zip(found["name_he"], found["place_id"], strict=True))


def test_a_row_without_an_id_keeps_the_one_it_is_given_wherever_it_stands(tmp_path: Path) -> None:
    """Another row above it, quotes, a later decimal of its coordinates, a grid or a column more change nothing."""
    path, oak, elm = tmp_path / "a.csv", f"גן אלון,{LON:.4f},{LAT:.4f}", f"גן ברוש,{LON},{LAT + 0.01}"
    before = ids(path, oak, elm)
    assert len({*before.values()}) == 2
    assert ids(path, f"גן תמר,{LON},{LAT}", elm, oak).items() >= before.items()
    slight = ids(path, f'"גן ""אלון""",{LON:.4f}2,{LAT:.4f}2')
    assert [*slight.values()] == [before["גן אלון"]]
    assert ids(path, f"{oak},x", f"{elm},y", header="name,lon,lat,כתובת") == before
    moved, renamed = ids(path, f"גן אלון,{LON + 0.001:.4f},{LAT:.4f}"), ids(path, f"גן שקד,{LON:.4f},{LAT:.4f}")
    assert not {*moved.values(), *renamed.values(), *ids(path, oak, category="park").values()} & {*before.values()}


def test_rows_that_nothing_tells_apart_are_numbered_with_a_notice(tmp_path: Path) -> None:
    """A degree of latitude is 111 km: three shelters without a name within two metres, the fourth 111 m away."""
    north = [f"{round(LAT, 4) + d:.6f}" for d in (0, 0.00001, 0.00002, 0.001)]
    lines = [f"{LON},{lat}" for lat in north]
    found = read(csv(tmp_path / "a.csv", rows(*lines, header="lon,lat")), "shelter")
    first, second, third, fourth = found.places["place_id"]
    assert (second, third) == (f"{first}-2", f"{first}-3") and not fourth.startswith(first)
    assert notices(found) == ["ids_alike"] and found.ledger.notices[0].text.startswith("2 rows have no id")


def test_of_ids_one_of_which_repeats_all_others_are_kept(tmp_path: Path) -> None:
    lines = [f"{own},{LON},{LAT + n / 1000}" for n, own in enumerate([3, 1, 2, 3])]
    found = read(csv(tmp_path / "a.csv", rows(*lines, header="id,lon,lat")))
    assert found.places["place_id"].tolist() == ["school:3", "school:1", "school:2"]
    assert rejected(found) == {"school:3": "id repeats"} and notices(found) == ["ids_repeat"]


@pytest.mark.parametrize(("count", "repeats", "is_id"), [(3, 1, False), (39, 1, True), (39, 2, False), (40, 2, True)])
def test_a_column_with_many_repeats_is_no_id(tmp_path: Path, count: int, repeats: int, is_id: bool) -> None:
    """One row in twenty may repeat an id, or one of a list of four and more."""
    own = [*range(count - repeats), *range(repeats)]
    lines = [f"{number},{LON},{LAT + n / 1000}" for n, number in enumerate(own)]
    found = read(csv(tmp_path / "a.csv", rows(*lines, header="קוד,lon,lat")))
    assert len(found.places) == (count - repeats if is_id else count)
    assert ("school:0" in set(found.places["place_id"])) == is_id


def test_a_column_that_does_not_tell_rows_apart_is_no_id_unless_it_is_stated(tmp_path: Path) -> None:
    lines = [f"{own},{LON},{LAT + n / 1000}" for n, own in enumerate([5, 5, 6])]
    path = csv(tmp_path / "a.csv", rows(*lines, header="קוד,lon,lat"))
    assert not {"school:5", "school:6"} & set(read(path).places["place_id"])
    stated = read(path, choice=ListChoice(columns={"id": "קוד"}))
    assert stated.places["place_id"].tolist() == ["school:5", "school:6"]
    assert rejected(stated) == {"school:5": "id repeats"} and notices(stated) == ["ids_repeat"]
    assert stated.ledger.counts()["place"] == {"read": 3, "used": 2, "rejected": {"id repeats": 1}}


def test_one_spot_with_one_name_is_one_place_and_with_two_names_two(tmp_path: Path) -> None:
    lines = [f"{name},{LON},{LAT}" for name in ('מתנ"ס', "ספרייה", "מתנ״ס")]
    found = read(csv(tmp_path / "a.csv", rows(*(line.replace('"', "''") for line in lines))))
    assert found.places["name_he"].tolist() == ["מתנ''ס", "ספרייה"]
    assert rejected(found) == {"school:row 3": "the same place as school:row 1"} and notices(found) == ["rows_repeat"]


def test_rows_far_from_the_study_are_rejected(tmp_path: Path) -> None:
    """49 and 51 km north of the zones; the rows beside them are good."""
    ends = [degrees(0, 1000 + km * 1000) for km in (49, 51)]
    path = csv(tmp_path / "a.csv", rows(f"א,{LON},{LAT}", *(f"ב,{lon},{lat}" for lon, lat in ends)))
    found = read(path, area=box(X - 1000, Y - 1000, X + 1000, Y + 1000))
    assert rejected(found) == {"school:row 3": "far from the study area"} and notices(found) == ["rows_far"]
    elsewhere = read(path, area=box(X, Y - 200_000, X + 10, Y - 199_000))
    assert elsewhere.places.empty and elsewhere.covered == frozenset(), "a list of another city is believed of none"


# --- what a list covers ----------------------------------------------------------------------------------------------

ZONES = box(X - 1000, Y - 1000, X + 1000, Y + 1000)
BEYOND = degrees(3000, 0)


def test_a_list_of_another_place_covers_nothing(tmp_path: Path) -> None:
    """3 km east of the zones, or one row there and one within; without zones a list is believed wherever it lies."""
    away, here = f"א,{BEYOND[0]},{BEYOND[1]}", f"ב,{LON},{LAT}"
    path = csv(tmp_path / "a.csv", rows(away))
    found = read(path, area=ZONES)
    assert len(found.places) == 1 and found.covered == found.believed == frozenset()
    assert notices(found) == ["list_outside"] and read(path).covered == {"school"}
    both = read(csv(tmp_path / "b.csv", rows(away, here)), area=ZONES)
    assert both.covered == {"school"} and notices(both) == []


def test_a_category_of_the_word_map_is_covered_only_where_the_zones_have_a_row_of_it(tmp_path: Path) -> None:
    """Beyond the zones lie a school, a kindergarten and a clinic, in them a park and a kindergarten."""
    lines = [f"{kind},{BEYOND[0]},{BEYOND[1]}" for kind in ("school", "kindergarten", "clinic")]
    lines += [f"{kind},{LON},{LAT}" for kind in ("park", "kindergarten")]
    path = csv(tmp_path / "a.csv", rows(*lines, header="סוג,lon,lat"))
    stated = ListChoice(columns={"category": "סוג"})
    assert read(path, area=ZONES, choice=stated).covered == {"school", "kindergarten", "park"}
    found = read(path, "shelter", area=ZONES, choice=stated)
    assert found.covered == {"kindergarten", "park"} and "of: clinic, school, but beyond" in told(found)["list_outside"]


NONE = (
    "stated whole, it shows none in the study's zones of: {}: taken as told, there is none inside them; check the file"
)
MAP = 'whole = true\ncolumns = { category = "סוג" }\ncategories = { "בית ספר" = "school", "גן" = "kindergarten" }'


@pytest.mark.parametrize("lines", [[], [f"א,{BEYOND[0]},{BEYOND[1]}"], ['סה"כ,,']], ids=["no row", "beyond", "a total"])
def test_a_whole_list_without_a_place_in_the_zones_says_that_there_is_none(tmp_path: Path, lines: list[str]) -> None:
    path = csv(tmp_path / "a.csv", rows(*(line.replace('"', "''") for line in lines)))
    found = read(path, area=ZONES, choice=ListChoice(whole=True))
    assert found.believed == {"school"} and told(found)["list_shows_none"] == f"a.csv: {NONE.format('school')}"


def test_a_whole_list_needs_no_column_but_one_and_a_layer_no_shape(tmp_path: Path) -> None:
    bare = csv(tmp_path / "shelters.csv", "שם המקלט\n")
    for path in (bare, geojson(tmp_path / "shelters.geojson")):
        assert read(path, "shelter", area=ZONES, choice=ListChoice(whole=True)).believed == {"shelter"}
        with pytest.raises(InputError, match=r"holds no row: .* if there is none state whole = true in \[lists.shel"):
            read(path, "shelter", area=ZONES)


def test_of_several_categories_a_whole_list_has_none_of_those_it_names_and_does_not_show(tmp_path: Path) -> None:
    """It is handed over as a list of clinics, and has no word for one."""
    path = csv(tmp_path / "a.csv", rows(f"גן,{LON},{LAT}", header="סוג,lon,lat"))
    found = read(path, "clinic", area=ZONES, choice=choice(MAP))
    assert found.believed == {"school", "kindergarten"} and NONE.format("school") in told(found)["list_shows_none"]


@pytest.mark.parametrize("row", ["בית ספר,,", "בית ספר,5,5", f"בית ספר,{LON},33.5", f"תיכון,{LON},{LAT}"])
def test_a_row_that_is_left_out_may_be_one_so_a_whole_list_does_not_say_that_there_is_none(
    tmp_path: Path, row: str
) -> None:
    """A school that lies nowhere, off the country, far away; and a word that the study does not name."""
    path = csv(tmp_path / "a.csv", rows(f"גן,{LON},{LAT}", row, header="סוג,lon,lat"))
    found = read(path, area=ZONES, choice=choice(MAP))
    assert found.believed == {"kindergarten"} and "may be of: school:" in told(found)["list_says_nothing"]
    kept = choice(f'{MAP}\nwhere = {{ "סוג" = ["גן"] }}')
    assert read(path, area=ZONES, choice=kept).believed == {"school", "kindergarten"}, "left out by who made the list"


def test_only_a_list_that_is_said_to_be_whole_is_believed(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", rows(f"א,{LON},{LAT}", header="id,lon,lat"))
    assert read(path).believed == read(path, choice=choice('rule = "replace"')).believed == frozenset()
    assert read(path, choice=choice("whole = true")).believed == {"school"}
    assert read(path, choice=choice('whole = true\nrule = "veto"')).believed == frozenset()


# --- what a study says -----------------------------------------------------------------------------------------------


def choice(text: str, role: str = "places_school") -> ListChoice:
    (found,) = read_choices({role: tomllib.loads(text)}, KEYS).values()
    return found


def test_stated_columns_go_before_those_found(tmp_path: Path) -> None:
    header = "שם,שם נוסף,X,Y,lon,lat,מספר"
    path = csv(tmp_path / "a.csv", rows(f"א,ב,{X},{Y},34.8,31.2,9", header=header))
    stated = 'columns = { name = "שם נוסף", x = "X", y = "Y", id = "" }\ncrs = "EPSG:2039"'
    found = read(path, choice=choice(stated))
    assert found.places["name_he"].tolist() == ["ב"] and "school:9" not in set(found.places["place_id"])
    assert found.places.geometry.iloc[0].distance(Point(X, Y)) < 1e-3 and notices(found) == []
    with pytest.raises(InputError, match=r"^a.csv: no column 'שם אחר' among שם, .*: mend \[lists\]"):
        read(path, choice=choice('columns = { name = "שם אחר" }'))


def test_a_stated_system_that_is_none_of_israels(tmp_path: Path) -> None:
    """UTM 36 N: 500 km east is its middle, 33 degrees east, which is west of Israel; so 35 is at about 690 km."""
    path = csv(tmp_path / "a.csv", rows("א,680000,3450000", header="name,x,y"))
    lon, lat = read(path, choice=choice('crs = "EPSG:32636"')).places.to_crs("EPSG:4326").geometry.iloc[0].coords[0]
    assert 34.8 < lon < 35 and 31.1 < lat < 31.3


def test_one_file_of_several_categories(tmp_path: Path) -> None:
    kinds = ["גן ילדים", 'ביה"ס', "גַן יְלָדִים", "מתנס", "", "park"]
    lines = [f"{i},{kind.replace(chr(34), chr(0x5F4))},{LON},{LAT}" for i, kind in enumerate(kinds)]
    stated = 'columns = { category = "סוג" }\ncategories = { "גן ילדים" = "kindergarten", \'ביה"ס\' = "school" }'
    found = read(csv(tmp_path / "a.csv", rows(*lines, header="name,סוג,lon,lat")), choice=choice(stated))
    assert [key for (key,) in found.places["categories"]] == ["kindergarten", "school", "kindergarten", "park"]
    assert rejected(found) == dict.fromkeys(["school:row 4", "school:row 5"], "no such category in [lists]")
    assert found.covered == {"kindergarten", "school", "park"}


def test_rows_that_are_called_another_kind_are_told_and_not_read_otherwise(tmp_path: Path) -> None:
    lines = [
        f"{name},{kind},{LON},{LAT}" for name, kind in (("א", "בית ספר"), ("ב", "מסגד"), ("ג", "מסגד"), ("ד", "אחר"))
    ]
    path = csv(tmp_path / "a.csv", rows(*lines, header="name,סוג,lon,lat"))
    found = read(path)
    assert [key for (key,) in found.places["categories"]] == ["school"] * 4
    assert [notice.name for notice in found.ledger.notices] == ["kinds_not_read"]
    said = told(found)["kinds_not_read"]
    assert "2 of 4 rows are מסגד by column סוג, and counted as school: in [lists.places_school] state" in said
    line = said[said.index("categories = ") :]
    assert tomllib.loads(line) == {"categories": {"בית ספר": "school", "מסגד": "worship", "אחר": "..."}}
    assert municipal.propose(path, choice=ListChoice(), categories=CATALOGUE.categories, category="school").others
    stated = 'columns = { category = "סוג" }\ncategories = { "בית ספר" = "school", "מסגד" = "park", "אחר" = "park" }'
    assert "kinds_not_read" not in notices(read(path, choice=choice(stated)))
    assert "kinds_not_read" not in notices(read(path, choice=choice('where = { "סוג" = ["בית ספר"] }')))
    assert "kinds_not_read" not in notices(
        read(csv(tmp_path / "b.csv", rows(f"א,יסודי,{LON},{LAT}", header="name,סוג,lon,lat")))
    )


def test_only_rows_that_stand_are_kept(tmp_path: Path) -> None:
    lines = [f"{i},{status},{LON},{LAT}" for i, status in enumerate(["Built", "planned", "קיים ", "", "BUILT"])]
    path = csv(tmp_path / "a.csv", rows(*lines, header="name,status,lon,lat"))
    found = read(path, choice=choice('where = { status = ["built", "קיים"] }'))
    assert found.places["name_he"].tolist() == ["0", "2", "4"]
    assert rejected(found) == {"school:row 2": "status=planned", "school:row 4": "status="} and notices(found) == []
    assert len(read(path).places) == 5 and notices(read(path)) == ["status_not_read"]


@pytest.mark.parametrize("word", ["נטוש", "לא תקין", "לא פעילה", "סגור", "Derelict", "out of order", "مهجور", "مُغلق"])
def test_what_is_abandoned_is_not_proposed_as_standing(tmp_path: Path, word: str) -> None:
    path = csv(tmp_path / "a.csv", rows(f"1,{word},{LON},{LAT}", f"2,תקין,{LON},{LAT + 1}", header="name,מצב,lon,lat"))
    assert '# where = { "מצב" = ["תקין"] }  # those that stand' in municipal.propose(path).as_toml()
    assert notices(read(path)) == ["status_not_read"]
    alone = csv(tmp_path / "b.csv", rows(f"1,{word},{LON},{LAT}", header="name,מצב,lon,lat"))
    assert '# where = { "מצב" = ["..."] }' in municipal.propose(alone).as_toml()


def test_a_total_is_told_as_one_whatever_is_kept(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", rows(f"1,תקין,{LON},{LAT}", "סה״כ,,,", header="id,מצב,lon,lat"))
    found = read(path, choice=choice('where = { "מצב" = "תקין" }'))
    assert [*rejected(found).values()] == ["a total, no row"] and notices(found) == ["totals"]


def test_headings_of_quarters_and_degrees_in_metres_are_told_apart(tmp_path: Path) -> None:
    lines = [
        "Old Town,,,,",
        f"1,Club,Oak 4,{X},{Y}",
        f"4,Yard,Oak 7,{X},{Y}",
        f"2,Hall,Oak 5,{LON},{LAT}",
        "3,House,Oak 6,,",
    ]
    found = read(csv(tmp_path / "a.csv", rows(*lines, header="id,name,address,x,y")))
    assert [*rejected(found).values()] == [
        "no usable coordinates: these look like degrees", "no usable coordinates", "a heading, no row"
    ]  # fmt: skip
    assert {"headings", "degrees_in_metres", "rows_without_coordinates"} <= {*notices(found)}


def test_date_and_source_of_the_list_and_of_its_rows(tmp_path: Path) -> None:
    lines = [f"{day},{LON},{LAT + i}" for i, day in enumerate(["31/5/2024", "", "soon"])]
    path = csv(tmp_path / "a.csv", rows(*lines, header="תאריך,lon,lat"))
    found = read(path, choice=choice('date = "2023-11"\nsource = "City of X"\ncolumns = { date = "תאריך" }'))
    assert found.places["date"].tolist() == ["2024-05-31", "2023-11", "2023-11"]
    assert set(found.places["source"]) == {"City of X (a.csv)"} and notices(found) == ["dates_not_read"]


@pytest.mark.parametrize(
    ("cell", "iso"),
    [
        ("2024", "2024"), ("2024-5", "2024-05"), ("2024-05-31 00:00:00", "2024-05-31"), ("1.2.24", "2024-02-01"),
        ("02/2024", "2024-02"), ("1697328000000.0", None), ("1697328000000", "2023-10-15"), ("31/2/2024", None),
        ("13/2024", None), ("May-24", None), ("", None), (None, None), ("45443", "2024-05-31"),
        ("45443.75", "2024-05-31"), ("12345", None), ("75000", None),
    ],
)  # fmt: skip
def test_dates(cell: str | None, iso: str | None) -> None:
    """1,697,328,000 s are 19,645 days after 1970-01-01: 53 years, 13 leap days and 287 days, 15 October 2023.

    Day 36,526 of Excel is 2000-01-01; 31 May 2024 is 24 years with 6 leap days and 151 days later: 45,443.
    """
    assert iso_date(cell) == iso


def test_a_veto_needs_no_coordinates_where_it_names_objects_of_the_map(tmp_path: Path) -> None:
    lines = ["way/123,,", f"7,{LON},{LAT}", "8,,"]
    path = csv(tmp_path / "a.csv", rows(*lines, header="id,lon,lat"))
    found = read(path, choice=choice('rule = "veto"'))
    assert found.places["source_id"].tolist() == ["way/123", "7"] and found.covered == frozenset()
    assert rejected(found) == {"school:8": "no usable coordinates"}
    only_ids = csv(tmp_path / "b.csv", "id,name\nn5,a\n")
    assert read(only_ids, choice=choice('rule = "veto"')).places["source_id"].tolist() == ["n5"]


def test_every_list_of_a_study(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        csv(tmp_path / folder / "list.csv", rows(f",{LON},{LAT}"))
    lists = {"clinic": tmp_path / "a" / "list.csv", "school": tmp_path / "b" / "list.csv"}
    study = replace(Study.of("dimona"), lists={"school": ListChoice(rule="replace")})
    clinic, school = municipal.read_all(lists, study)
    assert (clinic.rule, school.rule) == ("complete", "replace")
    assert pd.concat([clinic.places, school.places])["place_id"].is_unique
    assert municipal.read_all({}, Study.of("dimona")) == ()
    with pytest.raises(InputError, match=r"^places_school: no file places_school.*: give it, or drop the table$"):
        municipal.read_all({"clinic": lists["clinic"]}, study)


# --- proposals -------------------------------------------------------------------------------------------------------


def test_a_proposal_reads_as_the_file_itself(tmp_path: Path) -> None:
    header = "סוג,סטטוס,שם,מספר,x,y"
    lines = [f"{kind},קיים,{name},{n},{X + n},{Y}" for n, (kind, name) in enumerate([("גן", 'א"א'), ("בית ספר", "ב")])]
    path = csv(tmp_path / "places_school.csv", rows(*(line.replace('"', "״") for line in lines), header=header))
    proposal = municipal.propose(path)
    tables = tomllib.loads(proposal.as_toml())["lists"]
    assert tables["places_school"]["columns"] == {"id": "מספר", "name": "שם", "x": "x", "y": "y"}
    assert proposal.statuses == {"סטטוס": ("קיים",)} and proposal.kinds == {"סוג": {"בית ספר": (), "גן": ()}}
    stated = read_choices(tables, KEYS)["school"]
    pd.testing.assert_frame_equal(pd.DataFrame(read(path).places), pd.DataFrame(read(path, choice=stated).places))
    uncommented = proposal.as_toml().replace("# where", "where").replace("# date", "date").replace("# source", "source")
    assert tomllib.loads(uncommented)["lists"]["places_school"]["where"] == {"סטטוס": ["קיים"]}


@given(
    choice=st.builds(
        ListChoice,
        columns=st.just({"name": "", "category": "סוג"}),
        categories=st.dictionaries(st.text(), st.sampled_from(["school", "clinic"]), max_size=2),
        where=st.dictionaries(st.text(), st.lists(st.text(), min_size=1, max_size=2).map(tuple), max_size=2),
        rule=st.sampled_from(["complete", "replace", "veto"]),
        whole=st.booleans(),
        date=st.sampled_from(["", "2024", "2024-05-31"]),
        source=st.text(),
    )
)
def test_what_a_study_states_of_a_list_stands_in_its_proposal_as_stated(choice: ListChoice) -> None:
    statuses, kinds = {"מצב": ("תקין",)}, {"סוג": {"בית ספר": ("school",)}}
    proposal = municipal.Proposal("places_school.csv", 1, 1, {}, statuses=statuses, kinds=kinds, stated=choice)
    assert read_choices(tomllib.loads(proposal.as_toml())["lists"], KEYS) == {"school": choice}


def test_a_list_is_proposed_with_what_the_study_says_of_it_the_rest_as_comments(tmp_path: Path) -> None:
    path = csv(tmp_path / "places_school.csv", rows(f"א,{LON},{LAT}", header="שם,lon,lat"))
    told = municipal.propose(path, choice=ListChoice(rule="replace", whole=True, date="2026-05")).as_toml().splitlines()
    assert 'rule = "replace"  # or "complete", "veto"' in told and 'date = "2026-05"' in told
    assert [line.split("  ")[0] for line in told if "whole" in line] == ["whole = true"]
    assert told[-1] == '# source = "who made the list"'


@given(st.dictionaries(st.sampled_from(["name", "id", "lon"]), st.text(), max_size=3))
def test_a_proposal_is_toml_whatever_the_columns_are_called(columns: Mapping[str, str]) -> None:
    proposal = municipal.Proposal("a.csv", 1, 1, columns, statuses={"".join(columns.values()): ("x",)})
    text = proposal.as_toml("shelters").replace("# where", "where")
    assert tomllib.loads(text)["lists"]["shelters"]["columns"] == columns


# --- errors and real files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "no row of column names: put them in the first row, each once"),
        ("a.csv", b"lon,lat,name\n34.8,31.2,a\n34.8,31.2,b,6\n", "row 3 has 4 cells where the header has 3"),
        ("a.csv", b"name,street\nA,B\n", "among name, street: name them lon and lat"),
        ("a.csv", b"lon,lat\n", "holds no row"),
        ("a.csv", b"lon,lat\n5,5\n", "none of its 1 rows has usable coordinates: give lon and lat in degrees"),
        ("a.csv", b"lon,lat\n\x00\n", "holds bytes that are no text"),
        ("a.xlsx", b"PK", "cannot be read as a workbook"),
        ("a.geojson", b"<html></html>", "export it as GeoJSON or GeoPackage"),
        ("a.geojson", b"", "export it as GeoJSON or GeoPackage"),
        ("absent.csv", None, "cannot be read .*: check the path"),
    ],
)
def test_errors_are_one_line(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"^{name}: .*{message}") as fault:
        read(tmp_path / name, "park")
    assert "\n" not in str(fault.value)


@pytest.mark.shared
@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_shelters_of_beer_sheva(shared: Path, suffix: str) -> None:
    """The same list as CSV and as GeoJSON, its columns oddly named: one place for each of its 262 rows."""
    found = read(shared / "beersheva" / f"public_shelters.{suffix}", "shelter")
    assert found.ledger.counts() == {"place": {"read": 262, "used": 262, "rejected": {}}}
    assert found.places.geometry.x.between(X - 10_000, X + 10_000).all() and notices(found) == []
    assert found.places["source_id"].str.startswith("h").all(), "its column of one code for nearly all rows is no id"


@pytest.mark.shared
def test_shelters_of_bedouin_localities_that_are_built(shared: Path) -> None:
    """Status of the 439 rows, counted with jq: 242 Built, 148 Request, 6 Planned, 43 blank; two stand on one spot."""
    path = shared / "negev" / "bedouin_shelters.geojson"
    found = read(path, "shelter", choice=choice('where = { status = "built" }', "shelters"))
    counts = found.ledger.counts()["place"]
    assert (counts["read"], counts["used"]) == (439, 241)
    reasons = pd.Series(rejected(found)).groupby(lambda _: "").value_counts()
    assert reasons["", "status=Request"] == 148
    assert found.ledger.rejected()["reason"].value_counts().drop("status=Request").tolist() == [43, 6, 1]
    assert "status_not_read" in notices(read(path, "shelter"))


@pytest.mark.shared
def test_parks_of_eight_towns(shared: Path) -> None:
    found = read(shared / "national" / "osm_parks_selected_towns.geojson", "park")
    assert found.ledger.counts()["place"] == {"read": 3076, "used": 3076, "rejected": {}}
    near_beer_sheva = read(
        shared / "national" / "osm_parks_selected_towns.geojson", "park", area=Point(X, Y).buffer(9e3)
    )
    assert 0 < len(near_beer_sheva.places) < 3076 and set(rejected(near_beer_sheva).values()) == {
        "far from the study area"
    }


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "municipal_files.md").read_text(encoding="utf-8")
    table, toml = (text.split(f"```{kind}\n")[1].split("```")[0] for kind in ("csv", "toml"))
    (tmp_path / "study.toml").write_text(toml, encoding="utf-8")
    # As Excel writes it; quotes within a cell that is not quoted are read as they stand.
    (tmp_path / "places_school.csv").write_text(table, encoding="utf-8-sig")
    study = Study.read(tmp_path / "study.toml")
    (found,) = municipal.read_all({"school": tmp_path / "places_school.csv"}, study)
    assert found.places["place_id"].tolist() == ["school:11", "school:12"]
    assert found.places["categories"].tolist() == [("kindergarten",), ("school",)]
    assert set(found.places["source"]) == {"City of Dimona, department of education (places_school.csv)"}
    assert rejected(found) == {"school:13": "מצב=מתוכנן", "school:14": "no such category in [lists]"}
    assert "000-0000000" not in found.places.to_csv() and notices(found) == []
