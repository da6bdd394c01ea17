"""Files for office programs: what is read back is the table, Hebrew reads, and nothing from outside is run."""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import drawn_town
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from geokehila.catalogue import cities
from geokehila.catalogue.columns import Columns
from geokehila.compliance import areas
from geokehila.compliance.rules import RULES
from geokehila.corrections import NOTHING_NEW
from geokehila.draw.cells import words
from geokehila.draw.sheets import about, brief, flat, rejected, sheets
from geokehila.draw.town import Town
from geokehila.equity import cars, gaps, groups, spread
from geokehila.schema import OFFICIAL_LIST, UNKNOWN
from geokehila.store import office
from geokehila.store.office import Sheet, guarded, plain
from geokehila.store.tables import wide

EVIL = [
    "=HYPERLINK(\"http://x\",\"y\")", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "-5",
    drawn_town.EVIL, "a\u202eb", "https://example.org", "{=1}", "a;=1", "א\"ב'", "two\nlines", "", "_x0041_",
]  # fmt: skip


def sheet(table: pd.DataFrame, key: str = "hubs") -> Sheet:
    words = {column: {"he": f"עמודה {column}", "ar": column, "en": column} for column in table}
    units = {column: {"he": "מ׳", "ar": "م", "en": "m"} for column in table}
    return Sheet(key, {"he": "גיליון", "ar": "ورقة", "en": "Sheet"}, table, words, units)


def read_csv(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by this mark"
    return [*csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))]


def test_a_csv_has_names_units_and_the_rows_to_the_last_bit(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"name": ["שלום, עולם", None], "x_m": [0.1 + 0.2, np.nan], "n": [2**40, 0], "is": [True, False]}
    )
    office.write_csv(sheet(table), tmp_path)
    head, units, *rows = read_csv(tmp_path / "hubs.csv")
    assert head == ["name", "x_m", "n", "is"] and units == ["m"] * 4
    assert rows == [["שלום, עולם", repr(0.1 + 0.2), str(2**40), "True"], ["", "", "0", "False"]]


@pytest.mark.parametrize("text", EVIL)
def test_no_text_is_run_by_a_spreadsheet_that_opens_the_csv(text: str, tmp_path: Path) -> None:
    office.write_csv(sheet(pd.DataFrame({"name": [text, "a"], "x": [1.0, -2.0]})), tmp_path)
    rows = read_csv(tmp_path / "hubs.csv")
    cell = rows[2][0]
    assert cell == "-5" or not re.match(r"\s*[=+\-@\t\r＝＋－＠]", cell)
    assert "\u202e" not in cell and "\t" not in cell and "\n" not in cell
    assert rows[3] == ["a", "-2.0"], "a number below 0 stays one"
    line = (tmp_path / "hubs.csv").read_text(encoding="utf-8-sig").splitlines()[2]
    assert line.startswith('"') or not cell, "text stands in quotes, so that no other mark parts it"


@given(st.text(max_size=40))
def test_a_guarded_text_begins_with_nothing_that_runs(text: str) -> None:
    found = guarded(text)
    assert found in (text, "'" + text)
    assert not re.match(r"\s*[=+\-@\t\r\n]", found) or re.fullmatch(r"[+-]?[\d.,]+", found)


def workbook(tmp_path: Path, *tables: Sheet) -> Path:
    path = tmp_path / "town.xlsx"
    office.write_workbook(tables, path, "2025-01-01")
    return path


def test_a_workbook_reads_from_the_right_with_words_names_and_units_above(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["א", None], "x": [0.125, np.nan], "is": [True, False], "n": [3, 4]})
    page = openpyxl.load_workbook(workbook(tmp_path, sheet(table)))["גיליון"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0] == ["עמודה name", "עמודה x", "עמודה is", "עמודה n"]
    assert rows[1] == ["name", "x", "is", "n"] and rows[2] == ["מ׳"] * 4
    assert rows[3] == ["א", 0.125, True, 3] and rows[4] == [None, None, False, 4], "missing is empty, 0 is no"
    assert page.sheet_view.rightToLeft and page.freeze_panes == "B4" and page.auto_filter.ref == "A3:D5"


