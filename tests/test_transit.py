"""Public transport near homes: the page's example, merged stops, what is not known, and slow loops over pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from geokehila import network, places, sample_town
from geokehila.access import Access, Answers, Walks, Ways
from geokehila.analyses import transit
from geokehila.analyses.tables import Measured, Tables
from geokehila.catalogue import DISTANCE, Catalogue, City
from geokehila.gathered import gather
from geokehila.load import roles, stops
from geokehila.names import NAME_COLUMNS
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

NAN, FAR = float("nan"), 1e6
STUDY = Study(City("toy", 0, {"en": "Toy"}), catalogue=Catalogue.read())
KINDS = ("weekday", "friday", "saturday")
EXTENT = box(-1e5, -1e5, 1e5, 1e5)


def timetable(**told: tuple[Point, str, Sequence[float]]) -> gpd.GeoDataFrame:
    """Table `stops` of id = (place, modes, departures per hour on a weekday, a Friday, a Saturday)."""
    rows = [
        {"stop_id": key, "place_id": f"gtfs:{key}", "modes": modes}
        | {f"{kind}_per_h": value for kind, value in zip(KINDS, per_h, strict=True)}
        | {f"{kind}_departures_count": 16 * value for kind, value in zip(KINDS, per_h, strict=True)}
        for key, (_, modes, per_h) in told.items()
    ]
    return gpd.GeoDataFrame(rows, geometry=[at for at, _, _ in told.values()], crs=ISRAEL_TM)


def mapped(**at: tuple[Any, tuple[str, ...]]) -> gpd.GeoDataFrame:
    """Places of id = (shape, categories), by id; ``gtfs_P`` is that of stop P."""
    ids = [key.replace("gtfs_", "gtfs:") for key in at]
    frame = pd.DataFrame({"place_id": ids, "categories": [keys for _, keys in at.values()]})
    whole = gpd.GeoDataFrame(frame, geometry=[shape for shape, _ in at.values()], crs=ISRAEL_TM)
    return whole.sort_values("place_id", ignore_index=True)


BUS, RAIL = ("bus_stop",), ("rail_station",)


def walked(
    lines: Sequence[LineString], homes: Sequence[Point], at: gpd.GeoDataFrame, extent: Polygon = EXTENT
) -> tuple[Tables, Answers]:
    """Homes h00, h01, … and places on streets, and what the engine answers."""
    streets = gpd.GeoDataFrame({"way": "residential"}, geometry=[*lines], crs=ISRAEL_TM, index=range(len(lines)))
    built = network.build(streets)
    slopes = network.slopes(built.lines, np.zeros(len(built.tail), bool), np.full(len(built.tail), NAN), None)
    ways = Ways(built, slopes, np.full(len(built.tail), ""))
    gates = at.assign(gate_id=at["place_id"]).drop(columns="categories")
    listing = at[["place_id", "categories"]].explode("categories").rename(columns={"categories": "category"})
    ids = [f"h{i:02d}" for i in range(len(homes))]
    origins = gpd.GeoDataFrame({"origin_id": ids, "zone_id": "z"}, geometry=[*homes], crs=ISRAEL_TM)
    origins["border_m"] = origins.distance(extent.boundary)
    walks = Walks.between(origins, gates, listing, ways, 150.0, extent)
    answers = walks.run(transit.asks(STUDY), STUDY.catalogue.walkers, 3600.0)
    return Tables(STUDY, origins, places=at, gates=gates, ways=ways, extent=extent), answers


def scores(tables: Tables, answers: Answers) -> pd.DataFrame:
    return transit.measure(tables, answers).homes[DISTANCE]


# --- the example of docs/methods/transit.md --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example() -> Measured:
    """A street of 3 km; P and Q are stops of the timetable, P was merged into one of the map; R is the map's alone."""
    at = mapped(n1=(Point(0, 0), BUS), gtfs_Q=(Point(400, 0), BUS), n3=(Point(1400, 0), BUS))
    homes = [Point(x, 0) for x in (300, 700, 1300, 2500)]
    told = timetable(P=(Point(10, 5), "bus", (8, 2, 0)), Q=(Point(400, 0), "bus", (3, 3, 1)))
    tables, answers = walked([LineString([(0, 0), (3000, 0)])], homes, at)
    return transit.measure(replace(tables, stops=told), answers)


