"""Cells of statutory plans: whose use is told how, and which stands where several overlap."""

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from geokehila import sample_town
from geokehila.catalogue.plan_uses import PLAN_USES, SILENT, plan_uses
from geokehila.errors import InputError
from geokehila.load import plans
from geokehila.load.plans.cutting import cut
from geokehila.load.plans.parcels import block_and_parcels
from geokehila.schema import ISRAEL_TM, WGS84

ROOT = Path(__file__).resolve().parents[1]
X, Y = 180_000, 570_000
EXTENT = box(X - 1_000, Y - 1_000, X + 1_000, Y + 1_000)
Cell = dict[str, Any]


def ground(west: float, east: float, south: float = 0, north: float = 100) -> Polygon:
    return box(X + west, Y + south, X + east, Y + north)


def ms(day: str) -> int:
    return int(pd.Timestamp(day, tz="UTC").timestamp() * 1000)


def cell(number: str, shape: Any, day: str = "2010-01-01", code: int = 60, station: int = 3010, **more: Any) -> Cell:
    """One cell with the properties of Xplan."""
    head = {"pl_number": number, "pl_name": "תכנית בדיונית", "num": "1", "mavat_code": code, "mavat_name": "מגורים ב'"}
    tail = {"station": station, "station_desc": "", "last_update_date": ms(day), "geometry": shape}
    return head | tail | more


def layer(path: Path, *cells: Cell, crs: str = ISRAEL_TM, **how: Any) -> Path:
    """Write cells as what the path says; a Shapefile cuts the names of columns at ten letters."""
    rows = gpd.GeoDataFrame([*cells], geometry="geometry", crs=ISRAEL_TM).to_crs(crs)
    cut_off = {name: name[:10] for name in rows.columns} if path.suffix == ".shp" else {}
    rows.rename(columns=cut_off).to_file(path, **how)
    return path


def read(tmp_path: Path, *cells: Cell) -> plans.Found:
    return plans.read([layer(tmp_path / "plans.gpkg", *cells)], ISRAEL_TM, EXTENT)


def by_plan(found: plans.Found, column: str = "area_m2") -> dict[str, Any]:
    return dict(zip(found.plans["plan_number"], found.plans[column], strict=True))


def rejected(found: plans.Found) -> dict[str, str]:
    rows = found.ledger.rejected()
    return dict(zip(rows["source_id"], rows["reason"], strict=True))


def notices(found: plans.Found) -> dict[str, str]:
    return {notice.name: notice.text for notice in found.ledger.notices}


# --- the newest approved plan ----------------------------------------------------------------------------------------

#: The example of docs/methods/plans.md.
EXAMPLE = (
    cell("A", ground(0, 100), "2010-05-01", 60),
    cell("B", ground(60, 160), "2015-05-01", 400),
    cell("C", ground(50, 70), "2020-05-01", 830),
    cell("D", ground(0, 160), "2024-05-01", 670, station=2040),
)


def test_the_example_worked_by_hand(tmp_path: Path) -> None:
    found = read(tmp_path, *EXAMPLE)
    assert by_plan(found) == pytest.approx({"A": 5_000, "B": 9_000, "C": 2_000, "D": 16_000})
    assert by_plan(found, "use") == {"A": "housing", "B": "public_building", "C": "road", "D": "open_space"}
    assert by_plan(found, "status") == {"A": "approved", "B": "approved", "C": "approved", "D": "deposited"}
    assert by_plan(found, "date")["C"] == "2020-05-01"
    shapes = by_plan(found, "geometry")
    assert shapes["A"].equals(ground(0, 50)) and shapes["B"].equals(ground(70, 160))
    assert "2 of 3 approved cells lie under others by 6000 m2 together" in notices(found)["plans_overlap"]
    assert found.ledger.counts() == {"plan cell": {"read": 4, "used": 4, "rejected": {}}}
    assert found.plans["cell_id"].tolist() == ["A:1", "B:1", "C:1", "D:1"]


