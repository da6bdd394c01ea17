"""A card tells the warnings that touch its area; the page and the record keep them all."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point
from sheets_of import ZONES, town, without

from geokehila.draw.cards.stock import Stock
from geokehila.draw.cards.touched import Touched
from geokehila.draw.town import Town
from geokehila.schema import ISRAEL_TM

OF_AREAS = ["partial_zones", "on_grid", "unconnected", "edge_affected", "buildings_in_no_zone"]


def told_of(*stands: Point, **zones: list[float]) -> Town:
    """Three areas: the first 1,000 m square, one east of it, one north of both; buildings that stand at points."""
    shown = town(banners=["fictional", *OF_AREAS])
    origins = shown.tables["origins"].assign(on_grid=False, connected=True, at_edge=False)
    buildings = gpd.GeoDataFrame(geometry=[stand.buffer(5) for stand in stands], crs=ISRAEL_TM)
    return without(shown, origins=origins, buildings=buildings, zones=shown.tables["zones"].assign(**zones))


def touched(shown: Town) -> dict[str, list[str]]:
    of = Touched(Stock(shown))
    return {zone_id: of.banners(zone_id) for zone_id in ZONES}


def test_what_touches_no_area_stands_on_no_card_and_what_concerns_the_town_on_each() -> None:
    assert touched(told_of(Point(500, 500))) == {zone_id: ["fictional"] for zone_id in ZONES}


@pytest.mark.parametrize(
    ("stands", "near"),
    [
        (Point(-150, 500), ["1-1"]),
        (Point(-250, 500), []),  # the neighbouring town
        (Point(2150, 990), ["1-2", "1-3"]),
        (Point(1000, 500), []),  # on a border it stands in an area
    ],
)
def test_a_building_in_no_area_is_told_where_it_stands_near(stands: Point, near: list[str]) -> None:
    found = touched(told_of(Point(500, 500), stands))
    assert [zone_id for zone_id in ZONES if "buildings_in_no_zone" in found[zone_id]] == near


def test_an_area_that_is_whole_is_not_told_that_others_are_not() -> None:
    found = touched(told_of(coverage_share=[1.0, 0.5, 1.0]))
    assert [zone_id for zone_id in ZONES if "partial_zones" in found[zone_id]] == ["1-2"]


@pytest.mark.parametrize(
    ("banner", "column", "value"),
    [("on_grid", "on_grid", True), ("unconnected", "connected", False), ("edge_affected", "at_edge", True)],
)
def test_what_is_true_of_a_home_is_told_of_its_area(banner: str, column: str, value: bool) -> None:
    shown = told_of()
    homes: pd.DataFrame = shown.tables["origins"]
    homes.loc[homes["origin_id"] == "h3", column] = value
    found = touched(shown)
    assert [zone_id for zone_id in ZONES if banner in found[zone_id]] == ["1-3"]
