"""The asset inventory: written, edited, read again; what nobody edited changes nothing, what somebody did just that."""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osm_xml import X, Y, degrees
from shapely import LineString, Point, box

from geokehila import inventory, pipeline, sample_town
from geokehila.catalogue import Catalogue
from geokehila.corrections import COLUMNS, NOTHING_NEW, Corrections
from geokehila.errors import InputError, StudyError
from geokehila.ledger import Ledger
from geokehila.load.municipal import corrections
from geokehila.merging import PlaceList
from geokehila.names import names
from geokehila.places import Places, merge
from geokehila.schema import ISRAEL_TM

CATEGORIES = Catalogue.read().categories
FORMATS = ["xlsx", "csv", "gpkg", "geojson"]
AREA = box(X - 1000, Y - 1000, X + 1000, Y + 1000)
PARK = box(X + 100, Y, X + 200, Y + 100)
#: id, names as tags, shape, categories, date
TOWN: list[tuple[str, dict[str, str], Any, str, str | None]] = [
    (
        "n1",
        {"name": "מרפאת הדר", "name:ar": "عيادة", "name:ru": "Клиника"},
        Point(X, Y),
        "clinic pharmacy",
        "2024-05-01",
    ),
    ("n2", {"name": "=SUM(A1)"}, Point(X + 10, Y), "grocery", None),
    ("n22", {"name:en": "007"}, Point(X + 55.5, Y - 7.25), "grocery", "2023"),
    ("w3", {"name": "Park, \"A\"; 'B'"}, PARK, "park", "2022-11"),
    ("shelter:7", {}, Point(X - 300, Y), "shelter", None),
]


def town(*rows: tuple[str, dict[str, str], Any, str, str | None]) -> gpd.GeoDataFrame:
    ids, tags, shapes, keys, dates = zip(*(rows or TOWN), strict=True)
    named = pd.DataFrame([names(tag) for tag in tags], dtype=object)
    return gpd.GeoDataFrame(
        named.assign(
            place_id=pd.Series(ids, dtype="str"),
            source=pd.Series("osm", range(len(ids)), dtype="str"),
            source_id=pd.Series(ids, dtype="str"),
            date=pd.Series(dates, dtype=object),
            categories=pd.Series([tuple(k.split()) for k in keys], dtype=object),
        ),
        geometry=list(shapes),
        crs=ISRAEL_TM,
    )


def merged(
    edited: Corrections | None = None, mapped: gpd.GeoDataFrame | None = None, lists: Sequence[PlaceList] = ()
) -> Places:
    flags = pd.DataFrame({"bridge": [False], "tunnel": [False]})
    street = gpd.GeoDataFrame(flags, geometry=[LineString([(X, Y + 50), (X + 300, Y + 50)])], crs=ISRAEL_TM)
    doors = gpd.GeoDataFrame({"kind": []}, geometry=[], crs=ISRAEL_TM)
    return merge([town() if mapped is None else mapped], street, doors, CATEGORIES, lists, AREA, edited)


def export(folder: Path, suffix: str, places: Places | None = None, name: str = "inventory") -> Path:
    path = folder / f"{name}.{suffix}"
    inventory.write(inventory.table(places or merged()), path, CATEGORIES, "2024-01-01")
    return path


def refused(edited: Corrections) -> pd.DataFrame:
    """The rows that are not followed, but those that ask for nothing."""
    rows = edited.ledger.rejected()
    return rows[rows["reason"] != NOTHING_NEW]


