"""What became of residents counted house by house: in a number, or in none, with the reason and what to mend."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geokehila import people
from geokehila.schema import ISRAEL_TM

X, Y = 180_000, 570_000
#: Areas of 100 m side by side; the last one the data cut in half. A house further to the east lies in none.
AREAS = ("a", "b", "c", "cut")
NOWHERE = len(AREAS)


def zones() -> gpd.GeoDataFrame:
    shapes = [box(X + 100 * i, Y, X + 100 * (i + 1), Y + 100) for i in range(NOWHERE)]
    columns = {"zone_id": [*AREAS], "coverage_share": [1.0, 1.0, 1.0, 0.5]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=ISRAEL_TM)


def standing(area: list[int], residents: list[float], use: list[str]) -> gpd.GeoDataFrame:
    """Buildings by the area that each stands in, as they are classified."""
    at = [Point(X + 100 * a + 50, Y + 50).buffer(5) for a in area]
    columns = {"building_id": [f"w{i}" for i in range(len(area))], "residents": residents, "use": use}
    return gpd.GeoDataFrame(columns, geometry=at, crs=ISRAEL_TM)


def counts(buildings: gpd.GeoDataFrame, left_out: tuple[float, ...] = ()) -> pd.DataFrame:
    """A row for each building with residents, and rows that have no building."""
    told = buildings[buildings["residents"].notna()]
    ids, residents = [*told["building_id"], *[None] * len(left_out)], [*told["residents"], *left_out]
    rows = {"source": "b.gpkg", "row": [f"b.gpkg:{i}" for i in range(1, len(ids) + 1)]}
    return pd.DataFrame(rows | {"building_id": pd.Series(ids, dtype=object), "residents": residents})


def totals(*told: float) -> pd.Series:
    return pd.Series(told, index=[*AREAS])


def test_each_row_is_in_a_number_or_says_why_not() -> None:
    """Area a has a total; in b a house is not counted, in c none lacks and still nobody tells, `cut` is cut."""
    area, residents = [0, 1, 1, 2, 3, 3, NOWHERE], [4.0, 7.0, np.nan, 5.0, 6.0, np.nan, 12.0]
    buildings = standing(area, residents, ["home"] * 7)
    found = people.fates(counts(buildings, (8.0,)), zones(), totals(9, np.nan, np.nan, np.nan), buildings)
    assert found["reason"].tolist() == [
        "",
        "another house of its area is not counted",
        "its area has no count",
        "the data cut its area",
        "in no zone",
        "its building is left out",
    ]
    assert people.in_no_number(found) == 7 + 5 + 6 + 12
    ledger = people.account(found, people.houses_not_counted(zones(), buildings))
    kept = ledger.counts()["count of residents"]
    assert (kept["read"], kept["used"]) == (6, 1)
    assert {notice.name: notice.text for notice in ledger.notices} == {
        "residents_left_out": "8 residents are counted in shapes that are left out (b.gpkg:6): mend these shapes",
        "residents_in_no_area": "12 residents are counted in houses that lie in no area (b.gpkg:5), and are in no "
        "number: give areas that hold these houses, or mend their shapes",
        "areas_partly_counted": "18 residents counted in 3 houses are in no number, for their areas have no count "
        "(3: b, c, cut); 2 houses there are not counted (w2, w5): write their residents, 0 where nobody lives, or give "
        "the areas' totals",
    }


def test_sheds_and_areas_in_which_nobody_is_counted_are_not_asked_about() -> None:
    """What is no home needs no number; nor is anybody lost where all houses of an area lack one, or live in none."""
    buildings = standing([0, 0, 1, 2, 2], [5.0, np.nan, np.nan, 0.0, np.nan], ["home", "shed", "home", "empty", "home"])
    found = people.fates(counts(buildings), zones(), totals(5, np.nan, np.nan, 0), buildings)
    assert found["reason"].tolist() == ["", "another house of its area is not counted"]
    ledger = people.account(found, people.houses_not_counted(zones(), buildings))
    assert ledger.notices == [] and people.in_no_number(found) == 0


@pytest.mark.parametrize(("total", "is_said"), [(44.0, True), (45.0, False), (46.0, False), (0.0, True)])
def test_a_total_below_its_houses_is_named(total: float, is_said: bool) -> None:
    """30 and 15 people in two houses of area a; b has more than its houses, and c no houses."""
    buildings = standing([0, 0, 1], [30.0, 15.0, 2.0], ["home"] * 3)
    sums = totals(total, 9, 0, np.nan)
    found = people.fates(counts(buildings), zones(), sums, buildings)
    ledger = people.account(found, people.houses_not_counted(zones(), buildings))
    people.warn_of_small_totals(found, sums, ledger)
    told = [notice.text for notice in ledger.notices if notice.name == "totals_below_houses"]
    assert [text.partition(")")[0] for text in told] == [
        f"1 areas have a total below the sum of their counted houses (a: {total:g}, its houses 45"
    ][: int(is_said)]


HOUSES = st.lists(st.tuples(st.integers(0, NOWHERE), st.none() | st.integers(0, 9)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(houses=HOUSES, told=st.tuples(*[st.booleans()] * NOWHERE))
def test_nobody_is_lost_on_the_way(houses: list[tuple[int, int | None]], told: tuple[bool, ...]) -> None:
    """A slow count, house by house: residents are in an area that somebody tells of, or in no number."""
    buildings = standing(
        [area for area, _ in houses],
        [np.nan if count is None else float(count) for _, count in houses],
        ["empty" if count == 0 else "home" for _, count in houses],
    )
    table = counts(buildings)
    sums = totals(*[1000.0 if is_told else np.nan for is_told in told])
    found = people.fates(table, zones(), sums, buildings)
    lost, used = 0, 0
    for area, count in houses:
        is_in_one = area != NOWHERE and told[area]
        lost += 0 if is_in_one or count is None else count
        used += is_in_one and count is not None
    assert people.in_no_number(found) == lost
    if len(found):
        ledger = people.account(found, people.houses_not_counted(zones(), buildings))
        assert ledger.counts()["count of residents"]["used"] == used
        assert bool(ledger.notices) == (lost > 0)