def test_the_example_by_hand(example: Measured) -> None:
    found = example.homes[DISTANCE]
    assert found["bus_stop_m"].tolist() == pytest.approx([100, 300, 100, 1100])
    assert found["bus_stop_300m_state"].tolist() == ["reached", "reached", "reached", "beyond"]
    assert found["bus_stop_500m_state"].tolist() == ["reached", "reached", "reached", "beyond"]
    # A has both stops: 8 an hour and not 11, and on Friday those of Q.
    np.testing.assert_array_equal(found["bus_weekday_per_h"], [8, 3, NAN, 0])
    np.testing.assert_array_equal(found["bus_friday_per_h"], [3, 3, NAN, 0])
    np.testing.assert_array_equal(found["bus_saturday_per_h"], [1, 1, NAN, 0])
    assert found["bus_stop_500m_weekday_4h_state"].tolist() == ["reached", "beyond", "unknown", "beyond"]
    assert found["mass_transit_400m_state"].tolist() == found["rail_station_400m_state"].tolist() == ["beyond"] * 4
    assert found["mass_transit_weekday_per_h"].tolist() == [0] * 4
    np.testing.assert_array_equal(found["weekday_per_h"], [8, 3, NAN, 0])
    assert example.absent == () and example.layers["stops"]["place_id"].tolist() == ["n1", "gtfs:Q"]


def test_walks_within_a_cutoff_reach_it() -> None:
    at = mapped(n1=(Point(0, 0), BUS), n2=(Point(0, 0), RAIL))
    homes = [Point(x, 0) for x in (300, 400, 401, 501)]
    found = scores(*walked([LineString([(0, 0), (3000, 0)])], homes, at))
    assert found["bus_stop_300m_state"].tolist() == ["reached", "beyond", "beyond", "beyond"]
    assert found["bus_stop_400m_state"].tolist() == ["reached", "reached", "beyond", "beyond"]
    assert found["bus_stop_500m_state"].tolist() == ["reached", "reached", "reached", "beyond"]
    assert found["mass_transit_400m_state"].tolist() == ["reached", "reached", "beyond", "beyond"]


# --- stops of the timetable and places -------------------------------------------------------------------------------


def merged_into(stop: tuple[Point, str], **at: tuple[Any, tuple[str, ...]]) -> str | None:
    """The place that a stop, with the modes that call there, has become."""
    tables = Tables(STUDY, gpd.GeoDataFrame(), places=mapped(**at), stops=timetable(P=(*stop, (1, 1, 1))))
    of_both = {key: transit._placed(tables, key) for key in transit.WITHIN_M}
    (found,) = transit._with_places(tables, of_both)["place_id"]
    return None if pd.isna(found) else str(found)


@pytest.mark.parametrize(
    ("at", "place"),
    [
        ({"gtfs_P": (Point(0, 0), BUS), "n1": (Point(1, 0), BUS)}, "gtfs:P"),
        ({"n1": (Point(20, 0), BUS), "n2": (Point(-10, 0), BUS)}, "n2"),
        ({"n1": (Point(30, 0), BUS)}, "n1"),
        ({"n1": (Point(30.1, 0), BUS)}, None),
        ({"n1": (Point(1, 0), RAIL)}, None),
        ({"w1": (box(20, -50, 80, 50), BUS)}, "w1"),
        ({"n2": (Point(-5, 0), BUS), "n1": (Point(5, 0), BUS)}, "n1"),
        ({}, None),
    ],
)
def test_a_stop_is_the_place_of_its_id_else_the_nearest_that_it_could_be_merged_into(
    at: dict[str, tuple[Any, tuple[str, ...]]], place: str | None
) -> None:
    assert merged_into((Point(0, 0), "bus"), **at) == place


def test_a_tram_stop_is_a_station_and_a_stop_of_both_is_both() -> None:
    at = {"n1": (Point(1, 0), BUS), "n2": (Point(2, 0), RAIL)}
    assert merged_into((Point(0, 0), "tram"), **at) == "n2" and merged_into((Point(0, 0), ""), **at) == "n1"
    tables, answers = walked([LineString([(0, 0), (3000, 0)])], [Point(100, 0)], mapped(**at))
    found = scores(replace(tables, stops=timetable(P=(Point(0, 0), "bus tram", (5, 4, 3)))), answers)
    assert found[["bus_weekday_per_h", "mass_transit_weekday_per_h", "weekday_per_h"]].iloc[0].tolist() == [5] * 3


def test_two_stops_that_have_become_one_place_count_as_the_better_and_not_as_their_sum() -> None:
    tables, answers = walked(
        [LineString([(0, 0), (3000, 0)])], [Point(100, 0)], mapped(n1=(Point(0, 0), BUS), n2=(Point(60, 0), BUS))
    )
    told = timetable(
        a=(Point(0, 8), "bus", (6, 0, 1)),
        b=(Point(0, -8), "bus", (5, 2, 0)),
        c=(Point(60, 1), "bus", (NAN, NAN, 2)),
    )
    found = scores(replace(tables, stops=told), answers).iloc[0]
    assert found[[f"bus_{kind}_per_h" for kind in KINDS]].tolist() == [6, 2, 2]


SPOTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.sampled_from([None, "א", "ב"])), max_size=8)


@settings(max_examples=40)
@given(SPOTS, SPOTS, st.booleans())
def test_no_departures_are_lost_when_stops_of_the_map_and_the_timetable_are_merged(
    on_map: list[tuple[int, int, str | None]], official: list[tuple[int, int, str | None]], area: bool
) -> None:
    def frame(spots: list[tuple[int, int, str | None]], start: str, source: str) -> gpd.GeoDataFrame:
        rows = [
            dict.fromkeys(NAME_COLUMNS) | {"name_he": name, "place_id": f"{start}{i}", "source": source}
            for i, (_, _, name) in enumerate(spots)
        ]
        shapes = [
            Point(12 * x, 12 * y).buffer(9) if area and start == "w" else Point(12 * x, 12 * y) for x, y, _ in spots
        ]
        columns = [*NAME_COLUMNS, "place_id", "source"]
        found = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns, dtype=object), geometry=shapes, crs=ISRAEL_TM)
        return found.assign(source_id=found["place_id"], date=None, categories=[BUS] * len(spots))

    empty = gpd.GeoDataFrame({"bridge": [], "tunnel": []}, geometry=[], crs=ISRAEL_TM)
    sources = [frame(on_map, "w", "osm"), frame(official, "gtfs:", "gtfs.zip")]
    found = places.merge(sources, empty, empty.assign(kind=[]), STUDY.catalogue.categories).with_categories()
    told = {str(i): (Point(12 * x, 12 * y), "bus", (1.0, 1.0, 1.0)) for i, (x, y, _) in enumerate(official)}
    tables = Tables(STUDY, gpd.GeoDataFrame(), places=found, stops=timetable(**told))
    if official:
        assert transit._placed(tables, "bus_stop")["place"].notna().all()


# --- what is not known -----------------------------------------------------------------------------------------------


def by_hand(
    walks: Mapping[str, Sequence[float]],
    told: gpd.GeoDataFrame | None = None,
    lists: Mapping[str, str] | None = None,
    status: str = "snapped",
    border_m: float = FAR,
) -> pd.DataFrame:
    """Measure homes h0, h1, … from the walks [m] to each of the bus stops, by place_id; nobody reaches a station."""
    count = len(next(iter(walks.values())))
    ids = pd.Index([f"h{i}" for i in range(count)], name="origin_id")
    origins = pd.DataFrame({"origin_id": ids, "zone_id": "z", "border_m": border_m})
    loaded = pd.DataFrame({"bus_stop": "loaded", "rail_station": "loaded"} | dict(lists or {}), index=["z"])
    whole = pd.DataFrame(walks, ids, dtype=float)
    nearest = pd.DataFrame({"bus_stop": whole.min(axis=1), "rail_station": NAN}, ids)
    long = whole.stack().rename_axis(["origin_id", "place_id"]).rename("walk_s").reset_index()
    pairs = {"bus_stop": long[long["walk_s"] <= 800].reset_index(drop=True), "rail_station": long.iloc[:0]}
    access = Access(nearest, nearest.astype("str"), nearest, pd.Series(status, ids), pairs=pairs)
    spots = {key.replace(":", "_"): (Point(1000 * i, 0), BUS) for i, key in enumerate(walks)}
    tables = Tables(STUDY, origins, lists=loaded, places=mapped(**spots))
    return scores(tables if told is None else replace(tables, stops=told), Answers({(DISTANCE, "to"): access}))


TOLD = timetable(P=(Point(0, 0), "bus", (8, 2, 0)))
OFTEN = "bus_stop_500m_weekday_4h_state"


