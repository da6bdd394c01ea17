"""Spacing by hand on grids and on one street: classes, densities, units that share a border, units with nothing."""

import numpy as np
import pandas as pd
import pytest
import shapely
from drawn_streets import X, Y, area, fabric, grid, road, units
from hypothesis import given
from hypothesis import strategies as st

from geokehila.fabric.spacing import spacing
from geokehila.fabric.units import Pieces, Units

CLASSES = ("below_60", "60_to_150", "above_150")
COUNTS = ["intersections_count", "segments_count", "dead_ends_count"]


@pytest.mark.parametrize(("side", "of_class"), [(40, 0), (59.9, 0), (60, 1), (100, 1), (150, 1), (150.1, 2), (220, 2)])
def test_a_square_grid_is_spaced_by_its_side_and_as_dense_as_one_over_its_square(side: float, of_class: int) -> None:
    """One crossing to each square of `side`, and twice its side of street."""
    made = fabric(*grid(side, 4, stub=side))
    found = spacing(made, units(grid=area(-side / 2, -side / 2, 4.5 * side, 4.5 * side))).loc["grid"]
    assert found["spacing_mean_m"] == pytest.approx(side) and found["spacing_median_m"] == pytest.approx(side)
    assert [found[f"spacing_{name}_count_share"] for name in CLASSES] == [float(i == of_class) for i in range(3)]
    assert [found[f"spacing_{name}_length_share"] for name in CLASSES] == [float(i == of_class) for i in range(3)]
    assert found["intersections_per_km2"] == pytest.approx(1e6 / side**2)
    assert found["street_km_per_km2"] == pytest.approx(2000 / side, rel=0.03)
    assert found["four_way_share"] == 1 and found["dead_end_share"] == 0 and found["circuity_ratio"] == pytest.approx(1)


def one_street() -> list[dict[str, object]]:
    """Side streets of 30 m at 0, 50, 110 and 270 m; the street itself ends 90 m beyond both."""
    mouths = (0, 50, 110, 270)
    return [road([(x, 0) for x in (-90, *mouths, 360)]), *(road([(x, 0), (x, 30)]) for x in mouths)]


def test_one_street_by_hand() -> None:
    found = spacing(fabric(*one_street()), units(all=area(-500, -500, 500, 500))).loc["all"]
    assert found["spacing_mean_m"] == pytest.approx(90) and found["spacing_median_m"] == pytest.approx(60)
    assert [found[f"spacing_{name}_count_share"] for name in CLASSES] == pytest.approx([1 / 3] * 3)
    assert [found[f"spacing_{name}_length_share"] for name in CLASSES] == pytest.approx([50 / 270, 60 / 270, 160 / 270])
    assert found["intersections_count"] == 4 and found["dead_ends_count"] == 6
    assert found["dead_end_share"] == pytest.approx(0.6) and found["four_way_share"] == 0
    assert found["street_km_per_km2"] == pytest.approx(0.45 + 4 * 0.03)


def test_a_bent_street_is_longer_than_the_straight_line() -> None:
    """3 : 4 : 5, and a straight one of 50 m: 70 + 50 over 50 + 50."""
    ends = [(0, 0), (30, 40), (80, 40)]
    rows = [road([(0, 0), (30, 0), (30, 40), (80, 40)]), *(road([end, (end[0] - 20, end[1] + 90)]) for end in ends)]
    rows += [road([end, (end[0], end[1] - 90)]) for end in (ends[0], ends[2])]
    found = spacing(fabric(*rows), units(all=area(-500, -500, 500, 500))).loc["all"]
    assert found["circuity_ratio"] == pytest.approx(1.2)


