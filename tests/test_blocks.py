"""Blocks by hand, and links through them against every pair of points tried one by one."""

from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawn_streets import CRS, X, area, fabric, grid, oneway, road, shapes
from hypothesis import given, settings
from hypothesis import strategies as st

from geokehila.fabric.blocks import Obstacles, blocks, long_blocks, shortening_links

NOTHING = gpd.GeoDataFrame(geometry=[], crs=CRS)


def rectangle(width: float, depth: float) -> list[dict[str, Any]]:
    """Four streets round one block, that end 40 m beyond its corners."""
    xs, ys = (-40, 0, width, width + 40), (-40, 0, depth, depth + 40)
    return [road([(x, y) for x in xs]) for y in (0, depth)] + [road([(x, y) for y in ys]) for x in (0, width)]


def link_through(*rows: dict[str, Any], buildings: gpd.GeoDataFrame = NOTHING, walls: Any = None) -> gpd.GeoDataFrame:
    return shortening_links(blocks(fabric(*rows)), Obstacles.of(buildings, walls))


def test_the_blocks_of_a_grid() -> None:
    found = blocks(fabric(*grid(100, 4)))
    assert len(found) == 16 and found["block_id"].is_unique and found["block_id"].is_monotonic_increasing
    assert found["perimeter_m"].tolist() == pytest.approx([400] * 16)
    assert found["area_m2"].tolist() == pytest.approx([10_000] * 16)


def test_a_dual_carriageway_bounds_blocks_in_its_middle_and_its_median_is_none() -> None:
    stops = (-40, 0, 200, 240)
    made = fabric(
        oneway([(x, -10) for x in stops]),
        oneway([(x, 10) for x in stops[::-1]]),
        road([(x, 100) for x in stops]),
        *(road([(x, -50), (x, -10), (x, 10), (x, 100), (x, 140)]) for x in (0, 200)),
    )
    assert blocks(made)["perimeter_m"].tolist() == pytest.approx([600], abs=0.5)


def test_cul_de_sacs_bound_no_block_and_what_stands_open_is_none() -> None:
    found = blocks(fabric(*rectangle(200, 100), road([(-60, 0), (-60, 300), (100, 300)]), road([(0, 100), (60, 60)])))
    assert found["perimeter_m"].tolist() == pytest.approx([600])


def test_a_bridge_over_a_street_parts_blocks() -> None:
    rows = [*rectangle(200, 100), road([(100, -30), (100, 130)], bridge=True)]
    assert sorted(blocks(fabric(*rows))["perimeter_m"]) == pytest.approx([400, 400])


def test_long_blocks_are_above_600_m_peopled_and_the_longest_come_first() -> None:
    """Blocks in a row: 150, 250, 200, 300 m wide and 150 m deep; nobody lives near the last."""
    xs = (0, 150, 400, 600, 900)
    rows = [road([(-40, y), *((x, y) for x in xs), (940, y)]) for y in (0, 150)]
    found = blocks(fabric(*rows, *(road([(x, -40), (x, 0), (x, 150), (x, 190)]) for x in xs)))
    homes = shapes(*(shapely.Point(x, 75) for x in (75, 300, 549)), shapely.Point(500, -51)).geometry
    assert long_blocks(found, homes)["perimeter_m"].tolist() == pytest.approx([800, 700])
    assert long_blocks(found, homes, most=1)["perimeter_m"].tolist() == pytest.approx([800])
    near = shapes(shapely.Point(700, -50)).geometry
    assert long_blocks(found, near)["perimeter_m"].tolist() == pytest.approx([900])
    assert long_blocks(found, homes.iloc[:0]).empty


def test_the_middle_of_a_long_block_by_hand() -> None:
    """300 by 100 m: straight across the middle leaves 500 m; the nearest ends that are tried lie 20 m askew."""
    found = link_through(*rectangle(300, 100)).iloc[0]
    assert found["perimeter_m"] == pytest.approx(800) and 500 <= found["perimeter_after_m"] <= 520
    assert found["advice"] == "check on site" and found["link_m"] == pytest.approx(found.geometry.length)
    assert abs(found.geometry.centroid.x - X - 150) <= 20


