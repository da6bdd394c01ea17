"""Homes and shops on the land of areas: the components of the walkability index that are not of streets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila import uses
from geokehila.analyses.tables import Tables
from geokehila.analyses.units import Units
from geokehila.reach.arrays import Floats
from geokehila.schema import NOT_KNOWN
from geokehila.zones import Zoning, ratio
from geokehila.zones.sums import PARTLY_KNOWN

M2_PER_HA, M2_PER_KM2 = 1e4, 1e6
RESIDENTIAL, COMMERCE = "residential", "commerce"


@dataclass(frozen=True, eq=False)
class Density:
    """What stands on the land of a study, worked out once for all zonings.

    Notes
    -----
    ``land_inside_m2``
        [m2] Area of the unit inside the data; all that follows is of this part.
    ``net_dwellings_per_ha``
        Dwellings, mapped or estimated, on a hectare of residential land; NaN where less than half of the dwellings
        stand on land mapped as residential, for then the land is not mapped.
    ``retail_intensity_per_km2``
        Places of commerce on a square kilometre of land: a proxy, no floor-area ratio.
    ``commercial_area_share``
        Land mapped as commercial over all of it.
    """

    tables: Tables

    @cached_property
    def grounds(self) -> gpd.GeoDataFrame:
        """Residential and commercial grounds without overlaps."""
        every = uses.land(self.tables.land_uses)
        return every[every["use"].isin((RESIDENTIAL, COMMERCE))]

    @cached_property
    def homes(self) -> gpd.GeoDataFrame:
        """Buildings with dwellings as points inside them; `on_land` where that is residential."""
        buildings = self.tables.buildings
        found = buildings[buildings["dwellings"] > 0]
        at = found.set_geometry(found.representative_point())[["dwellings", "geometry"]]
        land = self.grounds.geometry[self.grounds["use"] == RESIDENTIAL].to_numpy()
        on_land = np.zeros(len(at), bool)
        on_land[shapely.STRtree(land).query(at.geometry.to_numpy(), predicate="intersects")[0]] = True
        return at.assign(on_land=on_land)

    @cached_property
    def shops(self) -> gpd.GeoDataFrame:
        """Places of commerce as points inside them."""
        found = uses.of_places(self.tables.places, self.tables.study.catalogue.categories)
        shops = found[found["use"] == COMMERCE]
        return shops.set_geometry(shops.representative_point())

    def rows(self, zoning: Zoning) -> Iterator[pd.DataFrame]:
        """Yield the measures of the units of a zoning; of those that the data cut they are of the part inside."""
        whole = np.where(Units(zoning).is_cut(self.tables.extent), PARTLY_KNOWN, "")
        units = Units(zoning).inside(self.tables.extent)
        land = units.area_m2
        residential, commercial = self._m2(units).T
        at = units.of(self.homes)
        inside = self.homes[at >= 0]
        weights = (inside["dwellings"].to_numpy(float), (inside["dwellings"] * inside["on_land"]).to_numpy(float))
        dwellings, on_land = (np.bincount(at[at >= 0], weight, len(units)).astype(float) for weight in weights)
        is_mapped = on_land >= 0.5 * dwellings
        net = np.where(is_mapped, ratio(on_land, residential / M2_PER_HA), np.nan)
        shop = units.of(self.shops)
        shops = np.bincount(shop[shop >= 0], minlength=len(units)).astype(float)
        share = ratio(commercial, land)
        yield units.rows("land_inside_m2", land, whole)
        yield units.rows("net_dwellings_per_ha", net, np.where(np.isnan(net), NOT_KNOWN, whole))
        yield units.rows("retail_intensity_per_km2", ratio(shops, land / M2_PER_KM2), whole)
        yield units.rows("commercial_area_share", share, np.where(np.isnan(share), NOT_KNOWN, whole))

    def _m2(self, units: Units) -> Floats:
        """[m2] Residential and commercial land of each unit, shape (U, 2)."""
        unit, ground = shapely.STRtree(self.grounds.geometry.to_numpy()).query(units.shapes, predicate="intersects")
        parts = shapely.intersection(units.shapes[unit], self.grounds.geometry.to_numpy()[ground])
        return units.sums(unit, self.grounds["use"].iloc[ground], shapely.area(parts), (RESIDENTIAL, COMMERCE))
