"""The streets of areas: spacing, form, crossings, pavements, light, shade and slopes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import fabric
from geokehila.access import Ways
from geokehila.analyses.tables import UNIT_COLUMNS, Tables
from geokehila.analyses.units import Units
from geokehila.fabric import Fabric, MainRoads
from geokehila.network.slope import UNKNOWN
from geokehila.reach.arrays import Flags
from geokehila.zones import Zoning
from geokehila.zones.sums import NOT_KNOWN, PARTLY_KNOWN

#: Share of the ways whose slope must be known.
KNOWN_SHARE = 0.5
#: Fewer crossings to a kilometre of main road, or trees to one of walked street, and nobody mapped them.
CROSSINGS_PER_KM, TREES_PER_KM = 0.2, 0.1
#: What measures of streets and footpaths together begin with.
WITH_PATHS = "paths_"
#: What tags tell of streets, and what they may say.
TOLD, ANSWERS = ("sidewalk", "lit"), ("yes", "no")
#: What is left of adding lengths in another order is not unknown.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Streets:
    """The street fabric of a study, worked out once for all zonings."""

    tables: Tables

    @cached_property
    def alone(self) -> Fabric:
        """Streets without footpaths."""
        return fabric.street_fabric(self.tables.roads, self.tables.extent)

    @cached_property
    def with_paths(self) -> Fabric:
        """Streets and the footpaths that lead somewhere."""
        return fabric.street_fabric(self.tables.roads, self.tables.extent, footpaths=True)

    @cached_property
    def main_roads(self) -> MainRoads:
        """Main roads and where people cross them; none is mapped where there are too few to tell."""
        every = self.tables.crossings
        found = fabric.main_roads(self.alone, self.tables.roads, every)
        few = len(found.crossings) < CROSSINGS_PER_KM * found.roads.length.sum() / 1000
        return fabric.main_roads(self.alone, self.tables.roads, every.iloc[:0]) if few else found

    @cached_property
    def trees(self) -> gpd.GeoDataFrame:
        """Trees and rows of trees; none where too few are mapped to tell."""
        walked_km = self.tables.streets.length.sum() / 1000
        return self.tables.trees.iloc[: len(self.tables.trees) * (len(self.tables.trees) >= TREES_PER_KM * walked_km)]

    @property
    def ways(self) -> Ways:
        """The walked ways."""
        assert self.tables.ways is not None  # noqa: S101 - every run has them
        return self.tables.ways

    @cached_property
    def slope_is_known(self) -> Flags:
        """Of which pieces of the walked ways the slope is known, shape (S,)."""
        known: Flags = self.ways.slopes.basis != UNKNOWN
        return known

    def rows(self, zoning: Zoning) -> Iterator[pd.DataFrame]:
        """Yield the measures of the units of a zoning; NaN where there is nothing to measure or nothing is mapped.

        Of units that the data do not cover as a whole they are those of the part inside, and partly unknown.
        """
        cut = zoning.units["zone_id"][Units(zoning).is_cut(self.tables.extent)]
        for rows in self._of_streets(zoning):
            is_part = (rows["reason"] == "") & rows["zone_id"].isin(cut)
            yield rows.assign(reason=rows["reason"].mask(is_part, PARTLY_KNOWN))

    def _of_streets(self, zoning: Zoning) -> Iterator[pd.DataFrame]:
        units, tables = zoning.units, self.tables
        mapped = fabric.is_mapped(tables.roads, units)
        yield _rows(zoning, fabric.spacing(self.alone, units).where(mapped))
        yield _rows(zoning, fabric.spacing(self.with_paths, units).where(mapped).add_prefix(WITH_PATHS))
        yield _rows(zoning, fabric.crossing_measures(self.main_roads, units))
        yield from _told(zoning, fabric.told_shares(tables.roads, tables.lamps, units))
        yield _rows(zoning, fabric.shade_share(tables.roads, self.trees, units).to_frame())
        lines, slopes = self.ways.network.lines, self.ways.slopes
        yield _rows(zoning, _where_known(fabric.steep_shares(lines, slopes, self.slope_is_known, units)))

    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """Return true intersections, the longest blocks near homes, the link that shortens each, and main roads."""
        long = fabric.long_blocks(fabric.blocks(self.alone), self.tables.origins.geometry)
        links = fabric.shortening_links(long, fabric.Obstacles.of(self.tables.buildings))
        return {
            "intersections": self.alone.intersections,
            "long_blocks": long,
            "block_links": links,
            "main_road_stretches": self.main_roads.stretches,
        }


def _where_known(steep: pd.DataFrame) -> pd.DataFrame:
    """Leave out how steep the ways are where for most of them nobody knows: bridges alone tell nothing of a hill."""
    shares = steep.filter(like="steep_")
    return steep.assign(**shares.where(steep["slope_known_share"] >= KNOWN_SHARE))


def _told(zoning: Zoning, shares: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield what tags tell of streets: yes and no at least and at most, for what is not told may be either."""
    units = Units(zoning)
    for name in TOLD:
        unknown = shares[f"{name}_unknown_share"]
        rules = [unknown.isna() | (unknown >= 1 - ROUNDING), unknown > ROUNDING]
        why = np.select(rules, [NOT_KNOWN, PARTLY_KNOWN], "")
        for answer in ANSWERS:
            low = shares[f"{name}_{answer}_share"].to_numpy(float)
            high = np.minimum(low + unknown.to_numpy(float), 1.0)
            yield units.rows(f"{name}_{answer}_share", np.where(why == "", low, np.nan), why, low, high)
        yield _rows(zoning, unknown.to_frame())


def _rows(zoning: Zoning, measures: pd.DataFrame) -> pd.DataFrame:
    """Return measures by zone_id as rows of `Measured.units`; what is not known says so."""
    rows = measures.reset_index().melt("zone_id", var_name="measure")
    reason = np.where(rows["value"].isna(), "unknown", "")
    filled = rows.assign(zoning=zoning.key, low=np.nan, high=np.nan, reason=reason)
    return filled[[*UNIT_COLUMNS]]
