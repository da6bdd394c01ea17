"""Neighbourhoods in waves by hand and against a slow oracle; whom each wave reaches."""

import math
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geokehila.catalogue import Catalogue
from geokehila.catalogue.choices import RolloutChoice
from geokehila.errors import RunError
from geokehila.rollout import by_society, coverage, neighbourhoods, readiness, waves
from geokehila.schema import TABLES
from geokehila.zones import Zoning

NAN = float("nan")
TWO_WAVES = RolloutChoice((2, 4), (2025, 2026))
ASKED = Catalogue.read().standards
ROW = {"city": "toy", "zoning": "neighbourhood", "people": 5000.0, "readiness": NAN, "readiness_known": 0.0}

NUMBERS = ("people", "beyond_low", "beyond_high", "readiness", "readiness_known")


def rows(*told: dict[str, Any]) -> pd.DataFrame:
    """Neighbourhoods; who may be beyond are those who surely are unless told."""
    columns = [*ROW, "zone_id", "beyond_low", "beyond_high"]
    frame = pd.DataFrame([ROW | {"beyond_high": row.get("beyond_low")} | row for row in told], columns=columns)
    return frame.astype(dict.fromkeys(NUMBERS, float))


def met(signs: int, known: int = 5) -> dict[str, float]:
    return {"readiness": signs / 5, "readiness_known": float(known)}


def by_id(found: pd.DataFrame, column: str) -> dict[str, Any]:
    return dict(zip(found["zone_id"], found[column], strict=True))


#: Of docs/methods/rollout.md.
EXAMPLE = rows(
    {"zone_id": "a", "people": 4000.0, "beyond_low": 2000.0, **met(1)},
    {"zone_id": "b", "people": 3000.0, "beyond_low": 1500.0},
    {"zone_id": "c", "people": 2000.0, "beyond_low": 1200.0, **met(4)},
    {"zone_id": "d", "people": 5000.0, "beyond_low": 900.0, "beyond_high": 1600.0, **met(2, known=3)},
    {"zone_id": "e", "people": 800.0, "beyond_low": 0.0, **met(5)},
)


# --- readiness -------------------------------------------------------------------------------------------------------


def test_signs_are_told_and_met_from_the_least_that_is_asked() -> None:
    counts = pd.DataFrame(
        {
            "name": ["all just met", "one short of each", "two told", "nobody told", "none"],
            "activists": [5, 4, NAN, NAN, 0],
            "volunteers": [100, 99, 250, NAN, 0],
            "events": [10, 9, NAN, NAN, 0],
            "initiatives": [2, 1, 0, NAN, 0],
            "active_hub": [1, 0, NAN, NAN, 0],
        }
    )
    found = readiness(counts, ASKED)
    assert found["readiness"].tolist()[:3] == [1, 0, 0.2] and found["readiness"].iloc[4] == 0
    assert math.isnan(found["readiness"].iloc[3])
    assert found["readiness_known"].tolist() == [5, 5, 2, 0, 5]
    assert found["name"].equals(counts["name"])


def test_a_sign_that_the_file_has_no_column_for_is_not_told() -> None:
    found = readiness(pd.DataFrame({"volunteers": [120.0]}), ASKED)
    assert found[["readiness", "readiness_known"]].to_numpy().tolist() == [[0.2, 1]]
    assert readiness(pd.DataFrame({"volunteers": []}), ASKED).empty


def test_whether_a_hub_is_active_may_be_told_as_yes_or_no() -> None:
    found = readiness(pd.DataFrame({"active_hub": [True, False, None]}, dtype=object), ASKED)
    assert found["readiness"].tolist()[:2] == [0.2, 0] and math.isnan(found["readiness"].iloc[2])


# --- the order -------------------------------------------------------------------------------------------------------


