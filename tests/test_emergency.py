"""Shelters within the alert time by hand on one street, and by a slow oracle; single places; what is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from given import NAN, STUDY, access, homes, ids, places, zonings
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geokehila.access import Access, Answers
from geokehila.analyses import emergency
from geokehila.analyses.tables import Measured, Tables
from geokehila.catalogue import Alert, Profile

ADULT = replace(STUDY.catalogue.profiles["adult"], speed_m_s=1.0, run_m_s=2.0)
CHAIR = Profile("wheelchair", {"en": "wheelchair"}, 1.0, "test", "test", run_m_s=1.0)
TOWN = replace(STUDY, catalogue=replace(STUDY.catalogue, profiles={"adult": ADULT, "wheelchair": CHAIR}))
#: 60 to 90 s; less 5 s of reaction an adult runs 110 to 170 m, a wheelchair 55 to 85 m.
ALERT = Alert(60.0, 90.0, "2026", "test")
SHELTERS = {"s": (0.0, 0.0)}


def adult_access(walk_s: Sequence[float], **more: Any) -> Access:
    """Walks to the shelter; everything else is at the door."""
    count = len(walk_s)
    walks = {"shelter": walk_s, **{key: [0.0] * count for key in (*emergency.SINGLE, "community_centre", "playground")}}
    empty = pd.DataFrame({"origin_id": [], "place_id": [], "walk_s": []})
    counts = {900.0: pd.DataFrame({key: [2.0] * count for key in emergency.SINGLE}, ids(count))}
    return access(walks, **{"counts": counts, "pairs": {"shelter": empty}} | more)


def measure(
    x: Sequence[float],
    walk_s: Sequence[float],
    alert: Alert | None = ALERT,
    lists: Mapping[str, str] | None = None,
    adult: Access | None = None,
    at: Mapping[str, tuple[float, float]] = SHELTERS,
    **home: Any,
) -> Measured:
    """Measure homes x metres from the shelter, whose walks to it are given in seconds at 1 m/s."""
    origins = homes(x, **home)
    loaded = pd.DataFrame(dict.fromkeys(TOWN.catalogue.categories, "loaded") | dict(lists or {}), index=["z"])
    tables = Tables(TOWN, origins, zonings=zonings(origins), lists=loaded, alert=alert)
    tables = replace(tables, places=places(at, {key: ["shelter"] for key in at}))
    adult = adult or adult_access(walk_s)
    answers = {("adult", "to"): adult, ("wheelchair", "to"): adult, ("distance", "to"): adult}
    return emergency.measure(tables, Answers(answers))


def test_the_run_by_hand() -> None:
    # The worked example of docs/methods/emergency.md.
    found = measure([50, 100, 150, 200], [75, 105, 180, 240]).homes
    adult, chair = found["adult"], found["wheelchair"]
    assert adult["shelter_walked_is"].tolist() == ["yes", "yes", "no", "no"]
    assert adult["shelter_straight_is"].tolist() == ["yes", "yes", "yes", "no"]
    assert adult["shelter_is"].tolist() == ["yes", "yes", "between", "no"]
    assert chair["shelter_is"].tolist() == ["between", "no", "no", "no"]


@pytest.mark.parametrize(("walk_s", "answer"), [(110.0, "yes"), (110.01, "no")])
def test_just_within_the_alert_time_is_within(walk_s: float, answer: str) -> None:
    assert measure([1], [walk_s]).homes["adult"]["shelter_walked_is"].tolist() == [answer]


def test_with_less_than_half_a_minute_there_is_no_share() -> None:
    found = measure([5], [5], replace(ALERT, seconds_low=15.0))
    assert [(one.measure, one.reason) for one in found.absent] == [("shelter_share", "alert_inside")]
    assert not found.homes["adult"].filter(like="shelter").size and "wheelchair" not in found.homes
    unknown = measure([5], [5], None)
    assert [one.reason for one in unknown.absent] == ["no_alert"] and not unknown.homes["adult"].filter(
        like="shelter"
    ).size


@pytest.mark.parametrize("listed", ["not mapped", "not loaded"])
def test_a_list_that_is_not_believed_claims_nobody_to_be_without(listed: str) -> None:
    found = measure([50, 5000], [50, 5000], lists={"shelter": listed}).homes["adult"]
    assert found["shelter_is"].tolist() == ["yes", listed]


def test_no_shelter_is_mapped_at_all() -> None:
    found = measure([50], [NAN], at={}).homes["adult"]
    assert found["shelter_is"].tolist() == ["no"], "the list is believed: there is none"


def test_a_home_at_the_edge_is_not_said_to_be_without() -> None:
    found = measure([5000, 5000], [5000, 5000], border_m=[170.0, 171.0]).homes["adult"]
    assert found["shelter_is"].tolist() == ["edge", "no"]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 400), st.floats(1, 3)), min_size=1, max_size=8),
    st.floats(30, 120),
    st.floats(0, 60),
    st.floats(0, 30),
)
def test_more_time_and_a_nearer_shelter_never_leave_fewer_in_time(
    drawn: list[tuple[float, float]], low: float, more: float, later: float
) -> None:
    x, walk = [at for at, _ in drawn], [at * detour for at, detour in drawn]
    less = measure(x, walk, Alert(low, low + more, "2026", "test")).homes["adult"]
    longer = measure(x, walk, Alert(low + later, low + more + later, "2026", "test")).homes["adult"]
    nearer = measure([0.5 * at for at in x], [0.5 * at for at in walk], Alert(low, low + more, "2026", "test")).homes[
        "adult"
    ]
    order = {"no": 0, "between": 1, "yes": 2}
    for better in (longer, nearer):
        assert (better["shelter_is"].map(order) >= less["shelter_is"].map(order)).all()
    for home, at, walked in zip(less.itertuples(), x, walk, strict=True):
        assert (
            home.shelter_walked_is == ("yes" if 16 * walked <= 16 * 2 * (low - 5) else "no")
            or abs(walked - 2 * (low - 5)) < 1e-6
        )
        assert home.shelter_straight_is == ("yes" if at <= 2 * (low + more - 5) else "no")


def test_whom_a_single_place_serves() -> None:
    count = pd.DataFrame({"grocery": [0.0, 1.0, 2.0, 1.0], "pharmacy": [1.0] * 4, "clinic": [1.0] * 4}, ids(4))
    walked = adult_access([10] * 4, counts={900.0: count})
    place = walked.nearest_place.assign(grocery=["none", "g1", "g1", "g2"], pharmacy="p1", clinic="c1")
    found = measure([1] * 4, [10] * 4, adult=replace(walked, nearest_place=place), lists={"clinic": "not mapped"})
    assert found.homes["adult"]["single_grocery_is"].tolist() == ["no", "yes", "no", "yes"]
    assert found.homes["adult"]["single_clinic_is"].tolist() == ["not mapped"] * 4, "there may be others, not mapped"


def test_a_list_that_is_not_believed_is_named_before_the_edge() -> None:
    count = pd.DataFrame([[one] * len(emergency.SINGLE) for one in (1.0, 1.0, 2.0)], ids(3), [*emergency.SINGLE])
    walked = adult_access([10] * 3, counts={900.0: count})
    found = measure([1] * 3, [10] * 3, adult=walked, lists={"clinic": "not mapped"}, border_m=[5.0, 1e6, 5.0])
    assert found.homes["adult"]["single_clinic_is"].tolist() == ["not mapped"] * 3
    assert found.homes["adult"]["single_grocery_is"].tolist() == ["edge", "yes", "edge"]


def test_places_that_people_depend_on_alone_tell_how_many_they_are() -> None:
    count = pd.DataFrame({"grocery": [1.0, 1.0, 2.0], "pharmacy": [2.0] * 3, "clinic": [0.0] * 3}, ids(3))
    walked = adult_access([10] * 3, counts={900.0: count})
    place = walked.nearest_place.assign(grocery=["g1", "g1", "g2"], pharmacy="p1", clinic="none")
    origins = homes([1, 1, 1], people=[3.0, 4.0, 5.0])
    at = places({"g1": (1, 1), "g2": (2, 2)}, {"g1": ["grocery"], "g2": ["grocery"]})
    loaded = pd.DataFrame(dict.fromkeys(TOWN.catalogue.categories, "loaded"), index=["z"])
    tables = Tables(TOWN, origins, zonings=zonings(origins), lists=loaded, alert=None, places=at)
    one = replace(walked, nearest_place=place)
    sole = emergency.measure(tables, Answers({("adult", "to"): one})).layers["sole_places"]
    assert sole[["place_id", "category", "people_depending"]].to_numpy().tolist() == [["g1", "grocery", 7.0]]


def test_shelters_tell_who_lives_near_and_what_they_lack() -> None:
    pairs = pd.DataFrame({"origin_id": ["h0", "h1"], "place_id": ["s", "s"], "walk_s": [10.0, 20.0]})
    walked = adult_access([10, 20, 400], pairs={"shelter": pairs})
    walked = replace(walked, nearest_s=walked.nearest_s.assign(playground=[5000.0, 10.0, 10.0]))
    walked = replace(walked, nearest_certain_s=walked.nearest_s)
    row = measure([1, 1, 1], [10, 20, 400], adult=walked, people=[3.0, 4.0, 5.0]).layers["shelters"].iloc[0]
    assert (row["people_near"], row["people_without_playground"], row["people_without_hub"]) == (7.0, 3.0, 0.0)
    assert "not safety guidance" in row["note"]


def measured_of(tables: Tables) -> pd.DataFrame:
    """What is counted in the units of a town where no way leads anywhere."""
    nowhere = adult_access([NAN] * len(tables.origins))
    walked = {(profile, "to"): nowhere for profile in ("adult", "wheelchair", "distance")}
    return emergency.measure(tables, Answers(walked)).units


@pytest.mark.parametrize(
    ("listed", "extent", "count", "capacity", "why"),
    [
        ("loaded", box(-1e5, -1e5, 1e5, 1e5), 0.0, 0.0, ""),
        ("not mapped", box(-1e5, -1e5, 1e5, 1e5), NAN, NAN, "not mapped"),
        ("loaded", box(-1e4, -1e4, 0, 1e4), NAN, NAN, "partly unknown"),
        ("loaded", box(5e4, 5e4, 6e4, 6e4), NAN, NAN, "not mapped"),
    ],
)
@pytest.mark.parametrize("lived_in", [True, False])
def test_that_none_is_there_is_measured_only_where_all_are_known(
    listed: str, extent: shapely.Polygon, count: float, capacity: float, why: str, lived_in: bool
) -> None:
    origins = homes([1.0] if lived_in else [])
    lists = pd.DataFrame({"shelter": [listed]}, index=["z"])
    found = measured_of(
        Tables(TOWN, origins, zonings=zonings(origins), places=places({}, {}), lists=lists, extent=extent)
    )
    assert set(found["reason"]) == {why} and len(found) == 4, "two measures of the zone and of the city"
    for measure_, value in (("shelters_count", count), ("shelter_capacity_count", capacity)):
        assert found.loc[found["measure"] == measure_, "value"].tolist() == pytest.approx([value] * 2, nan_ok=True)


def test_a_list_that_is_not_believed_holds_at_least_what_it_shows() -> None:
    origins, lists = homes([1.0]), pd.DataFrame({"shelter": ["not mapped"]}, index=["z"])
    at = places(SHELTERS, {"s": ["shelter"]}).assign(capacity=40.0)
    found = measured_of(Tables(TOWN, origins, zonings=zonings(origins), places=at, lists=lists))
    assert found["value"].tolist() == [1.0, 40.0] * 2 and set(found["reason"]) == {"partly unknown"}


def test_shelters_and_their_capacity_are_counted_by_unit() -> None:
    origins = homes([1.0])
    at = places({"a": (0, 0), "b": (5, 5), "far": (9e5, 0)}, {key: ["shelter"] for key in ("a", "b", "far")})
    at["capacity"] = [40.0, np.nan, 10.0]
    tables = Tables(TOWN, origins, zonings=zonings(origins), places=at)
    rows = measured_of(tables)
    zone = rows[rows["zoning"] == "zone"].set_index("measure")
    assert zone["value"].to_dict() == {"shelters_count": 2.0, "shelter_capacity_count": 40.0}
    assert zone.loc["shelter_capacity_count", "reason"] == "partly unknown"


def test_nobody_lives_here() -> None:
    found = measure([], [])
    assert found.homes["adult"].empty and found.layers["sole_places"].empty
