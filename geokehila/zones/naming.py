"""What areas without a name are called: by the quarters mapped inside them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.names import FALLBACK, NAME_COLUMNS, matching_key

#: Names of a zone ``<code>-rest``: what the areas of a layer leave of a locality.
REST = {
    "name_he": "שאר היישוב",
    "name_ar": "بقية البلدة",
    "name_en": "Rest of the locality",
    "name_ru": "Остальная часть",
}

#: [m] A name no farther than this from an area without one of its own may tell where it lies, and how it is said.
NEAR_M = 1_000.0
NEAR = {"name_he": "ליד {}", "name_ar": "قرب {}", "name_en": "near {}", "name_ru": "рядом с {}"}


def named(zones: gpd.GeoDataFrame, quarters: gpd.GeoDataFrame, is_grid: bool = False) -> gpd.GeoDataFrame:
    """Return the zones, those without a name named for the quarters mapped inside them, three at most.

    One that has a name in some language takes from the map how the quarter of that name inside it is called in others.
    One with none inside is said to lie near the nearest of them, within 1 km, in every language, whatever that one's
    name is in. Statistical areas carry numbers only, and a meeting knows its quarter by name. A cell of a grid is never
    the quarter whose point lies in it, only near it.
    """
    areas = zones.geometry.to_numpy()[: 0 if is_grid else None]
    zone, quarter = shapely.STRtree(quarters.geometry.to_numpy()).query(areas, predicate="contains")
    inside = (
        quarters.iloc[quarter].assign(zone_id=zones["zone_id"].to_numpy()[zone]).sort_values(["zone_id", "quarter_id"])
    )
    inside = inside[_may_name(inside, zones)]
    around = _nearest(zones, quarters)
    found = {}
    for column in NAME_COLUMNS:
        joined = inside.dropna(subset=column).groupby("zone_id")[column].agg(_joined)
        near = (
            around[column].map(NEAR[column].format, na_action="ignore").where(~zones["zone_id"].isin(inside["zone_id"]))
        )
        own = zones[column].astype("object").where(zones[column].notna(), zones["zone_id"].map(joined))
        # A zone with a name in one language has it there only: none is made up for the others.
        found[column] = own.where(own.notna() | zones[[*NAME_COLUMNS]].notna().any(axis=1), near)
        # What no area covers is no quarter, whatever is mapped in it.
        found[column] = found[column].mask(zones["zone_id"].str.endswith("-rest"), REST[column])
    return zones.assign(**found)


def _may_name(inside: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> np.ndarray:
    """Tell the quarters in zones without a name, and those that share one with their zone: half a quarter is not it."""
    own, theirs = (
        _keys(zones).set_axis(zones["zone_id"]).reindex(inside["zone_id"]).to_numpy(),
        _keys(inside).to_numpy(),
    )
    found: np.ndarray = (own == "").all(axis=1) | ((own == theirs) & (own != "")).any(axis=1)
    return found


def _keys(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what spellings of each name share; of no name nothing."""
    keys: pd.DataFrame = areas[[*NAME_COLUMNS]].astype("object").map(matching_key, na_action="ignore").fillna("")
    return keys


def _joined(names: pd.Series) -> str:
    different = [*dict.fromkeys(names)]
    return " · ".join(different[:3]) + (" · …" if len(different) > 3 else "")


def _nearest(zones: gpd.GeoDataFrame, quarters: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the names of the quarter nearest to each zone, the first by id of several; none where all are far.

    In a language in which the quarter has none it is the one that its readers are shown.
    """
    ordered = quarters.sort_values("quarter_id")
    tree = shapely.STRtree(ordered.geometry.to_numpy())
    zone, quarter = tree.query_nearest(zones.geometry.to_numpy(), max_distance=NEAR_M)
    first = pd.Series(quarter).groupby(zone).min()
    known = ordered[[*NAME_COLUMNS]].astype("object").iloc[first.to_numpy()].set_axis(first.index)
    of_zones = known.reindex(range(len(zones))).set_axis(zones.index)
    chains = {f"name_{language}": [f"name_{other}" for other in chain] for language, chain in FALLBACK.items()}
    return pd.DataFrame({column: of_zones[chain].bfill(axis=1).iloc[:, 0] for column, chain in chains.items()})
