"""Points brought to the network: each to the nearest edge that leads somewhere."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.network.build import FRAGMENT_M, ISLAND_M, MAINLAND, StreetNetwork
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import EDGE, UNCONNECTED


def snap(
    points: gpd.GeoSeries, kind: str, network: StreetNetwork, cap_m: float, extent: shapely.Geometry | None = None
) -> pd.DataFrame:
    """Snap points to the nearest edge, not node; of equally near edges to the first.

    No point is snapped to an island. One nearest to a fragment is led past it, to the nearest edge of a component at
    least ten times as long, where the cap allows.

    Parameters
    ----------
    points
        Point geometry, the index holding the ids.
    kind
        ``"origin"`` or ``"gate"``.
    cap_m
        [m] A point farther from every edge is unconnected: edge -1, no offset.
    extent
        What the data cover; None: they end nowhere.

    Returns
    -------
    DataFrame
        Sorted by id, the columns of table ``snaps`` but its profile: offset_share along the edge 0 to 1, off_network_m
        the walk to it; status ``snapped``, ``unconnected``, or ``edge``: snapped, but a way beyond the data may be
        nearer.
    """
    at = points.to_numpy()
    edge, off = _nearest(at, network, cap_m)
    on = edge >= 0
    share = np.full(len(at), np.nan)
    share[on] = shapely.line_locate_point(network.lines[edge[on]], at[on], normalized=True)
    at_edge = np.zeros(len(at), bool) if extent is None else _at_edge(at, edge, off, network, cap_m, extent)
    columns = {
        "point_id": points.index.to_numpy(),
        "kind": kind,
        "edge": edge,
        "offset_share": share,
        "off_network_m": off,
        "status": np.select([~on, at_edge], [UNCONNECTED, EDGE], "snapped"),
    }
    return pd.DataFrame(columns).sort_values("point_id", ignore_index=True)


def _nearest(at: np.ndarray, network: StreetNetwork, cap_m: float) -> tuple[Ints, Floats]:
    """Return the edge that each point is snapped to, -1 for none within the cap, and the way to it [m], else NaN."""
    street_m, edge, off = network.street_m(), np.full(len(at), -1), np.full(len(at), np.nan)
    on_land = np.flatnonzero(street_m >= ISLAND_M)
    (point, near), distance = shapely.STRtree(network.lines[on_land]).query_nearest(
        at, max_distance=cap_m, return_distance=True
    )
    _take_nearest(edge, off, point, on_land[near], distance)
    small = np.flatnonzero((edge >= 0) & (np.append(street_m, np.inf)[edge] < FRAGMENT_M))
    point, near = shapely.STRtree(network.lines[on_land]).query(at[small], predicate="dwithin", distance=cap_m)
    point, near = small[point], on_land[near]
    while len(point):
        # Past a fragment one may come to a longer one: each time the component is ten times as long.
        here_m = street_m[edge[point]]
        is_past = (here_m < FRAGMENT_M) & (street_m[near] >= MAINLAND * here_m)
        point, near = point[is_past], near[is_past]
        _take_nearest(edge, off, point, near, shapely.distance(at[point], network.lines[near]))
    return edge, off


def _take_nearest(edge: Ints, off: Floats, point: Ints, near: Ints, distance: Floats) -> None:
    """Write down for each point the nearest of the edges found near it, of equally near ones the first."""
    order = np.lexsort((near, distance, point))
    chosen = order[np.unique(point[order], return_index=True)[1]]
    edge[point[chosen]], off[point[chosen]] = near[chosen], distance[chosen]


def _at_edge(
    at: np.ndarray, edge: Ints, off: Floats, network: StreetNetwork, cap_m: float, extent: shapely.Geometry
) -> Flags:
    """Tell which points more data might bring to another edge: what they do not settle is near.

    That is their border, and what leads there: behind it a fragment may be none, and any component long enough to be
    led to past the fragment that a point is on.
    """
    leads_out, is_small = network.leads_out(extent), network.street_m() < FRAGMENT_M
    border = shapely.boundary(extent)
    beyond = np.append(network.lines[leads_out & is_small], border)
    (point, _), distance = shapely.STRtree(beyond).query_nearest(
        at, max_distance=cap_m, return_distance=True, all_matches=False
    )
    to_open_m = np.full(len(at), np.inf)
    to_open_m[point] = distance
    found: Flags = (off > to_open_m) | ~shapely.intersects(at, extent)
    on_fragment = np.flatnonzero((edge >= 0) & np.append(is_small, False)[edge])
    others = np.append(network.lines[leads_out], border)
    component = np.append(network.component[leads_out], -1)
    point, other = shapely.STRtree(others).query(at[on_fragment], predicate="dwithin", distance=cap_m)
    point = on_fragment[point]
    found[point[component[other] != network.component[edge[point]]]] = True
    return found
