"""Tracks that are a village's streets: by hand, against a slow loop, and where nothing is mapped at all."""

import geopandas as gpd
import numpy as np
import pytest
from drawn_streets import CRS, FAR, X, Y, area, frame, road, units
from shapely import LineString, Point

from geokehila.fabric import is_mapped, street_fabric, with_tracks


def homes(*xy: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(X + x, Y + y) for x, y in xy], crs=CRS)


def track(line: list[tuple[float, float]], way: str = "track", kind: str = "path") -> dict[str, object]:
    return road(line, way=way, kind=kind)


VILLAGE = [
    track([(-500, 0), (0, 0), (500, 0)]),
    track([(0, 0), (0, 300), (0, 600)]),
    track([(0, 300), (400, 300)], "path"),
]
HIGHWAY = road([(-5000, -2000), (5000, -2000)], way="secondary", kind="main")


def test_where_tracks_meet_in_a_village_of_tracks_is_an_intersection() -> None:
    """One track leaves another at (0, 0), a path leaves it at (0, 300); the main road is 2 km away."""
    before, after = frame(*VILLAGE, HIGHWAY), with_tracks(frame(*VILLAGE, HIGHWAY), homes((50, 20), (200, 310)))
    found = [street_fabric(roads, FAR).intersections for roads in (before, after)]
    assert found[0].empty
    assert {(point.x - X, point.y - Y) for point in found[1].geometry} == {(0, 0), (0, 300)}
    assert found[1]["legs"].tolist() == [3, 3]


@pytest.mark.parametrize(("away", "kind"), [(150.0, "street"), (150.1, "path")])
def test_a_track_is_the_street_of_homes_up_to_150_m_away(away: float, kind: str) -> None:
    assert with_tracks(frame(track([(-500, 0), (500, 0)])), homes((0, away)))["kind"].tolist() == [kind]


@pytest.mark.parametrize(("street_y", "kind"), [(-140.0, "path"), (-160.0, "street")])
def test_where_homes_have_a_street_the_track_beside_it_is_none(street_y: float, kind: str) -> None:
    rows = frame(track([(-500, 10), (500, 10)]), road([(-500, street_y), (500, street_y)]))
    assert with_tracks(rows, homes((0, 0)))["kind"].tolist() == [kind, "street"]


def test_footways_steps_and_pavements_are_never_streets() -> None:
    rows = [track([(0, y), (90, y)], way) for y, way in enumerate(("footway", "steps", "cycleway"))]
    rows.append(track([(0, 9), (90, 9)], "path", "pavement"))
    assert with_tracks(frame(*rows), homes((10, 5)))["kind"].tolist() == ["path"] * 3 + ["pavement"]


def test_nobody_and_no_road_change_nothing() -> None:
    assert with_tracks(frame(), homes((0, 0))).empty
    assert with_tracks(frame(*VILLAGE), homes())["kind"].tolist() == ["path"] * 3


def test_every_home_by_a_slow_loop() -> None:
    rng = np.random.default_rng(3)
    ways = rng.choice(["track", "path", "footway", "residential"], 60)
    at = rng.uniform(-2000, 2000, (60, 2))
    ends = [[tuple(start), tuple(start + rng.uniform(-300, 300, 2))] for start in at]
    rows = [
        track(line, way) if way != "residential" else road(line) for line, way in zip(ends, ways.tolist(), strict=True)
    ]
    roads, points = frame(*rows), homes(*map(tuple, rng.uniform(-2000, 2000, (40, 2))))
    expected = roads["kind"].tolist()
    for home in points:
        near = [i for i, line in enumerate(roads.geometry) if line.distance(home) <= 150]
        if not any(ways[i] == "residential" for i in near):
            expected = ["street" if i in near and ways[i] in ("track", "path") else k for i, k in enumerate(expected)]
    assert expected != roads["kind"].tolist()
    assert with_tracks(roads, points)["kind"].tolist() == expected


def test_an_area_without_any_way_is_not_mapped() -> None:
    areas = units(streets=area(0, 0, 100, 100), none=area(200, 0, 300, 100))
    assert is_mapped(frame(track([(10, 10), (90, 90)])), areas).tolist() == [True, False]
    assert not is_mapped(frame(), areas).any()
    touching = gpd.GeoDataFrame(geometry=[LineString([(X + 100, Y + 50), (X + 200, Y + 50)])], crs=CRS)
    assert is_mapped(touching, areas).all()