@pytest.mark.parametrize(
    ("walk_m", "how", "per_h", "state"),
    [
        (500.0, {}, 8, "reached"),
        (500.5, {}, 0, "beyond"),
        (NAN, {}, 0, "beyond"),
        (500.0, {"lists": {"bus_stop": "not mapped"}}, 8, "reached"),
        (501.0, {"lists": {"bus_stop": "not mapped"}}, NAN, "not mapped"),
        (501.0, {"lists": {"bus_stop": "not loaded"}}, NAN, "not loaded"),
        (NAN, {"status": "unconnected"}, NAN, "unconnected"),
        # At the edge of the data a better stop may stand behind it; that one is good enough stays true.
        (400.0, {"border_m": 500.0}, NAN, "reached"),
        (501.0, {"border_m": 500.0}, NAN, "edge"),
        (501.0, {"border_m": 500.5}, 0, "beyond"),
        (400.0, {"status": "edge"}, NAN, "edge"),
    ],
)
def test_what_is_known_of_one_home(walk_m: float, how: dict[str, Any], per_h: float, state: str) -> None:
    found = by_hand({"gtfs:P": [walk_m]}, TOLD, **how)
    np.testing.assert_array_equal(found["bus_weekday_per_h"], [per_h])
    assert found[OFTEN].tolist() == [state]


def test_nothing_leaves_on_a_saturday_is_zero_and_not_missing() -> None:
    assert by_hand({"gtfs:P": [100]}, TOLD)["saturday_per_h"].tolist() == [0]


def test_while_the_list_of_stations_is_not_believed_only_buses_are_known_to_be_none() -> None:
    found = by_hand({"gtfs:P": [100, 900]}, TOLD, {"rail_station": "not mapped"})
    np.testing.assert_array_equal(found["weekday_per_h"], [8, NAN])
    np.testing.assert_array_equal(found["bus_weekday_per_h"], [8, 0])
    assert found["mass_transit_weekday_per_h"].isna().all()


def test_a_study_without_a_timetable_measures_stops_and_says_what_is_absent() -> None:
    tables, answers = walked([LineString([(0, 0), (3000, 0)])], [Point(100, 0)], mapped(n1=(Point(0, 0), BUS)))
    found = transit.measure(tables, answers)
    assert found.homes[DISTANCE]["bus_stop_m"].tolist() == [100]
    assert not [column for column in found.homes[DISTANCE] if "per_h" in column or "4h" in column]
    assert [(one.measure, one.reason) for one in found.absent] == [
        ("weekday_per_h", "no_timetable"),
        ("friday_per_h", "no_timetable"),
        ("saturday_per_h", "no_timetable"),
    ]


def test_a_kind_of_day_that_the_timetable_lacks_is_absent() -> None:
    tables, answers = walked([LineString([(0, 0), (3000, 0)])], [Point(100, 0)], mapped(n1=(Point(0, 0), BUS)))
    told = timetable(P=(Point(0, 0), "bus", (NAN, 1, 0)))
    found = transit.measure(replace(tables, stops=told), answers)
    assert [(one.measure, one.reason) for one in found.absent] == [("weekday_per_h", "timetable_without_day")]
    assert {"friday_per_h", "saturday_per_h"} <= {*found.homes[DISTANCE]}
    assert not {"weekday_per_h", OFTEN} & {*found.homes[DISTANCE]}


def test_how_often_is_often_may_be_chosen() -> None:
    choice = replace(STUDY, catalogue=Catalogue.read({"standards": {"frequent_stop": {"value": 9}}}))
    tables, answers = walked([LineString([(0, 0), (3000, 0)])], [Point(100, 0)], mapped(n1=(Point(0, 0), BUS)))
    found = scores(replace(tables, study=choice, stops=TOLD), answers)
    assert found["bus_stop_500m_weekday_9h_state"].tolist() == ["beyond"]


# --- slow loops and properties ---------------------------------------------------------------------------------------

WALKS = st.lists(st.sampled_from([20.0, 300.0, 499.0, 500.0, 501.0, 700.0, NAN]), min_size=9, max_size=9)
PER_H = st.tuples(*[st.sampled_from([0.0, 1.0, 3.9, 4.0, 12.0, NAN])] * 3)


@settings(max_examples=40)
@given(st.lists(WALKS, min_size=1, max_size=5), st.lists(PER_H, min_size=5, max_size=5))
def test_the_best_stop_within_reach_as_loops_find_it(walks: list[list[float]], told: list[Sequence[float]]) -> None:
    walks_of = {f"gtfs:s{i}": walk for i, walk in enumerate(walks)}
    told_of = {f"s{i}": (Point(1000 * i, 0), "bus", told[i]) for i in range(len(walks))}
    known = [any(told[i][k] == told[i][k] for i in range(len(walks))) for k in range(3)]
    found = by_hand(walks_of, timetable(**told_of))
    for home in range(9):
        near = [i for i, walk in enumerate(walks) if walk[home] <= 500]
        for k, kind in enumerate(KINDS):
            if known[k]:
                best = [told[i][k] for i in near if told[i][k] == told[i][k]]
                expected = max(best) if best else (NAN if near else 0)
                np.testing.assert_array_equal(found[f"bus_{kind}_per_h"].iloc[home], expected)
        if known[0]:
            often, untold = any(told[i][0] >= 4 for i in near), any(np.isnan(told[i][0]) for i in near)
            expected = "reached" if often else "unknown" if untold else "beyond"
            assert found[OFTEN].iloc[home] == expected


