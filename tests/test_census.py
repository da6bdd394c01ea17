"""The census workbook: hand-made tables, then the real one."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from geokehila.errors import InputError
from geokehila.load.population import census, statistical_areas
from geokehila.schema import ISRAEL_TM

BANDS = [*(f"{low}_{low + 9}" for low in range(0, 80, 10)), "80"]
AGES = [f"{sex}_age{band}_pcnt" for sex in "mw" for band in BANDS]
ENGLISH = ["LocNameHeb", "LocalityCode", "StatArea", "StatAreaCmb", "pop_approx", *AGES]
HEBREW = ["שם יישוב", "סמל יישוב", "אזור סטטיסטי", "שם אזור סטטיסטי", "אוכלוסייה", *AGES]
# 2 % a sex in each of nine bands make 36 %: scaled to the total, every band holds a ninth of it.
EVEN = [2.0] * 18


def workbook(path: Path, *rows: list[object], above: int = 0, first_sheet: bool = True) -> Path:
    head = [["הלשכה המרכזית לסטטיסטיקה", *[None] * (len(ENGLISH) - 1)]] * above
    with pd.ExcelWriter(path) as writer:
        if not first_sheet:
            pd.DataFrame([["הערות"]]).to_excel(writer, sheet_name="notes", header=False, index=False)
        table = pd.DataFrame([*head, HEBREW, ENGLISH, *rows])
        table.to_excel(writer, sheet_name="areas", header=False, index=False)
    return path


def row(area: object, cmb: object, total: object, ages: list[object] = EVEN, code: object = 2600) -> list[object]:
    return ["אילת", code, area, cmb, total, *ages]


def zones(*areas: int, code: int = 2600, vintage: str = "2022") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "zone_id": [f"{code}-{area}" for area in areas],
            "name_he": None,
            "name_en": None,
            "function": ["residential" if area < 20 else "open" for area in areas],
            "vintage": vintage,
            "land_m2": 100.0,
        },
        geometry=[box(10 * i, 0, 10 * i + 10, 10) for i in range(len(areas))],
        crs=ISRAEL_TM,
    )


@pytest.mark.parametrize(("above", "first_sheet"), [(0, True), (5, True), (2, False)])
def test_the_header_is_found_by_content(tmp_path: Path, above: int, first_sheet: bool) -> None:
    path = workbook(tmp_path / "c.xlsx", row(21, 21, 90), row(1, 1, 7, code=70), above=above, first_sheet=first_sheet)
    table, ledger = census.read(path, 2600)
    assert table.area.unique().tolist() == ["21"]
    assert table.set_index("group").people.to_dict() == pytest.approx({**dict.fromkeys(GROUPS, 10.0), "total": 90.0})
    assert table.reason.isna().all() and table.attrs["weights"] == "residents"
    assert ledger.counts() == {"census row": {"read": 1, "used": 1, "rejected": {}}}


GROUPS = [*(f"{low}-{low + 9}" for low in range(0, 80, 10)), "80+"]


def test_numbers_may_be_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", row("021", "021 + 22", "1,080", ["2.0"] * 18, code="2600"))
    table, _ = census.read(path, 2600)
    assert table.area.unique().tolist() == ["21+22"]
    assert table.people[table.group == "0-9"].item() == pytest.approx(120)


@pytest.mark.parametrize("mark", [None, "", "-", "..", ".", "…", "*", "#"])
def test_a_mark_is_missing_never_zero_and_is_kept(tmp_path: Path, mark: str | None) -> None:
    path = workbook(tmp_path / "c.xlsx", row(1, 1, mark), row(2, 2, 100, [mark, *EVEN[1:]]), row(3, 3, 0))
    table, _ = census.read(path, 2600)
    cells = table.set_index(["area", "group"])
    reason = f'no count in the source, marked "{mark}"' if mark else "no count in the source"
    assert pd.isna(cells.people["1", "total"]) and cells.reason["1", "total"] == reason
    assert cells.people["1"].isna().all()
    assert pd.isna(cells.people["2", "0-9"]) and cells.reason["2", "0-9"] == reason
    # With a band missing the others stay percentages of the total: 2 % of men and of women of 100.
    assert cells.people["2", "10-19"] == pytest.approx(4)
    assert (cells.people["3"] == 0).all() and cells.reason["3"].isna().all()


def test_a_total_beside_its_areas_is_rejected(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", row(None, None, 300), row(1, 1, 100), row(2, 2, 200))
    table, ledger = census.read(path, 2600)
    assert table.people[table.group == "total"].sum() == 300
    assert ledger.counts()["census row"]["rejected"] == {"locality total beside its areas": 1}


def test_a_locality_with_one_row_is_one_zone(tmp_path: Path) -> None:
    table, _ = census.read(workbook(tmp_path / "c.xlsx", row(None, None, 300)), 2600)
    assert table.area.unique().tolist() == [""]
    # The whole locality is the same place in either edition of its areas.
    for vintage in ("2011", "2022"):
        units, people = census.attach(zones(1, 2, vintage=vintage), table)
        assert units.zone_id.tolist() == ["2600-all"] and units.land_m2.tolist() == [200.0]
        assert people.people[people.group == "total"].tolist() == [300.0]


def test_a_total_beside_its_areas_counts_the_whole(tmp_path: Path) -> None:
    book = census.opened(
        workbook(tmp_path / "c.xlsx", row(None, None, 301), row(1, 1, 100), row(2, 2, 200, [None] * 18))
    )
    table, ledger = census.total(book, 2600)
    assert table.area.unique().tolist() == [""]
    # Nine even bands of the total, where one of the areas has none.
    assert table.set_index("group").people.to_dict() == pytest.approx({**dict.fromkeys(GROUPS, 301 / 9), "total": 301})
    assert ledger.counts()["census row"] == {
        "read": 3, "used": 1, "rejected": {"area beside the total of its locality": 2},
    }  # fmt: skip


@pytest.mark.parametrize("areas", [(None,), (1, 2)])
def test_no_total_stands_beside_areas(tmp_path: Path, areas: tuple[object, ...]) -> None:
    book = census.opened(workbook(tmp_path / "c.xlsx", *(row(area, area, 100) for area in areas)))
    assert census.total(book, 2600) is None


def test_a_sum_of_areas_is_missing_where_one_of_them_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", row(1, 1, 90), row(2, "2+3", 180), row(4, 4, 100, ["..", *EVEN[1:]]))
    whole = census.summed(census.read(path, 2600)[0]).set_index("group")
    assert set(whole.area) == {""} and whole.people["total"] == 370
    # 10 and 20 of the even areas; 2 % of men and of women of 100 where not every band is given.
    assert whole.people["10-19"] == pytest.approx(10 + 20 + 4)
    assert pd.isna(whole.people["0-9"]) and whole.reason["0-9"] == "no count in 1 of the 3 areas"
    assert whole.reason.drop("0-9").isna().all()


def test_merged_areas_become_one_zone(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "c.xlsx", row(14, "14+13", 90), row(21, "21+15", 50), row(31, 31, 70), row(88, "88+99", 5)
    )
    table, _ = census.read(path, 2600)
    units, people = census.attach(zones(13, 14, 15, 19, 21, 31), table)
    assert units.zone_id.tolist() == ["2600-14+13", "2600-19", "2600-21+15", "2600-31"]
    assert units.land_m2.tolist() == [200, 100, 200, 100]
    assert units.function.fillna("").tolist() == ["residential", "residential", "", "open"]
    total = people[people.group == "total"].set_index("zone_id")
    assert total.people.dropna().to_dict() == {"2600-14+13": 90, "2600-21+15": 50, "2600-31": 70}
    assert total.reason["2600-19"] == "no row in the census table"
    assert people.attrs["unplaced"] == [("88+99", 5.0)]
    assert not people.duplicated(["zone_id", "group"]).any() and len(people) == 4 * 10


def test_areas_of_2011_cannot_carry_the_census_of_2022(tmp_path: Path) -> None:
    table, _ = census.read(workbook(tmp_path / "c.xlsx", row(1, 1, 300)), 2600)
    with pytest.raises(InputError, match="areas of 2011 carry other numbers"):
        census.attach(zones(1, vintage="2011"), table)


def test_unite_leaves_the_input_alone() -> None:
    before = zones(1, 2, 3)
    after = census.unite(before, ["2+3"])
    assert after.zone_id.tolist() == ["2600-1", "2600-2+3"] and before.zone_id.tolist()[1] == "2600-2"
    assert after.geometry.area.tolist() == [100, 200]


def test_errors_name_the_file_and_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_text("no workbook")
    pd.DataFrame([["a", "b"]]).to_excel(tmp_path / "other.xlsx", header=False, index=False)
    twice = workbook(tmp_path / "twice.xlsx", row(1, 1, 1), row(1, 1, 2))
    cases = {
        "cannot be read as a workbook": tmp_path / "broken.xlsx",
        "absent.xlsx: cannot be read": tmp_path / "absent.xlsx",
        "no row holds LocalityCode": tmp_path / "other.xlsx",
        "area '1' of locality 2600 has two rows": twice,
    }
    for message, path in cases.items():
        with pytest.raises(InputError, match=message):
            census.read(path, 2600)
    with pytest.raises(InputError, match=r"locality 2601 is not among its 1 \(nearest: 2600\)"):
        census.read(twice, 2601)


@pytest.mark.shared
def test_eilat(shared: Path) -> None:
    table, ledger = census.read(shared / "national" / "census_2022_by_statistical_area.xlsx", 2600)
    areas, _ = statistical_areas.read(shared / "eilat" / "statistical_areas_2022", 2600, ISRAEL_TM)
    units, people = census.attach(areas, table)
    total = people[people.group == "total"].set_index("zone_id")
    assert ledger.counts()["census row"]["used"] == 17 and total.people.sum() == 55_230
    assert people.people[people.group != "total"].sum() == pytest.approx(55_230)
    assert "2600-14+13+18" in set(units.zone_id) and people.attrs["unplaced"] == []
    members = {area for unit in table.area.unique() for area in unit.split("+")}
    assert set(areas.zone_id.str.rpartition("-")[2]) - members == {"19"} and len(members) == 24
    assert total.reason.dropna().to_dict() == {"2600-19": "no row in the census table"}
    assert units.land_m2.sum() == pytest.approx(areas.land_m2.sum())


@pytest.mark.shared
def test_localities_with_one_row_and_with_a_total(shared: Path) -> None:
    path = shared / "national" / "census_2022_by_statistical_area.xlsx"
    lehavim, _ = census.read(path, 1271)
    assert lehavim.area.unique().tolist() == [""]
    _, ledger = census.read(path, 1224)
    assert ledger.counts()["census row"] == {"read": 5, "used": 4, "rejected": {"locality total beside its areas": 1}}


@pytest.mark.shared
def test_the_percentages_are_of_both_sexes_together(shared: Path) -> None:
    path = shared / "national" / "census_2022_by_statistical_area.xlsx"
    sheet = pd.read_excel(path, header=1, engine="calamine")
    whole = sheet[AGES].dropna().sum(axis=1)
    assert len(whole) == 2293 and np.abs(whole - 100).max() < 0.5