def test_the_example_of_the_method_page() -> None:
    found = waves(EXAMPLE, TWO_WAVES)
    assert by_id(found, "rank") == {"c": 1, "b": 2, "a": 3, "d": 4, "e": 5}
    assert found["wave"].tolist()[:4] == [2, 1, 1, 2] and found["year"].tolist()[:4] == [2026, 2025, 2025, 2026]
    assert math.isnan(found["wave"].iloc[4]) and math.isnan(found["year"].iloc[4])
    assert by_id(found, "reason") == {
        "a": "", "b": "readiness not told", "c": "", "d": "readiness partly told", "e": "after the last wave",
    }  # fmt: skip
    # d may have 4,800 and stand before a, and its own need may go before that of b, who then stands third.
    assert by_id(found, "rank_first") == {"a": 2, "b": 2, "c": 1, "d": 2, "e": 5}
    assert by_id(found, "rank_last") == {"a": 4, "b": 3, "c": 1, "d": 4, "e": 5}


def test_where_nobody_tells_readiness_need_alone_orders() -> None:
    found = waves(
        rows(*({"zone_id": zone, "beyond_low": n} for zone, n in zip("abc", (5, 70, 9), strict=True))), TWO_WAVES
    )
    assert by_id(found, "rank") == {"b": 1, "c": 2, "a": 3}
    assert {*found["reason"]} == {"readiness not told"} and (found["readiness_known"] == 0).all()


def test_no_sign_met_is_not_the_end_of_the_list() -> None:
    """4,000 residents and no sign go before 3 residents and one: the need counts once."""
    found = waves(
        rows({"zone_id": "a", "beyond_low": 3.0, **met(1)}, {"zone_id": "b", "beyond_low": 4000.0, **met(0)}), TWO_WAVES
    )
    assert by_id(found, "rank") == {"b": 1, "a": 2}


def test_all_alike_stand_by_city_and_id() -> None:
    told = [{"city": city, "zone_id": zone, "beyond_low": 7.0, **met(3)} for city in "yx" for zone in "cab"]
    found = waves(rows(*told), TWO_WAVES)
    assert [*zip(found["city"], found["zone_id"], found["rank"], strict=True)] == [
        ("x", "a", 1), ("x", "b", 2), ("x", "c", 3), ("y", "a", 4), ("y", "b", 5), ("y", "c", 6),
    ]  # fmt: skip


def test_where_no_list_of_hubs_is_believed_most_people_come_first() -> None:
    told = [
        {"zone_id": zone, "beyond_low": 0.0, "beyond_high": n} for zone, n in zip("abc", (5.0, 90.0, 70.0), strict=True)
    ]
    assert by_id(waves(rows(*told), TWO_WAVES), "rank") == {"b": 1, "c": 2, "a": 3}


def test_need_is_counted_over_all_cities_and_ids_may_repeat() -> None:
    told = [{"city": "x", "zone_id": "1", "beyond_low": 10.0}, {"city": "y", "zone_id": "1", "beyond_low": 20.0}]
    assert waves(rows(*told), TWO_WAVES)["rank"].tolist() == [2, 1]
    with pytest.raises(RunError, match="repeats"):
        waves(rows(told[0], told[0]), TWO_WAVES)


def test_what_is_no_neighbourhood_takes_nobodys_place() -> None:
    told = rows(
        {"zone_id": "a", "beyond_low": 10.0},
        {"zone_id": "b", "people": 0.0, "beyond_low": 0.0, **met(5)},
        {"zone_id": "c", "people": NAN, "beyond_low": NAN},
        {"zone_id": "elsewhere", "beyond_low": 900.0, **met(5)},
    )
    found = waves(told, RolloutChoice((1,), (2030,)))
    assert by_id(found, "reason") == {
        "a": "readiness not told",
        "b": "no people",
        "c": "people not counted",
        "elsewhere": "outside the neighbourhoods",
    }
    assert found["rank"].tolist()[0] == 1 and found["wave"].tolist()[0] == 1
    assert found.loc[1:, ["rank", "rank_first", "rank_last", "wave", "year"]].isna().all(axis=None)