@settings(max_examples=20)
@given(st.lists(WALKS, min_size=2, max_size=5), st.integers(0, 4), st.floats(0, 10))
def test_more_departures_never_lower_a_score(walks: list[list[float]], which: int, more: float) -> None:
    walks_of = {f"gtfs:s{i}": walk for i, walk in enumerate(walks)}

    def found(extra: float) -> pd.DataFrame:
        per_h = [float(i + (extra if i == which else 0)) for i in range(len(walks))]
        told = {f"s{i}": (Point(1000 * i, 0), "bus", [rate] * 3) for i, rate in enumerate(per_h)}
        return by_hand(walks_of, timetable(**told))

    less, now = found(0), found(more)
    assert (now["weekday_per_h"] >= less["weekday_per_h"]).all()
    assert (now.loc[less[OFTEN] == "reached", OFTEN] == "reached").all()


@dataclass(frozen=True)
class Town:
    """Streets over a lattice of 100 m, homes and stops on and off them; `inner` is what a smaller extract covers."""

    lines: list[LineString]
    homes: list[Point]
    stops: list[tuple[Point, float]]
    inner: Polygon


OUTER = box(-600, -600, 2600, 2600)


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Rows and columns of streets with gaps, and homes, stops with departures per hour, and a border at random."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lines = []
    for row in range(21):
        for ahead, aside in (np.eye(2), np.eye(2)[::-1]):
            first, last = np.sort(rng.choice(21, 2, replace=False))
            lines.append(LineString([100.0 * (k * ahead + row * aside) for k in range(first, last + 1)]))
    west, south = rng.integers(100, 400, 2)
    inner = box(west, south, west + rng.integers(1300, 1600), south + rng.integers(1300, 1600))
    middle, edge = inner.buffer(-450).bounds, inner.bounds
    homes = [Point(rng.uniform(box[:2], box[2:])) for box in (middle, edge) for _ in range(15)]
    spots = [Point(rng.uniform(-100, 2100, 2)) for _ in range(draw(st.integers(5, 60)))]
    return Town(lines, homes, [(spot, float(rng.integers(0, 9))) for spot in spots], inner)


def of_extract(town: Town, extent: Polygon) -> pd.DataFrame | None:
    """The homes' scores from data cut to an extent; ways whole, as `osmium extract` leaves them; None of nothing."""
    lines = [line for line in town.lines if line.intersects(extent)]
    inside = {f"s{i:02d}": one for i, one in enumerate(town.stops) if one[0].within(extent)}
    if not lines or not inside:
        return None
    at = mapped(**{f"gtfs_{key}": (spot, BUS) for key, (spot, _) in inside.items()})
    tables, answers = walked(lines, town.homes, at, extent)
    told = timetable(**{key: (spot, "bus", [rate] * 3) for key, (spot, rate) in inside.items()})
    return scores(replace(tables, stops=told), answers)


@settings(max_examples=20)
@given(towns())
def test_nothing_that_a_smaller_extract_knows_is_taken_back_by_a_larger_one(town: Town) -> None:
    small, large = of_extract(town, town.inner), of_extract(town, OUTER)
    if small is not None and large is not None:
        known = small["bus_weekday_per_h"].notna()
        assert (small["bus_weekday_per_h"] == large["bus_weekday_per_h"])[known].all()
        for state in ("reached", "beyond"):
            assert (large.loc[small[OFTEN] == state, OFTEN] == state).all()


def test_the_sample_town_loses_no_stop_of_its_timetable(tmp_path: Path) -> None:
    sample_town.write(tmp_path)
    study = Study.read(tmp_path / "study.toml")
    found = gather(study, roles.find(study, tmp_path, tmp_path / "national"), lambda stage: None)
    assert found.timetable is not None and len(found.timetable.stops) > 20
    tables = Tables(study, found.homes.origins, places=found.places.with_categories(), stops=found.timetable.stops)
    placed = transit._placed(tables, stops.CATEGORY)
    assert placed["place"].isin(found.places.places["place_id"]).all()
    merged = placed[placed["place"] != placed["place_id"]]
    distance = shapely.distance(
        merged.geometry.to_numpy(),
        found.places.places.set_index("place_id").geometry.loc[merged["place"]].to_numpy(),
    )
    assert (distance <= 30).all()
