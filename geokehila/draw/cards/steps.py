"""Where that stands, or runs, what it would take: sites, points on the street, and missing ways on foot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geokehila.draw.cards.stock import Stock
from geokehila.draw.cards.voice import text

#: Begins the site_id of a point on the street; the id of the home where it is follows.
STREET = "street:"


@dataclass(frozen=True, eq=False)
class Steps:
    """The additions of table ``additions`` as they lie on the ground."""

    stock: Stock

    def of(self, zone_id: str) -> dict[int, Any]:
        """Return the shape of each step of a zone by its number, a point or a line; those of unknown place left out."""
        rows, _ = self.stock.of_unit("additions", zone_id)
        found = {int(row["step"]): self._at.get(text(row["link_id"]) or text(row["site_id"])) for row in rows}
        return {number: shape for number, shape in found.items() if number > 0 and shape is not None}

    def are_own(self, zone_id: str) -> bool:
        """Tell whether they are asked of the zone itself, so that each is within a walk of it; not of a larger unit."""
        return not self.stock.of_unit("additions", zone_id)[1]

    @cached_property
    def _at(self) -> dict[str, Any]:
        """Shapes by site_id and link_id, in the CRS of the zones."""
        tables = self.stock.town.tables
        sites = self._laid(tables["candidates"], "site_id").representative_point()
        homes = tables["origins"].assign(site_id=STREET + tables["origins"]["origin_id"].astype(str))
        points = [self._laid(homes, "site_id").centroid, sites]
        links = [self._laid(tables["links"], "link_id")] if "links" in tables else []
        return dict(pd.concat([*points, *links]).items())

    def _laid(self, table: pd.DataFrame, key: str) -> gpd.GeoSeries:
        """Return the shapes of those rows that an addition names."""
        wanted = self.stock.town.tables["additions"][key].dropna()
        named = gpd.GeoDataFrame(table[table[key].isin(wanted)]).set_index(key)
        return named.geometry.to_crs(self.stock.town.zones.crs)
