"""How much of the ways near homes wheels are known to pass: by hand, against a slow loop, with nobody."""

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point

from geokehila.network import is_rough, rolling

CRS = 2039


def streets(*lines: tuple[list[tuple[float, float]], bool]) -> gpd.GeoDataFrame:
    told = {"rough": [rough for _, rough in lines]}
    return gpd.GeoDataFrame(told, geometry=[LineString(line) for line, _ in lines], crs=CRS)


def homes(*xy: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(at) for at in xy], crs=CRS)


def test_of_a_way_only_the_pieces_near_a_home_count() -> None:
    """From (0, 0) 150 m of each way: pieces of 10 m whose middles are at 5, 15, ... 145."""
    found = rolling(streets(([(0, 0), (1000, 0)], True), ([(0, 0), (-1000, 0)], False)), homes((0, 0)))
    assert found == {"near_homes_m": pytest.approx(300), "rough_near_homes_m": pytest.approx(150)}


def test_nobody_has_no_way_near() -> None:
    ways = streets(([(0, 0), (1000, 0)], True))
    for nobody in (rolling(ways, homes()), rolling(ways, homes((0, 9000)))):
        assert nobody == {"near_homes_m": 0.0, "rough_near_homes_m": 0.0} and not is_rough(nobody)
    assert rolling(ways.iloc[:0], homes((0, 0)))["near_homes_m"] == 0


def test_every_piece_by_a_slow_loop() -> None:
    rng = np.random.default_rng(2)
    lines = [([tuple(end) for end in rng.uniform(-500, 500, (2, 2))], bool(rng.random() < 0.5)) for _ in range(20)]
    points = [tuple(at) for at in rng.uniform(-500, 500, (6, 2))]
    near = rough = 0.0
    for line, is_unpaved in lines:
        drawn = LineString(line)
        metres = np.arange(0.5, int(drawn.length))
        close = sum(min(Point(at).distance(drawn.interpolate(m)) for at in points) <= 150 for m in metres)
        near, rough = near + close, rough + close * is_unpaved
    found = rolling(streets(*lines), homes(*points))
    # A piece of 10 m lies near as a whole or not at all.
    assert found["near_homes_m"] == pytest.approx(near, abs=10 * 20)
    assert found["rough_near_homes_m"] == pytest.approx(rough, abs=10 * 20)
    assert 200 < rough < near - 200, "the drawing tells both"
