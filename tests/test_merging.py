"""Lists of a municipality against the map: they complete it, replace it inside their area, or veto what it shows."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Geometry, Point, box

from geokehila.catalogue import Category
from geokehila.ledger import Ledger
from geokehila.merging import PlaceList, osm_id
from geokehila.places import Places, merge
from geokehila.schema import ISRAEL_TM

CATEGORIES = {key: Category(key, {"en": key}, "test", ()) for key in ("clinic", "pharmacy", "shelter")}
WAYS = gpd.GeoDataFrame({"bridge": [], "tunnel": []}, geometry=[], crs=ISRAEL_TM).astype(
    {"bridge": bool, "tunnel": bool}
)
DOORS = gpd.GeoDataFrame({"kind": []}, geometry=[], crs=ISRAEL_TM)
AREA = box(-1000, -1000, 1000, 1000)
HOUSE = box(0, 0, 40, 40)
Row = tuple[str, str | None, Geometry | None, str]


def frame(rows: tuple[Row, ...], source: str, date: str | None) -> gpd.GeoDataFrame:
    ids, names, shapes, keys = zip(*rows, strict=True) if rows else ((), (), (), ())
    own = [key.partition(":")[2] or key for key in ids]
    columns: dict[str, Any] = {
        "place_id": pd.Series(ids, dtype="str"),
        "name_he": pd.Series(names, dtype=object),
        **{f"name_{other}": pd.Series([None] * len(ids), dtype=object) for other in ("ar", "en", "ru")},
        "source": pd.Series([source] * len(ids), dtype="str"),
        "source_id": pd.Series(own, dtype="str"),
        "date": pd.Series([date] * len(ids), dtype=object),
        "categories": pd.Series([tuple(k.split()) for k in keys], dtype=object),
    }
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=ISRAEL_TM)


def on_map(*rows: Row) -> gpd.GeoDataFrame:
    return frame(rows, "osm", "2020-01-01")


def handed(*rows: Row, rule: str = "complete", file: str = "list.csv", date: str | None = "2024-05") -> PlaceList:
    return PlaceList(frame(rows, file, date), rule, Ledger(file))


def merged(mapped: gpd.GeoDataFrame, *lists: PlaceList, area: Geometry | None = AREA) -> Places:
    return merge([mapped], WAYS, DOORS, CATEGORIES, lists, area)


def ids(found: Places) -> list[str]:
    return [str(key) for key in found.places["place_id"]]


def said(found: Places) -> dict[str, str]:
    rows = found.ledger.rejected()
    return dict(zip(rows["source_id"], rows["reason"], strict=True))


def provenance(found: Places) -> list[str]:
    row = found.places.iloc[0]
    return [row["name_he"], row["source"], row["source_id"], row["date"]]


# --- complete --------------------------------------------------------------------------------------------------------


def test_a_point_of_a_list_takes_the_place_of_the_maps_point() -> None:
    found = merged(
        on_map(("n1", "מרפאה", Point(20, 0), "clinic pharmacy")), handed(("clinic:7", None, Point(0, 0), "clinic"))
    )
    assert ids(found) == ["clinic:7"] and found.places.geometry.iloc[0].equals(Point(0, 0))
    assert provenance(found) == ["מרפאה", "osm; list.csv", "n1; 7", "2024-05"]
    assert found.categories["category"].tolist() == ["clinic", "pharmacy"]
    assert said(found) == {"n1": "duplicate of another place"}


@pytest.mark.parametrize(("of_list", "shown"), [("מרפאת  כללית", "מרפאת  כללית"), (None, "מרפאת כללית")])
def test_an_area_of_the_map_keeps_its_ground_and_takes_what_the_list_says(of_list: str | None, shown: str) -> None:
    listed = handed(("clinic:7", of_list, Point(20, 20), "clinic"))
    found = merged(on_map(("w1", "מרפאת כללית", HOUSE, "clinic")), listed)
    assert ids(found) == ["w1"] and found.places.geometry.iloc[0].equals(HOUSE)
    assert provenance(found) == [shown, "osm; list.csv", "w1; 7", "2024-05"]


def test_a_list_without_a_date_leaves_the_maps() -> None:
    found = merged(on_map(("w1", None, HOUSE, "clinic")), handed(("clinic:7", "א", Point(9, 9), "clinic"), date=None))
    assert provenance(found) == ["א", "osm; list.csv", "w1; 7", "2020-01-01"]


def test_rows_of_one_list_are_never_one_place_but_rows_of_two_lists_may_be() -> None:
    rows = [("clinic:1", None, Point(0, 0), "clinic"), ("clinic:2", None, Point(10, 0), "clinic")]
    assert ids(merged(on_map(), handed(*rows))) == ["clinic:1", "clinic:2"]
    assert ids(merged(on_map(), handed(rows[0]), handed(rows[1], file="b.csv"))) == ["clinic:1"]
    in_one_house = merged(on_map(("w1", None, HOUSE, "clinic")), handed(*rows))
    assert ids(in_one_house) == ["clinic:2", "w1"], "the house is one of them"


def test_three_sources_of_one_place_are_all_named() -> None:
    lists = [handed((key, "א", Point(5, 5), "clinic"), file=file, date=date) for key, file, date in
             (("clinic:1", "a.csv", "2023"), ("pharmacy:4", "b.csv", None))]  # fmt: skip
    found = merged(on_map(("w1", None, HOUSE, "clinic")), *lists)
    assert provenance(found) == ["א", "osm; a.csv; b.csv", "w1; 1; 4", "2023"]


def test_the_ledger_counts_the_rows_of_all() -> None:
    found = merged(on_map(("n1", "א", Point(0, 0), "clinic")), handed(("clinic:1", "ב", Point(1, 0), "clinic")))
    assert found.ledger.counts() == {"place": {"read": 2, "used": 2, "rejected": {}}}


# --- a list under the wrong name -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pharmacies", "strangers", "category", "is_told"),
    [
        (4, 1, "pharmacy", True),  # 4 of 5 are 80 %
        (3, 0, "pharmacy", True),
        (2, 0, "pharmacy", False),  # too few to tell
        (4, 2, "pharmacy", False),  # 67 %
        (4, 0, "clinic pharmacy", False),  # the map has them as clinics too
    ],
)
def test_a_list_that_is_mapped_as_another_category_is_told(
    pharmacies: int, strangers: int, category: str, is_told: bool
) -> None:
    """Rows 90 m from the map's place of their name; strangers have a name of their own."""
    mapped = on_map(*((f"n{i}", f"מרקחת {i}", Point(500 * i, 90), category) for i in range(pharmacies)))
    names = [f"מרקחת {i}" for i in range(pharmacies)] + [f"אחר {i}" for i in range(strangers)]
    listed = handed(*((f"clinic:{i}", name, Point(500 * i, 0), "clinic") for i, name in enumerate(names)))
    merged(mapped, listed)
    told = [str(notice) for notice in listed.ledger.notices if notice.name == "list_of_another_category"]
    row = f"list.csv: {pharmacies} of {len(names)} rows are mapped as pharmacy: check the name of the file, or [lists]"
    assert told == [row] * is_told