def test_numbers_are_shown_by_their_unit_and_kept_whole(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": [1234.5678], "b": [0.123456789], "c": [2030.0], "d": [7.0], "e": [7.25], "f": ["x"]})
    units = dict(zip(table, ("residents", "share, 0 to 1", "year", "number", "number", "text"), strict=True))
    own = {column: {"he": unit, "ar": unit, "en": unit} for column, unit in units.items()}
    one = Sheet("hubs", {"he": "גיליון", "ar": "ورقة", "en": "Sheet"}, table, own, own)
    row = openpyxl.load_workbook(workbook(tmp_path, one))["גיליון"][4]
    assert [cell.value for cell in row] == [1234.5678, 0.123456789, 2030, 7, 7.25, "x"]
    assert [cell.number_format for cell in row[:5]] == ["#,##0", "0.000", "0", "#,##0", "#,##0.00"]


@pytest.mark.parametrize("column, shown", [("domains_reached_count", "0.0"), ("shelters_count", "#,##0")])
def test_a_mean_of_counts_has_a_digit_behind_the_point_and_a_count_none(
    column: str, shown: str, tmp_path: Path
) -> None:
    table = pd.DataFrame({"domains_reached_count": [4.097, 4.0], "shelters_count": [4.0, 1000.0]})[[column]]
    counts = {column: {"he": "מספר", "ar": "عدد", "en": "count"}}
    one = Sheet("zones", {"he": "אזורים", "ar": "مناطق", "en": "Areas"}, table, counts, counts)
    assert openpyxl.load_workbook(workbook(tmp_path, one))["אזורים"]["A4"].number_format == shown


def test_areas_tell_of_people_then_of_domains_then_of_the_rest() -> None:
    ordered = ["zone_id", "people", "domain_health_share_low", "domain_health_share_high", "open_m2_per_resident"]
    turned = gpd.GeoDataFrame({key: [1.0] for key in reversed(ordered)}, geometry=[box(0, 0, 1, 1)], crs=2039)
    assert [*flat(brief(turned, drawn_town.town(RECORD)))] == ordered


def test_a_workbook_in_english_reads_from_the_left(tmp_path: Path) -> None:
    office.write((sheet(pd.DataFrame({"x": [1]})),), tmp_path, "town", "2025-01-01", "en")
    page = openpyxl.load_workbook(tmp_path / "town.xlsx")["Sheet"]
    assert not page.sheet_view.rightToLeft and page["A1"].value == "x"


def test_hubs_stand_in_the_order_of_their_ranks_and_those_without_last() -> None:
    tables = drawn_town.town().tables
    turned = tables["hubs"].assign(rank=[2.0, 1.0, np.nan]).iloc[::-1]
    gains = tables["hub_gains"]
    shown = drawn_town.town(RECORD, hubs=turned, rejected=pd.DataFrame(columns=LEFT_OUT))
    made = {one.key: one.table for one in sheets(shown, town_layers())}
    assert made["hubs"]["site_id"].tolist() == ["s2", "s1", "n1"]
    assert made["hub_gains"]["site_id"].tolist() == ["s2", *["s1"] * (len(gains) - 1)]


def test_no_text_of_a_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    path = workbook(tmp_path, sheet(pd.DataFrame({"name": EVIL})))
    cells = [row[0] for row in openpyxl.load_workbook(path)["גיליון"].iter_rows(min_row=4)]
    assert {cell.data_type for cell in cells} <= {"s", "n"} and not any(cell.hyperlink for cell in cells)
    texts = [cell.value for cell in cells]
    assert texts[0] == EVIL[0] and texts[10] == "ab" and texts[11] == EVIL[11]
    with zipfile.ZipFile(path) as file:
        xml = "".join(file.read(name).decode() for name in file.namelist() if name.startswith("xl/"))
    assert "<f>" not in xml and "<script" not in xml and "<hyperlink" not in xml


def test_equal_workbooks_are_equal_to_the_byte_and_endless_text_is_cut(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["א" * 40_000]})
    for name in ("one.xlsx", "two.xlsx"):
        office.write_workbook((sheet(table),), tmp_path / name, "2025-01-01")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    assert len(book["גיליון"]["A4"].value) == office.LONGEST_CELL
    assert book.properties.created.isoformat() == "2025-01-01T00:00:00"