def test_a_cell_that_is_cut_in_two_stays_one_row(tmp_path: Path) -> None:
    found = read(tmp_path, cell("A", ground(0, 100)), cell("B", ground(40, 60), "2020-01-01", 830))
    shape = by_plan(found, "geometry")["A"]
    assert shape.geom_type == "MultiPolygon" and shape.equals(ground(0, 40).union(ground(60, 100)))


def test_a_plan_that_is_not_approved_is_never_cut_and_cuts_nothing(tmp_path: Path) -> None:
    later = [cell(name, ground(0, 100), "2024-01-01", 670, station=s) for name, s in (("B", 2040), ("C", 2020))]
    found = read(tmp_path, cell("A", ground(0, 100)), *later)
    assert by_plan(found) == pytest.approx({"A": 10_000, "B": 10_000, "C": 10_000})
    assert by_plan(found, "status") == {"A": "approved", "B": "deposited", "C": "other"}
    assert "plans_overlap" not in notices(found)


def test_what_lies_wholly_under_newer_plans_is_rejected(tmp_path: Path) -> None:
    newer = [cell("B", ground(0, 60), "2020-01-01", 400), cell("C", ground(50, 100), "2021-01-01", 670)]
    found = read(tmp_path, cell("A", ground(0, 100)), *newer)
    assert rejected(found) == {"A:1": plans.UNDER}
    assert found.ledger.counts()["plan cell"]["used"] == 2
    assert by_plan(found) == pytest.approx({"B": 5_000, "C": 5_000})


@pytest.mark.parametrize(("strip_m", "left_m2"), [(0.09, None), (0.11, 11.0)])
def test_pieces_below_10_m2_that_cutting_leaves_are_dropped(
    tmp_path: Path, strip_m: float, left_m2: float | None
) -> None:
    """A strip of 100 m: 9 m2 go, 11 m2 stay."""
    found = read(tmp_path, cell("A", ground(0, 100)), cell("B", ground(strip_m, 100), "2020-01-01", 400))
    assert by_plan(found).get("A") == (None if left_m2 is None else pytest.approx(left_m2))
    said = "1 pieces below 10 m2 (9 m2)" if left_m2 is None else "0 pieces below 10 m2 (0 m2)"
    assert said in notices(found)["plans_overlap"]


def test_a_small_cell_that_nothing_cuts_stays(tmp_path: Path) -> None:
    assert by_plan(read(tmp_path, cell("A", ground(0, 0.05)))) == pytest.approx({"A": 5.0})


def test_of_one_date_the_larger_plan_number_stands_and_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, cell("101-2", ground(50, 150), code=400), cell("101-1", ground(0, 100)))
    assert by_plan(found) == pytest.approx({"101-1": 5_000, "101-2": 10_000})
    assert notices(found)["plans_of_one_date"].startswith("1 pairs of overlapping cells are of one date")


def test_without_a_date_a_cell_goes_behind(tmp_path: Path) -> None:
    undated = cell("B", ground(0, 100), code=400) | {"last_update_date": None}
    found = read(tmp_path, cell("A", ground(50, 150), "1999-01-01"), undated)
    assert by_plan(found) == pytest.approx({"A": 10_000, "B": 5_000})
    assert "1 of 2 cells are approved and have no date" in notices(found)["plans_without_date"]


def test_a_comprehensive_plan_goes_behind_however_new_it_is(tmp_path: Path) -> None:
    wide = cell("B", ground(0, 200), "2024-01-01", 10, pl_name="תכנית מתאר כוללנית נווה אור")
    found = read(tmp_path, cell("A", ground(50, 150), "1999-01-01", 400), wide)
    assert by_plan(found) == pytest.approx({"A": 10_000, "B": 10_000})
    assert notices(found)["plans_comprehensive"].startswith("1 of 2 cells")


def test_cells_that_say_no_use_are_rejected_and_cut_nothing(tmp_path: Path) -> None:
    silent = [cell("B", ground(0, 100), "2024-01-01", code) for code in (995,)]
    silent += [cell("C", ground(0, 100), "2024-01-01", 4711, mavat_name="שטח שהתוכנית אינה חלה עליו")]
    found = read(tmp_path, cell("A", ground(0, 100), code=400), *silent)
    assert by_plan(found) == pytest.approx({"A": 10_000})
    assert rejected(found) == dict.fromkeys(("B:1", "C:1"), plans.SAYS_NOTHING)


