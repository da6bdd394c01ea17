"""Pavements, light, shade and slopes along streets by hand, and where nothing is mapped."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawn_streets import CRS, X, Y, area, frame, road, shapes, units

from geokehila.fabric.roadside import shade_share, steep_shares, told_shares

ALL = units(all=area(-1_000, -1_000, 2_000, 2_000))
NOTHING = gpd.GeoDataFrame(geometry=[], crs=CRS)


def test_pavements_known_absent_and_not_told_by_hand() -> None:
    """100 m with a pavement, 50 m with one of its own, 30 m without, 20 m untold; a path of 500 m is no street."""
    rows = [
        road([(0, 0), (100, 0)], sidewalk="yes"), road([(0, 10), (50, 10)], sidewalk="separate", kind="main"),
        road([(0, 20), (30, 20)], sidewalk="no"), road([(0, 30), (20, 30)]),
        road([(0, 40), (500, 40)], sidewalk="no", kind="path"),
    ]  # fmt: skip
    found = told_shares(frame(*rows), NOTHING, ALL).loc["all"]
    assert found[["sidewalk_yes_share", "sidewalk_no_share", "sidewalk_unknown_share"]].tolist() == pytest.approx(
        [0.75, 0.15, 0.10]
    )
    assert found[["lit_yes_share", "lit_no_share", "lit_unknown_share"]].tolist() == [0, 0, 1]


def test_a_lamp_lights_20_m_around_it_whatever_the_tag() -> None:
    """Lamps at 50 m along three streets of 200 m: in each 40 m of 200 m are lit by it."""
    rows = [road([(0, y), (200, y)], lit=lit) for y, lit in ((0, ""), (100, "no"), (200, "yes"))]
    lamps = shapes(*(shapely.Point(50, y) for y in (0, 100, 200)), shapely.Point(50, 950))
    found = told_shares(frame(*rows), lamps, ALL).loc["all"]
    assert found[["lit_yes_share", "lit_no_share", "lit_unknown_share"]].tolist() == pytest.approx(
        [280 / 600, 160 / 600, 160 / 600]
    )


def test_told_shares_of_units_are_of_their_own_streets() -> None:
    rows = [road([(0, 0), (100, 0)], sidewalk="yes"), road([(100, 0), (300, 0)], sidewalk="no")]
    found = told_shares(
        frame(*rows), NOTHING, units(west=area(0, -9, 150, 9), east=area(150, -9, 400, 9), far=area(0, 500, 9, 509))
    )
    assert found["sidewalk_yes_share"].tolist() == pytest.approx([2 / 3, 0, np.nan], nan_ok=True)
    assert found.loc["far"].isna().all()


def test_shade_of_a_row_of_trees_and_of_single_trees() -> None:
    """A row 5 m beside 100 m of 300 m; a trunk 6 m off, and one whose crown is too far; what is not walked is out."""
    rows = [road([(0, 0), (300, 0)]), road([(0, 50), (900, 50)], walked=False)]
    row = shapely.LineString([(3, 5), (97, 5)])
    assert shade_share(frame(*rows), shapes(row), ALL)["all"] == pytest.approx(1 / 3)
    # Within 10 m of the trunk lie 16 m of a street that passes 6 m from it, two middles of pieces of 10 m.
    assert shade_share(frame(*rows), shapes(shapely.Point(200, 6)), ALL)["all"] == pytest.approx(20 / 300)
    assert shade_share(frame(*rows), shapes(shapely.Point(200, 10.5)), ALL)["all"] == 0
    both = shade_share(frame(*rows), shapes(row, shapely.MultiLineString([row]), shapely.Point(200, 6)), ALL)
    assert both["all"] == pytest.approx(120 / 300)


def test_without_a_mapped_tree_shade_is_not_known_and_far_from_them_there_is_none() -> None:
    rows = frame(road([(0, 0), (300, 0)]))
    assert shade_share(rows, NOTHING, ALL).isna().all()
    found = shade_share(rows, shapes(shapely.Point(900, 900)), units(a=area(0, -9, 300, 9), b=area(0, 500, 9, 509)))
    assert found["a"] == 0 and np.isnan(found["b"]) and found.name == "shade_share"


@dataclass(frozen=True)
class Hills:
    first: np.ndarray
    length_m: np.ndarray
    slope: np.ndarray
    basis: np.ndarray


def test_steep_streets_by_hand() -> None:
    """Two edges of 100 m: 25 m at 6 %, 25 m at 9 % down, 50 m at 5 % which is not above it; then 100 m not known."""
    lines = shapely.linestrings([[(X, Y), (X + 100, Y)], [(X, Y + 50), (X + 100, Y + 50)]])
    hills = Hills(
        np.array([0, 3, 4]), np.array([25.0, 25, 50, 100]), np.array([0.06, -0.09, 0.05, 0]), np.zeros(4, int)
    )
    found = steep_shares(lines, hills, np.array([True, True, True, False]), ALL).loc["all"]
    assert found["steep_over_5_percent_share"] == pytest.approx(0.5)
    assert found["steep_over_8_percent_share"] == pytest.approx(0.25) and found["slope_known_share"] == 0.5
    west = steep_shares(lines, hills, np.array([True] * 4), units(west=area(0, -9, 50, 9), east=area(50, -9, 200, 9)))
    assert west["steep_over_8_percent_share"].tolist() == pytest.approx([0.5, 0])


def test_without_elevation_no_slope_is_known() -> None:
    lines = shapely.linestrings([[(X, Y), (X + 100, Y)]])
    flat = Hills(np.array([0, 1]), np.array([100.0]), np.zeros(1), np.zeros(1, int))
    found = steep_shares(lines, flat, np.array([False]), ALL).loc["all"]
    assert found[["steep_over_5_percent_share", "steep_over_8_percent_share"]].isna().all()
    assert found["slope_known_share"] == 0
    none = Hills(np.array([0]), np.zeros(0), np.zeros(0), np.zeros(0, int))
    assert steep_shares(lines[:0], none, np.zeros(0, bool), ALL).isna().all(axis=None)


def test_no_street_and_no_unit() -> None:
    assert told_shares(frame(), NOTHING, ALL).isna().all(axis=None)
    assert shade_share(frame(), shapes(shapely.Point(0, 0)), ALL).isna().all()
    assert told_shares(frame(road([(0, 0), (9, 0)])), NOTHING, units()).empty
