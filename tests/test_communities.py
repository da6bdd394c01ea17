"""Communities: contiguous parts of a town, of a band of people, on one side of every barrier."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from drawn_streets import CRS, FAR, XY, X, Y, area, frame, road, shapes
from hypothesis import given, settings
from hypothesis import strategies as st
from real_places import write_study

from geokehila import network, sample_town, zones
from geokehila.catalogue.choices import CommunityChoice
from geokehila.communities import ABOVE, BELOW, NO_HOMES, NO_STREETS, WITHIN, Found, Ground, delineate, measures
from geokehila.communities.ground import Lines
from geokehila.communities.halving import halves
from geokehila.communities.links import Band, Links
from geokehila.communities.mesh import mesh
from geokehila.communities.parting import parted
from geokehila.communities.walks import Doors
from geokehila.gathered import gather, lead
from geokehila.load.roles import find
from geokehila.pipeline import choose

#: [m] Side of a block, and how wide a strip without streets lies between two quarters.
SIDE, STRIP = 100.0, 100.0
Rows = list[dict[str, Any]]


def ground(roads: Rows, barriers: gpd.GeoDataFrame | None = None, crossings: Iterable[XY] = ()) -> Ground:
    drawn = frame(*roads)
    if barriers is None:
        barriers = barrier()
    points = shapes(*(shapely.Point(at) for at in crossings)).set_crs(CRS)
    walked = drawn[drawn["walked"].astype(bool)]
    return Ground(drawn, points, barriers, network.build(walked), FAR)


def barrier(*drawn: XY, kind: str = "rail") -> gpd.GeoDataFrame:
    told = {"barrier_id": [f"w{i}" for i in range(len(drawn))], "kind": [kind] * len(drawn)}
    return shapes(*(shapely.LineString(line) for line in drawn), **told)


def homes_at(xy: Sequence[tuple[float, float]], people: Sequence[float] | float) -> gpd.GeoDataFrame:
    told = {
        "origin_id": [f"h{i:05d}" for i in range(len(xy))],
        "people": np.broadcast_to(people, len(xy)).astype(float),
    }
    return shapes(*(shapely.Point(at) for at in xy), **told)


def in_blocks(columns: int, rows: int, x: float = 0.0) -> list[tuple[float, float]]:
    """The middle of each block of a quarter, by rows."""
    return [(x + (i + 0.5) * SIDE, (j + 0.5) * SIDE) for j in range(rows) for i in range(columns)]


def quarter(columns: int, rows: int, x: float = 0.0, **told: Any) -> Rows:
    """Streets around `columns` x `rows` blocks."""
    xs, ys = (x + SIDE * np.arange(columns + 1)).tolist(), (SIDE * np.arange(rows + 1)).tolist()
    streets = [road([(at, y) for at in xs], **told) for y in ys] + [road([(at, y) for y in ys], **told) for at in xs]
    return [{**row, "street_id": f"q{x:.0f}_{i:02d}"} for i, row in enumerate(streets)]


def part(origins: gpd.GeoDataFrame, town: Ground, least: float, most: float) -> Found:
    snaps = network.snap(origins.set_index("origin_id").geometry, "origin", town.network, 150.0)
    found = delineate(CommunityChoice(least_people=least, most_people=most), origins, snaps, town)
    must_hold(found, origins)
    return found


def must_hold(found: Found, origins: gpd.GeoDataFrame) -> None:
    """What is true of any town: nobody is lost, nothing overlaps, nothing is straddled."""
    units, of_home = found.units, found.of_home
    assert units["zone_id"].is_monotonic_increasing and units["zone_id"].is_unique
    assert (of_home >= 0).all() and {*of_home.tolist()} == {*range(len(units))}, "a community has homes"
    sums = origins["people"].groupby(of_home).sum()
    assert units["people"].to_numpy() == pytest.approx(sums.to_numpy())
    assert units["homes_count"].to_numpy().tolist() == np.bincount(of_home).tolist()
    assert shapely.is_valid(units.geometry).all()
    assert units.union_all().area == pytest.approx(units.area.sum()), "they do not overlap"
    assert shapely.dwithin(units.geometry.to_numpy()[of_home], origins.geometry.to_numpy(), 0.1).all()
    assert (units["straddles_count"] == 0).all()
    assert ((units["reason"] == "") == (units["band"] == WITHIN)).all()


def columns_of(found: Found, xy: Sequence[tuple[float, float]]) -> list[set[bool]]:
    """On which sides of x = 450 each community has homes."""
    return [{x > 450 for x, _ in np.array(xy)[found.of_home == i]} for i in range(len(found.units))]


# Barriers.

QUARTERS = [*quarter(4, 8), *quarter(4, 8, x=4 * SIDE + STRIP)]
IN_QUARTERS = [*in_blocks(4, 8), *in_blocks(4, 8, x=4 * SIDE + STRIP)]
RAIL = barrier([(450, -2000), (450, 3000)])
BRIDGE = road([(400, 400), (500, 400)], street_id="b")


def test_two_quarters_that_a_rail_parts_stay_two() -> None:
    """64 blocks of 100 people are 6,400, which one community could hold; the rail has no crossing."""
    found = part(homes_at(IN_QUARTERS, 100.0), ground(QUARTERS, RAIL), 1000, 10_000)
    assert found.units["people"].tolist() == [3200, 3200]
    assert columns_of(found, IN_QUARTERS) == [{False}, {True}]


def test_over_a_crossing_they_may_be_one() -> None:
    found = part(homes_at(IN_QUARTERS, 100.0), ground([*QUARTERS, BRIDGE], RAIL), 4000, 10_000)
    assert found.units["people"].tolist() == [6400]


def test_what_a_rail_cuts_off_stays_alone_however_few_it_is() -> None:
    """3,200 on either side, and no community has fewer than 4,000: still none reaches over the rail."""
    found = part(homes_at(IN_QUARTERS, 100.0), ground(QUARTERS, RAIL), 4000, 10_000)
    assert found.units["people"].tolist() == [3200, 3200]
    assert found.units["band"].tolist() == [BELOW, BELOW]
    assert found.units["reason"].tolist() == ["cut off by rail", "cut off by rail"]
    assert found.facts["people_outside_band"] == 6400


def test_without_the_rail_open_land_joins_what_is_too_small() -> None:
    found = part(homes_at(IN_QUARTERS, 100.0), ground(QUARTERS), 4000, 10_000)
    assert found.units["people"].tolist() == [6400]


def test_beyond_a_kilometre_of_open_land_nothing_is_joined() -> None:
    far = [*quarter(4, 8), *quarter(4, 8, x=1500)]
    xy = [*in_blocks(4, 8), *in_blocks(4, 8, x=1500)]
    found = part(homes_at(xy, 100.0), ground(far), 4000, 10_000)
    assert found.units["people"].tolist() == [3200, 3200]
    assert found.units["reason"].tolist() == ["cut off by open land", "cut off by open land"]


@pytest.mark.parametrize("kind", ["water", "motorway", "coast", "cliff"])
def test_so_do_other_barriers_and_walls_do_not(kind: str) -> None:
    parting = barrier([(450, -2000), (450, 3000)], kind=kind)
    assert len(part(homes_at(IN_QUARTERS, 100.0), ground(QUARTERS, parting), 4000, 10_000).units) == 2
    wall = barrier([(450, -2000), (450, 3000)], kind="wall")
    assert len(part(homes_at(IN_QUARTERS, 100.0), ground(QUARTERS, wall), 4000, 10_000).units) == 1


# Main roads.


def main_road(town: Rows, crossed: Iterable[XY]) -> Ground:
    """A town of 8 x 4 blocks with a main road down its middle, x = 400, and one 300 m east of it with crossings."""
    along = [(400.0, float(y)) for y in np.arange(-100, 501, 50)]
    other = [(1100.0, float(y)) for y in np.arange(0, 401, 50)]
    mains = [road(line, way="primary", kind="main", street_id=f"m{i}") for i, line in enumerate((along, other))]
    streets = [row for row in town if set(row["geometry"].xy[0]) != {X + 400}]
    return ground([*streets, *mains], crossings=[*[(1100.0, float(y)) for y in (50, 150, 250)], *crossed])


def test_a_main_road_parts_where_it_has_no_crossing() -> None:
    town, xy = quarter(8, 4), in_blocks(8, 4)
    without = part(homes_at(xy, 100.0), main_road(town, []), 2000, 5000)
    assert without.facts["crossings_known"]
    assert without.units["people"].tolist() == [1600, 1600]
    assert without.units["reason"].tolist() == ["cut off by main road"] * 2
    crossed = part(homes_at(xy, 100.0), main_road(town, [(400.0, 150.0)]), 2000, 5000)
    assert crossed.units["people"].tolist() == [3200]


def test_a_footbridge_is_a_crossing() -> None:
    town, xy = quarter(8, 4), in_blocks(8, 4)
    bridge = road([(350, 150), (450, 150)], way="footway", kind="path", bridge=True, street_id="f")
    made = main_road([*town, bridge], [])
    assert part(homes_at(xy, 100.0), made, 2000, 5000).units["people"].tolist() == [3200]


def test_where_no_crossing_is_mapped_a_main_road_is_crossed_at_intersections() -> None:
    town, xy = quarter(8, 4), in_blocks(8, 4)
    made = main_road(town, [])
    bare = Ground(made.roads, made.crossings[:0], made.barriers, made.network, made.extent)
    found = part(homes_at(xy, 100.0), bare, 2000, 5000)
    assert not found.facts["crossings_known"]
    assert found.units["people"].tolist() == [3200]


def test_of_two_borders_the_one_along_the_main_road_is_taken() -> None:
    """A main road 100 m off the middle: 1,200 and 2,000 people in place of 1,600 and 1,600, but no street is cut."""
    town, xy = quarter(8, 4), in_blocks(8, 4)
    along = [(300.0, float(y)) for y in np.arange(-100, 501, 50)]
    main = road(along, way="primary", kind="main", street_id="m")
    streets = [row for row in town if set(row["geometry"].xy[0]) != {X + 300}]
    made = ground([*streets, main], crossings=[(300.0, float(y)) for y in (50, 150, 250, 350)])
    found = part(homes_at(xy, 100.0), made, 1000, 2500)
    assert found.units["people"].tolist() == [1200, 2000]
    assert found.units["cut_streets_count"].tolist() == [0, 0]


# Measures, by hand: this and the main road above are the examples of docs/methods/communities.md.


def test_cut_streets_compactness_and_walk_by_hand() -> None:
    """Of 8 x 4 blocks each half is a square of 400 m: 4 streets of 100 m are cut, 4 pi 160,000 / 1,600 squared = 0.785.

    People live 40 m north of the street below their block, and the junction in the middle of each square is nearest to
    their mean. They walk 40 m to that street, 50 m along it to the junction that is nearer; then, by columns, 100, 0, 0
    or 100 m east or west, and by rows 200, 100, 0 or 100 m north or south: 40 + 50 + 50 + 100 = 240 m in the mean.
    """
    xy = [(x, y - 10) for x, y in in_blocks(8, 4)]
    found = part(homes_at(xy, 100.0), ground(quarter(8, 4)), 1000, 2500)
    units = found.units
    assert units["zone_id"].tolist() == ["c1", "c2"]
    assert units.area.tolist() == pytest.approx([160_000.0] * 2)
    assert units["compactness_ratio"].tolist() == pytest.approx([4 * np.pi * 160_000 / 1600**2] * 2, abs=1e-6)
    assert units["cut_streets_count"].tolist() == [4, 4]
    assert units["cut_streets_m"].tolist() == pytest.approx([400.0, 400.0])
    assert (found.facts["cut_streets_count"], found.facts["cut_streets_m"]) == (4, pytest.approx(400.0))
    assert units["walk_mean_m"].tolist() == pytest.approx([240.0, 240.0])


def test_walk_to_the_middle_by_hand() -> None:
    """Ten people at 50 m and thirty at 150 m of a street with a junction at 100 m: their mean is at 125 m."""
    street = road([(0, 0), (100, 0), (300, 0)])
    side = road([(100, 0), (100, 80)])
    made = network.build(frame(street, side))
    xy, people = np.array([[X + 50, Y + 5], [X + 150, Y + 5], [X + 900, Y]]), np.array([10.0, 30.0, 7.0])
    points = gpd.GeoSeries(shapely.points(xy), index=["a", "b", "c"], crs=CRS)
    doors = Doors.of(made, network.snap(points, "origin", made, 150.0))
    walked = doors.mean_to_middle_m(xy, people, np.array([1, 1, 1]), 2)
    assert np.isnan(walked[0])
    assert walked[1] == pytest.approx((10 * 55 + 30 * 55) / 40)
    assert doors.between_m(np.array([[0, 1], [0, 2]]), 200.0).tolist() == pytest.approx([110.0, np.inf])
    assert doors.between_m(np.array([[0, 1]]), 100.0).tolist() == [np.inf]


def test_a_straddle_is_counted_where_there_is_one() -> None:
    """A square on both sides of a rail is cut in two, unless a way leads over it or all homes are on one side.

    A line that ends inside cuts nothing, and what lay apart before is not counted again.
    """
    square, apart = area(0, 0, 100, 100), shapely.union(area(0, 0, 40, 100), area(60, 0, 100, 100))
    over = np.array([shapely.Point(X + 50, Y + 50)])
    at, both = shapely.points([[X + 10, Y + 10], [X + 90, Y + 90]]), np.zeros(2, int)

    def count(shape: shapely.Geometry, line: XY, passages: np.ndarray, homes: np.ndarray) -> int:
        rail = shapes(shapely.LineString(line)).geometry.to_numpy()
        drawn = Lines(np.array(["rail"], object), rail, over[:0], passages, True)
        return int(measures.straddles(np.array([shape]), drawn, homes, both[: len(homes)])[0])

    through, short = [(50, -10), (50, 110)], [(50, -10), (50, 90)]
    assert count(square, through, over[:0], at) == 1
    assert count(square, through, over, at) == 0
    assert count(square, through, over[:0], at[:1]) == 0
    assert count(square, short, over[:0], at) == 0
    assert count(apart, through, over[:0], at) == 0


# Any town: quarters of random people between rails.

PEOPLE = st.lists(st.integers(0, 200), min_size=160, max_size=160)


@settings(max_examples=25)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.integers(2, 5), PEOPLE, st.sets(st.integers(0, 3)))
def test_any_town_of_quarters(widths: list[int], rows: int, people: list[int], bridged: set[int]) -> None:
    """Within each piece the band is kept where there are people enough; every community hangs together."""
    starts = np.cumsum([0, *(SIDE * (width + 1) for width in widths)])[:-1]
    roads = [row for width, x in zip(widths, starts, strict=True) for row in quarter(width, rows, float(x))]
    xy = [at for width, x in zip(widths, starts, strict=True) for at in in_blocks(width, rows, float(x))]
    rails = [x - STRIP / 2 for x in starts[1:]]
    bridges = [i for i in sorted(bridged) if i < len(rails)]
    roads += [road([(rails[i] - 50, 100), (rails[i] + 50, 100)], street_id=f"b{i}") for i in bridges]
    rail = barrier(*([(x, -3000), (x, 4000)] for x in rails))
    origins = homes_at(xy, np.array(people[: len(xy)], float))
    found = part(origins, ground(roads, rail), 800, 2500)
    town = blocks_of(widths, rows, bridges)
    in_order = dict(zip(town, found.of_home.tolist(), strict=True))
    by_piece = {}
    for number, piece in enumerate(nx.connected_components(town)):
        for block in piece:
            by_piece[block] = number
    units = [[block for block in town if in_order[block] == i] for i in range(len(found.units))]
    assert all(nx.is_connected(town.subgraph(unit)) for unit in units)
    total = pd.Series(origins["people"].to_numpy(), index=[by_piece[block] for block in town]).groupby(level=0).sum()
    for unit, band in zip(units, found.units["band"], strict=True):
        enough = total[by_piece[unit[0]]] >= 800
        assert (band == WITHIN) == enough
        assert enough or len(unit) == sum(by_piece[block] == by_piece[unit[0]] for block in town)


def blocks_of(widths: Sequence[int], rows: int, bridges: Sequence[int]) -> nx.Graph:
    """Blocks by quarter, column and row, joined over streets; a bridge joins the first two rows at the rail."""
    town = nx.Graph()
    for number, width in enumerate(widths):
        town.add_nodes_from((number, i, j) for j in range(rows) for i in range(width))
    for number, i, j in [*town]:
        for other in ((number, i + 1, j), (number, i, j + 1)):
            if other in town:
                town.add_edge((number, i, j), other)
    for number in bridges:
        for row in (0, 1):
            for other in (0, 1):
                town.add_edge((number, widths[number] - 1, row), (number + 1, 0, other))
    return town


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(7)
    xy = [(x + float(dx), y + float(dy)) for x, y in IN_QUARTERS for dx, dy in rng.uniform(-40, 40, (5, 2))]
    origins, made = homes_at(xy, rng.uniform(5, 40, len(xy))), ground([*QUARTERS, BRIDGE], RAIL)
    first = part(origins, made, 1000, 2500)
    order = rng.permutation(len(xy))
    roads = made.roads.sample(frac=1, random_state=3, ignore_index=True)
    turned = Ground(roads, made.crossings, made.barriers[::-1], network.build(roads), made.extent)
    second = part(origins.iloc[order].reset_index(drop=True), turned, 1000, 2500)
    pd.testing.assert_frame_equal(pd.DataFrame(first.units), pd.DataFrame(second.units))
    assert (first.of_home[order] == second.of_home).all()
    assert first.facts == second.facts


# The partition of a graph, against every partition there is.


def can_be_parted(town: nx.Graph, people: Sequence[float], least: float, most: float) -> bool:
    """Whether some partition into connected parts keeps the band, by trying all."""

    def parts(rest: frozenset[int]) -> Iterable[frozenset[int]]:
        found, queue = {frozenset([min(rest)])}, [frozenset([min(rest)])]
        while queue:
            here = queue.pop()
            more = {here | {j} for i in here for j in town[i] if j in rest} - found
            more = {one for one in more if sum(people[i] for i in one) <= most}
            found |= more
            queue += more
        return (one for one in found if least <= sum(people[i] for i in one) <= most)

    def can(rest: frozenset[int]) -> bool:
        return not rest or any(can(rest - one) for one in parts(rest))

    return can(frozenset(town))


@settings(max_examples=150)
@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_the_band_is_kept_where_any_partition_keeps_it(count: int, seed: int) -> None:
    """Blocks of up to half the least; none that this room is given has more than a quarter, but for single houses."""
    rng = np.random.default_rng(seed)
    xy, people = rng.random((count, 2)) * 1000, rng.integers(0, 6, count).astype(float)
    pairs = np.array([(i, j) for i in range(count) for j in range(i)])
    whole = nx.Graph()
    whole.add_weighted_edges_from((i, j, float(np.hypot(*(xy[i] - xy[j])))) for i, j in pairs)
    town = nx.minimum_spanning_tree(whole)
    town.add_edges_from(pairs[rng.random(len(pairs)) < 0.15].tolist())
    ends = np.array([*town.edges])
    links = Links.of(people, people + 0.1, xy, ends, rng.uniform(1, 300, len(ends)))
    found = parted(links, Band(10, 25))
    assert all(nx.is_connected(town.subgraph(np.flatnonzero(found == i).tolist())) for i in range(found.max() + 1))
    if can_be_parted(town, people.tolist(), 10, 25):
        assert not Band(10, 25).off(links.people_of(found)).any()


def test_a_star_that_no_partition_keeps_in_the_band_is_said_to_be_so() -> None:
    """Each of four arms hangs on the middle alone and has too few people of its own; together they are too many."""
    arms = [(450.0, 150.0), (150.0, 450.0), (450.0, 750.0), (750.0, 450.0), (450.0, 450.0)]
    people = np.array([9.0, 9.0, 9.0, 9.0, 1.0])
    pairs = np.array([[4, i] for i in range(4)])
    found = parted(Links.of(people, people, np.array(arms), pairs, np.ones(4)), Band(10, 20))
    assert Band(10, 20).off(np.bincount(found, people)).any()


# Edges.


def test_no_home() -> None:
    found = delineate(CommunityChoice(), homes_at([], 0.0).set_crs(CRS), pd.DataFrame(), ground(quarter(2, 2)))
    assert found.units.empty and found.of_home.tolist() == [] and found.facts["reason"] == NO_HOMES
    assert [*found.units.columns][:5] == ["zone_id", "name_he", "name_ar", "name_en", "name_ru"]


def test_no_streets() -> None:
    path = road([(0, 0), (100, 0)], way="footway", kind="path")
    origins = homes_at([(50, 10), (60, 10)], 5.0)
    town = ground([path])
    snaps = network.snap(origins.set_index("origin_id").geometry, "origin", town.network, 150.0)
    found = delineate(CommunityChoice(), origins, snaps, town)
    assert found.units.empty and found.of_home.tolist() == [-1, -1] and found.facts["reason"] == NO_STREETS


def test_one_home() -> None:
    """The empty block beside it, 100 m off, is near and counts; the next is not."""
    found = part(homes_at([(50, 50)], 4.0), ground(quarter(6, 1)), 3000, 10_000)
    assert found.units["people"].tolist() == [4.0]
    assert found.units["reason"].tolist() == ["cut off by open land"]
    assert found.units.area.tolist() == pytest.approx([20_000.0])


def test_nobody_lives_in_the_homes() -> None:
    found = part(homes_at(in_blocks(3, 3), 0.0), ground(quarter(3, 3)), 3000, 10_000)
    assert found.units["people"].tolist() == [0.0] and found.units["band"].tolist() == [BELOW]


def test_homes_far_from_every_way_are_in_a_community_but_walk_nowhere() -> None:
    origins = homes_at([(50, 50), (1200, 1200)], 10.0)
    found = part(origins, ground([*quarter(2, 2), road([(3000, 0), (3400, 0)])]), 5, 100)
    walks = dict(zip(found.units["people"], found.units["walk_mean_m"], strict=True))
    assert len(found.units) == 2 and found.units["walk_mean_m"].isna().sum() == 1, walks


def test_a_home_on_the_street_is_in_one_community() -> None:
    xy = [*in_blocks(8, 4), (400.0, 150.0), (400.0, 200.0)]
    part(homes_at(xy, 100.0), ground(quarter(8, 4)), 1000, 2500)


def test_residents_behind_a_dwelling() -> None:
    """3,200 dwellings of three residents are 9,600: in a band of residents they are one, in one of dwellings two."""
    origins, town = homes_at(in_blocks(8, 4), 100.0), ground(quarter(8, 4))
    snaps = network.snap(origins.set_index("origin_id").geometry, "origin", town.network, 150.0)
    choice = CommunityChoice(least_people=3000, most_people=7500)
    assert len(delineate(choice, origins, snaps, town).units) == 1
    assert delineate(choice, origins, snaps, town, 3.0).units["people"].tolist() == [1600, 1600]


# Blocks.


def test_a_block_with_too_many_people_is_parted_between_its_homes() -> None:
    """One block of 300 x 100 m; its homes stand in two rows of three, 120 m and 40 m apart."""
    xy = np.array([(x, y) for x in (20.0, 60.0, 100.0, 220.0, 260.0) for y in (30.0, 70.0)])
    found = halves(shapely.box(0, 0, 300, 100), xy, np.full(10, 10.0), 60.0)
    assert [round(line.centroid.x) for line in found] == [160]


def test_of_a_large_block_only_what_is_lived_in_counts() -> None:
    """Around one home in a block of 1 km square lie no more than 2 x 150 m of land."""
    found = part(homes_at([(500, 500)], 10.0), ground(wide(1000)), 5, 100)
    west, south, east, north = found.units.total_bounds
    assert 200 < east - west <= 320 and 200 < north - south <= 320


def wide(side: float) -> Rows:
    corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)]
    return [road(line, street_id=f"s{i}") for i, line in enumerate(zip(corners, corners[1:], strict=False))]


def test_an_empty_block_among_others_is_somebodys_and_one_outside_is_nobodys() -> None:
    """Homes in 3 x 3 blocks but the middle one; of the three columns beside them the first is within 150 m."""
    xy = [at for at in in_blocks(3, 3) if at != (150, 150)]
    found = part(homes_at(xy, 10.0), ground(quarter(6, 3)), 5, 1000)
    assert found.units.area.sum() == pytest.approx(12 * SIDE**2)


def test_faces_and_their_sides() -> None:
    """A cross in a square: four faces; each arm has another face on either side, each side of the square one."""
    lines_of = [shapely.boundary(shapely.box(0, 0, 2, 2)), *shapely.linestrings([[(1, 0), (1, 2)], [(0, 1), (2, 1)]])]
    made = mesh(np.array(lines_of, object))
    assert len(made.faces) == 4
    arms = made.line > 0
    assert arms.sum() == 4 and (made.left[arms] != made.right[arms]).all()
    assert (np.minimum(made.left, made.right)[arms] >= 0).all()
    assert (np.minimum(made.left, made.right)[~arms] == -1).all() and (np.maximum(made.left, made.right) >= 0).all()


# Whole towns.


def whole_town(slug: str, raw: Path, residents_each: float = 1.0) -> tuple[Found, gpd.GeoDataFrame, Ground]:
    study = choose(slug, raw)
    gathered = gather(study, find(study, raw / slug, raw / "national"), lambda stage: None)
    walks, origins = lead(study, gathered)
    adult, mapped = walks.led(study.catalogue.profiles["adult"]), gathered.osm
    town = Ground(mapped.roads, mapped.crossings, mapped.barriers, adult.walker.streets, mapped.extent)
    found = delineate(study.communities, origins, adult.origins, town, residents_each)
    must_hold(found, origins)
    return found, origins, town


def test_the_sample_town_is_parted_along_its_wadi(tmp_path: Path) -> None:
    """About 20,000 people north and south of a wadi with one bridge: four communities or so, none on both sides."""
    sample_town.write(tmp_path / "neve-or")
    found, origins, town = whole_town("neve-or", tmp_path)
    assert 2 <= len(found.units) <= 6
    assert (found.units["band"] == WITHIN).all()
    wadi = town.barriers[town.barriers["kind"] == "water"].union_all()
    west, south, east, north = wadi.bounds
    around = shapely.box(west + 10, south - 3000, east - 10, north + 3000)
    sides = shapely.get_parts(shapely.difference(around, shapely.buffer(wadi, 1)))
    side = shapely.STRtree(sides).query_nearest(origins.geometry.to_numpy(), all_matches=False)[1]
    assert len(np.unique(side)) == 2
    assert all(len(np.unique(side[found.of_home == i])) == 1 for i in range(len(found.units)))


@pytest.mark.shared
@pytest.mark.parametrize(("slug", "residents_each"), [("netanya-poleg", 1.0), ("las-palmas", 3.0)])
def test_real_towns(slug: str, residents_each: float, shared: Path, tmp_path: Path) -> None:
    """Nearly all people live in communities of the band; what is smaller is cut off, and says by what."""
    write_study(slug, shared, tmp_path)
    found, _, _ = whole_town(slug, tmp_path, residents_each)
    units = found.units
    assert not (units["band"] == ABOVE).any()
    below = units[units["band"] == BELOW]
    assert below["reason"].str.startswith("cut off by ").all()
    assert below["people"].sum() < 0.06 * units["people"].sum()
    assert (units["walk_mean_m"].dropna() > 0).all()
    assert units["compactness_ratio"].between(0, 1).all()
    assert found.facts["crossings_known"] == (slug == "las-palmas")


@pytest.mark.shared
def test_where_the_files_hold_no_streets_as_built_nothing_is_parted(shared: Path, tmp_path: Path) -> None:
    """Eilat's file is a graph of ways, which does not tell the streets between which blocks lie."""
    write_study("eilat", shared, tmp_path)
    study = choose("eilat", tmp_path)
    gathered = gather(study, find(study, tmp_path / "eilat", tmp_path / "national"), lambda stage: None)
    assert gathered.osm.roads.empty and len(gathered.osm.streets)
    walks, origins = lead(study, gathered)
    adult, mapped = walks.led(study.catalogue.profiles["adult"]), gathered.osm
    town = Ground(mapped.roads, mapped.crossings, mapped.barriers, adult.walker.streets, mapped.extent)
    found = delineate(study.communities, origins, adult.origins, town)
    assert found.units.empty and found.facts["reason"] == NO_STREETS
    assert zones.named(found.units, mapped.quarters).empty