def test_none_and_one() -> None:
    none = waves(rows(), TWO_WAVES)
    assert none.empty and [*none.columns] == [*TABLES["rollout"].columns]
    assert coverage(none, by_society_of(none), TWO_WAVES)["people_so_far"].tolist() == [0, 0]
    one = waves(rows({"zone_id": "a", "beyond_low": 0.0}), TWO_WAVES)
    assert one[["rank", "wave", "year"]].to_numpy().tolist() == [[1, 1, 2025]]


def test_more_than_the_last_wave_holds() -> None:
    found = waves(rows(*({"zone_id": f"{i:03}", "beyond_low": float(i)} for i in range(150))), RolloutChoice())
    assert found["wave"].value_counts().to_dict() == {1: 30, 2: 70, 3: 50}
    small = waves(rows(*({"zone_id": f"{i:03}", "beyond_low": float(i)} for i in range(150))), TWO_WAVES)
    assert small["wave"].value_counts().to_dict() == {1: 2, 2: 2} and small["wave"].isna().sum() == 146
    assert (small["reason"] == "after the last wave").sum() == 146


def test_what_is_left_of_adding_in_another_order_is_no_difference() -> None:
    told = [{"zone_id": "a", "beyond_low": 0.1 + 0.2}, {"zone_id": "b", "beyond_low": 0.3}]
    told_other = [{"zone_id": "a", "beyond_low": 0.3}, {"zone_id": "b", "beyond_low": 0.1 + 0.2}]
    assert [waves(rows(*one), TWO_WAVES)["rank"].tolist() for one in (told, told_other)] == [[1, 2], [1, 2]]


def slow_order(frame: pd.DataFrame) -> list[str]:
    """Places by need; those that are told sit down again in their places, by residents x (1 + signs met)."""
    people = sorted(frame.itertuples(), key=lambda row: (-row.beyond_low, -row.beyond_high, row.zone_id))
    seats: list[Any] = [None if row.readiness_known else row for row in people]
    told = [row for row in people if row.readiness_known]
    # The sort is stable: equal ones stay as need has them.
    told.sort(key=lambda row: -row.beyond_low * (1 + round(5 * row.readiness)))
    for row in told:
        seats[seats.index(None)] = row
    return [row.zone_id for row in seats]


SOME = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 5))), max_size=12)
SIZES = st.lists(st.integers(1, 14), min_size=1, max_size=4, unique=True).map(sorted)


def made(told: Sequence[tuple[int, int, int | None]]) -> pd.DataFrame:
    return rows(
        *(
            {"zone_id": f"{i:02}", "people": 50.0, "beyond_low": float(low), "beyond_high": float(low + more)}
            | ({} if signs is None else met(signs))
            for i, (low, more, signs) in enumerate(told)
        )
    )


@given(SOME, SIZES, st.randoms(use_true_random=False))
def test_places_waves_and_their_sizes(told: list[tuple[int, int, int | None]], sizes: list[int], mix: Any) -> None:
    frame, choice = made(told), RolloutChoice(tuple(sizes), tuple(range(2025, 2025 + len(sizes))))
    found = waves(frame, choice)
    in_order = found.sort_values("rank")
    assert in_order["zone_id"].tolist() == slow_order(frame)
    assert in_order["rank"].tolist() == [*range(1, len(told) + 1)]
    for number, size in enumerate(sizes, 1):
        assert (found["wave"] <= number).sum() == min(size, len(told)), "each stands in one wave at most"
    assert in_order["wave"].dropna().is_monotonic_increasing
    assert (found["rank_first"] <= found["rank"]).all() and (found["rank"] <= found["rank_last"]).all()
    shuffled = mix.sample(range(len(frame)), len(frame))
    pd.testing.assert_frame_equal(waves(frame.iloc[shuffled], choice), found)