def test_a_table_longer_than_a_sheet_is_whole_in_its_csv_and_says_so(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(office, "LONGEST_SHEET", 2)
    office.write((sheet(pd.DataFrame({"x": [1, 2, 3]})),), tmp_path, "town", "2025-01-01")
    rows = [*openpyxl.load_workbook(tmp_path / "town.xlsx")["גיליון"].iter_rows(min_row=4, values_only=True)]
    assert rows == [("csv/hubs.csv",)]
    assert len(read_csv(tmp_path / "csv" / "hubs.csv")) == 5


def test_geojson_is_in_degrees_of_six_decimals_and_holds_any_name(tmp_path: Path) -> None:
    layer = gpd.GeoDataFrame({"name": EVIL}, geometry=[Point(200_000 + i, 600_000) for i in range(len(EVIL))], crs=2039)
    office.write_maps({"places": layer}, tmp_path)
    raw = (tmp_path / "geojson" / "places.geojson").read_text(encoding="utf-8")
    found = json.loads(raw)
    assert "crs" not in found, "RFC 7946: WGS 84 alone"
    assert [f["properties"]["name"] for f in found["features"]] == plain(layer[["name"]])["name"].tolist()
    lon, lat = found["features"][0]["geometry"]["coordinates"]
    assert 34.9 < lon < 35.1 and 31.4 < lat < 31.6 and len(str(lon).partition(".")[2]) <= 6
    back = gpd.read_parquet(tmp_path / "geoparquet" / "places.parquet")
    assert back.geometry.to_wkb().tolist() == layer.geometry.to_wkb().tolist() and back.crs == layer.crs


def test_areas_of_geojson_turn_as_the_standard_has_it(tmp_path: Path) -> None:
    square = gpd.GeoDataFrame({"x": [np.inf]}, geometry=[box(200_000, 600_000, 200_100, 600_100).reverse()], crs=2039)
    office.write_maps({"zones": square}, tmp_path)
    feature = json.loads((tmp_path / "geojson" / "zones.geojson").read_text(encoding="utf-8"))["features"][0]
    ring = feature["geometry"]["coordinates"][0]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:], strict=False))
    assert area > 0, "the outer ring runs against the clock" and feature["properties"]["x"] is None


def town_layers() -> dict[str, gpd.GeoDataFrame]:
    town = drawn_town.town()
    tables = town.tables
    return {"zones": wide(tables["zone_scores"], tables["zones"], "zone"), "hubs": tables["hubs"]}


LEFT_OUT = ["source", "kind", "source_id", "reason"]
RECORD = {
    "dates": {"osm": "2026-03-01"}, "run_id": "0123456789", "version": "0.1.0",
    "city": {"slug": "neve-or"}, "domains": [{"key": "education", "beyond_low": 9.0}],
}  # fmt: skip