def test_a_segment_counts_where_its_middle_lies_and_a_border_belongs_to_the_first() -> None:
    """Halves at 110 m: the crossing there and the segment from 50 to 110 m are the west's, that to 270 m the east's."""
    halves = units(west=area(-500, -500, 110, 500), east=area(110, -500, 500, 500))
    found = spacing(fabric(*one_street()), halves)
    assert found["intersections_count"].tolist() == [3, 1] and found["segments_count"].tolist() == [2, 1]
    assert found["spacing_mean_m"].tolist() == pytest.approx([55, 160])
    again = spacing(fabric(*one_street()), halves.iloc[::-1])
    assert again.loc[["west", "east"], "intersections_count"].tolist() == [2, 2]


def test_land_is_what_the_data_cover() -> None:
    made = fabric(*one_street(), extent=area(-1000, -500, 1000, 500))
    found = spacing(made, units(half=area(-500, -500, 500, 1500), out=area(2000, 2000, 3000, 3000)))
    assert found.loc["half", "intersections_per_km2"] == pytest.approx(4)
    assert np.isnan(found.loc["out", "intersections_per_km2"]) and np.isnan(found.loc["out", "street_km_per_km2"])


def test_what_leaves_the_data_and_rings_are_no_spacing() -> None:
    around = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    made = fabric(road(around), road([(0, 0), (-200, 0)]), extent=area(-150, -150, 150, 150))
    found = spacing(made, units(all=area(-150, -150, 150, 150))).loc["all"]
    assert found["segments_count"] == 0 and np.isnan(found["spacing_mean_m"]) and found["intersections_count"] == 1
    assert found["dead_end_share"] == 0


def test_nothing_measures_nothing() -> None:
    desert = spacing(fabric(), units(a=area(0, 0, 1000, 1000))).loc["a"]
    assert desert["intersections_per_km2"] == 0 and desert["street_km_per_km2"] == 0 and not desert[COUNTS].any()
    assert desert.drop([*COUNTS, "intersections_per_km2", "street_km_per_km2"]).isna().all()
    none = spacing(fabric(*one_street()), units())
    assert none.empty and none.index.name == "zone_id" and [*none] == [*desert.index]


@given(st.lists(st.integers(-200, 600), min_size=0, max_size=6), st.integers(30, 170))
def test_units_that_part_an_area_sum_to_it(cuts: list[int], side: int) -> None:
    made = fabric(*grid(side, 3))
    edges = sorted({-400, *cuts, 900})
    parts = units(**{f"u{a}": area(a, -400, b, 900) for a, b in zip(edges, edges[1:], strict=False)})
    found, whole = spacing(made, parts), spacing(made, units(all=area(-400, -400, 900, 900)))
    assert found[COUNTS].sum().tolist() == whole[COUNTS].iloc[0].tolist()
    land = np.array([shape.area / 1e6 for shape in parts.geometry])
    assert (found["street_km_per_km2"] * land).sum() == pytest.approx(whole["street_km_per_km2"].iloc[0] * 1.69)


def test_the_border_of_the_data_changes_nothing_inside() -> None:
    """The same zone, with data that reach 300 m and 1,300 m beyond it."""
    rows, zone = grid(80, 40, stub=0), units(zone=area(1200, 1200, 2000, 2000))
    near, far = (
        spacing(fabric(*rows, extent=area(1200 - m, 1200 - m, 2000 + m, 2000 + m)), zone) for m in (300.5, 1_300)
    )
    pd.testing.assert_frame_equal(near, far)


def test_pieces_are_even_and_sum_to_their_lines() -> None:
    lines = shapely.linestrings([[(0, 0), (100, 0)], [(0, 0), (3, 4)], [(5, 5), (5, 5)]])
    pieces = Pieces.of(lines)
    assert np.bincount(pieces.line).tolist() == [10, 1, 1]
    assert np.bincount(pieces.line, pieces.length_m).tolist() == pytest.approx([100, 5, 0])
    assert [p.x for p in pieces.middles[:3]] == pytest.approx([5, 15, 25])


def test_points_outside_every_unit_are_in_none() -> None:
    found = Units.of(units(a=area(0, 0, 10, 10))).unit_of(shapely.points([(X + 5, Y + 5), (X + 50, Y)]))
    assert found.tolist() == [0, -1]