def test_a_link_goes_round_buildings_and_walls() -> None:
    """A house from 40 to 260 m leaves room at both ends only; a wall right through leaves none."""
    rows = rectangle(300, 100)
    house = gpd.GeoDataFrame(geometry=[area(40, 20, 260, 80)], crs=CRS)
    found = link_through(*rows, buildings=house).iloc[0]
    x = [a - X for a, _ in found.geometry.coords]
    assert max(x) <= 45 or min(x) >= 255
    assert not found.geometry.intersects(house.geometry.iloc[0]) and found["perimeter_after_m"] < 800
    wall = shapes(shapely.LineString([(1, 50), (299, 50)]))
    walled = link_through(*rows, walls=wall)
    assert walled.empty or not walled.geometry.iloc[0].intersects(wall.geometry.iloc[0])


def test_a_block_that_is_built_up_has_no_link() -> None:
    full = gpd.GeoDataFrame(geometry=[area(5, 5, 195, 195)], crs=CRS)
    found = link_through(*rectangle(200, 200), buildings=full)
    assert found.empty and [*found] == ["block_id", "perimeter_m", "perimeter_after_m", "link_m", "advice", "geometry"]


def test_no_link_is_longer_than_150_m() -> None:
    """Of a square of 400 m only corners can be cut: 150 m over the corner saves 212 - 150 = 62 m at most."""
    found = link_through(*rectangle(400, 400)).iloc[0]
    assert found["link_m"] <= 150 and 1600 - 62.2 <= found["perimeter_after_m"] < 1600


def test_a_link_stays_within_its_block() -> None:
    """A U round a courtyard of others: the straight way between its arms leaves it."""
    u = [(0, 0), (300, 0), (300, 200), (240, 200), (240, 60), (60, 60), (60, 200), (0, 200), (0, 0)]
    found = blocks(fabric(road(u), road([(0, 0), (-60, -60)]), road([(300, 200), (360, 260)])))
    link = shortening_links(found, Obstacles.of(NOTHING)).geometry.iloc[0]
    assert found.geometry.iloc[0].buffer(0.51).contains(link)


def test_nothing_has_no_blocks_and_no_links() -> None:
    none = blocks(fabric())
    assert none.empty and none.crs == CRS
    assert long_blocks(none, shapes(shapely.Point(0, 0)).geometry).empty
    assert shortening_links(none, Obstacles.of(NOTHING)).empty


houses = st.lists(st.tuples(*[st.integers(0, 24)] * 2, *[st.integers(1, 8)] * 2), max_size=8)


@settings(max_examples=25)
@given(st.integers(8, 30), st.integers(4, 24), houses)
def test_no_pair_of_points_does_better(width: int, depth: int, drawn: list[tuple[int, int, int, int]]) -> None:
    """Every two points of the outline, 20 m apart along it, joined and tried one by one."""
    found = blocks(fabric(*rectangle(10.0 * width, 10.0 * depth)))
    block = found.geometry.iloc[0]
    built = [area(10 * x + 3, 10 * y + 3, 10 * (x + w) + 3, 10 * (y + d) + 3) for x, y, w, d in drawn]
    made = shortening_links(found, Obstacles.of(gpd.GeoDataFrame(geometry=built, crs=CRS)))
    ring = block.exterior
    best = np.inf
    for a, b in combinations(np.arange(0, ring.length, 20), 2):
        link = shapely.LineString([ring.interpolate(a), ring.interpolate(b)])
        if 0 < link.length <= 150 and block.buffer(0.5).contains(link) and not any(link.intersects(h) for h in built):
            best = min(best, max(b - a, ring.length - (b - a)) + link.length)
    if best < ring.length - 0.5:
        assert made["perimeter_after_m"].tolist() == pytest.approx([best])
    else:
        assert made.empty