BOXES = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 4), st.integers(1, 4), st.integers(2000, 2009)),
    min_size=1,
    max_size=9,
)


@given(boxes=BOXES, approved=st.lists(st.booleans(), min_size=9, max_size=9))
@settings(max_examples=40)
def test_every_square_of_ground_goes_to_the_newest_approved_plan(
    tmp_path_factory: pytest.TempPathFactory, boxes: list[tuple[int, ...]], approved: list[bool]
) -> None:
    """An oracle of squares of 10 x 10 m: who is painted last, from the oldest to the newest, owns a square."""
    cells = [
        cell(f"P{i}", ground(10 * x, 10 * (x + w), 10 * y, 10 * (y + h)), f"{year}-01-01", station=3010 if ok else 2020)
        for i, ((x, y, w, h, year), ok) in enumerate(zip(boxes, approved, strict=False))
    ]
    owner = np.full((12, 12), "", dtype=object)
    for _, number in sorted((b[4], i) for i, b in enumerate(boxes)):
        x, y, w, h, _ = boxes[number]
        if approved[number]:
            owner[x : x + w, y : y + h] = f"P{number}"
    found = read(tmp_path_factory.mktemp("cells"), *cells)
    kept = found.plans[found.plans["status"] == "approved"]
    assert dict(zip(kept["plan_number"], kept["area_m2"].round(6), strict=True)) == {
        name: 100.0 * count for name, count in zip(*np.unique(owner[owner != ""], return_counts=True), strict=True)
    }
    for number, shape in zip(kept["plan_number"], kept.geometry, strict=True):
        for x, y in zip(*np.nonzero(owner == number), strict=True):
            assert shape.contains(shapely.Point(X + 10 * x + 5, Y + 10 * y + 5))


@given(order=st.permutations(range(6)), parted=st.integers(0, 6))
@settings(max_examples=15)
def test_the_order_of_rows_and_files_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], parted: int
) -> None:
    cells = [*EXAMPLE, cell("B", ground(120, 180), "2015-05-01", 670), cell("B", ground(200, 210), "2015-05-01", 60)]
    whole = read(tmp_path_factory.mktemp("whole"), *cells)
    folder = tmp_path_factory.mktemp("parts")
    shuffled = [cells[i] for i in order]
    files = [
        layer(folder / f"{name}.gpkg", *part)
        for name, part in (("a", shuffled[:parted]), ("b", shuffled[parted:]))
        if part
    ]
    parts = plans.read(files, ISRAEL_TM, EXTENT)
    pd.testing.assert_frame_equal(pd.DataFrame(parts.plans.to_wkb()), pd.DataFrame(whole.plans.to_wkb()))
    assert parts.ledger.counts() == whole.ledger.counts()
    assert notices(parts) == notices(whole)
    assert whole.plans["cell_id"].tolist() == ["A:1", "B:1", "B:1-2", "B:1-3", "C:1", "D:1"]


def test_a_cell_that_two_files_hold_is_one(tmp_path: Path) -> None:
    files = [layer(tmp_path / name, *EXAMPLE) for name in ("xplan.gpkg", "city.gpkg")]
    found = plans.read(files, ISRAEL_TM, EXTENT)
    assert by_plan(found) == pytest.approx({"A": 5_000, "B": 9_000, "C": 2_000, "D": 16_000})
    assert set(rejected(found).values()) == {plans.AGAIN} and len(rejected(found)) == 4


