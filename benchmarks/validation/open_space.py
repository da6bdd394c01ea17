"""Open space cut anew by geopandas, and shared out by PySAL's access over the walks of networkx."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.drawn import METRES, Drawn
from benchmarks.validation.towns import Town
from geokehila.analyses.open_space import SHARED
from geokehila.open_spaces.reasons import TAKEN
from geokehila.schema import YES

#: [m] Walks of the two differ by less (section Walks).
NEAR_M = 0.5


def ground(town: Town) -> Iterator[Beside]:
    """Compare the open ground of areas, and that for each resident, with overlays of what is public."""
    spaces, zones = town.layer("open_spaces"), gpd.GeoDataFrame(town.tables["zones"])[["zone_id", "geometry"]]
    public = spaces[spaces["public"] == YES]
    # A car park takes ground out of the park around it, a park takes none out of a car park.
    taken = spaces[spaces["why"].isin(TAKEN)]
    own = []
    for shape, area in zip(public.geometry, public.area, strict=True):
        smaller = taken[taken.intersects(shape) & (taken.area < area)]
        own.append(shape.difference(smaller.union_all()))
    whole = gpd.GeoDataFrame(geometry=[gpd.GeoSeries(own, crs=public.crs).union_all()], crs=public.crs)
    extent = gpd.GeoDataFrame(town.tables["map_marks"]).query("kind == 'extent'")[["geometry"]].to_crs(whole.crs)
    inside = zones.to_crs(whole.crs).overlay(whole, how="intersection").overlay(extent, how="intersection")
    m2 = inside.assign(m2=inside.area).groupby("zone_id")["m2"].sum().reindex(zones["zone_id"], fill_value=0.0)
    people = town.tables["origins"].groupby("zone_id")["people"].sum().reindex(zones["zone_id"])
    for measure, theirs in (("open_m2", m2), ("open_m2_per_resident", m2 / people.where(people > 0))):
        ours = town.of_zones(measure)["low"].reindex(zones["zone_id"]).to_numpy(float)
        some = theirs.to_numpy(float)
        yield Beside(f"`{measure}` of an area", town.name, f"overlay, {of('geopandas')}", ours,
                     np.where(np.isnan(ours), np.nan, some), 1e-4 * (1 + np.nan_to_num(np.abs(some))), "m2",
                     "corners of cut shapes are rounded")  # fmt: skip


def shared(town: Town, drawn: Drawn) -> Iterator[Beside]:
    """Compare two-step floating catchments with those of PySAL's access, spaces walked to by networkx."""
    from access.fca import two_stage_fca

    within = town.catalogue.standards["open_catchment"].value
    spaces = town.layer("open_spaces").set_index("place_id")
    holds = spaces["counted_m2"].where(spaces["kind"].isin(SHARED) & (spaces["public"] == YES), 0.0)
    holds = holds[holds > 0]
    pairs, close = [], set()
    for space in holds.index:
        gates = {gate for gate in drawn.gates.get(space, []) if gate in drawn.graph}
        for home, walk_m in drawn.from_all(gates, within + NEAR_M, METRES).items():
            pairs.append((home[1], space, walk_m))
            close |= {space} if abs(walk_m - within) < NEAR_M else set()
    cost = pd.DataFrame(pairs, columns=["origin", "dest", "cost"])
    origins = town.tables["origins"].set_index("origin_id")
    demand = pd.DataFrame({"geoid": origins.index, "demand": origins["people"].to_numpy(float)})
    supply = holds.rename("supply").rename_axis("geoid").to_frame()
    found = two_stage_fca(demand, supply, cost, within).reindex(origins.index, fill_value=0.0)
    # A home just at the limit changes what all others have of that space.
    unsure = {*cost.loc[cost["dest"].isin(close), "origin"]}
    ours = town.homes()["open_2sfca_m2"].to_numpy(float)
    out = np.isnan(ours) | origins.index.isin([*unsure])
    apart = f"{town.name}, homes that share with none just at {within:.0f} m"
    yield Beside("`open_2sfca_m2` of a home", apart, f"two_stage_fca, {of('access')}", np.where(out, np.nan, ours),
                 np.where(out, np.nan, found.to_numpy(float)), 1e-6, "m2")  # fmt: skip
