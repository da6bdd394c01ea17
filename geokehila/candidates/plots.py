"""Cells of statutory plans: plots where a hub could be built, and what plans say of the ground of any site."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.candidates import reasons
from geokehila.candidates.drafts import drafts, together
from geokehila.candidates.from_map import ANOTHER
from geokehila.candidates.kinds import CANDIDATE, EXCLUDED, OF_PLANS, PLAN_OPEN, PLAN_PUBLIC, in_order
from geokehila.candidates.rooms import free_m2
from geokehila.ledger import Ledger

#: The status of a plan that holds, and what it says of the ground of a site.
APPROVED, FACTS = "approved", ("plan_number", "designation", "gush", "helka")
#: Standards: the ground [m2] without buildings that a plot must have.
LIMITS: Mapping[str, str] = {PLAN_PUBLIC: "hub_plot", PLAN_OPEN: "hub_open_plot"}


def cells(plans: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, limits: Mapping[str, float]) -> gpd.GeoDataFrame:
    """Return drafts of the cells for public buildings and for open space; their room is the ground not built on.

    Parameters
    ----------
    plans
        Table ``plans``; may be empty, then without columns.
    buildings
        What stands on the ground.
    limits
        Values of the catalogue's standards.
    """
    if plans.empty:
        return drafts(pd.DataFrame(), [], buildings.crs)
    some = plans[plans["use"].isin(OF_PLANS)].sort_values("cell_id", ignore_index=True)
    kind = [OF_PLANS[use] for use in some["use"]]
    least = np.array([limits[LIMITS[one]] for one in kind], float)
    free = free_m2(some.geometry.to_numpy(), buildings.geometry.to_numpy())
    is_built_up = (some.geometry.area >= least) & (free < least)
    told = some[[*FACTS]].assign(
        kinds=pd.Series([(one,) for one in kind], dtype="object"),
        site_id="plan:" + some["cell_id"],
        source="plans",
        source_id=some["cell_id"],
        room_m2=free,
        size_m2=free,
        said=np.select([some["status"] != APPROVED, is_built_up], [reasons.NOT_APPROVED, reasons.BUILT_UP], ""),
    )
    return drafts(told, some.geometry.to_numpy(), buildings.crs)


def built_on(sites: gpd.GeoDataFrame, plots: gpd.GeoDataFrame, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return sites and plots, a plot and what already stands on it as one site.

    Parameters
    ----------
    sites, plots
        Drafts with `status`. Only a candidate plot is one with the sites on it, and only with those that are not
        excluded: they take its kind, and it has no row.
    """
    ledger.read("plan cell", len(plots))
    shapes = plots.geometry.to_numpy()
    at = shapely.point_on_surface(sites.geometry.to_numpy())
    plot, site = shapely.STRtree(at).query(shapes, "intersects")
    is_one = (plots["status"].to_numpy() == CANDIDATE)[plot] & (sites["status"].to_numpy() != EXCLUDED)[site]
    plot, site = plot[is_one], site[is_one]
    kinds = sites["kinds"].tolist()
    for i, j in zip(plot.tolist(), site.tolist(), strict=True):
        kinds[j] = in_order([*kinds[j], *plots["kinds"].iloc[i]])
    taken = np.isin(np.arange(len(plots)), plot)
    for source_id in plots["source_id"][taken]:
        ledger.reject("plan cell", source_id, ANOTHER)
    ledger.use("plan cell", int((~taken).sum()))
    return together(sites.assign(kinds=pd.Series(kinds, sites.index, dtype="object")), plots[~taken])


def with_facts(sites: gpd.GeoDataFrame, plans: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return sites with what plans say of their ground: of cells that overlap the approved, then the newest.

    What a site tells of itself stays.
    """
    if plans.empty:
        return sites
    ranked = _newest_first(plans)
    at = shapely.point_on_surface(sites.geometry.to_numpy())
    site, cell = shapely.STRtree(ranked.geometry.to_numpy()).query(at, "intersects")
    first = pd.Series(cell, site).groupby(level=0).min()
    found = ranked[[*FACTS]].iloc[first].set_axis(sites.index[first.index])
    silent = sites[[*FACTS]].isna().all(axis=1)
    told = found[silent.loc[found.index]]
    changed = sites.copy()
    changed.loc[told.index, [*FACTS]] = told
    return changed


def _newest_first(plans: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return cells by how much they count: approved ones first, then the newest, then by id."""
    newest = plans.sort_values("cell_id").sort_values("date", ascending=False, kind="stable")
    ranked: gpd.GeoDataFrame = newest.iloc[np.argsort(newest["status"] != APPROVED, kind="stable")]
    return ranked.reset_index(drop=True)
