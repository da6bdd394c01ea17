"""Asks united: every profile and direction has its answer, on the ways that are open to it, by hand on one street."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from geokehila import network
from geokehila.access import FROM, TO, Answers, Ask, Walks, Ways
from geokehila.access.asks import united
from geokehila.catalogue import Profile
from geokehila.errors import RunError
from geokehila.reach import Decay
from geokehila.schema import ISRAEL_TM

FAST = Profile("fast", {"en": "fast"}, 2.0, "test", "test")
CALM = Profile("calm", {"en": "calm"}, 1.0, "test", "test")
WHO = {"fast": FAST, "calm": CALM}
#: Homes and shops on one straight street from 0 to 1,000 m; the clinic is beyond the steps that `calm` may not use.
HOMES = {"a": 100.0, "b": 450.0}
SHOPS = {"s1": 0.0, "s2": 400.0, "s3": 500.0}
CLINIC = 900.0


def frame(at: dict[str, float], key: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({key: [*at]}, geometry=[Point(x, 0) for x in at.values()], crs=ISRAEL_TM)


@pytest.fixture
def walks() -> Walks:
    lines = [LineString([(0, 0), (700, 0)]), LineString([(700, 0), (1000, 0)])]
    columns = {"street_id": ["w1", "w2"], "part": 0, "way": "footway", "bridge": False, "tunnel": False}
    built = network.build(gpd.GeoDataFrame(columns, geometry=lines, crs=ISRAEL_TM))
    closed_to = np.where(built.street == 1, "calm other", "")
    gates = frame({**SHOPS, "k": CLINIC}, "gate_id")
    listing = pd.DataFrame({"place_id": [*SHOPS, "k"], "category": ["shop"] * 3 + ["clinic"]})
    ways = Ways(built, network.slopes(built.lines, np.zeros(2, bool), np.full(2, np.nan), None), closed_to)
    gates, extent = gates.assign(place_id=gates["gate_id"]), box(-1e5, -1e5, 1e5, 1e5)
    return Walks.between(frame(HOMES, "origin_id"), gates, listing, ways, 150, extent)


def answers(walks: Walks, *asks: Ask) -> Answers:
    return walks.run(asks, WHO, 1000.0)


def test_each_profile_walks_at_its_speed_on_the_ways_open_to_it(walks: Walks) -> None:
    found = answers(walks, *(Ask("nearest", key, ("shop", "clinic")) for key in WHO))
    fast, calm = found.of("fast"), found.of("calm")
    assert fast.nearest_s["shop"].tolist() == [50, 25] and calm.nearest_s["shop"].tolist() == [100, 50]
    assert fast.nearest_place["shop"].tolist() == ["s1", "s2"]  # of s2 and s3, equally near, the first
    assert fast.nearest_s["clinic"].tolist() == [400, 225]
    assert calm.nearest_s["clinic"].isna().all(), "the clinic lies on steps, farther than 150 m from every other way"
    assert calm.nearest_place["clinic"].isna().all()


def test_asks_of_one_profile_and_direction_are_one(walks: Walks) -> None:
    asks = [
        Ask("nearest", "fast", ("shop",)),
        Ask("counts", "fast", ("shop",), (60.0,)),
        Ask("counts", "fast", ("clinic",), (60.0, 400.0)),
        Ask("nearest", "fast", ("clinic",), direction=FROM),
    ]
    assert {walk: len(some.asks) for walk, some in united(asks).items()} == {("fast", TO): 3, ("fast", FROM): 1}
    found = answers(walks, *asks)
    # From a: s1 at 50 s, s2 at 150, s3 at 200, the clinic at 400; from b: s2 and s3 at 25 s, s1 and the clinic at 225.
    counts = found.of("fast").counts
    assert counts[60.0].to_numpy().tolist() == [[0, 1], [0, 2]] and [*counts[60.0]] == ["clinic", "shop"]
    assert counts[400.0].to_numpy().tolist() == [[1, 3], [1, 3]]
    assert not found.of("fast", FROM).counts and [*found.of("fast", FROM).nearest_s] == ["clinic"]


def test_further_places_sums_and_streets_by_hand(walks: Walks) -> None:
    linear = Decay("linear", (200.0,), 200.0)
    found = answers(
        walks,
        Ask("nearest", "fast", ("shop",), k=3),
        Ask("nearest", "fast", ("clinic",), k=2),
        Ask("sums", "fast", ("shop",), decays=(linear,)),
        Ask("streets", "fast", cutoffs_s=(60.0, 300.0)),
    ).of("fast")
    assert found.further_s[2].to_numpy()[:, 1].tolist() == [150, 25] and [*found.further_s[2]] == ["clinic", "shop"]
    assert found.further_s[3].to_numpy().tolist() == [[200], [225]] and [*found.further_s[3]] == ["shop"]
    assert found.further_s[2]["clinic"].isna().all(), "there is one clinic"
    assert found.sums[linear]["shop"].tolist() == pytest.approx([0.75 + 0.25 + 0.0, 2 * 0.875], abs=1e-5)
    assert found.streets is not None
    assert found.streets["1min_streets_m"].tolist() == pytest.approx([220, 240], abs=0.1)  # to 220; 330 to 570
    assert found.streets["5min_nodes_count"].tolist() == [2, 3]  # both reach 0 and 700 m, b 1,000 too
    assert found.streets["5min_intersections_count"].tolist() == [0, 0]


def test_tables_are_keyed_by_profile_and_direction(walks: Walks) -> None:
    asks = [Ask("nearest", key, ("shop",), direction=way, k=2) for key in WHO for way in (TO, FROM)]
    found = answers(walks, *asks, Ask("counts", "calm", ("shop",), (900.0,))).tables()
    assert {*found} == {"access_nearest", "access_counts"}
    nearest = found["access_nearest"]
    assert [*nearest] == ["profile", "direction", "origin_id", "shop_s", "shop_place_id", "shop_2_s"]
    assert nearest[["profile", "direction", "origin_id"]].drop_duplicates().shape == (8, 3)
    assert [*found["access_counts"]] == ["profile", "direction", "origin_id", "shop_15min_count"]
    assert found["access_counts"]["shop_15min_count"].tolist() == [3, 3]


def test_snaps_are_kept_of_every_profile(walks: Walks) -> None:
    answers(walks, *(Ask("nearest", key, ("shop",)) for key in WHO))
    snaps = walks.snaps().set_index(["profile", "point_id"])
    assert snaps.loc[("calm", "k"), "status"] == "unconnected" and snaps.loc[("fast", "k"), "status"] == "snapped"


@pytest.mark.parametrize("ask", [{"measure": "walk"}, {"direction": "up"}])
def test_an_ask_for_what_there_is_not_is_a_fault(ask: dict[str, str]) -> None:
    with pytest.raises(RunError, match="please report"):
        Ask(**{"measure": "nearest", "profile": "fast"} | ask)  # type: ignore[arg-type]
