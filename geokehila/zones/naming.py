"""What areas without a name are called: by the quarters mapped inside them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from geokehila.names import NAME_COLUMNS

#: Names of a zone ``<code>-rest``: what the areas of a layer leave of a locality.
REST = {
    "name_he": "שאר היישוב",
    "name_ar": "بقية البلدة",
    "name_en": "Rest of the locality",
    "name_ru": "Остальная часть",
}


def named(zones: gpd.GeoDataFrame, quarters: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the zones, those without a name named for the quarters mapped inside them, three at most.

    Statistical areas carry numbers only, and a meeting knows its quarter by name.
    """
    zone, quarter = shapely.STRtree(quarters.geometry.to_numpy()).query(zones.geometry.to_numpy(), predicate="contains")
    inside = (
        quarters.iloc[quarter].assign(zone_id=zones["zone_id"].to_numpy()[zone]).sort_values(["zone_id", "quarter_id"])
    )
    found = {}
    for column in NAME_COLUMNS:
        joined = inside.dropna(subset=column).groupby("zone_id")[column].agg(_joined)
        found[column] = zones[column].astype("object").where(zones[column].notna(), zones["zone_id"].map(joined))
        # What no area covers is no quarter, whatever is mapped in it.
        found[column] = found[column].mask(zones["zone_id"].str.endswith("-rest"), REST[column])
    return zones.assign(**found)


def _joined(names: pd.Series) -> str:
    different = [*dict.fromkeys(names)]
    return " · ".join(different[:3]) + (" · …" if len(different) > 3 else "")