def test_cutting_nothing() -> None:
    found = cut(np.array([], dtype=object), np.array([], np.int64))
    assert len(found.shapes) == 0 and found.slivers_count == 0 and len(found.first) == 0


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "crs", "how"),
    [
        ("plans.geojson", WGS84, {}),
        ("plans.gpkg", "EPSG:28193", {}),
        ("plans.shp", ISRAEL_TM, {"encoding": "UTF-8"}),
        ("plans.shp", ISRAEL_TM, {"encoding": "cp1255"}),
        ("plans.gpkg", "EPSG:3857", {}),
    ],
)
def test_any_format_and_crs(tmp_path: Path, name: str, crs: str, how: dict[str, str]) -> None:
    found = plans.read([layer(tmp_path / name, *EXAMPLE, crs=crs, **how)], ISRAEL_TM, EXTENT)
    assert by_plan(found) == pytest.approx({"A": 5_000, "B": 9_000, "C": 2_000, "D": 16_000}, rel=1e-3)
    assert by_plan(found, "date")["B"] == "2015-05-01" and by_plan(found, "plan_name")["A"].startswith("תכנית")
    assert found.plans.crs == ISRAEL_TM


def test_a_layer_of_a_municipality(tmp_path: Path) -> None:
    rows = gpd.GeoDataFrame(
        {
            "יעוד": ["שטח ציבורי פתוח", 'שב"צ', "מגדלור"],
            "מספר תכנית": ["12/102/03", "12/102/03", None],
            "סטטוס": ["מאושרת", "בהליך אישור", "נבדקת"],
            "תאריך אישור": ["1/5/2016", None, None],
            "גוש": [999002.0, None, None],
            "חלקה": ["3-9", None, None],
            "קוד": [240, 95, 7],
            "איש קשר": ["פלוני", "אלמוני", ""],
        },
        geometry=[ground(0, 100), ground(200, 300), ground(400, 500)],
        crs=ISRAEL_TM,
    )
    rows.to_file(tmp_path / "plans.gpkg")
    found = plans.read([tmp_path / "plans.gpkg"], ISRAEL_TM, EXTENT)
    rows_by_x = found.plans.assign(x=found.plans.bounds["minx"]).sort_values("x")
    assert rows_by_x["use"].tolist() == ["open_space", "public_building", "other"]
    assert rows_by_x["status"].tolist() == ["approved", "deposited", "other"]
    assert rows_by_x["code"].tolist() == ["240", "95", "7"], "kept, and of no mavat: 240 is no industry"
    assert rows_by_x.iloc[0][["date", "gush", "helka"]].tolist() == ["2016-05-01", "999002", "3-9"]
    assert notices(found)["plan_uses_untold"].startswith("1 of 3 cells say no use that is known, 7 (מגדלור): 1:")
    assert "נבדקת: 1" in notices(found)["plan_status_unknown"]
    assert "פלוני" not in str(found.plans.to_wkb().to_dict())


def test_without_a_status_nothing_is_approved(tmp_path: Path) -> None:
    bare = gpd.GeoDataFrame({"designation": ["housing"]}, geometry=[ground(0, 100)], crs=ISRAEL_TM)
    bare.to_file(tmp_path / "plans.geojson")
    found = plans.read([tmp_path / "plans.geojson"], ISRAEL_TM, EXTENT)
    assert found.plans["status"].tolist() == ["other"] and found.plans["use"].tolist() == ["housing"]
    assert found.plans["plan_number"].isna().all() and found.plans["cell_id"].tolist() == ["plan"]
    assert "1 of 1 cells have no status: they count as not approved" in notices(found)["plans_without_status"]


def test_what_is_no_cell_is_rejected_with_its_reason(tmp_path: Path) -> None:
    cross = Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    found = read(
        tmp_path,
        cell("empty", None),
        cell("line", LineString([(X, Y), (X + 9, Y)])),
        cell("far", ground(50_000, 50_100)),
        cell("across", ground(900, 1_100)),
        cell("crossed", cross),
    )
    assert rejected(found) == {"empty:1": "empty geometry", "line:1": "not polygonal", "far:1": plans.OUTSIDE}
    assert by_plan(found) == pytest.approx({"across": 20_000, "crossed": 5_000}), "one across the border stays whole"
    assert "1 shapes cross themselves, the first crossed:1" in notices(found)["geometry_repaired"]