@given(SOME, st.lists(st.booleans(), min_size=12, max_size=12))
def test_whoever_of_those_who_may_be_is_beyond_each_stands_between_its_places(
    told: list[Any], upper: list[bool]
) -> None:
    frame = made(told)
    between = waves(frame, TWO_WAVES)
    need = np.where(upper[: len(frame)], frame["beyond_high"], frame["beyond_low"])
    place = waves(frame.assign(beyond_low=need, beyond_high=need), TWO_WAVES)["rank"]
    assert (between["rank_first"] <= place).all() and (place <= between["rank_last"]).all()


@given(SOME.filter(len), st.data())
def test_more_need_or_one_more_sign_is_never_a_later_place(told: list[tuple[int, int, int | None]], data: Any) -> None:
    frame = made(told)
    who = data.draw(st.integers(0, len(told) - 1))
    before = waves(frame, TWO_WAVES)["rank"].iloc[who]
    needier = frame.copy()
    needier.loc[who, ["beyond_low", "beyond_high"]] += data.draw(st.integers(1, 40))
    assert waves(needier, TWO_WAVES)["rank"].iloc[who] <= before
    if (signs := told[who][2]) is not None and signs < 5:
        frame.loc[who, "readiness"] = (signs + 1) / 5
        assert waves(frame, TWO_WAVES)["rank"].iloc[who] <= before


@given(SOME)
def test_who_is_not_told_of_keeps_the_place_by_need(told: list[tuple[int, int, int | None]]) -> None:
    frame = made(told)
    alone = waves(frame.assign(readiness=NAN, readiness_known=0.0), TWO_WAVES)
    untold = (frame["readiness_known"] == 0).to_numpy()
    assert waves(frame, TWO_WAVES)["rank"][untold].tolist() == alone["rank"][untold].tolist()


def test_neighbourhoods_of_a_city_with_what_is_told_of_some() -> None:
    gaps = pd.DataFrame(
        {"zoning": "neighbourhood", "zone_id": ["a", "b"], "category": "community_centre", "people": [90.0, 80.0],
         "beyond_low": [10.0, 20.0], "beyond_high": [15.0, 20.0], "rank": [2.0, 1.0], "reason": "x"}
    )  # fmt: skip
    told = readiness(pd.DataFrame({"zone_id": ["b", "z"], "activists": [6, 1]}), ASKED)
    found = waves(neighbourhoods("toy", gaps, told), TWO_WAVES)
    assert found[["city", "zone_id", "rank", "readiness_known"]].to_numpy().tolist() == [
        ["toy", "a", 2, 0], ["toy", "b", 1, 1],
    ]  # fmt: skip
    assert found["beyond_high"].tolist() == [15, 20] and found["readiness"].iloc[1] == 0.2
    nobody = readiness(pd.DataFrame({"zone_id": []}), ASKED)
    assert neighbourhoods("toy", gaps, nobody)["readiness"].isna().all()


# --- whom waves reach ------------------------------------------------------------------------------------------------


def by_society_of(rollout: pd.DataFrame, society: str = "mixed") -> pd.DataFrame:
    return rollout[["city", "zoning", "zone_id", "people"]].assign(society=society)


def test_coverage_of_the_example() -> None:
    people = by_society_of(EXAMPLE)
    people["society"] = ["one", "other", "one", "not told", "one"]
    found = coverage(waves(EXAMPLE, TWO_WAVES), people, TWO_WAVES).set_index(["wave", "society"])
    everybody = found.xs("", level="society")
    assert everybody["people"].tolist() == [5000, 9000] and everybody["people_so_far"].tolist() == [5000, 14000]
    assert everybody["neighbourhoods_count"].tolist() == [2, 2] and everybody["year"].tolist() == [2025, 2026]
    assert everybody["people_total"].tolist() == [14800, 14800]
    assert everybody["so_far_share"].tolist() == [5000 / 14800, 14000 / 14800]
    columns = ["neighbourhoods_count", "people", "people_so_far", "people_total"]
    assert found.loc[(1, "one"), columns].tolist() == [1, 2000, 2000, 6800]
    assert found.loc[(2, "one"), columns].tolist() == [1, 4000, 6000, 6800]
    assert found.loc[(2, "other"), columns].tolist() == [0, 0, 3000, 3000]
    assert found.loc[(1, "not told"), columns].tolist() == [0, 0, 0, 5000]