def test_names_alone_or_spots_alone_do_not_tell_of_another_category() -> None:
    for name, y in (("א", 110), ("ב", 0)):
        mapped = on_map(*((f"n{i}", name, Point(500 * i, y), "pharmacy") for i in range(3)))
        listed = handed(*((f"clinic:{i}", "א", Point(500 * i, 0), "clinic") for i in range(3)))
        merged(mapped, listed)
        assert listed.ledger.notices == []


# --- replace ---------------------------------------------------------------------------------------------------------


def test_a_list_replaces_the_maps_places_of_its_category_in_its_area() -> None:
    mapped = on_map(
        ("n1", "א", Point(500, 0), "clinic"),
        ("n2", "ב", Point(500, 50), "pharmacy"),
        ("n3", "ג", Point(500, 90), "clinic pharmacy"),
        ("n4", "ד", Point(1001, 0), "clinic"),  # beyond the border, where the list says nothing
        ("w5", "ה", box(990, 500, 1020, 530), "clinic"),  # across it, its middle beyond
    )
    found = merged(mapped, handed(("clinic:1", "ו", Point(0, 0), "clinic"), rule="replace", file="clinics.xlsx"))
    pairs = found.categories[["place_id", "category"]].to_numpy().tolist()
    assert pairs == [["clinic:1", "clinic"], ["n2", "pharmacy"], ["n3", "pharmacy"], ["n4", "clinic"], ["w5", "clinic"]]
    assert said(found) == {"n1": "replaced by clinics.xlsx"}


def test_without_an_area_a_list_replaces_everywhere_and_an_empty_one_nothing() -> None:
    mapped = on_map(("n1", "א", Point(9000, 0), "clinic"))
    row = ("clinic:1", "ב", Point(0, 0), "clinic")
    assert ids(merged(mapped, handed(row, rule="replace"), area=None)) == ["clinic:1"]
    assert ids(merged(mapped, handed(rule="replace"), area=None)) == ["n1"]