def test_a_layer_without_cells(tmp_path: Path) -> None:
    columns = {name: [] for name in ("pl_number", "mavat_code", "mavat_name", "station")}
    gpd.GeoDataFrame(columns, geometry=[], crs=ISRAEL_TM).to_file(tmp_path / "plans.gpkg")
    found = plans.read([tmp_path / "plans.gpkg"], ISRAEL_TM, EXTENT)
    assert found.plans.empty and found.plans.crs == ISRAEL_TM


def test_what_cannot_be_read_says_so_on_one_line(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"height": [3]}, geometry=[ground(0, 100)], crs=ISRAEL_TM).to_file(tmp_path / "plans.gpkg")
    with pytest.raises(InputError, match=r"plans\.gpkg: no column of land uses among height: call it mavat_code"):
        plans.read([tmp_path / "plans.gpkg"], ISRAEL_TM, EXTENT)
    layer(tmp_path / "bare.shp", *EXAMPLE).with_suffix(".prj").unlink()
    with pytest.raises(InputError, match=r"bare\.shp: no CRS stated"):
        plans.read([tmp_path / "bare.shp"], ISRAEL_TM, EXTENT)


# --- codes and words -------------------------------------------------------------------------------------------------


def test_codes_that_nobody_knows_are_named_and_told_by_their_words(tmp_path: Path) -> None:
    cells = [
        cell("A", ground(0, 10), code=4711, mavat_name="שטח ציבורי פתוח מיוחד"),
        cell("B", ground(20, 30), code=4712, mavat_name="מגדלור"),
        cell("C", ground(40, 50), code=4712, mavat_name="מגדלור"),
        cell("D", ground(60, 70), code=670, mavat_name="מגדלור"),
    ]
    found = read(tmp_path, *cells)
    assert by_plan(found, "use") == {"A": "open_space", "B": "other", "C": "other", "D": "open_space"}
    said = (
        "3 of 4 cells have codes that the catalogue does not know, 4712 (מגדלור): 2, 4711 (שטח ציבורי פתוח מיוחד): 1:"
    )
    assert notices(found)["plan_codes_unknown"].startswith(said)
    assert "2 of 4 cells say no use that is known" in notices(found)["plan_uses_untold"]


def test_every_code_has_a_use_a_name_and_who_says_so() -> None:
    known = plan_uses()
    for code in known.codes.values():
        assert code.code.isdigit() and code.name and code.source
        assert code.use in (*PLAN_USES, SILENT)
        assert code.confidence in ("literature", "secondary", "memory")
    page = (ROOT / "docs" / "methods" / "plans.md").read_text(encoding="utf-8")
    counts = {word: sum(c.confidence == word for c in known.codes.values()) for word in ("literature", "secondary")}
    assert f"Of its {len(known.codes)} codes {counts['literature']} are read" in page
    assert f"{counts['secondary']} as public repositories" in page


def test_words_and_codes_do_not_contradict_each_other() -> None:
    known = plan_uses()
    told = {code.name: (known.of_words(code.name), code.use) for code in known.codes.values()}
    assert {name: pair for name, pair in told.items() if pair[0] and pair[0] != pair[1]} == {}


@pytest.mark.parametrize(
    ("words", "use"),
    [
        ("מגורים ומסחר", "housing"),
        ("מסחר ומגורים", "commerce"),
        ('שצ"פ', "open_space"),
        ("שטח פרטי פתוח", "other"),
        ("שטחים פתוחים ומבנים ומוסדות ציבור", "public_building"),
        ("שטח לבנין ציבורי", "public_building"),
        ("גן ילדים", "public_building"),
        ("גן לאומי", "other"),
        ("גן", "open_space"),
        ("אזור תעשיה ומלאכה", "industry"),
        ("דרך מוצעת", "road"),
        ("הדרכה", ""),
        ("Public open space", "open_space"),
        ("private open space", "other"),
        ("", ""),
    ],
)
def test_words_tell_a_use(words: str, use: str) -> None:
    assert plan_uses().of_words(words) == use


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("אישור", "approved"),
        ("בתוקף", "approved"),
        ("הכרעה בהתנגדויות / אישור", "deposited"),
        ("במילוי תנאים להפקדה", "other"),
        ("אישור על תנאי", ""),
        ("", ""),
    ],
)
def test_a_status_is_told_by_all_of_its_words(words: str, status: str) -> None:
    assert plan_uses().status("", words) == status