def test_the_sheets_of_a_run_read_back_as_its_tables(tmp_path: Path) -> None:
    left = pd.DataFrame({"source": ["osm"] * 3, "kind": "way", "source_id": ["1", "2", "3"], "reason": ["x", "x", "y"]})
    town = drawn_town.town(RECORD, rejected=left)
    made = sheets(town, town_layers())
    office.write(made, tmp_path, "town", "2025-01-01")
    book = openpyxl.load_workbook(tmp_path / "town.xlsx", read_only=True)
    assert len(book.sheetnames) == len(made)
    for one, name in zip(made, book.sheetnames, strict=True):
        _, keys, _, *rows = book[name].iter_rows(values_only=True)
        expected = plain(one.table).astype(object)
        expected = expected.where(expected.notna() & (expected != ""), None)
        back = pd.DataFrame([row[: len(keys)] for row in rows], columns=keys, dtype=object)
        pd.testing.assert_frame_equal(back, expected, check_dtype=False)
    by_key = {one.key: one.table for one in made}
    assert by_key["rejected"].to_dict("list") == {
        "source": ["osm", "osm"], "kind": ["way", "way"], "reason": ["x", "y"], "count": [2, 1],
        "which": ["1, 2", "3"],
    }  # fmt: skip
    assert by_key["zones"]["domain_education_share_low"].tolist()[:2] == [0.05, 0.3]


def test_of_what_was_left_out_twenty_are_named_and_rows_that_nobody_edited_come_last() -> None:
    ids = [f"place:{number:02}" for number in range(23)]
    left = [("a.xlsx", "correction", one, NOTHING_NEW) for one in ids] + [
        ("b.xlsx", "candidate", "own:8", "id repeats")
    ]
    found = rejected(pd.DataFrame(left, columns=LEFT_OUT))
    assert found["source"].tolist() == ["b.xlsx", "a.xlsx"] and found["count"].tolist() == [1, 23]
    assert found["which"].tolist() == ["own:8", f"{', '.join(ids[:20])} and 3 more"]


def test_the_dictionary_tells_of_every_column_of_sheets_and_layers_once() -> None:
    made = sheets(drawn_town.town(RECORD, rejected=pd.DataFrame(columns=LEFT_OUT)), town_layers())
    told = next(one.table for one in made if one.key == "dictionary")
    assert not told.duplicated(["table", "column"]).any()
    pairs = {*zip(told["table"], told["column"], strict=True)}
    assert {(one.key, column) for one in made for column in one.table if one.key != "dictionary"} <= pairs


def told_words(town: Town) -> pd.DataFrame:
    return words(town, Columns(town.catalogue, town.weights)).set_index("key")


def test_words_of_cells_stand_in_a_sheet_in_three_languages() -> None:
    found = told_words(drawn_town.town(RECORD))
    said = ["edge", "not mapped", "partly unknown", "complies (secondary source)", "existing", "may", "city", "total"]
    assert found.loc["edge", "he"] == "ההליכה עשויה לצאת מתחום הנתונים" and found.loc["existing", "en"] == "existing"
    assert found.index.is_unique and found.loc[said, ["he", "ar", "en"]].notna().all(axis=None)
    assert found.loc[[*drawn_town.CATEGORIES], "he"].notna().all(), "categories, too"


def test_every_word_that_the_sheets_of_rules_and_groups_may_hold_has_a_meaning() -> None:
    """Whatever a town is like: rules, what they measure and their sources, statistics, groups and reasons."""
    town = drawn_town.town(RECORD)
    standards = town.catalogue.standards
    ruled = [key for rule in RULES for key in (rule.key, rule.basis)]
    ruled += [cell for rule in RULES for one in (standards[rule.least],) for cell in (one.unit, one.source, one.date)]
    ruled += [areas.FROM_MEMORY, areas.OF_NEIGHBOURHOODS, areas.SMALL, areas.NOT_COMPUTED, areas.LAND_UNKNOWN]
    ruled += [areas.OUTSIDE, "no dwellings", "no people", *(one.confidence for one in standards.values())]
    grouped = [*groups.FACTS, groups.AGE, groups.NOT_TOLD, groups.ONE_GROUP, groups.PARTLY, groups.NOBODY, gaps.OVERLAP]
    grouped += [cars.NOT_COUNTED, cars.STATISTIC, spread.ALL_ZERO, spread.ZERO_BELOW, spread.LOCALITY, *UNKNOWN]
    grouped += [
        "fewer than 100 people",
        "fewer than 200 people",
        "> 60 min",
        *(city.society for city in cities().values()),
    ]
    assert {*ruled, *grouped} - {"2024", ""} <= {*told_words(town).index}