def test_a_list_does_not_replace_another_list() -> None:
    one = handed(("clinic:1", "א", Point(0, 0), "clinic"), rule="replace")
    other = handed(("clinic:2", "ב", Point(100, 0), "clinic"), rule="replace", file="b.csv")
    assert ids(merged(on_map(), one, other)) == ["clinic:1", "clinic:2"]


# --- veto ------------------------------------------------------------------------------------------------------------

MAPPED = (
    ("n1", "א", Point(0, 0), "clinic"),
    ("n2", "ב", Point(30, 0), "clinic pharmacy"),
    ("n3", "ג", Point(10, 0), "pharmacy"),
)


@pytest.mark.parametrize(
    ("row", "left"),
    [
        (("clinic:n2", None, None, "clinic"), ["n1 clinic", "n2 pharmacy", "n3 pharmacy"]),
        (("clinic:node/1", None, Point(30, 0), "clinic"), ["n2 clinic", "n2 pharmacy", "n3 pharmacy"]),
        (("clinic:1", None, Point(14, 0), "clinic"), ["n2 clinic", "n2 pharmacy", "n3 pharmacy"]),
        (("clinic:1", "ב", Point(14, 0), "clinic"), ["n1 clinic", "n2 pharmacy", "n3 pharmacy"]),
        (("clinic:1", None, Point(-50, 0), "clinic"), ["n2 clinic", "n2 pharmacy", "n3 pharmacy"]),
    ],
    ids=["by id", "the id goes before the spot", "the nearest", "the one of its name", "just near enough"],
)
def test_a_veto_takes_its_category_from_the_place_it_names(row: Row, left: list[str]) -> None:
    found = merged(on_map(*MAPPED), handed(row, rule="veto"))
    assert (found.categories["place_id"] + " " + found.categories["category"]).tolist() == left
    assert found.ledger.counts()["veto"] == {"read": 1, "used": 1, "rejected": {}}


def test_a_veto_leaves_no_place_without_a_category() -> None:
    found = merged(on_map(*MAPPED), handed(("clinic:1", None, Point(0, 0), "clinic"), rule="veto", file="v.csv"))
    assert said(found) == {"n1": "vetoed by v.csv"} and found.ledger.counts()["place"]["used"] == 2


@pytest.mark.parametrize(
    "row",
    [
        ("clinic:n9", None, None, "clinic"),
        ("clinic:n3", None, None, "clinic"),  # a pharmacy
        ("clinic:1", None, Point(-50.1, 0), "clinic"),
        ("shelter:1", None, Point(0, 0), "shelter"),
    ],
)
def test_a_veto_that_names_nothing_is_rejected(row: Row) -> None:
    veto = handed(row, rule="veto")
    found = merged(on_map(*MAPPED), veto)
    assert [notice.name for notice in veto.ledger.notices] == ["veto_unmatched"]
    assert said(found) == {row[0]: "no such place of the map within 50 m"} and ids(found) == ["n1", "n2", "n3"]


@pytest.mark.parametrize(("y", "matched"), [(51, 0), (0, 1), (None, 3)])
def test_a_veto_tells_how_many_of_its_rows_found_a_place(y: float | None, matched: int) -> None:
    """Rows 51 m from the map's clinics, which none finds; one of them moved onto n1; all 1 m from a clinic."""
    rows = [(f"clinic:{i}", f"ש{i}", Point(0, 51 if y is None or i else y), "clinic") for i in range(3)]
    mapped = on_map(*(MAPPED if y is not None else [("n1", None, Point(0, 50), "clinic")]))
    veto = handed(*rows, rule="veto", file="v.csv")
    merged(mapped, veto)
    first = "clinic:1 ש1" if matched else "clinic:0 ש0"
    text = f"v.csv: {matched} of 3 rows found a place of the map within 50 m: {first} did not; check its spot and "
    told = [str(notice) for notice in veto.ledger.notices if notice.name == "veto_unmatched"]
    assert told == [text + "category, or give the id of the map, way/123"] * (matched < 3)


def test_a_veto_does_not_touch_lists() -> None:
    listed, veto = (
        handed(("clinic:1", "א", Point(0, 0), "clinic")),
        handed(("clinic:1", None, Point(0, 0), "clinic"), rule="veto"),
    )
    found = merged(on_map(), listed, veto)
    assert ids(found) == ["clinic:1"] and veto.covered == frozenset()


@pytest.mark.parametrize(
    ("text", "found"),
    [("n1", "n1"), ("Way/22", "w22"), ("relation 3", "r3"), ("https://www.openstreetmap.org/way/5", "w5"),
     ("N12", None), ("12", None), ("node", None), ("n1x", None), ("", None)],
)  # fmt: skip
def test_ids_of_the_map(text: str, found: str | None) -> None:
    assert osm_id(text) == found
