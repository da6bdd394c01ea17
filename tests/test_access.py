"""Asks united: every profile and direction has its answer, on the ways that are open to it, by hand on one street."""

from dataclasses import astuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from geokehila import network, reach
from geokehila.access import FROM, TO, Answers, Ask, Walks, Ways, search
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


def test_from_other_points_the_same_ways_are_walked_anew(walks: Walks) -> None:
    ask = Ask("nearest", "fast", ("shop",))
    assert answers(walks, ask).of("fast").nearest_s["shop"].tolist() == [50, 25]
    others = walks.starting(frame({"c": 600.0, "d": 20.0, "e": 420.0}, "origin_id").set_index("origin_id").geometry)
    # c is 100 m from s3, d 20 m from s1, e 20 m from s2.
    assert answers(others, ask).of("fast").nearest_s["shop"].to_dict() == {"c": 50, "d": 10, "e": 10}
    assert answers(walks, ask).of("fast").nearest_s["shop"].tolist() == [50, 25]


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
    assert [*nearest] == ["profile", "direction", "origin_id", "status", "shop_s", "shop_place_id", "shop_2_s"]
    assert nearest[["profile", "direction", "origin_id"]].drop_duplicates().shape == (8, 3)
    assert [*found["access_counts"]] == ["profile", "direction", "origin_id", "status", "shop_15min_count"]
    assert found["access_counts"]["shop_15min_count"].tolist() == [3, 3]


def test_snaps_are_kept_of_every_profile(walks: Walks) -> None:
    answers(walks, *(Ask("nearest", key, ("shop",)) for key in WHO))
    snaps = walks.snaps().set_index(["profile", "point_id"])
    assert snaps.loc[("calm", "k"), "status"] == "unconnected" and snaps.loc[("fast", "k"), "status"] == "snapped"


CLIMB = 0.1
NURSE = Profile("nurse", {"en": "nurse"}, 1.0, "test", "test")
CHAIR = Profile("chair", {"en": "chair"}, 1.0, "test", "test", kerbs=True)


@pytest.fixture
def hill() -> Walks:
    """Two level footways of 400 m with one of 125 m between that climbs, a raised kerb at its upper end.

    A home stands 20 m off its lower end, a bench at its upper end, a shop 125 m farther; another home far from all.
    """
    lines = [LineString([(a, 0), (b, 0)]) for a, b in ((-400, 0), (0, 125), (125, 525))]
    columns = {"street_id": ["w1", "w2", "w3"], "part": 0, "way": "footway", "bridge": False, "tunnel": False}
    kerb = gpd.GeoDataFrame(geometry=[Point(125, 0)], crs=ISRAEL_TM)
    built = network.build(gpd.GeoDataFrame(columns, geometry=lines, crs=ISRAEL_TM), kerb)
    tagged = np.where(built.street == 1, CLIMB, np.nan)
    slopes = network.slopes(built.lines, np.zeros(3, bool), tagged, None)
    homes = gpd.GeoDataFrame({"origin_id": ["far", "low"]}, geometry=[Point(0, 999), Point(0, 20)], crs=ISRAEL_TM)
    gates = frame({"near": 125.0, "top": 250.0}, "gate_id").assign(place_id=["near", "top"])
    listing = pd.DataFrame({"place_id": ["near", "top"], "category": ["bench", "shop"]})
    extent = box(-1e5, -1e5, 1e5, 1e5)
    return Walks.between(homes, gates, listing, Ways(built, slopes, np.full(3, "")), 150, extent)


def test_there_is_uphill_and_back_is_downhill_in_every_measure(hill: Walks) -> None:
    step = Decay("step", (290.0,), 290.0)
    asks = [
        ask
        for way in (TO, FROM)
        for ask in (
            Ask("nearest", "nurse", ("bench", "shop"), k=2, direction=way),
            Ask("counts", "nurse", ("bench", "shop"), (290.0,), direction=way),
            Ask("sums", "nurse", ("shop",), decays=(step,), direction=way),
            Ask("streets", "nurse", cutoffs_s=(600.0,), direction=way),
        )
    ]
    found = hill.run(asks, {"nurse": NURSE}, 1000.0)
    up, down = found.of("nurse", TO), found.of("nurse", FROM)
    # 20 m to the street; 125 m up, 125 x exp(0.35) s by Tobler, down as on the flat; 125 m of flat.
    climb = 125 * np.exp(CLIMB * 3.5)
    assert up.nearest_s.loc["low"].tolist() == pytest.approx([20 + climb, 145 + climb], abs=0.2)
    assert down.nearest_s.loc["low"].tolist() == pytest.approx([145, 270], abs=0.2)
    assert up.counts[290.0].loc["low"].tolist() == [1, 0] and down.counts[290.0].loc["low"].tolist() == [1, 1]
    assert up.sums[step].loc["low"].tolist() == [0] and down.sums[step].loc["low"].tolist() == [1]