@pytest.mark.parametrize(
    ("name", "block", "parcels"),
    [
        ("העיר הוותיקה, גוש 999001 חלקות 1-12 (בדיוני)", "999001", "1-12"),
        ("הוספת שימוש בחלקה 147 בגוש 30130", "30130", "147"),
        ("גושים 30130, 30131", "30130, 30131", None),
        ("גוש: 30130 חלקות 9,16 ו-18", "30130", "9, 16, 18"),
        ("גוש 30130 חלקה 1; גוש 30131 חלקה 2", "30130; 30131", "1; 2"),
        ("איחוד וחלוקה לחלקות 9,16", None, None),
        ("קירוי חלק מרמפה, יפתח 13", None, None),
        ("", None, None),
    ],
)
def test_blocks_and_parcels_out_of_a_name(name: str, block: str | None, parcels: str | None) -> None:
    assert block_and_parcels(name) == (block, parcels)


def test_a_column_of_blocks_goes_before_the_name(tmp_path: Path) -> None:
    name = "גוש 999001 חלקות 1-12"
    told = cell("A", ground(0, 10), pl_name=name, gush="999009", helka="")
    untold = cell("B", ground(20, 30), pl_name=name, gush=None, helka=None)
    found = read(tmp_path, told, untold)
    assert by_plan(found, "gush") == {"A": "999009", "B": "999001"}
    assert by_plan(found, "helka")["B"] == "1-12"


# --- a town and a city -----------------------------------------------------------------------------------------------


def test_the_sample_town(tmp_path: Path) -> None:
    """The newer public building lies over a quarter of homes: 45 x 50 m of it, on bent ground."""
    sample_town.write(tmp_path)
    drawn = gpd.read_file(tmp_path / "plans.geojson").to_crs(ISRAEL_TM)
    found = plans.read([tmp_path / "plans.geojson"], ISRAEL_TM, drawn.union_all().envelope)
    assert len(found.plans) == len(drawn) == 14
    approved = found.plans[found.plans["status"] == "approved"]
    assert approved["area_m2"].sum() == pytest.approx(approved.union_all().area)
    (newer,) = drawn[drawn["pl_number"] == "999-0000005"].area
    assert drawn.area.sum() - found.plans["area_m2"].sum() == pytest.approx(newer)
    assert set(found.plans["gush"]) == {f"99900{i}" for i in range(1, 6)}


@pytest.mark.shared
def test_the_cells_of_jerusalem(shared: Path) -> None:
    path = shared / "national" / "xplan_landuse_jerusalem_sample.geojson"
    drawn = gpd.read_file(path).to_crs(ISRAEL_TM)
    found = plans.read([path], ISRAEL_TM, drawn.union_all().envelope)
    counts = found.ledger.counts()["plan cell"]
    assert counts["read"] == len(drawn) == counts["used"] + sum(counts["rejected"].values())
    assert not {"plan_codes_unknown", "plan_uses_untold", "plan_status_unknown"} & {*notices(found)}
    silent = drawn["mavat_code"].isin([995, 996, 999])
    assert counts["rejected"][plans.SAYS_NOTHING] == silent.sum()
    approved = found.plans[found.plans["status"] == "approved"]
    before = drawn[(drawn["station"] == 3010) & ~silent].make_valid().union_all().area
    dropped = float(re.search(r"\((\d+) m2\)", notices(found)["plans_overlap"])[1])
    assert approved["area_m2"].sum() == pytest.approx(approved.union_all().area, abs=1)
    assert approved["area_m2"].sum() == pytest.approx(before - dropped, abs=1)


@pytest.mark.shared
def test_the_codes_read_in_xplan_are_those_of_xplan(shared: Path) -> None:
    path = shared / "national" / "xplan_landuse_jerusalem_sample.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    real = {str(f["properties"]["mavat_code"]): f["properties"]["mavat_name"] for f in features}
    ours = {c.code: c.name for c in plan_uses().codes.values() if c.confidence == "literature"}
    assert ours == real
