"""Points brought to the network: each to the nearest edge that leads somewhere."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.network.build import FRAGMENT_M, ISLAND_M, MAINLAND, StreetNetwork
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import EDGE, UNCONNECTED


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest edge to each point, of equally near ones the first; -1 and NaN: none within the cap, or closed.

    Attributes
    ----------
    edge
        Shape (P,).
    off
        [m] The way to it.
    """

    edge: Ints
    off: Floats

    @classmethod
    def of(cls, points: gpd.GeoSeries, network: StreetNetwork, cap_m: float) -> Nearest:
        """Look for the nearest of all edges of a network, islands among them."""
        found = cls.none(len(points))
        found.look(points.to_numpy(), np.arange(len(points)), network.lines, np.arange(len(network.lines)), cap_m)
        return found

    @classmethod
    def none(cls, count: int) -> Nearest:
        """Return that nothing is near."""
        return cls(np.full(count, -1), np.full(count, np.nan))

    def among(self, edges: Ints) -> Nearest:
        """Return it for the network of some of the edges, told in their order: none where it is not one of them.

        The nearest of all edges is the nearest of some, too, where it is one of them.
        """
        place = np.searchsorted(edges, self.edge)
        is_in = (self.edge >= 0) & (np.append(edges, -1)[place] == self.edge)
        return Nearest(np.where(is_in, place, -1), np.where(is_in, self.off, np.nan))

    def look(self, at: np.ndarray, rows: Ints, lines: np.ndarray, edges: Ints, cap_m: float) -> None:
        """Write down for some points, by their rows, the nearest of some lines, which are those of `edges`."""
        (point, near), distance = shapely.STRtree(lines).query_nearest(
            at[rows], max_distance=cap_m, return_distance=True
        )
        self.take(rows[point], edges[near], distance)

    def take(self, point: Ints, near: Ints, distance: Floats) -> None:
        """Write down for each point the nearest of the edges found near it, of equally near ones the first."""
        order = np.lexsort((near, distance, point))
        chosen = order[np.unique(point[order], return_index=True)[1]]
        self.edge[point[chosen]], self.off[point[chosen]] = near[chosen], distance[chosen]


def snap(
    points: gpd.GeoSeries,
    kind: str,
    network: StreetNetwork,
    cap_m: float,
    extent: shapely.Geometry | None = None,
    known: Nearest | None = None,
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
    known
        The nearest of all edges, islands among them, as far as it was looked for already; None: for no point.

    Returns
    -------
    DataFrame
        Sorted by id, the columns of table ``snaps`` but its profile: offset_share along the edge 0 to 1, off_network_m
        the walk to it; status ``snapped``, ``unconnected``, or ``edge``: snapped, but a way beyond the data may be
        nearer.
    """
    at = points.to_numpy()
    found = _leading(at, network, cap_m, known or Nearest.none(len(at)))
    edge, off = found.edge, found.off
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


def _leading(at: np.ndarray, network: StreetNetwork, cap_m: float, known: Nearest) -> Nearest:
    """Return the edge that each point is snapped to."""
    street_m = network.street_m()
    is_land = street_m >= ISLAND_M
    on_land, is_known = np.flatnonzero(is_land), np.append(is_land, False)[known.edge]
    found = Nearest(np.where(is_known, known.edge, -1), np.where(is_known, known.off, np.nan))
    found.look(at, np.flatnonzero(~is_known), network.lines[on_land], on_land, cap_m)
    edge = found.edge
    small = np.flatnonzero((edge >= 0) & (np.append(street_m, np.inf)[edge] < FRAGMENT_M))
    if not len(small):
        return found
    point, near = shapely.STRtree(network.lines[on_land]).query(at[small], predicate="dwithin", distance=cap_m)
    point, near = small[point], on_land[near]
    while len(point):
        # Past a fragment one may come to a longer one: each time the component is ten times as long.
        here_m = street_m[edge[point]]
        is_past = (here_m < FRAGMENT_M) & (street_m[near] >= MAINLAND * here_m)
        point, near = point[is_past], near[is_past]
        found.take(point, near, shapely.distance(at[point], network.lines[near]))
    return found


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
