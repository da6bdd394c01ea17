"""Which of a run's warnings touch an area: its card does not tell what is true of other areas alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd

from geokehila.draw.cards.stock import Stock
from geokehila.schema import WHOLE_ZONE_SHARE

#: Warnings of homes, by the column of table ``origins`` that tells of which, and what it holds there.
_OF_HOMES: Mapping[str, tuple[str, bool]] = {
    "unconnected": ("connected", False),
    "edge_affected": ("at_edge", True),
    "on_grid": ("on_grid", True),
}
#: [m] A building in no area may be of an area this near to it, its outline drawn too narrow.
NEAR_M = 200.0


@dataclass(frozen=True, eq=False)
class Touched:
    """Which warnings touch which areas.

    Attributes
    ----------
    stock
        What cards are made from.
    """

    stock: Stock

    def banners(self, zone_id: str) -> list[str]:
        """Return the keys in [banners] of what touches an area; what no table tells by area touches every one."""
        return [key for key in self.stock.town.banners if zone_id in self._zones.get(key, self.stock.zones)]

    @cached_property
    def _zones(self) -> Mapping[str, set[str]]:
        """The areas that a warning touches, for those that tables tell by area."""
        origins, zones = self.stock.town.tables["origins"], self.stock.town.zones
        found = {
            key: {*origins.loc[origins[column] == value, "zone_id"]}
            for key, (column, value) in _OF_HOMES.items()
            if key in self.stock.town.banners
        }
        if "buildings_in_no_zone" in self.stock.town.banners:
            found["buildings_in_no_zone"] = self._near_strays()
        return found | {"partial_zones": {*zones.loc[zones["coverage_share"] < WHOLE_ZONE_SHARE, "zone_id"]}}

    def _near_strays(self) -> set[str]:
        """Return the areas with a building near them that stands in none."""
        every, shown = gpd.GeoDataFrame(self.stock.town.tables["zones"]), self.stock.town.zones
        at = gpd.GeoDataFrame(self.stock.town.tables["buildings"]).to_crs(every.crs).representative_point()
        strays = at.drop(at.index[every.sindex.query(at, predicate="intersects")[0]])
        near = shown.sindex.query(strays, predicate="dwithin", distance=NEAR_M)[1]
        return {*shown["zone_id"].iloc[near]}