def test_a_home_without_a_way_has_no_number(hill: Walks) -> None:
    asks = [
        Ask("nearest", "nurse", ("shop",)),
        Ask("counts", "nurse", ("shop",), (900.0,)),
        Ask("sums", "nurse", ("shop",), decays=(Decay("step", (900.0,), 900.0),)),
        Ask("streets", "nurse", cutoffs_s=(900.0,)),
    ]
    found = hill.run(asks, {"nurse": NURSE}, 1000.0)
    for table in found.tables().values():
        rows = table.set_index("origin_id")
        assert rows.loc["far", "status"] == "unconnected" and rows.loc["low", "status"] == "snapped"
        assert rows.loc["far"].drop(["profile", "direction", "status"]).isna().all()
        assert rows.loc["low"].notna().all()


def test_a_raised_kerb_stops_who_rolls_and_nobody_else(hill: Walks) -> None:
    asks = [Ask("nearest", key, ("shop",)) for key in ("nurse", "chair")]
    found = hill.run(asks, {"nurse": NURSE, "chair": CHAIR}, 1000.0)
    assert found.of("nurse").nearest_s["shop"].notna().tolist() == [False, True]
    assert found.of("chair").nearest_s["shop"].isna().all()


def test_homes_are_answered_alike_in_blocks_of_any_size(walks: Walks, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Ask("counts", "fast", ("shop", "clinic"), (60.0, 225.0))
    whole = answers(walks, ask).of("fast").counts
    monkeypatch.setattr(search, "BLOCK", 1)
    for cutoff, table in answers(walks, ask).of("fast").counts.items():
        pd.testing.assert_frame_equal(table, whole[cutoff])
    assert whole[60.0]["shop"].tolist() == [1, 2]


def test_a_gate_of_a_place_without_a_category_is_led_nowhere(walks: Walks) -> None:
    assert {*walks.gates.index} == {*SHOPS, "k"}
    listing = pd.DataFrame({"place_id": ["s1"], "category": ["shop"]})
    gates = frame(SHOPS, "gate_id").assign(place_id=[*SHOPS])
    less = Walks.between(frame(HOMES, "origin_id"), gates, listing, walks.ways, 150, walks.extent)
    assert answers(less, Ask("nearest", "fast", ("shop",))).of("fast").nearest_s["shop"].tolist() == [50, 225]


@pytest.mark.parametrize("ask", [{"measure": "walk"}, {"direction": "up"}])
def test_an_ask_for_what_there_is_not_is_a_fault(ask: dict[str, str]) -> None:
    with pytest.raises(RunError, match="please report"):
        Ask(**{"measure": "nearest", "profile": "fast"} | ask)  # type: ignore[arg-type]


# --- pairs and chains ------------------------------------------------------------------------------------------------


def test_pairs_are_every_home_and_place_within_the_walk(walks: Walks) -> None:
    found = answers(
        walks, Ask("pairs", "fast", ("shop",), (150.0,)), Ask("pairs", "fast", ("clinic", "shop"), (60.0,))
    ).of("fast")
    # From a: s1 at 50 s, s2 at 150, s3 at 200; from b: s2 and s3 at 25 s, s1 at 225. The longer of two asks holds.
    rows = found.pairs["shop"].astype({"origin_id": "str", "place_id": "str"}).to_numpy().tolist()
    assert rows == [["a", "s1", 50.0], ["a", "s2", 150.0], ["b", "s2", 25.0], ["b", "s3", 25.0]]
    assert found.pairs["clinic"].empty


def test_pairs_of_nobody_are_none(walks: Walks) -> None:
    nobody = frame({}, "origin_id")
    gates = frame(SHOPS, "gate_id").assign(place_id=[*SHOPS])
    listing = pd.DataFrame({"place_id": [*SHOPS], "category": "shop"})
    empty = Walks.between(nobody, gates, listing, walks.ways, 150, walks.extent)
    assert empty.run([Ask("pairs", "fast", ("shop",), (150.0,))], WHO, 1000.0).of("fast").pairs["shop"].empty


def test_a_chain_is_walked_in_its_order(walks: Walks) -> None:
    found = answers(
        walks,
        Ask("chain", "fast", ("shop", "clinic")),
        Ask("chain", "fast", ("clinic", "shop")),
        Ask("chain", "fast", ("clinic",)),
        Ask("chain", "fast", ("shop", "bank")),
    ).of("fast")
    # a stands at 100 m, b at 450; s3 at 500 m is on the way to the clinic at 900; or there and back to s3.
    assert found.chains["shop", "clinic"]["walk_s"].tolist() == [400, 225]
    assert found.chains["clinic", "shop"]["walk_s"].tolist() == [600, 425]
    assert found.chains["clinic",]["walk_s"].tolist() == [400, 225]
    assert found.chains["shop", "bank"]["walk_s"].isna().all(), "there is no bank"


@pytest.mark.parametrize("seed", range(20))
def test_chains_equal_every_order_of_places_tried(seed: int) -> None:
    """A slow oracle: all triples of places, with the walk between every two gates; a place may have two gates."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 10, (14, 2)) * 60.0
    ends = rng.integers(0, 14, (30, 2))
    lines = [LineString(xy[[a, b]]) for a, b in ends if not (xy[a] == xy[b]).all()]
    columns = {"street_id": [f"w{i}" for i in range(len(lines))], "part": 0, "way": "footway"}
    streets = gpd.GeoDataFrame(columns | {"bridge": False, "tunnel": False}, geometry=lines, crs=ISRAEL_TM)
    built = network.build(streets)
    flat = np.zeros(len(built.tail), bool), np.full(len(built.tail), np.nan)
    places = [f"p{i}" for i in range(8)]
    of_gate = [*places, *places[:4]]
    at = rng.integers(0, 14, len(of_gate))
    gates = gpd.GeoDataFrame(
        {"gate_id": [f"g{i:02d}" for i in range(len(at))], "place_id": of_gate}, geometry=[Point(p) for p in xy[at]]
    )
    category = rng.choice(["x", "y", "z"], len(places))
    listing = pd.DataFrame({"place_id": places, "category": category})
    home = gpd.GeoDataFrame({"origin_id": ["h"]}, geometry=[Point(xy[0])], crs=ISRAEL_TM)
    ways = Ways(built, network.slopes(built.lines, *flat, None), np.full(len(built.tail), ""))
    here = Walks.between(home, gates.set_crs(ISRAEL_TM), listing, ways, 150, box(-1e5, -1e5, 1e5, 1e5))
    found = here.run([Ask("chain", "calm", ("x", "y", "z"))], WHO, 4000.0).of("calm").chains["x", "y", "z"]

    led = here.led(CALM)
    points = [*(("h",) if len(led.homes) else ()), *led.gates["point_id"]]
    everyone = reach.Points(
        *(np.concatenate(both) for both in zip(*map(astuple, (led.homes, led.ways_in)), strict=True))
    )
    pairs = [
        (points[a], points[b], float(walk_s))
        for found_s in reach.od(led.network, everyone, everyone, np.arange(len(points)), 4000.0)
        for a, b, walk_s in zip(*found_s, strict=True)
    ]
    walk = {(a, b): walk_s for a, b, walk_s in pairs}

    def between(a: str, b: str) -> float:
        return walk.get((a, b), np.inf)

    doors = {p: [f"g{i:02d}" for i, place in enumerate(of_gate) if place == p] for p in places}

    def hop(a: str, b: str) -> float:
        return min(between(x, y) for x in doors[a] for y in doors[b])

    kind = {c: [p for p, own in zip(places, category, strict=True) if own == c] for c in "xyz"}
    every = [
        min(between("h", door) for door in doors[x]) + hop(x, y) + hop(y, z)
        for x in kind["x"]
        for y in kind["y"]
        for z in kind["z"]
    ]
    least = min(every, default=np.inf)
    answer = found["walk_s"].iloc[0]
    assert (np.isnan(answer) and not least <= 4000) or answer == pytest.approx(least, abs=1.0)
