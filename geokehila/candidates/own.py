"""What the municipality hands over goes before the map: its rows take the sites that they speak of, or are new ones."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.candidates.drafts import drafts, together
from geokehila.candidates.kinds import EXISTING, KINDS, OWN, in_order
from geokehila.ledger import Ledger
from geokehila.merging import SAME_PLACE_M
from geokehila.names import NAME_COLUMNS, matching_key

#: What a row tells where it tells it; else the map's stands.
FIRST_OF_BOTH = (*NAME_COLUMNS, "room_m2", "capacity", "price", "plan_number", "designation", "gush", "helka")


def joined(sites: gpd.GeoDataFrame, own: gpd.GeoDataFrame, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return drafts with the municipality's rows: each takes the nearest site of the map that it speaks of.

    That is one whose outline it lies in, or one within 30 m unless both are named and differently. A site is taken
    once, by the nearest row. It keeps its id, so that a hub that is there stays the place that people walk to, and its
    outline where the row is but a point; of all else the row goes before.

    Parameters
    ----------
    sites
        Drafts of the map.
    own
        Table ``candidates``; may be empty, then without columns.
    """
    if own.empty:
        return sites
    ledger.read("own site", len(own))
    ledger.use("own site", len(own))
    rows = _drafts(own.sort_values("site_id", ignore_index=True))
    row, site = _same(rows, sites)
    of_both = _of_both(rows.iloc[row].reset_index(drop=True), sites.iloc[site].reset_index(drop=True))
    return together(sites.drop(index=sites.index[site]), of_both, rows.drop(index=row))


def _drafts(own: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kinds = [in_order([kind, OWN] if kind in KINDS else [OWN]) for kind in own["kind"]]
    told = own.assign(kinds=pd.Series(kinds, own.index, dtype="object"), is_there=own["status"] == EXISTING)
    return drafts(told, own.geometry.to_numpy(), own.crs)


def _same(rows: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> tuple[list[int], list[int]]:
    """Return the pairs of rows and sites that are one place, each in one pair at most, the nearest first."""
    shapes, spots = sites.geometry.to_numpy(), rows.geometry.to_numpy()
    row, site = shapely.STRtree(shapes).query(spots, "dwithin", distance=SAME_PLACE_M)
    distance = shapely.distance(spots[row], shapes[site])
    ids = zip(rows["site_id"].to_numpy()[row], sites["site_id"].to_numpy()[site], strict=True)
    of_row, of_site = (_names(frame) for frame in (rows, sites))
    taken: dict[int, int] = {}
    for metres, _, i, j in sorted(zip(distance.tolist(), ids, row.tolist(), site.tolist(), strict=True)):
        is_another = metres > 0 and of_row[i] and of_site[j] and not of_row[i] & of_site[j]
        if i not in taken and j not in taken.values() and not is_another:
            taken[i] = j
    return [*taken], [*taken.values()]


def _of_both(rows: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return drafts of the sites as the rows have them, by the order of both."""
    told = pd.DataFrame(sites.drop(columns="geometry"))
    for column in FIRST_OF_BOTH:
        told[column] = rows[column].where(rows[column].notna(), sites[column])
    both = {column: sites[column] + "; " + rows[column] for column in ("source", "source_id")}
    kinds = [in_order([*some, *more]) for some, more in zip(sites["kinds"], rows["kinds"], strict=True)]
    told = told.assign(
        **both,
        kinds=pd.Series(kinds, told.index, dtype="object"),
        choice=rows["choice"],
        listed=rows["listed"],
        extendable=rows["extendable"],
        is_there=sites["is_there"] | rows["is_there"],
        levels_imputed=sites["levels_imputed"] & rows["room_m2"].isna(),
        said="",
    )
    is_drawn = (rows.geometry.area > 0) | (sites.geometry.area == 0)
    return drafts(told, np.where(is_drawn, rows.geometry.to_numpy(), sites.geometry.to_numpy()), sites.crs)


def _names(frame: gpd.GeoDataFrame) -> list[set[str]]:
    """Return the names of each row as they are compared."""
    named = frame[[*NAME_COLUMNS]].itertuples(index=False)
    return [{matching_key(name) for name in row if pd.notna(name)} for row in named]
