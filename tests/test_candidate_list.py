"""A municipality's own sites for a hub: which rows are sites, and what is said of the others."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from osm_xml import X, Y, degrees
from shapely import Point, box

from geokehila import sample_town
from geokehila.errors import InputError
from geokehila.load import candidate_list
from geokehila.load.candidate_list import CandidateList
from geokehila.names import NAME_COLUMNS
from geokehila.schema import ISRAEL_TM, TABLES
from geokehila.study import Study

STUDY = Study.of("dimona")
AREA = box(X - 500, Y - 500, X + 500, Y + 500)


def csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read(tmp_path: Path, text: str, **more: Any) -> CandidateList:
    return candidate_list.read(csv(tmp_path / "candidates.csv", text), STUDY, **more)


def rejected(found: CandidateList) -> dict[str, str]:
    """Why rows are left out by their id; a name may stand behind it."""
    rows = found.ledger.rejected()
    ids = rows["source_id"].str.extract(r"^(own:(?:row \d+|\S+))", expand=False)
    return dict(zip(ids, rows["reason"], strict=True))


def notices(found: CandidateList) -> dict[str, str]:
    return {notice.name: notice.text for notice in found.ledger.notices}


def test_the_example_of_the_manual(tmp_path: Path) -> None:
    """The example of docs/municipal_files.md."""
    page = (Path(__file__).resolve().parents[1] / "docs" / "municipal_files.md").read_text(encoding="utf-8")
    example = page.partition("## Sites for a hub")[2].partition("```csv\n")[2].partition("```")[0]
    found = read(tmp_path, example)
    sites = found.sites.set_index("site_id")
    assert sites.index.tolist() == ["own:1", "own:2"]
    assert sites[["status", "reason", "choice"]].to_numpy().tolist() == [
        ["candidate", "", "must"],
        ["excluded", "never", "never"],
    ]
    assert sites.loc["own:1", ["capacity", "price", "room_m2"]].tolist() == [2_500, 2_400_000, 350]
    assert sites.loc["own:2", ["capacity", "price"]].isna().all()
    assert sites.loc["own:1", ["gush", "helka", "name_he", "source"]].tolist() == [
        "999002", "5", "מועדון הגבעה", "candidates.csv"
    ]  # fmt: skip
    assert rejected(found) == {"own:3": "price is '-1': write a number, 0 or more"}
    assert found.ledger.counts() == {
        "candidate": {"read": 3, "used": 2, "rejected": {"price is '-1': write a number, 0 or more": 1}}
    }
    assert "has no column extendable, plan_number" in notices(found)["columns_missing"]
    assert "1 of 3 rows are left out: row 4 (own:3 מחסן ישן): price is '-1'" in notices(found)["rows_left_out"]


def test_a_list_of_spots_alone(tmp_path: Path) -> None:
    lon, lat = degrees(0, 0)
    found = read(tmp_path, f"name,lon,lat\nClub,{lon},{lat}\n")
    (site,) = found.sites.to_dict("records")
    assert [*found.sites.columns] == [*TABLES["candidates"].columns, "listed"] and found.sites.crs == ISRAEL_TM
    assert (site["choice"], site["status"], site["kind"], site["extendable"]) == ("may", "candidate", "own", False)
    assert site["geometry"].distance(Point(X, Y)) < 0.1
    assert site["site_id"].startswith("own:h"), "an id that outlives rows put in above it"
    nothing = ("room_m2", "capacity", "price", "plan_number", "designation", "gush", "helka", "name_he")
    assert all(pd.isna(site[column]) for column in nothing)
    assert "capacity, price, choice, room_m2, extendable, gush, helka, plan_number" in notices(found)["columns_missing"]


WORDS = {
    "must": "must", "חובה": "must", "MAY": "may", "אפשרי": "may", "": "may", "-": "may", "never": "never",
    "לעולם לא": "never", "לא": "never", "إلزامي": "must", "ممكن": "may", "أبدا": "never",
}  # fmt: skip


@pytest.mark.parametrize(("word", "choice"), WORDS.items())
def test_words_of_a_choice(tmp_path: Path, word: str, choice: str) -> None:
    found = read(tmp_path, f"id,name,x,y,choice\n1,מועדון,{X},{Y},{word}\n")
    assert found.sites["choice"].tolist() == [choice]


ROWS = {
    f"1,{X},{Y},perhaps,,,,": "choice is 'perhaps': write must, may or never (חובה, אפשרי, לעולם לא)",
    f"1,{X},{Y},,-5,,,": "price is '-5': write a number, 0 or more",
    f"1,{X},{Y},,-2 מיליון,,,": "price is '-2 מיליון': write a number, 0 or more",
    f"1,{X},{Y},,,0,,": "capacity is '0': write a number, 1 or more",
    f"1,{X},{Y},,,,-1,": "room_m2 is '-1': write a number, 0 or more",
    f"1,{X},{Y},,,,,half": "extendable is 'half': write yes or no",
    f"1,{X + 900_000},{Y},,,,,": "no usable coordinates",
    "1,,,,,,,": "no usable coordinates",
    f"1,{X + 60_000},{Y},,,,,": "far from the study area",
    f"2,{X},{Y},,,,,": "id repeats",
    f"3,{X + 9},{Y},,,,,": "the same place as own:2",
}


@pytest.mark.parametrize(("row", "reason"), ROWS.items())
def test_a_row_that_is_no_site_is_rejected_with_its_reason(tmp_path: Path, row: str, reason: str) -> None:
    """Beside a sound one, which stays."""
    head = "id,x,y,choice,price,capacity,room_m2,extendable"
    found = read(
        tmp_path, f"{head}\n2,{X + 9},{Y},must,0,1,0,yes\n8,{X},{Y + 9},,,,,\n{row}\n9,{X},{Y + 8},,,,,\n", area=AREA
    )
    assert [*rejected(found).values()] == [reason]
    sound = found.sites.set_index("site_id").loc["own:2"]
    assert (sound["price"], sound["capacity"], sound["room_m2"], sound["extendable"]) == (0, 1, 0, True)
    assert f": {reason}" in notices(found)["rows_left_out"]


def test_words_for_an_amount_are_an_amount_not_known(tmp_path: Path) -> None:
    head = f"id,x,y,choice,price,capacity\n1,{X},{Y},must,טרם נאמד,כ-600 איש\n2,{X},{Y + 9},,לא נבדק,not checked\n"
    found = read(tmp_path, f"{head}3,{X},{Y + 20},,3.1 מיליון,\n4,{X},{Y + 30},,2-3 million,9\n")
    sites = found.sites.set_index("site_id")
    assert found.ledger.rejected().empty and sites["choice"].tolist() == ["must", "may", "may", "may"]
    assert sites["price"].fillna(0).tolist() == [0, 0, 3_100_000, 0] and sites["price"].isna().sum() == 3
    assert sites["capacity"].fillna(0).tolist() == [600, 0, 0, 9]
    text = "row 2 (own:1): price 'טרם נאמד'; row 3 (own:2): capacity 'not checked'; row 3 (own:2): price 'לא נבדק'; "
    assert f"the rows stay: {text}row 5 (own:4): price '2-3 million': write" in notices(found)["amounts_not_read"]


def test_prices_and_coordinates_are_read_in_digits_of_arabic(tmp_path: Path) -> None:
    arabic = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
    rows = f"{X},{Y},3.1 مليون\n{X + 9.5},{Y},900\n".translate(arabic)
    sites = read(tmp_path, f"x,y,price\n{rows}").sites.sort_values("price")
    assert sites["price"].tolist() == [900, 3_100_000]
    assert sites.geometry.x.tolist() == pytest.approx([X + 9.5, X], abs=0.01), "turned into degrees and back"
    assert sites.geometry.y.tolist() == pytest.approx([Y, Y], abs=0.01)


def test_every_row_that_says_must_and_is_left_out_is_named(tmp_path: Path) -> None:
    """Of six rows five are named by the notice of all, and both that say must by their own."""
    bad = "".join(f"{n},,,,\n" for n in range(1, 5))
    found = read(tmp_path, f"id,x,y,choice,price\n{bad}5,,,must,\n6,{X},{Y},must,-1\n7,{X},{Y},must,\n")
    said = notices(found)
    assert "row 6 (own:5): no usable coordinates and 1 more" in said["rows_left_out"]
    text = "row 6 (own:5): no usable coordinates; row 7 (own:6): price is '-1': write a number, 0 or more"
    assert said["must_left_out"] == f"2 rows that say must are left out, and in no plan: {text}: mend them"


@pytest.mark.parametrize("row", ['"סה""כ",,,12', "9,סך הכל אתרים,,,12", "Total,,1,2,12", "المجموع:,,,,12"])
def test_a_total_is_told_as_one(tmp_path: Path, row: str) -> None:
    """A club called Total Fitness that lies somewhere is a site."""
    found = read(tmp_path, f"id,name,x,y,capacity\n1,Total Fitness,{X},{Y},5\n{row}\n")
    assert found.sites["name_en"].tolist() == ["Total Fitness"]
    assert [*rejected(found).values()] == ["a total, no row"]


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_outlines_of_a_layer(tmp_path: Path, suffix: str) -> None:
    rows = gpd.GeoDataFrame(
        {"id": [7, 8], "שם": ["מועדון", "אולם"], "שם בערבית": ["نادي", None], "name_en": ["Club", None],
         "price": [1.5e6, np.nan], "choice": ["must", None], "extendable": [True, False]},
        geometry=[box(X, Y, X + 20, Y + 30), Point(X + 100, Y)], crs=ISRAEL_TM,
    )  # fmt: skip
    rows.to_file(tmp_path / f"candidates.{suffix}")
    found = candidate_list.read(tmp_path / f"candidates.{suffix}", STUDY, AREA)
    club, hall = found.sites.to_dict("records")
    assert club["geometry"].geom_type == "Polygon" and club["geometry"].area == pytest.approx(600, rel=1e-3)
    assert [club[name] for name in NAME_COLUMNS] == ["מועדון", "نادي", "Club", None]
    assert (club["price"], club["extendable"], hall["extendable"]) == (1_500_000, True, False)
    assert np.isnan(hall["price"]) and hall["choice"] == "may"
    assert np.isnan(club["room_m2"]), "of an outline nobody knows whether it is a house or a plot"


def test_a_workbook_of_the_israeli_grid(tmp_path: Path) -> None:
    table = pd.DataFrame({"מספר": [4], "שם האתר": ["מועדון"], "X": [X], "Y": [Y], "מחיר": ['1,200,000 ש"ח']})
    table.to_excel(tmp_path / "candidates.xlsx", index=False, engine="xlsxwriter")
    found = candidate_list.read(tmp_path / "candidates.xlsx", STUDY)
    assert found.sites["price"].tolist() == [1_200_000] and found.sites["source_id"].tolist() == ["4"]
    assert "EPSG:2039" in notices(found)["coordinates_guessed"]


def test_columns_about_persons_are_not_read(tmp_path: Path) -> None:
    found = read(tmp_path, f"id,x,y,מנהל,טלפון\n1,{X},{Y},פלוני,050-0000000\n")
    assert not any("פלוני" in str(cell) or "050" in str(cell) for cell in found.sites.to_numpy().ravel())


def test_what_cannot_be_read_says_so_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"candidates\.csv: no columns of coordinates among name, price"):
        read(tmp_path, "name,price\nמועדון,5\n")
    with pytest.raises(InputError, match=r"none of its 1 rows has usable coordinates: give lon and lat in degrees"):
        read(tmp_path, "name,lon,lat\nמועדון,0,0\n")


CELL = st.sampled_from(["", "1", "-1", "x", "5,000", "must", "לעולם לא", "yes", "180000", "570000", "34.9", "31.1"])


@given(rows=st.lists(st.lists(CELL, min_size=7, max_size=7), min_size=1, max_size=8))
@settings(max_examples=60)
def test_every_row_is_a_site_or_rejected(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    text = "\n".join(";".join(row) for row in rows)
    lead = f"id;x;y;choice;price;capacity;extendable\n900;{X};{Y};;;;\n"
    found = read(tmp_path_factory.mktemp("rows"), lead + text + "\n")
    counts = found.ledger.counts()["candidate"]
    full = sum(any(row) for row in rows) + 1
    assert counts["read"] == full == len(found.sites) + len(rejected_rows(found))
    assert found.sites["choice"].isin(["must", "may", "never"]).all()
    assert ((found.sites["price"] >= 0) | found.sites["price"].isna()).all()
    assert (found.sites["status"].eq("excluded") == found.sites["choice"].eq("never")).all()


def rejected_rows(found: CandidateList) -> list[str]:
    return found.ledger.rejected()["reason"].tolist()


def test_the_sites_of_the_sample_town(tmp_path: Path) -> None:
    sample_town.write(tmp_path)
    areas = gpd.read_file(tmp_path / "statistical_areas.shp").to_crs(ISRAEL_TM)
    study = Study.read(tmp_path / "study.toml")
    found = candidate_list.read(tmp_path / "candidates.csv", study, areas.union_all())
    assert found.ledger.counts()["candidate"]["used"] == 7
    assert rejected(found) == {"own:8": "price is '-1': write a number, 0 or more"}
    assert found.sites["choice"].value_counts().to_dict() == {"may": 5, "must": 1, "never": 1}
    assert areas.union_all().covers(found.sites.union_all())
    plots = gpd.read_file(tmp_path / "plans.geojson").to_crs(ISRAEL_TM)
    must = found.sites[found.sites["choice"] == "must"].iloc[0]
    plot = plots[plots["pl_number"] == must["plan_number"]].iloc[0]
    assert plot.geometry.contains(must.geometry) and f"גוש {must['gush']} חלקה {must['helka']}" in plot["pl_name"]


def test_headings_are_counted_apart_names_stand_beside_ids_and_degrees_are_told(tmp_path: Path) -> None:
    lon, lat = degrees(0, 0)
    text = (
        f"id,name,x,y,price\nOld Town,,,,\n1,Club,{X},{Y},5\n2,House,,,6\n3,Hall,{lon},{lat},7\nHill,,,,\n"
        f"4,Yard,{X + 90},{Y},8\nTotal,,,,26\n"
    )
    found = read(tmp_path, text)
    rows = found.ledger.rejected()
    assert dict(zip(rows["source_id"], rows["reason"], strict=True)) == {
        "own:2 House": "no usable coordinates", "own:3 Hall": "no usable coordinates: these look like degrees",
        "own:Old Town": "a heading, no row", "own:Hill": "a heading, no row", "own:Total": "a total, no row",
    }  # fmt: skip
    told = notices(found)["rows_left_out"]
    assert told.startswith("2 of 7 rows are left out: row 4 (own:2 House): no usable coordinates; row 5 (own:3 Hall)")
    assert told.endswith("these look like degrees; beside them 3 headings and totals")
    assert found.sites["listed"].tolist() == ["1 Club", "4 Yard"]


def test_a_name_alone_is_a_site_without_a_place_where_rows_hold_little_more(tmp_path: Path) -> None:
    lon, lat = degrees(0, 0)
    found = read(tmp_path, f'name,coordinates\nClub,"{lon}, {lat}"\nHall,\n')
    assert [*rejected(found).values()] == ["no usable coordinates"]


def test_headings_of_councils_are_read_where_one_column_alone_fits(tmp_path: Path) -> None:
    head = "מס' נכס,שם המבנה,x,y,אומדן עלות התאמה (₪),החלטת המועצה"
    found = read(tmp_path, f"{head}\n101,מועדון,{X},{Y},900 אלף ₪,חובה\n")
    (site,) = found.sites.to_dict("records")
    assert (site["site_id"], site["price"], site["choice"]) == ("own:101", 900_000, "must")
    two = read(tmp_path, f"שם,x,y,עלות בנייה,עלות שנתית\nמועדון,{X},{Y},5,6\n")
    assert two.sites["price"].isna().all() and "עלות בנייה, עלות שנתית" in notices(two)["columns_not_read"]
    assert two.unread == ("עלות בנייה", "עלות שנתית") and "price" in two.absent and "price" not in found.absent
    arabic = read(tmp_path, f"الاسم,x,y,التكلفة المقدرة,قرار المجلس\nنادي,{X},{Y},7,ممنوع\n")
    assert arabic.sites[["price", "choice"]].to_numpy().tolist() == [[7.0, "never"]]
