"""Slopes by hand on planes; what is mapped, what is level and what is not known; the noise of a model; real hills."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from rasterio import Affine
from real_places import write_study
from shapely import LineString

from geokehila.load import osm, terrain
from geokehila.network import build
from geokehila.network.slope import GROUND, LEVEL, STEEPEST, STEP_M, TAGGED, UNKNOWN, Slopes, facts, slopes
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

X, Y = 180_000.0, 570_000.0


@dataclass
class Surface:
    """Heights by a rule, true everywhere: there is nothing to smooth."""

    height: Callable[[np.ndarray, np.ndarray], np.ndarray]

    def at(self, xy: np.ndarray) -> np.ndarray:
        return np.asarray(self.height(xy[:, 0], xy[:, 1]), float)

    def smoothed(self) -> "Surface":
        return self


RAMP = Surface(lambda x, y: 300 + 0.1 * x)


def lines(*ways: list[tuple[float, float]]) -> np.ndarray:
    return np.array([LineString(way) for way in ways], object)


def along(ways: np.ndarray, ground: object, level: object = False, tagged: object = math.nan) -> Slopes:
    shape = len(ways)
    return slopes(ways, np.broadcast_to(level, shape), np.broadcast_to(tagged, shape).astype(float), ground)


def model(path: Path, heights: np.ndarray, side: float = 30.0) -> terrain.Elevation:
    """Write heights as a GeoTIFF whose south-west corner is X, Y, and read it whole."""
    rows, columns = heights.shape
    profile = {"driver": "GTiff", "count": 1, "height": rows, "width": columns, "dtype": "float32", "crs": ISRAEL_TM}
    with rasterio.open(path, "w", **profile, transform=Affine(side, 0, X, 0, -side, Y + side * rows)) as out:
        out.write(heights.astype(np.float32), 1)
    elevation, _ = terrain.read([path], ISRAEL_TM, (X, Y, X + side * columns, Y + side * rows))
    return elevation


def streets_at_random(count: int, extent: float, longest: float, seed: int = 3) -> np.ndarray:
    dice = np.random.default_rng(seed)
    start, turn = dice.uniform(longest, extent - longest, (count, 2)), dice.uniform(0, 2 * np.pi, count)
    step = dice.uniform(1, longest, count)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    return shapely.linestrings(np.stack([start, start + step], axis=1) + np.array([X, Y]))


def test_a_ramp_up_down_and_across_by_hand() -> None:
    """10 %: 60 m up in three pieces of 20 m, the same down, 30 m along the contour, and 50 m at 3 : 4 to it."""
    found = along(lines([(0, 0), (60, 0)], [(60, 0), (0, 0)], [(0, 0), (0, 30)], [(0, 0), (40, 30)]), RAMP)
    assert found.first.tolist() == [0, 3, 6, 8, 10]
    assert found.length_m.tolist() == [20] * 6 + [15] * 2 + [25] * 2
    assert found.slope == pytest.approx([0.1] * 3 + [-0.1] * 3 + [0.0] * 2 + [0.08] * 2, abs=1e-6)
    assert found.steepest() == pytest.approx([0.1, 0.1, 0, 0.08], abs=1e-6) and set(found.basis) == {GROUND}


def test_a_bend_rises_along_the_way_not_as_the_crow_flies() -> None:
    """Up 20 m and back down: the pieces between follow the line."""
    found = along(lines([(0, 0), (20, 0), (20, 20), (0, 20)]), RAMP)
    assert found.length_m.tolist() == [20, 20, 20] and found.slope == pytest.approx([0.1, 0, -0.1], abs=1e-6)


def test_bridges_and_tunnels_have_none_and_a_mapped_incline_wins() -> None:
    ways = lines(*[[(0, 0), (90, 0)]] * 4)
    found = along(ways, RAMP, [True, False, True, False], [math.nan, -0.06, 0.02, math.nan])
    assert found.basis.tolist() == [LEVEL, TAGGED, TAGGED, *[GROUND] * 4]
    assert found.slope[:3].tolist() == [0, -0.06, 0.02] and found.length_m[:3].tolist() == [90, 90, 90]


def test_a_bridge_over_a_valley_is_level_and_the_street_through_it_is_not() -> None:
    valley = Surface(lambda x, y: 0.2 * np.abs(x))
    found = along(lines([(-100, 0), (100, 0)], [(-100, 5), (100, 5)]), valley, [True, False])
    assert found.steepest() == pytest.approx([0, 0.2], abs=1e-6)


def test_without_heights_each_edge_is_one_level_piece() -> None:
    found = along(lines([(0, 0), (900, 0)], [(0, 0), (0, 10)]), None, [False, True])
    assert found.first.tolist() == [0, 1, 2] and found.slope.tolist() == [0, 0]
    assert found.basis.tolist() == [UNKNOWN, LEVEL]


def test_where_a_height_is_not_known_there_is_no_slope() -> None:
    """The ground ends at 50 m: of five pieces of 20 m that begin before, the third reaches beyond."""
    shore = Surface(lambda x, y: np.where(x > 50, np.nan, 0.1 * x))
    found = along(lines([(0, 0), (100, 0)]), shore)
    assert found.basis.tolist() == [GROUND, GROUND, UNKNOWN, UNKNOWN]
    assert found.slope == pytest.approx([0.1, 0.1, 0, 0], abs=1e-6)


@pytest.mark.parametrize("steep", [0.36, 1.0, 50.0])
def test_no_slope_is_steeper_than_the_limit(steep: float) -> None:
    found = along(lines([(0, 0), (60, 0)], [(60, 0), (0, 0)]), Surface(lambda x, y: steep * x))
    assert found.slope.tolist() == [STEEPEST] * 3 + [-STEEPEST] * 3
    assert along(lines([(0, 0), (60, 0)]), None, tagged=-steep).slope.tolist() == [-STEEPEST]
    assert facts(found, 30.0)["slope_clipped_m"] == 120


def test_edges_that_are_none_or_stand_still() -> None:
    none = along(np.empty(0, object), RAMP)
    assert none.first.tolist() == [0] and len(none.slope) == len(none.steepest()) == 0
    still = along(lines([(5, 5), (5, 5)]), RAMP)
    assert (still.slope.tolist(), still.length_m.tolist(), still.first.tolist()) == ([0], [0], [0, 1])


def test_some_of_the_edges_are_taken_in_the_order_asked() -> None:
    whole = along(lines([(0, 0), (60, 0)], [(0, 0), (0, 10)], [(100, 0), (60, 0)]), RAMP)
    some = whole.take(np.array([2, 0]))
    assert some.first.tolist() == [0, 2, 5] and some.length_m.tolist() == [20] * 5
    assert some.slope == pytest.approx([-0.1] * 2 + [0.1] * 3, abs=1e-6)
    assert len(whole.take(np.empty(0, np.int64)).slope) == 0


def test_the_facts_of_four_edges_by_hand() -> None:
    """100 m at 6 % by its tag, 60 m at 10 % of the ground, 40 m of bridge, 50 m where nothing is known."""
    ground = Surface(lambda x, y: np.where(y > 5, np.nan, 0.1 * x))
    ways = lines([(0, 0), (100, 0)], [(0, 0), (60, 0)], [(0, 0), (40, 0)], [(0, 9), (50, 9)])
    assert facts(along(ways, ground, [False, False, True, False], [0.06, *[math.nan] * 3]), 30.04) == {
        "dem_cell_m": 30.0,
        "slope_of_ground_m": 60,
        "slope_tagged_m": 100,
        "slope_level_m": 40,
        "slope_unknown_m": 50,
        "slope_clipped_m": 0,
        "over_5_percent_share": 1.0,
        "over_8_33_percent_share": 0.375,
    }


@pytest.mark.parametrize(("slope", "shares"), [(1 / 20, (0, 0)), (-0.051, (1, 0)), (1 / 12, (1, 0)), (-0.084, (1, 1))])
def test_what_is_as_steep_as_a_limit_is_not_over_it(slope: float, shares: tuple[int, int]) -> None:
    told = facts(along(lines([(0, 0), (100, 0)]), None, tagged=slope), math.nan)
    assert (told["over_5_percent_share"], told["over_8_33_percent_share"]) == shares


def test_where_nothing_is_known_nothing_is_called_flat() -> None:
    told = facts(along(lines([(0, 0), (100, 0)]), None), math.nan)
    assert told["slope_unknown_m"] == 100
    assert told["over_5_percent_share"] is told["over_8_33_percent_share"] is told["dem_cell_m"] is None


ways = st.lists(
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=2, max_size=6, unique_by=lambda p: round(p[0], 1)
)


@given(st.lists(ways, min_size=1, max_size=5), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_on_a_plane_nothing_is_steeper_than_the_plane_and_backward_is_the_negative(
    drawn: list[list[tuple[float, float]]], east: float, north: float
) -> None:
    edges = lines(*drawn)
    plane = Surface(lambda x, y: 100 + east * x + north * y)
    found, back = along(edges, plane), along(shapely.reverse(edges), plane)
    assert np.abs(found.slope).max() <= np.hypot(east, north) + 1e-4
    assert found.length_m.max() <= STEP_M * (1 + 1e-9) and found.first[-1] == len(found.slope)
    for edge, line in enumerate(edges):
        of = slice(found.first[edge], found.first[edge + 1])
        assert found.length_m[of].sum() == pytest.approx(line.length, rel=1e-12)
        assert back.slope[of][::-1] == pytest.approx(-found.slope[of], abs=1e-4)
        rise = plane.at(np.array(line.coords)[[0, -1]])
        assert found.slope[of] @ found.length_m[of] == pytest.approx(rise[1] - rise[0], abs=1e-4)


def test_by_a_plain_loop() -> None:
    """The same by one edge, one piece at a time."""
    bumpy = Surface(lambda x, y: 20 * np.sin(x / 70) + 15 * np.cos(y / 50))
    edges = streets_at_random(50, 900, 200)
    by_loop = []
    for line in edges:
        pieces = math.ceil(line.length / STEP_M)
        stops = [line.interpolate(line.length * i / pieces) for i in range(pieces + 1)]
        heights = [bumpy.at(np.array([[stop.x, stop.y]])).item() for stop in stops]
        rises = [after - before for before, after in zip(heights, heights[1:], strict=False)]
        by_loop += [min(max(rise / (line.length / pieces), -STEEPEST), STEEPEST) for rise in rises]
    assert along(edges, bumpy).slope == pytest.approx(by_loop, abs=1e-5)


@pytest.mark.parametrize("side", [5.0, 30.0, 90.0])
def test_a_plane_in_a_model_keeps_its_slope_through_reading_and_smoothing(tmp_path: Path, side: float) -> None:
    size = int(1800 / side)
    x = (np.arange(size) + 0.5) * side
    ground = model(tmp_path / "dem.tif", np.tile(200 + 0.1 * x, (size, 1)), side)
    inner = lines([(X + 500, Y + 900), (X + 1300, Y + 900)], [(X + 603, Y + 800), (X + 600, Y + 800)])
    assert along(inner[:1], ground).slope == pytest.approx(np.full(32, 0.1), abs=1e-5)
    assert along(inner[1:], ground).slope == pytest.approx([-0.1], abs=1e-4)


@pytest.mark.parametrize("height", [0.0, 305.37, -431.1])
def test_flat_ground_is_exactly_flat(tmp_path: Path, height: float) -> None:
    ground = model(tmp_path / "dem.tif", np.full((40, 40), height))
    found = along(streets_at_random(300, 1200, 120), ground)
    assert not found.slope.any() and set(found.basis) == {GROUND}


def test_noise_of_a_metre_makes_no_hills_however_short_the_edges(tmp_path: Path) -> None:
    """Between two cells it makes slopes of sqrt(2) m / 30 m = 4.7 %, which no edge, be it 1 m long, may show."""
    noise = np.random.default_rng(4).normal(0, 1, (80, 80))
    ground = model(tmp_path / "dem.tif", 100 + noise)
    for longest in (5.0, 30.0, 150.0):
        found = along(streets_at_random(3_000, 2400, longest), ground)
        assert np.sqrt(np.mean(found.slope**2)) < 0.015
        assert np.quantile(np.abs(found.slope), 0.99) < 0.05


def test_edges_that_meet_agree_on_the_height_of_their_node(tmp_path: Path) -> None:
    """Once around a block of noise the rises sum to nothing."""
    ground = model(tmp_path / "dem.tif", np.random.default_rng(6).normal(0, 5, (40, 40)))
    corners = [(X + 500, Y + 500), (X + 570, Y + 503), (X + 560, Y + 590), (X + 497, Y + 580)]
    found = along(lines(*[[corners[i], corners[(i + 1) % 4]] for i in range(4)]), ground)
    assert np.abs(found.slope).max() < STEEPEST
    assert found.slope @ found.length_m == pytest.approx(0, abs=1e-4)


@pytest.fixture(scope="module")
def porto_alegre(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray, Slopes]:
    """Lines, raw heights at their ends, and slopes of a city of hills between flat land by a lake."""
    study = Study.read(write_study("porto-alegre", shared, tmp_path_factory.mktemp("raw")) / "study.toml")
    catalogue = study.catalogue
    mapped = osm.read(study.inputs["osm"], catalogue.categories.values(), study.crs, catalogue.profiles.values())
    edges = build(mapped.streets).lines
    bounds = tuple(mapped.streets.total_bounds)
    ground, _ = terrain.read([shared / "porto_alegre" / "poa_elevation.tif"], study.crs, bounds)
    ends = [ground.at(shapely.get_coordinates(shapely.get_point(edges, end))) for end in (0, -1)]
    return edges, np.array(ends), along(edges, ground)


@pytest.mark.shared
def test_the_hills_of_porto_alegre_are_where_they_are(
    porto_alegre: tuple[np.ndarray, np.ndarray, Slopes],
) -> None:
    """On edges of 100 m and more the pieces sum to what the bare model says of the ends, but for what is smoothed."""
    edges, ends, found = porto_alegre
    length_m, rise = shapely.length(edges), ends[1] - ends[0]
    assert np.add.reduceat(found.length_m, found.first[:-1]) == pytest.approx(length_m, rel=1e-9)
    summed = np.add.reduceat(found.slope * found.length_m, found.first[:-1])
    known = np.logical_and.reduceat(found.basis == GROUND, found.first[:-1]) & (length_m > 100)
    assert np.corrcoef(summed[known], rise[known])[0, 1] > 0.98
    assert np.median(np.abs(summed[known] - rise[known])) < 1


@pytest.mark.shared
def test_short_edges_are_no_steeper_than_the_ground_around_them(
    porto_alegre: tuple[np.ndarray, np.ndarray, Slopes],
) -> None:
    """A model of whole metres says 100 % of an edge of 1 m; here short edges are as steep as long ones."""
    edges, _, found = porto_alegre
    of = np.repeat(shapely.length(edges), np.diff(found.first))
    known = found.basis == GROUND
    short, long = (np.median(np.abs(found.slope[known & which])) for which in (of < STEP_M, of > 100))
    assert short < 1.25 * long
    assert 0.01 < long < 0.05
    assert facts(found, 30.8)["slope_clipped_m"] < 0.001 * found.length_m.sum()