def edit(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Path:
    """Open a file as people do, by another library than ours, and save it as corrections beside."""
    to = path.with_name(f"corrections{path.suffix}")
    if path.suffix == ".xlsx":
        changed = change(pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl"))
        # In Excel a cell that is text stays text.
        as_text = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
        with pd.ExcelWriter(to, engine="xlsxwriter", engine_kwargs=as_text) as book:
            changed.to_excel(book, index=False)
    elif path.suffix == ".csv":
        change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(to, index=False, encoding="utf-8-sig")
    else:
        frame = gpd.read_file(path)
        frame["keep"] = frame["keep"].astype(object)
        change(frame).to_file(to)
    return to


def correct(path: Path, mapped: gpd.GeoDataFrame | None = None) -> tuple[Places, Corrections]:
    edited = corrections.read(path, CATEGORIES)
    return merged(edited, mapped), edited


def same(one: Places, other: Places) -> None:
    for table in ("places", "categories", "gates"):
        pd.testing.assert_frame_equal(pd.DataFrame(getattr(one, table)), pd.DataFrame(getattr(other, table)))


def put(column: str, place_id: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object)
        frame.loc[frame["place_id"] == place_id, column] = value
        return frame

    return change


def added(frame: pd.DataFrame, row: dict[str, Any]) -> pd.DataFrame:
    """Add a row as people do: in a layer by a click on the map, the columns of coordinates left blank."""
    if isinstance(frame, gpd.GeoDataFrame):
        at = Point(row["lon"], row["lat"])
        more = gpd.GeoDataFrame([{**row, "lon": None, "lat": None}], geometry=[at], crs=frame.crs)
        return gpd.GeoDataFrame(pd.concat([frame, more.astype({"lon": float, "lat": float})], ignore_index=True))
    return pd.concat([frame, pd.DataFrame([row])], ignore_index=True)


def place(found: Places, place_id: str) -> pd.Series:
    return found.with_categories().set_index("place_id").loc[place_id]


# --- what is written -------------------------------------------------------------------------------------------------


def test_the_table_says_what_is_there_and_where_it_is_known_from() -> None:
    rows = inventory.table(merged())
    assert tuple(rows.columns) == COLUMNS
    assert rows["place_id"].tolist() == ["n1", "n2", "n22", "shelter:7", "w3"]
    first = rows.iloc[0]
    assert first[["categories", "keep", "source", "date"]].tolist() == ["clinic;pharmacy", "yes", "osm", "2024-05-01"]
    assert first[["name_he", "name_ar", "name_en", "name_ru"]].tolist() == ["מרפאת הדר", "عيادة", None, "Клиника"]
    assert (first["lon"], first["lat"]) == degrees(0, 0) and first["note"] is None


def test_a_workbook_is_frozen_below_its_header_and_explains_itself(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(export(tmp_path, "xlsx"))
    sheet, explained = book.worksheets
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref == "A1:N6"
    assert [cell.value for cell in sheet[1]] == [*COLUMNS]
    assert sheet["E3"].value == "=SUM(A1)" and sheet["E3"].data_type == "s", "a name is no formula"
    words = {row[0]: row[1:] for row in explained.iter_rows(values_only=True)}
    assert {*COLUMNS} <= words.keys() and words["clinic"] == ("Clinic", "מרפאה", "عيادة")


@pytest.mark.parametrize("language, from_right", [("he", True), ("ar", True), ("en", False)])
def test_a_workbook_opens_as_its_language_reads_and_keeps_in_three(
    language: str, from_right: bool, tmp_path: Path
) -> None:
    path = tmp_path / "inventory.xlsx"
    inventory.write(inventory.table(merged()), path, CATEGORIES, "2024-01-01", language)
    book = openpyxl.load_workbook(path)
    assert [bool(sheet.sheet_view.rightToLeft) for sheet in book.worksheets] == [from_right] * 2
    [allowed] = book.worksheets[0].data_validations.dataValidation
    assert allowed.formula1.strip('"').split(",") == ["yes", "no", "כן", "לא", "نعم", "لا"]
    for word in ("לא", "لا"):
        found, _ = correct(edit(export(tmp_path, "xlsx", name=f"edited{word}"), put("keep", "n1", word)))
        assert "n1" not in set(found.places["place_id"])


@pytest.mark.parametrize("suffix", FORMATS)
def test_equal_inventories_are_equal_to_the_byte(tmp_path: Path, suffix: str) -> None:
    one, other = (export(tmp_path, suffix, name=name).read_bytes() for name in ("a", "b"))
    assert one == other and not [*tmp_path.glob(".*")]


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = export(tmp_path, "csv")
    before = path.read_bytes()
    with pytest.raises(InputError, match="is there already, perhaps with corrections in it: name another --out"):
        export(tmp_path, "csv")
    assert path.read_bytes() == before
    with pytest.raises(StudyError, match=r"unknown format of an inventory '.xls': did you mean '.xlsx'\?"):
        export(tmp_path, "xls")


# --- the way round ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_nobody_edited_changes_nothing(tmp_path: Path, suffix: str) -> None:
    path = export(tmp_path, suffix)
    for way in (path, edit(path, lambda frame: frame)):
        found, edited = correct(way)
        same(found, merged())
        assert edited.ledger.counts() == {"correction": {"read": 5, "used": 0, "rejected": {NOTHING_NEW: 5}}}
        assert inventory.taken(edited.ledger.counts()) == "5 rows, none edited"
        assert edited.ledger.notices == []


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("column", ["check", "date source source_id note check keep name_ru", "lon lat"])
def test_columns_that_are_gone_change_nothing(tmp_path: Path, suffix: str, column: str) -> None:
    path = edit(export(tmp_path, suffix), lambda frame: frame.drop(columns=column.split()))
    same(correct(path)[0], merged())


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_edit_is_taken_over_and_nothing_else(tmp_path: Path, suffix: str) -> None:
    found, _ = correct(edit(export(tmp_path, suffix), put("name_he", "n1", "מרפאה חדשה ")))
    now = place(found, "n1")
    assert (
        now["name_he"] == "מרפאה חדשה" and now["source"] == f"osm; corrections.{suffix}" and now["date"] == "2024-05-01"
    )
    before = merged()
    others = before.places["place_id"] != "n1"
    pd.testing.assert_frame_equal(pd.DataFrame(found.places[others]), pd.DataFrame(before.places[others]))
    pd.testing.assert_frame_equal(found.categories, before.categories)
    assert found.gates.geometry.equals(before.gates.geometry)


@pytest.mark.parametrize("suffix", FORMATS)
def test_categories_date_and_a_blank_name(tmp_path: Path, suffix: str) -> None:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        for column, value in (
            ("categories", "Clinic; dummy".replace("dummy", "school")),
            ("date", "2025-02"),
            ("name_ru", ""),
        ):
            frame = put(column, "n1", value)(frame)
        return frame

    now = place(correct(edit(export(tmp_path, suffix), change))[0], "n1")
    assert now["categories"] == ("clinic", "school") and now["date"] == "2025-02"
    assert pd.isna(now["name_ru"]) and now["name_ar"] == "عيادة"


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_place_that_is_not_there_is_removed(tmp_path: Path, suffix: str) -> None:
    found, edited = correct(edit(export(tmp_path, suffix), put("keep", "w3", "לא")))
    assert "w3" not in set(found.places["place_id"]) | set(found.gates["place_id"]) | set(found.categories["place_id"])
    rows = found.ledger.rejected()
    assert rows[["source_id", "reason"]].to_numpy().tolist() == [["w3", "removed by correction"]]
    assert found.ledger.counts()["place"] == {"read": 5, "used": 4, "rejected": {"removed by correction": 1}}
    assert inventory.taken(edited.ledger.counts()) == "5 rows, 1 edited: 1 removed"


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_new_row_is_a_new_place(tmp_path: Path, suffix: str) -> None:
    lon, lat = degrees(50, 60)

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        row = {"name_he": "מתנ\u05f4ס", "categories": "community_centre", "lon": lon, "lat": lat, "date": "2025"}
        return added(frame, row)

    found, _ = correct(edit(export(tmp_path, suffix), change))
    new = place(found, "corrections:1")
    assert new["categories"] == ("community_centre",) and new["geometry"].distance(Point(X + 50, Y + 60)) < 0.02
    assert new[["source", "source_id", "date"]].tolist() == [f"corrections.{suffix}", "corrections:1", "2025"]
    assert "corrections:1" in set(found.gates["place_id"])
    assert found.ledger.counts()["place"] == {"read": 6, "used": 6, "rejected": {}}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("place_id", ["n1", "w3"])
def test_a_changed_position_is_taken_over(tmp_path: Path, suffix: str, place_id: str) -> None:
    """Also of an area, which then is that point; in layers whether the columns are edited or the point is moved."""
    lon, lat = degrees(-20, 30)
    path = export(tmp_path, suffix)

    def by_columns(frame: pd.DataFrame) -> pd.DataFrame:
        return put("lat", place_id, lat)(put("lon", place_id, lon)(frame))

    ways = [by_columns]
    if suffix in ("gpkg", "geojson"):
        ways.append(put("geometry", place_id, Point(lon, lat)))
    for change in ways:
        found, _ = correct(edit(path, change))
        now = place(found, place_id)
        assert now["geometry"].geom_type == "Point" and now["geometry"].distance(Point(X - 20, Y + 30)) < 0.02
        assert found.gates.loc[found.gates["place_id"] == place_id, "kind"].tolist() == ["point"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_corrections_outlive_a_second_round(tmp_path: Path, suffix: str) -> None:
    """Removed, changed and new places stay so when the inventory with them is written, not edited, and read again."""
    lon, lat = degrees(50, 60)

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = put("keep", "n2", "no")(put("name_he", "n1", "אחר")(frame))
        row = {"name_he": "חדש", "categories": "library", "lon": lon, "lat": lat}
        return added(frame, row)

    first, _ = correct(edit(export(tmp_path, suffix), change))
    (tmp_path / "second").mkdir()
    again = export(tmp_path / "second", suffix, first, name="corrections")
    rows = inventory.table(first).set_index("place_id")
    assert rows.loc["n2", "keep"] == "no" and rows.loc["corrections:1", "keep"] == "yes"
    second, edited = correct(again)
    same(second, first)
    assert {*edited.ledger.counts()["correction"]["rejected"]} <= {NOTHING_NEW}
    pd.testing.assert_frame_equal(inventory.table(second), inventory.table(first))


def test_a_row_that_nobody_edited_does_not_hold_back_a_newer_map(tmp_path: Path) -> None:
    newer = town(*[(key, {"name": "שם חדש"}, shape, kinds, date) for key, _, shape, kinds, date in TOWN])
    path = edit(export(tmp_path, "csv"), put("categories", "n1", "clinic"))
    found, _ = correct(path, newer)
    assert place(found, "n22")["name_he"] == "שם חדש" and place(found, "n22")["source"] == "osm"
    assert place(found, "n1")["name_he"] == "מרפאת הדר", "who edited a row has seen its name"


NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
SPOT = st.tuples(st.floats(-900, 900), st.floats(-900, 900))
PLACE = st.tuples(NAME, NAME, SPOT, st.sampled_from(sorted(CATEGORIES)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(PLACE, min_size=1, max_size=4), data=st.data())
def test_any_names_and_spots_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: Any, data: st.DataObject
) -> None:
    folder, suffix = tmp_path_factory.mktemp("any"), data.draw(st.sampled_from(FORMATS))
    mapped = town(*((f"n{i}", {"name": local, "name:en": english}, Point(X + x, Y + y), kind, None)
                    for i, (local, english, (x, y), kind) in enumerate(rows)))  # fmt: skip
    before = merged(mapped=mapped)
    same(correct(export(folder, suffix, before), mapped)[0], before)


# --- places that change between two years ----------------------------------------------------------------------------

ROW = ("n1", {"name": "הדס"}, Point(X, Y), "clinic", None)


def with_list(*rows: Any) -> Callable[[Corrections | None], Places]:
    """The map's clinic n1, and a list of clinics."""
    ids = pd.Series([place_id.removeprefix("clinic:") for place_id, *_ in rows], dtype="str")
    places = town(*rows).assign(source="list.csv", source_id=ids)
    return lambda edited=None: merged(edited, town(ROW), [PlaceList(places, "complete", Ledger("list.csv"))])


def said(edited: Corrections) -> tuple[list[list[str]], list[str]]:
    rows = refused(edited)[["source_id", "reason"]].to_numpy().tolist()
    return rows, [notice.name for notice in edited.ledger.notices]


def test_a_removed_place_stays_away_when_a_list_takes_its_place(tmp_path: Path) -> None:
    """And when the list is gone again: of n1 and clinic:11, which are one, either id means the place."""
    both = with_list(("clinic:11", {"name": "הדס"}, Point(X + 10, Y), "clinic", None))
    assert both(None).places["source_id"].tolist() == ["n1; 11"]
    before = edit(export(tmp_path, "csv", merged(mapped=town(ROW))), put("keep", "n1", "no"))
    edited = corrections.read(before, CATEGORIES)
    assert both(edited).places.empty and said(edited) == ([], [])
    after = edit(export(tmp_path, "csv", both(None), name="after"), put("keep", "clinic:11", "no"))
    edited = corrections.read(after, CATEGORIES)
    assert merged(edited, town(ROW)).places.empty and said(edited) == ([], [])


def test_a_place_of_a_list_that_the_map_draws_now_is_known_by_its_old_id(tmp_path: Path) -> None:
    row = ("clinic:11", {"name": "הדס"}, Point(X + 500, Y), "clinic", None)
    path = edit(export(tmp_path, "csv", with_list(row)(None)), put("name_he", "clinic:11", "הדס החדשה"))
    house = ("w5", {}, box(X + 480, Y - 10, X + 510, Y + 20), "clinic", None)
    listed = town(row).assign(source="list.csv", source_id="11")
    edited = corrections.read(path, CATEGORIES)
    found = merged(edited, town(ROW, house), [PlaceList(listed, "complete", Ledger("list.csv"))])
    assert place(found, "w5")[["name_he", "source_id"]].tolist() == ["הדס החדשה", "w5; 11"]
    assert place(found, "w5")["geometry"].area == 900, "nobody moved it"


def test_of_two_places_that_became_one_an_edit_changes_neither(tmp_path: Path) -> None:
    """One was closed, the other not: which of them the list shows nobody has said."""
    twins = town(ROW, ("n2", {"name": "הדס"}, Point(X + 40, Y), "clinic", None))
    listed = town(("clinic:11", {"name": "הדס"}, Point(X + 20, Y), "clinic", None))
    handed = [PlaceList(listed.assign(source="list.csv", source_id="11"), "complete", Ledger("list.csv"))]
    edited = corrections.read(edit(export(tmp_path, "csv", merged(mapped=twins)), put("keep", "n1", "no")), CATEGORIES)
    assert merged(edited, twins, handed).places["place_id"].tolist() == ["clinic:11"]
    rows = [["n1", "no such place now"], ["n2", "no such place now, nor was the row edited"]]
    assert said(edited) == (rows, ["corrections_unmatched"])


@pytest.mark.parametrize("change", [put("keep", "n1", "no"), put("date", "n1", "2025")])
@pytest.mark.parametrize("drop", [[], ["check"]])
@pytest.mark.parametrize(
    ("name", "east_m", "is_another"),
    [("ורד", 102, True), ("ורד", 98, False), ("הדס", 900, False), (None, 102, True)],
)
def test_an_id_that_is_another_place_by_now_is_not_edited(
    tmp_path: Path, change: Any, drop: list[str], name: str | None, east_m: float, is_another: bool
) -> None:
    path = edit(export(tmp_path, "csv", merged(mapped=town(ROW))), lambda frame: change(frame).drop(columns=drop))
    now = town(("n1", {"name": name} if name else {}, Point(X + east_m, Y), "clinic", None))
    found, edited = correct(path, now)
    assert said(edited) == (([["n1", "another place now"]], ["corrections_elsewhere"]) if is_another else ([], []))
    if is_another:
        same(found, merged(mapped=now))


def test_a_place_without_a_name_may_be_moved_far(tmp_path: Path) -> None:
    """`check` has where it stood when it was exported, so that a move is not taken for another place."""
    lon, lat = degrees(400, 0)
    path = edit(
        export(tmp_path, "csv"), lambda frame: put("lon", "shelter:7", lon)(put("lat", "shelter:7", lat)(frame))
    )
    found, edited = correct(path)
    assert place(found, "shelter:7")["geometry"].distance(Point(X + 400, Y)) < 0.02 and said(edited) == ([], [])


@pytest.mark.parametrize(
    ("now", "stated", "then"),
    [
        ("2019", "2019-11-30", "2019-11-30"),
        ("2019", "2019-11", "2019-11"),
        ("2019-11", "2019-11-30", "2019-11-30"),
        ("2019-11", "2019-11-01", "2019-11"),  # what Excel makes of it
        ("2019-11-30", "2019", "2019-11-30"),
    ],
)
def test_a_longer_date_is_a_change(tmp_path: Path, now: str, stated: str, then: str) -> None:
    mapped = town((*ROW[:4], now))
    path = edit(export(tmp_path, "csv", merged(mapped=mapped)), put("date", "n1", stated))
    assert place(correct(path, mapped)[0], "n1")["date"] == then


@pytest.mark.parametrize("suffix", FORMATS)
def test_who_edits_a_name_does_not_move_the_place_back(tmp_path: Path, suffix: str) -> None:
    """The map moved the place by 20 m since; only who edits the position states one."""
    path, moved = export(tmp_path, suffix, merged(mapped=town(ROW))), town((*ROW[:2], Point(X + 20, Y), *ROW[3:]))
    found, _ = correct(edit(path, put("name_he", "n1", "הדס החדשה")), moved)
    assert place(found, "n1")["name_he"] == "הדס החדשה" and place(found, "n1")["geometry"].equals(Point(X + 20, Y))
    lon, lat = degrees(50, 0)
    found, _ = correct(edit(path, lambda frame: put("lon", "n1", lon)(put("lat", "n1", lat)(frame))), moved)
    assert place(found, "n1")["geometry"].distance(Point(X + 50, Y)) < 0.02


# --- what Excel and people do ----------------------------------------------------------------------------------------


def test_a_csv_that_excel_saved_in_hebrew_loses_no_arabic(tmp_path: Path) -> None:
    """Code page 1255 has no Arabic and no Cyrillic: question marks stand for letters that nobody meant to change."""
    path = export(tmp_path, "csv")
    text = put("name_he", "n1", "אחר")(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(index=False)
    (tmp_path / "corrections.csv").write_bytes(text.encode("cp1255", errors="replace"))
    found, edited = correct(tmp_path / "corrections.csv")
    assert place(found, "n1")[["name_he", "name_ar", "name_ru"]].tolist() == ["אחר", "عيادة", "Клиника"]
    assert [notice.name for notice in edited.ledger.notices] == ["code_page_1255"]


@pytest.mark.parametrize("date", [pd.Timestamp("2022-11-01"), "1/11/2022", "Nov-22", ""])
def test_a_date_that_excel_turned_is_no_edit(tmp_path: Path, date: object) -> None:
    found, _ = correct(edit(export(tmp_path, "xlsx"), put("date", "w3", date)))
    assert place(found, "w3")[["date", "source"]].tolist() == ["2022-11", "osm"]


def test_trailing_blanks_and_words_for_yes_and_no(tmp_path: Path) -> None:
    for word, stays in (("TRUE ", True), ("כן", True), ("", True), ("No", False), ("0", False), (" لا", False)):
        found, _ = correct(edit(export(tmp_path, "csv", name=f"i{stays}{word.strip()}"), put("keep", "n2", word)))
        assert ("n2" in set(found.places["place_id"])) == stays


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("categories", "n1", "clinik"), r"row 2: unknown category 'clinik': did you mean 'clinic'\? correct row 2"),
        (
            put("categories", "n1", "קופת חולים"),
            "row 2: unknown category 'קופת חולים': correct row 2 of corrections.csv, ",
        ),
        (put("keep", "n2", "maybe"), r"row 3: keep is 'maybe': write yes or no"),
        (lambda frame: frame.rename(columns={"place_id": "key"}), "no column place_id among key, categories, "),
    ],
)
def test_what_cannot_be_meant_stops_with_one_line(tmp_path: Path, change: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"^corrections.csv: {message}") as fault:
        correct(edit(export(tmp_path, "csv"), change))
    assert "\n" not in str(fault.value)


def test_rows_that_cannot_be_followed_are_rejected_with_their_reason(tmp_path: Path) -> None:
    far, (lon, lat) = degrees(60_000, 0), degrees(0, 0)

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = put("place_id", "n22", "n999")(put("name_en", "n22", "008")(put("source_id", "n22", "n999")(frame)))
        frame = put("lon", "n1", "east")(frame)
        frame = put("categories", "n2", " ")(frame)
        frame = put("lon", "w3", str(far[0]))(put("lat", "w3", str(far[1]))(frame))
        new = [
            {"place_id": "shelter:7", "keep": "no"},
            {"name_he": "בלי מקום", "categories": "clinic"},
            {"name_he": "הפוך", "categories": "clinic", "lon": lat, "lat": lon},
            {"name_he": "בלי סוג", "lon": lon, "lat": lat},
        ]
        return pd.concat([frame, pd.DataFrame(new)], ignore_index=True).fillna("")

    found, edited = correct(edit(export(tmp_path, "csv"), change))
    rows = refused(edited)
    assert dict(zip(rows["source_id"], rows["reason"], strict=True)) == {
        "n999": "no such place now",
        "n1": "no usable coordinates",
        "n2": "no category",
        "w3": "far from the study area",
        "shelter:7": "id repeats",
        "corrections:1": "no usable coordinates",
        "corrections:2": "far from the study area",
        "corrections:3": "no category",
    }
    same(found, merged())
    assert edited.ledger.counts()["correction"]["read"] == 9
    assert told(edited) == {
        "corrections_unmatched": "1 of 9 rows, in the file row 4",
        "corrections_no_coordinates": "4 of 9 rows, in the file row 2, 6, 8, 9",
        "corrections_repeat": "1 of 9 rows, in the file row 7",
        "corrections_no_category": "2 of 9 rows, in the file row 3, 10",
    }


def told(edited: Corrections) -> dict[str, str]:
    """What each notice counts, and the rows that it names."""
    return {notice.name: re.split(", (?=have|name|repeat)", notice.text)[0] for notice in edited.ledger.notices}


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize(
    ("lon", "lat"),
    [("163043", "533628"), ("163,043", "533,628"), ("{lat}", "{lon}"), ("35.9", "{lat}"), ("{lon}", ""), ("x", "y")],
    ids=["metres", "metres with thousands", "swapped", "far", "half", "words"],
)
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_row_of_unusable_coordinates_is_told_and_changes_nothing(
    tmp_path: Path, suffix: str, lon: str, lat: str, is_new: bool
) -> None:
    """The new one is row 7, below a header and five rows; 35.9 degrees east are about 100 km from Beer Sheva."""
    at = dict(zip(("lon", "lat"), map(str, degrees(40, 0)), strict=True))
    row = {"name_he": "חדש", "categories": "clinic", "lon": lon.format(**at), "lat": lat.format(**at)}

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        if is_new:
            return added(frame, row).fillna("")
        return put("lon", "n2", row["lon"])(put("lat", "n2", row["lat"])(frame))

    found, edited = correct(edit(export(tmp_path, suffix), change))
    same(found, merged())
    total, number = (6, 7) if is_new else (5, 3)
    (notice,) = edited.ledger.notices
    assert notice.name == "corrections_no_coordinates" and notice.text == (
        f"1 of {total} rows, in the file row {number}, have no usable lon and lat, or lie over 50 km away: "
        "write them in degrees, as exported"
    )


@pytest.mark.parametrize("comma", [".", ","])
@pytest.mark.parametrize("digits", [7, 4, 3])
def test_a_decimal_comma_is_a_point(tmp_path: Path, comma: str, digits: int) -> None:
    """Also before three digits, where a list has thousands."""
    lon, lat = (f"{degree:.{digits}f}" for degree in degrees(40, 0))
    row = {"name_he": "חדש", "categories": "clinic", "lon": lon.replace(".", comma), "lat": lat.replace(".", comma)}
    found, edited = correct(edit(export(tmp_path, "xlsx"), lambda frame: added(frame, row).fillna("")))
    spot = gpd.GeoSeries([Point(float(lon), float(lat))], crs="EPSG:4326").to_crs(ISRAEL_TM).iloc[0]
    assert place(found, "corrections:1")["geometry"].distance(spot) < 0.02 and edited.ledger.notices == []


@pytest.mark.parametrize(("north_m", "is_told"), [(49_900, False), (50_200, True)])
def test_a_move_of_more_than_fifty_kilometres_is_none_though_it_ends_near_the_zones(
    tmp_path: Path, north_m: float, is_told: bool
) -> None:
    """The place is 500 m south of the middle of zones that reach 1,000 m: the move ends less than 50 km from them."""
    mapped, (lon, lat) = town((*ROW[:2], Point(X, Y - 500), *ROW[3:])), degrees(0, north_m - 500)
    path = export(tmp_path, "csv", merged(mapped=mapped))
    found, edited = correct(edit(path, lambda f: put("lon", "n1", lon)(put("lat", "n1", lat)(f))), mapped)
    assert [*told(edited)] == ["corrections_no_coordinates"] * is_told
    assert place(found, "n1")["source"] == ("osm" if is_told else "osm; corrections.csv")
    rows = refused(edited)[["source_id", "reason"]].to_numpy().tolist()
    assert rows == [["n1", "far from where it was exported"]] * is_told


def test_of_a_repeated_place_id_the_first_row_is_followed(tmp_path: Path) -> None:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        copy = frame[frame["place_id"] == "n1"].assign(name_he="העתק")
        return pd.concat([put("name_he", "n1", "ראשון")(frame), copy], ignore_index=True)

    found, edited = correct(edit(export(tmp_path, "csv"), change))
    assert place(found, "n1")["name_he"] == "ראשון" and len(found.places) == len(TOWN)
    assert told(edited) == {"corrections_repeat": "1 of 6 rows, in the file row 7"}
    assert edited.ledger.counts()["correction"]["rejected"]["id repeats"] == 1


def test_a_row_that_is_deleted_deletes_nothing_and_the_workbook_says_so(tmp_path: Path) -> None:
    found, edited = correct(edit(export(tmp_path, "xlsx"), lambda frame: frame[frame["place_id"] != "n1"]))
    same(found, merged())
    assert edited.ledger.notices == []
    rows = openpyxl.load_workbook(tmp_path / "inventory.xlsx")["explained"].iter_rows(values_only=True)
    (english, hebrew, arabic) = next(row[1:] for row in rows if row[0] == "keep")
    assert "Deleting a row deletes nothing: write no" in english and "מחיקת שורה אינה מוחקת" in hebrew
    assert "حذف الصف لا يحذف المكان" in arabic


@pytest.mark.parametrize("name", ["inventory", "גיליון1"])
def test_the_inventory_is_found_behind_other_sheets(tmp_path: Path, name: str) -> None:
    """Its name is its own or not; of two sheets with its columns the one of its name is it."""
    path = edit(export(tmp_path, "xlsx"), put("name_he", "n1", "אחר"))
    book = openpyxl.load_workbook(path)
    book.worksheets[0].title = name
    summary = book.create_sheet("summary", 0)
    summary.append(["kind", "count"])
    summary.append(["clinic", 1])
    if name == "inventory":
        book.create_sheet("old", 0).append([*COLUMNS])
    book.save(path)
    found, edited = correct(path)
    assert place(found, "n1")["name_he"] == "אחר" and edited.ledger.counts()["correction"]["read"] == 5


# --- a whole city ----------------------------------------------------------------------------------------------------


def test_the_inventory_of_a_city_comes_back_as_its_corrections(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    sample_town.write(raw / "neve-or")
    command = [sys.executable, "-m", "geokehila_cli", "inventory", "neve-or", "--data", "raw"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, cwd=tmp_path)
    rows = pd.read_excel(tmp_path / "inventory_neve-or.xlsx", dtype=str, keep_default_na=False, engine="openpyxl")
    assert f"{len(rows)} places: " in done.stdout and "corrections.xlsx" in done.stdout
    assert "community_centre" in set(rows["categories"]) and rows["place_id"].is_monotonic_increasing
    gone, kept = rows["place_id"].iloc[[0, 1]]
    rows.loc[0, "keep"] = "no"
    rows.to_excel(raw / "neve-or" / "corrections.xlsx", index=False)
    written = pipeline.inventory("neve-or", raw, tmp_path / "b.csv")
    again = pd.read_csv(written.path, dtype=str, keep_default_na=False).set_index("place_id")
    assert again.loc[[gone, kept], "keep"].tolist() == ["no", "yes"] and written.places == len(rows)
    with pytest.raises(InputError, match="is there already"):
        pipeline.inventory("neve-or", raw, tmp_path / "b.csv")