def test_words_that_the_sample_town_does_not_meet_are_in_the_dictionary_too() -> None:
    said = [OFFICIAL_LIST, "not closed", "no such area in the layer", "no zone that it speaks of", "index row"]
    said += ["barrier", "closed ground", "plaza", "quarter"]
    found = told_words(drawn_town.town(RECORD)).loc[said]
    assert found.notna().all(axis=None) and not found["he"].isin(found["en"]).any()


def test_a_number_in_a_reason_is_that_of_the_study() -> None:
    town = drawn_town.town(RECORD)
    few = replace(town.catalogue.standards["equity_group_people"], value=50.0)
    standards = {**town.catalogue.standards, "equity_group_people": few}
    study = replace(town.study, catalogue=replace(town.catalogue, standards=standards))
    found = told_words(Town(study, town.tables, town.record))
    assert found.loc["fewer than 50 people", "he"] == "פחות מ-50 אנשים" and "fewer than 100 people" not in found.index


def test_the_first_sheet_says_whose_it_is_and_that_the_town_is_fictional() -> None:
    lines = about(drawn_town.town(RECORD))
    assert lines["en"][0] == "Walks to services: Neve Or" and any("FICTIONAL" in line for line in lines["en"])
    foreign = drawn_town.town(RECORD, city={"en": "Dimona"})
    assert about(foreign)["ar"][0].endswith("\u2068Dimona\u2069") and about(foreign)["en"][0].endswith(" Dimona")
    assert any("map.osm.pbf (2026-03-01, ODbL 1.0)" in line for line in lines["he"])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("he", "בתים באזורים שלא נמנו: \u206625\u2069. מי שגר בהם אינו כלול באף אחד מהמספרים האלה."),
        ("ar", "مساكن في مناطق بلا إحصاء: \u206625\u2069. من يسكنها خارج هذه الأعداد كلها."),
        ("en", "Homes in areas without a count: 25. Who lives there is in none of these numbers."),
    ],
)
def test_the_first_sheet_says_how_many_homes_nobody_counted(language: str, said: str) -> None:
    assert said not in about(drawn_town.town(RECORD))[language].tolist()
    told = {"facts": {"homes_not_counted": 25.0}}
    assert said in about(drawn_town.town(RECORD | told))[language].tolist()


def test_the_first_sheet_says_who_made_a_source_by_a_name_that_turns_no_date() -> None:
    source = {"role": "zones", "file": "zones.geojson", "told_by": "مجلس القرية", "date": "2026-05", "licence": ""}
    lines = about(drawn_town.town(RECORD | {"sources": [source]}))
    for language in ("he", "ar", "en"):
        assert any("zones.geojson (\u2068مجلس القرية\u2069, 2026-05)" in line for line in lines[language])


def test_brief_areas_are_what_maps_show() -> None:
    found = brief(town_layers()["zones"], drawn_town.town(RECORD))
    assert "domain_education_share_low" in found and "category_park_median_s" not in found
    assert [*flat(found)] == [column for column in found if column != "geometry"]


def test_a_sheet_of_few_columns_is_printed_on_the_width_of_a_page_with_its_heads(tmp_path: Path) -> None:
    narrow, wide = (pd.DataFrame({f"c{i}": [1.0] for i in range(many)}) for many in (19, 25))
    tables = sheet(narrow), replace(sheet(wide, "zones"), title={"he": "אזורים", "ar": "مناطق", "en": "Areas"})
    book = openpyxl.load_workbook(workbook(tmp_path, *tables))
    page = book["גיליון"]
    assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.orientation == "landscape"
    assert page.page_setup.fitToWidth in (None, 1), "one page wide is what a reader takes where nothing is said"
    assert (int(page.page_setup.fitToHeight), int(page.page_setup.paperSize)) == (0, 9)
    assert page.print_title_rows == "$1:$3"
    assert not getattr(book["אזורים"].sheet_properties.pageSetUpPr, "fitToPage", None), "its letters would be dust"
