"""Crossings of main roads by hand: along one road, over two carriageways, round corners, at the border of the data."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawn_streets import CRS, FAR, XY, area, fabric, frame, oneway, road, shapes, units

from geokehila.fabric.crossings import MainRoads, crossing_measures, main_roads

EVERYWHERE = area(-2_000, -2_000, 2_000, 2_000)


def main(line: XY, **told: Any) -> dict[str, Any]:
    return road(line, **{"kind": "main", "way": "secondary", "name": "High Street", **told})


def crossings(*points: tuple[float, float]) -> gpd.GeoDataFrame:
    ids = [f"n{i}" for i in range(len(points))]
    return shapes(*map(shapely.Point, points), crossing_id=ids, kind=["marked"] * len(points))


def found(
    rows: Sequence[dict[str, Any]], points: Sequence[tuple[float, float]], extent: shapely.Geometry = FAR
) -> MainRoads:
    return main_roads(fabric(*rows, extent=extent), frame(*rows), crossings(*points))


def stretches(made: MainRoads) -> list[float]:
    return made.stretches["length_m"].round(3).tolist()


def measures(made: MainRoads, zone: shapely.Polygon = EVERYWHERE) -> Any:
    return crossing_measures(made, units(zone=zone)).loc["zone"]


def test_one_road_by_hand() -> None:
    """1,000 m with crossings at 200 and 700 m; side streets at 400 and 450 m do not cut it."""
    rows = [main([(x, 0) for x in (0, 200, 400, 450, 700, 1000)]), *(road([(x, 0), (x, 90)]) for x in (400, 450))]
    made = found(rows, [(200, 0), (700, 0)])
    assert stretches(made) == [500, 300, 200] and made.stretches["name"].tolist() == ["High Street"] * 3
    assert measures(made)[["main_road_km", "crossings_count", "crossings_per_km"]].tolist() == pytest.approx([1, 2, 2])
    assert measures(made)["longest_stretch_m"] == pytest.approx(500)


def test_a_crossing_at_a_junction_cuts_there() -> None:
    made = found([main([(0, 0), (300, 0), (500, 0)]), road([(300, 0), (300, 90)])], [(300, 0)])
    assert stretches(made) == [300, 200]


def test_crossings_of_side_streets_and_beside_the_road_are_not_the_main_roads() -> None:
    rows = [main([(0, 0), (300, 0), (500, 0)]), road([(300, 0), (300, 20), (300, 90)])]
    made = found(rows, [(300, 20), (100, 3)])
    assert stretches(made) == [500] and measures(made)["crossings_count"] == 0


def test_the_two_halves_of_a_crossing_over_a_median_are_one() -> None:
    """Two carriageways of 800 m: 0.8 km, not 1.6; at 600 m only one of them is crossed."""
    stops = (0, 300, 600, 800)
    rows = [oneway([(x, -8) for x in stops]), oneway([(x, 8) for x in stops[::-1]])]
    rows += [road([(x, -90), (x, -8), (x, 8), (x, 90)]) for x in (0, 800)]
    made = found(rows, [(300, -8), (300, 8), (600, 8)])
    assert stretches(made) == pytest.approx([300, 300, 200], abs=1)
    assert measures(made)["main_road_km"] == pytest.approx(0.8, abs=0.001)
    assert measures(made)["crossings_count"] == 2


def test_at_a_crossing_of_main_roads_each_goes_straight_on() -> None:
    """No name tells them apart, only the direction."""
    rows = [main([(-400, 0), (0, 0), (300, 0)], name=""), main([(0, -200), (0, 0), (0, 100)], name="")]
    assert stretches(found(rows, [(5_000, 0)])) == [700, 300]


def test_a_road_that_turns_keeps_its_name_and_one_that_ends_does_not_go_on() -> None:
    """High Street turns left at the junction; straight on it is West Street, which starts there."""
    rows = [
        main([(0, 0), (300, 0)]), main([(300, 0), (300, 400)]), main([(300, 0), (500, 0)], name="West Street"),
    ]  # fmt: skip
    made = found(rows, [(5_000, 0)])
    assert stretches(made) == [700, 200] and made.stretches["name"].tolist() == ["High Street", "West Street"]


def test_a_road_that_bends_away_from_all_others_ends() -> None:
    """At the end of a T of one class neither arm is ahead: straight over the T is."""
    rows = [main([(0, -300), (0, 0)], name=""), main([(-100, 0), (0, 0), (150, 0)], name="")]
    assert stretches(found(rows, [(5_000, 0)])) == [300, 250]


def test_a_stretch_that_leaves_the_data_is_marked() -> None:
    rows = [main([(-900, 0), (0, 0), (200, 0), (600, 0)]), road([(0, 0), (0, 90)])]
    made = found(rows, [(200, 0)], extent=area(-500, -500, 1000, 500))
    assert made.stretches[["length_m", "at_border"]].to_numpy().tolist() == [[1100, True], [400, False]]


def test_tunnels_are_crossed_by_walking_over_them() -> None:
    made = found(
        [main([(0, 0), (300, 0)]), main([(300, 0), (900, 0)], tunnel=True), road([(300, 0), (300, 90)])], [(0, 0)]
    )
    assert stretches(made) == [300]


def test_units_have_their_own_roads_and_the_longest_stretch_that_runs_in_them() -> None:
    """1 km, halved at 500 m; the stretch from 200 to 700 m runs in both."""
    made = found([main([(x, 0) for x in (0, 200, 700, 1000)])], [(200, 0), (700, 0)])
    both = units(west=area(-10, -50, 500, 50), east=area(500, -50, 1010, 50), far=area(0, 500, 100, 600))
    measured = crossing_measures(made, both)
    assert measured["main_road_km"].tolist() == pytest.approx([0.5, 0.5, 0])
    assert measured["crossings_per_km"].tolist() == pytest.approx([2, 2, np.nan], nan_ok=True)
    assert measured["longest_stretch_m"].tolist() == pytest.approx([500, 500, np.nan], nan_ok=True)


def test_where_no_crossing_is_mapped_nothing_is_known_of_them() -> None:
    made = found([main([(0, 0), (400, 0)])], [])
    assert not made.are_mapped and made.stretches.empty
    measured = measures(made)
    assert measured["main_road_km"] == pytest.approx(0.4) and measured.drop("main_road_km").isna().all()


def test_a_town_without_main_roads() -> None:
    measured = measures(found([road([(0, 0), (400, 0)])], [(100, 0)]))
    assert measured["main_road_km"] == 0 and np.isnan(measured["crossings_per_km"])
    assert measures(found([], [(100, 0)]))["crossings_count"] == 0
    assert main_roads(fabric(), frame(), crossings()).stretches.crs == CRS
