"""Frames of one's own: walks by hand on a street, and what is wrong with a frame said before anybody walks."""

import re

import geopandas as gpd
import networkx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, box

from geokehila import to_networkx, walks
from geokehila.errors import InputError, StudyError
from geokehila.frames import OwnWalks
from geokehila.load.osm import graphml
from geokehila.schema import ISRAEL_TM

#: [m/s] An adult.
SPEED = 1.3


def frame(shapes: object, crs: str | None = ISRAEL_TM, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


@pytest.fixture
def street() -> gpd.GeoDataFrame:
    """One street from 0 to 1,300 m east, in two parts."""
    return frame([LineString([(0, 0), (650, 0)]), LineString([(650, 0), (1300, 0)])])


@pytest.fixture
def asked(street: gpd.GeoDataFrame) -> OwnWalks:
    homes = frame([Point(0, 0), Point(650, 0), Point(260, 130), Point(0, 500)], people=[2, 5, 1, 8])
    homes.index = ["corner", "middle", "off", "far"]
    places = frame(
        [Point(1300, 0), Point(390, 0), Point(0, -13)], kinds=[("clinic",), ("shop", "post"), "shop"], open=[0, 1, 0]
    )
    places.index = [70, 80, 90]
    with pytest.warns(UserWarning, match="homes: 1 of 4 lie on no street.* longitude"):
        return walks(homes, places, street, category="kinds")


def test_the_nearest_of_each_category_by_hand(asked: OwnWalks) -> None:
    found = asked.nearest()
    assert found["clinic_s"].tolist()[:3] == [1000, 500, 900]  # 130 m to the street, 1,040 along it
    assert found["shop_s"].tolist()[:3] == [10, 200, 200] and found["post_s"].tolist()[:3] == [300, 200, 200]
    assert found["shop_place"].tolist()[:3] == [90, 80, 80]
    assert found.loc["far", ["clinic_s", "clinic_place"]].isna().all(), "500 m from the street: unconnected"
    assert [*found.index] == ["corner", "middle", "off", "far"] and found.crs == asked.homes.crs
    assert found["people"].tolist() == [2, 5, 1, 8]
    assert asked.nearest(longest_min=10)["clinic_s"].isna().tolist() == [True, False, True, True]


def test_another_walker_is_slower_by_their_speed(asked: OwnWalks) -> None:
    assert asked.nearest("child")["clinic_s"].iloc[0] == pytest.approx(1300 / 1.05, abs=1 / 16)


def test_counts_within_walks_are_inclusive_and_missing_is_not_zero(asked: OwnWalks) -> None:
    found = asked.within([5, 500 / 60])
    assert found["shop_5min_count"].tolist()[:3] == [2, 1, 1 + (130 + 260 + 13 <= 390)]
    assert found["clinic_8.33333min_count"].tolist()[:3] == [0, 1, 0]
    assert found.loc["far"].drop(["people", "geometry"]).isna().all()


def test_pairs_are_every_home_and_place_once_by_their_labels(asked: OwnWalks) -> None:
    pairs = asked.pairs(longest_min=5)
    told = [*pairs.itertuples(index=False, name=None)]
    # From `off` 130 m to the street and 260 m back to its beginning, 13 m on to the shop there: 310 s, too far.
    assert told == [("corner", 80, 300), ("corner", 90, 10), ("middle", 80, 200), ("off", 80, 200)]


def test_the_best_sites_serve_most_people_beside_what_is_there(asked: OwnWalks) -> None:
    one = asked.best(add=1, minutes=10, people="people")
    # From 80 the corner (300 s), the middle (200 s) and the home off the street (200 s): all but who is far from any.
    assert one.index.tolist() == [80] and one["people_count"].tolist() == [8] and one["gap_share"].tolist() == [0]
    there = asked.best(add=0, minutes=10, people="people", existing="open")
    assert there.index.tolist() == [80] and there["people_count"].tolist() == [8]
    assert asked.best(add=2, minutes=3, people="people")["people_count"].tolist() == [2], "only 90 has anybody in 3 min"
    with pytest.raises(StudyError, match=r"column 'people' is below 0 or missing in 3 rows"):
        walks(asked.homes[:3].assign(people=np.nan), asked.places, street_of(asked)).best(people="people")


def street_of(asked: OwnWalks) -> gpd.GeoDataFrame:
    return frame([*asked.network.ways.network.lines])


def test_frames_of_other_crs_and_shapes_give_the_same(street: gpd.GeoDataFrame) -> None:
    at = [Point(200_000, 600_000), Point(200_650, 600_000)]
    lines = frame(
        [MultiLineString([[(200_000, 600_000), (200_650, 600_000)]]), LineString([(2e5 + 650, 6e5), (2e5 + 1300, 6e5)])]
    )
    clinic = frame([Point(201_300, 600_000)])
    plain = walks(frame(at), clinic, lines).nearest()["any_s"]
    degrees = walks(frame(at).to_crs("EPSG:4326"), clinic.to_crs("EPSG:4326"), lines).nearest()["any_s"]
    houses = walks(frame([box(p.x - 5, p.y - 5, p.x + 5, p.y + 5) for p in at]), clinic, lines).nearest()["any_s"]
    assert plain.tolist() == [1000, 500] and degrees.tolist() == pytest.approx([1000, 500], abs=0.125)
    assert houses.tolist() == [1000, 500]


def test_an_area_is_entered_where_a_street_leads_into_it(street: gpd.GeoDataFrame) -> None:
    park = frame([box(910, -200, 1500, 200)])
    assert walks(frame([Point(0, 0)]), park, street).nearest()["any_s"].tolist() == [700]


def test_what_streets_tell_is_minded() -> None:
    lines = [[(0, 0), (650, 0)], [(650, 0), (1300, 0)], [(325, -200), (325, 200)]]
    streets, home, shop = [LineString(line) for line in lines], frame([Point(0, 0)]), frame([Point(1300, 0)])
    stairs = frame(streets, closed_to=["", "wheelchair stroller", ""], bridge=[np.nan, np.nan, "yes"])
    found = walks(home, shop, stairs)
    assert found.nearest()["any_s"].tolist() == [1000] and found.nearest("wheelchair")["any_s"].isna().all()
    steep = frame(streets[:2], incline=[0.05, 0.05])
    up, down = (walks(*ends, steep).nearest()["any_s"].item() for ends in ((home, shop), (shop, home)))
    # Tobler: exp(-3.5 |S + 0.05|) over that on the flat; downhill at 5 in 100 it is e ** 0.175 times as fast.
    assert up == pytest.approx(1000 * np.exp(0.175), abs=0.25) and down == pytest.approx(
        1000 * np.exp(-0.175), abs=0.25
    )


def test_streets_of_less_than_300_m_lead_nowhere() -> None:
    lane, road = LineString([(0, 0), (290, 0)]), LineString([(0, 900), (1300, 900)])
    with pytest.raises(InputError, match=r"homes: 1 of 1 lie on no street.* less than 300 m"):
        walks(frame([Point(0, 0)]), frame([Point(290, 0)]), frame([lane]))
    with pytest.warns(UserWarning, match="1 of 2 lie on no street"):
        found = walks(frame([Point(0, 0), Point(0, 900)]), frame([Point(290, 0), Point(130, 900)]), frame([lane, road]))
    assert found.nearest()["any_s"].isna().tolist() == [True, False]


def test_homes_or_places_of_another_city_or_with_swapped_coordinates_are_told(street: gpd.GeoDataFrame) -> None:
    here, away = frame([Point(0, 0)]), frame([Point(0, 0), Point(9_000, 0), Point(0, 9_000)])
    with pytest.raises(InputError, match="places: 1 of 1 lie on no street"):
        walks(here, frame([Point(9_000, 0)]), street)
    with pytest.warns(UserWarning, match="places: 2 of 3 lie on no street") as told:
        found = walks(here, away, street)
    assert found.nearest()["any_s"].tolist() == [0] and told[0].filename == __file__
    town = gpd.GeoDataFrame(geometry=street.translate(200_000, 600_000), crs=ISRAEL_TM)
    home = frame([Point(200_650, 600_000)]).to_crs("EPSG:4326")
    swapped = home.set_geometry([Point(home.geometry.y.iloc[0], home.geometry.x.iloc[0])], crs="EPSG:4326")
    assert walks(home, home, town).nearest()["any_s"].tolist() == [0]
    with pytest.raises(InputError, match=r"homes: 1 of 1 lie on no street.* see that x is the longitude"):
        walks(swapped, home, town)


def test_one_number_of_minutes_is_asked_as_several_are(asked: OwnWalks) -> None:
    pd.testing.assert_frame_equal(asked.within(5), asked.within([5]))
    assert asked.best(people="people", add=1_000)["people_count"].sum() == 8, "more than there are: all"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda w: w.within([]), "minutes: names no walk"),
        (lambda w: w.within("ten"), "minutes is 'ten': give a number from 0 to 68"),
        (lambda w: w.within([5, -1]), "minutes is -1: give a number from 0 to 68"),
        (lambda w: w.nearest(longest_min=90), "longest_min is 90: give a number from 0 to 68"),
        (lambda w: w.pairs(longest_min=None), "longest_min is None"),
        (lambda w: w.best(minutes=np.nan), "minutes is nan"),
        (lambda w: w.best(add=1.5), "add is 1.5: give a whole number"),
        (lambda w: w.best(people="pepole"), "unknown column of homes 'pepole': did you mean 'people'?"),
        (lambda w: w.best(people="geometry"), "column 'geometry' holds what is no number"),
        (lambda w: w.best(existing="opne"), "unknown column of places 'opne': did you mean 'open'?"),
        (lambda w: w.nearest("distance"), "unknown profile 'distance'"),
        (lambda w: w.within(5, "distance"), "unknown profile 'distance'"),
        (lambda w: w.pairs(profile="distance"), "unknown profile 'distance'"),
        (lambda w: w.best(profile="distance"), "unknown profile 'distance'"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(asked: OwnWalks, ask: object, message: str) -> None:
    with pytest.raises(StudyError, match=re.escape(message)):
        ask(asked)  # type: ignore[operator]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=8, unique=True))
def test_walks_on_a_lattice_are_as_networkx_finds_them(corners: list[tuple[int, int]]) -> None:
    """The oracle is Dijkstra of networkx over the exported graph."""
    rows = [
        LineString([(100 * x, 100 * y), (100 * x + dx, 100 * y + dy)])
        for x in range(6)
        for y in range(6)
        for dx, dy in ((100, 0), (0, 100))
    ]
    streets, points = frame(rows), frame([Point(100 * x, 100 * y) for x, y in corners])
    found = walks(points, points.iloc[:1], streets).nearest()["any_s"]
    graph = to_networkx(streets)
    node = {(round(told["x"]), round(told["y"])): key for key, told in graph.nodes(data=True)}
    to = node[int(points.geometry.iloc[0].x), int(points.geometry.iloc[0].y)]
    seconds = networkx.single_source_dijkstra_path_length(graph, to, weight="travel_time")
    wanted = [seconds[node[100 * x, 100 * y]] for x, y in corners]
    assert found.tolist() == pytest.approx(wanted, abs=1)  # sixteenths of a second, an edge


def test_a_graph_goes_out_as_osmnx_writes_and_comes_in_again(street: gpd.GeoDataFrame, tmp_path: object) -> None:
    """The loader of OSMnx files is the oracle: it reads the same streets from what networkx writes."""
    streets = street.set_geometry(street.translate(200_000, 600_000)).assign(highway="footway")
    graph = to_networkx(streets)
    assert graph.graph["crs"] == ISRAEL_TM and graph.number_of_edges() == 4
    for *_, told in graph.edges(data=True):
        assert told["travel_time"] == pytest.approx(told["length"] / SPEED)
        told |= {"geometry": told["geometry"].wkt, "highway": "footway"}
    path = tmp_path / "streets.graphml"  # type: ignore[operator]
    networkx.write_graphml(graph, path)
    read, ledger = graphml.read(path, ISRAEL_TM)
    assert sorted(read.geometry.length) == [650, 650] and ledger.counts()["street"]["used"] == 2


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda h, p, s: (h, p, s.to_crs("EPSG:4326")), r"streets: their CRS \(WGS 84\) is not in metres"),
        (lambda h, p, s: (h, p, s.set_crs("EPSG:3857", allow_override=True)), "is not in metres"),
        (lambda h, p, s: (h, p, s.set_crs(None, allow_override=True)), r"their CRS \(none\)"),
        (lambda h, p, s: (h.set_crs(None, allow_override=True), p, s), "homes: state no CRS"),
        (lambda h, p, s: (h, p.iloc[:0], s), "places: have no row"),
        (lambda h, p, s: (frame([None, Point(0, 0)]), p, s), "homes: 1 of 2 rows have no shape"),
        (lambda h, p, s: (frame([Point(np.nan, np.nan), Point(0, 0)]), p, s), "homes: 1 of 2 rows have no shape"),
        (lambda h, p, s: (h, p, frame([Point(0, 0)])), "streets: hold a Point"),
        (lambda h, p, s: (pd.DataFrame({"x": [0]}), p, s), "homes: a DataFrame where a GeoDataFrame with shapes"),
        (lambda h, p, s: (h, gpd.GeoDataFrame({"x": [0]}), s), "places: a GeoDataFrame where a GeoDataFrame with sh"),
        (lambda h, p, s: (h, p, s.geometry), "streets: a GeoSeries where a GeoDataFrame with shapes"),
    ],
)
def test_what_cannot_be_walked_is_said_in_one_line(spoil: object, message: str, street: gpd.GeoDataFrame) -> None:
    home = frame([Point(0, 0)])
    with pytest.raises(InputError, match=message) as raised:
        walks(*spoil(home, home, street))  # type: ignore[operator]
    assert "\n" not in str(raised.value)


def test_a_column_or_a_profile_that_there_is_not_is_named(street: gpd.GeoDataFrame) -> None:
    home = frame([Point(0, 0)], kind=[None])
    with pytest.raises(StudyError, match="did you mean 'kind'"):
        walks(home, home, street, category="kinds")
    with pytest.raises(InputError, match="column 'kind' names no category"):
        walks(home, home, street, category="kind")
    with pytest.raises(StudyError, match="did you mean 'adult'"):
        walks(home, home, street).nearest("adlt")
    with pytest.raises(StudyError, match="unknown profile"):
        to_networkx(street, "horse")


def test_nothing_that_is_handed_over_is_changed(street: gpd.GeoDataFrame) -> None:
    home, places = frame([Point(0, 0)], kind=["shop"]), frame([Point(650, 0)], kind=["shop"])
    before = [one.copy() for one in (home, places, street)]
    walks(home, places, street, category="kind").nearest()
    for one, was in zip((home, places, street), before, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(was))