def test_a_wave_without_neighbourhoods_adds_nobody() -> None:
    one = waves(rows({"zone_id": "a", "beyond_low": 1.0}), TWO_WAVES)
    found = coverage(one, by_society_of(one), TWO_WAVES)
    assert found[found["society"] == "mixed"][["people", "people_so_far"]].to_numpy().tolist() == [
        [5000, 5000],
        [0, 5000],
    ]


def test_people_of_a_neighbourhood_may_be_of_several_societies() -> None:
    units = gpd.GeoDataFrame({"zone_id": ["a", "b"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)])
    zoning = Zoning("neighbourhood", units, np.array([0, 0, 0, 1]))
    found = by_society("toy", zoning, pd.Series([10.0, 20.0, 5.0, 7.0]), pd.Series(["x", "y", "x", None]))
    assert found.to_numpy().tolist() == [
        ["toy", "neighbourhood", "a", "x", 15.0],
        ["toy", "neighbourhood", "a", "y", 20.0],
        ["toy", "neighbourhood", "b", "not told", 7.0],
    ]
    rollout = waves(
        rows({"zone_id": "a", "people": 35.0, "beyond_low": 9.0}, {"zone_id": "b", "people": 7.0, "beyond_low": 1.0}),
        RolloutChoice((1,), (2030,)),
    )
    reached = coverage(rollout, found, RolloutChoice((1,), (2030,))).set_index("society")
    assert reached["people_so_far"].to_dict() == {"": 35, "x": 15, "y": 20, "not told": 0}
    assert reached["neighbourhoods_count"].to_dict() == {"": 1, "x": 1, "y": 1, "not told": 0}


@given(SOME, SIZES, st.data())
def test_coverage_sums_to_the_people(told: list[tuple[int, int, int | None]], sizes: list[int], data: Any) -> None:
    frame, choice = made(told), RolloutChoice(tuple(sizes), tuple(range(2025, 2025 + len(sizes))))
    people = st.integers(0, 99).map(float)
    counted = data.draw(st.lists(st.tuples(people, people), min_size=len(told), max_size=len(told)))
    frame["people"] = [one + other for one, other in counted]
    of_each = pd.concat(
        [by_society_of(frame, key).assign(people=[pair[i] for pair in counted]) for i, key in enumerate("xy")]
    ).astype({"people": float})
    rollout = waves(frame, choice)
    found = coverage(rollout, of_each, choice)
    last = found[found["wave"] == len(sizes)].set_index("society")
    assert last.loc["", "people_so_far"] + rollout["people"][rollout["wave"].isna()].sum() == frame["people"].sum()
    assert last.loc["", "people_total"] == frame["people"].sum() == last["people_total"].drop("").sum()
    for number in range(1, len(sizes) + 1):
        of_wave = found[found["wave"] == number].set_index("society")
        assert of_wave.loc["", "people"] == rollout["people"][rollout["wave"] == number].sum()
        assert of_wave.loc["", "people"] == of_wave["people"].drop("").sum()
        assert of_wave.loc["", "neighbourhoods_count"] == (rollout["wave"] == number).sum()
        some = of_each[of_each["zone_id"].isin(rollout["zone_id"][rollout["wave"] == number]) & (of_each["people"] > 0)]
        lived_in = some.groupby("society")["zone_id"].nunique().to_dict()
        assert of_wave["neighbourhoods_count"].drop("").loc[lambda count: count > 0].to_dict() == lived_in
    shares = found["so_far_share"].dropna()
    assert shares.between(0, 1).all()
