"""Streets made a network: edges between junctions, what walking them costs a profile, and points snapped to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geokehila.reach import Network, Points
from geokehila.reach.arrays import Floats, Ints
from geokehila.schema import EDGE, UNCONNECTED, check

#: [m] Points this near are one node: OpenStreetMap's own precision.
NODE_M = 0.01
#: [m] A component with less street than this is an island: nothing is snapped to it.
ISLAND_M = 300.0
#: [m] A component with less street than this is a fragment wherever one :data:`MAINLAND` times as long is at hand: a
#: pavement or a park's paths, mapped without what joins them to the street.
FRAGMENT_M = 5_000.0
MAINLAND = 10.0
#: The curve that numbers nodes has 2 ** CURVE_BITS steps to a side.
CURVE_BITS = 16


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Edges between junctions, with the geometry that points are snapped to.

    Attributes
    ----------
    lines
        Geometry of each edge, shape (E,), metres.
    tail, head
        Node at each end of each edge, shape (E,).
    length_m
        [m] Length of each edge.
    component
        Component of each edge, 0 being the longest.
    """

    lines: np.ndarray
    tail: Ints
    head: Ints
    length_m: Floats
    component: Ints

    @property
    def nodes_count(self) -> int:
        """Number of nodes: junctions, bends where streets meet themselves, and ends."""
        return int(max(self.tail.max(initial=-1), self.head.max(initial=-1)) + 1)

    def facts(self) -> Mapping[str, float]:
        """Return the sizes that a report of the network needs."""
        by_component = np.bincount(self.component, weights=self.length_m)
        total, longest = by_component.sum(), by_component.max(initial=0)
        is_fragment = (by_component < FRAGMENT_M) & (by_component * MAINLAND <= longest) & (by_component >= ISLAND_M)
        return {
            "nodes": self.nodes_count,
            "edges": len(self.tail),
            "street_km": round(float(total) / 1000, 3),
            "components": len(by_component),
            "islands": int((by_component < ISLAND_M).sum()),
            "fragments": int(is_fragment.sum()),
            "longest_component_share": round(float(longest / total), 6) if total else 0.0,
        }

    def for_walker(self, speed_m_s: float) -> Network:
        """Return the engine's network for a walker on the flat; both directions cost the same."""
        walk_s = self.length_m / speed_m_s
        return Network(self.nodes_count, self.tail, self.head, walk_s, walk_s, self.length_m)

    def street_m(self) -> Floats:
        """[m] Return, for each edge, how much street its component has, shape (E,)."""
        by_component = np.bincount(self.component, weights=self.length_m).astype(float)
        street_m: Floats = by_component[self.component]
        return street_m

    def left_open(self, extent: shapely.Geometry) -> np.ndarray:
        """Return what the data do not settle: their border, and what leads there and may be no fragment behind it."""
        border, is_small = shapely.boundary(extent), self.street_m() < FRAGMENT_M
        lines, component = self.lines[is_small], self.component[is_small]
        leads_out = (shapely.distance(lines, border) <= NODE_M) | ~shapely.intersects(lines, extent)
        return np.append(lines[np.isin(component, component[leads_out])], border)

    def points(self, snaps: pd.DataFrame, speed_m_s: float) -> Points:
        """Return snapped points (table ``snaps``) as the engine takes them, in the table's order."""
        edge = snaps["edge"].to_numpy(np.int64)
        walk_s = np.append(self.length_m, 0.0)[edge] / speed_m_s
        share = snaps["offset_share"].fillna(0.0).to_numpy(float)
        return Points(
            edge,
            walk_s * share,
            walk_s * (1 - share),
            snaps["off_network_m"].fillna(np.inf).to_numpy(float) / speed_m_s,
        )


def build(streets: gpd.GeoDataFrame) -> StreetNetwork:
    """Cut streets at their junctions: the points that two of them share, or one passes twice, and their ends.

    Bridges and tunnels share no point with what they cross, so they are not joined to it.

    Parameters
    ----------
    streets
        Table ``streets``, metres.
    """
    xy, street = shapely.get_coordinates(streets.geometry.to_numpy(), return_index=True)
    _, node, uses = np.unique((xy / NODE_M).round().astype(np.int64), axis=0, return_inverse=True, return_counts=True)
    node = node.reshape(-1)
    starts = np.concatenate([[True], street[1:] != street[:-1]]) if len(street) else np.empty(0, bool)
    ends = np.concatenate([street[1:] != street[:-1], [True]]) if len(street) else np.empty(0, bool)
    cuts = np.flatnonzero(starts | ends | (uses[node] > 1))
    first, last = cuts[:-1][~ends[cuts[:-1]]], cuts[1:][~starts[cuts[1:]]]
    lines = _lines(xy, first, last)
    length_m = shapely.length(lines)
    ends = np.concatenate([first, last])
    junction, at, ends_of_edges = np.unique(node[ends], return_index=True, return_inverse=True)
    tail, head = np.split(_ranks_along_curve(xy[ends[at]])[ends_of_edges], 2)
    return StreetNetwork(lines, tail, head, length_m, _components(tail, head, length_m, len(junction)))


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
        Table ``snaps``, sorted by id: offset_share along the edge 0 to 1, off_network_m the walk to it; status
        ``snapped``, ``unconnected``, or ``edge``: snapped, but a way beyond the data may be nearer.
    """
    at = points.to_numpy()
    edge, off = _nearest(at, network, cap_m)
    on = edge >= 0
    share = np.full(len(at), np.nan)
    share[on] = shapely.line_locate_point(network.lines[edge[on]], at[on], normalized=True)
    at_edge = off > _to_open_m(at, network, cap_m, extent)
    columns = {
        "point_id": points.index.to_numpy(),
        "kind": kind,
        "edge": edge,
        "offset_share": share,
        "off_network_m": off,
        "status": np.select([~on, at_edge], [UNCONNECTED, EDGE], "snapped"),
    }
    return check("snaps", pd.DataFrame(columns))


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


def _to_open_m(at: np.ndarray, network: StreetNetwork, cap_m: float, extent: shapely.Geometry | None) -> Floats:
    """[m] From each point to what the data do not settle: 0 outside them, infinite beyond the cap."""
    to_open_m = np.full(len(at), np.inf)
    if extent is not None:
        (point, _), distance = shapely.STRtree(network.left_open(extent)).query_nearest(
            at, max_distance=cap_m, return_distance=True, all_matches=False
        )
        to_open_m[point] = distance
        to_open_m[~shapely.intersects(at, extent)] = 0.0
    return to_open_m


def _lines(xy: Floats, first: Ints, last: Ints) -> np.ndarray:
    """Return a line for each edge through the vertices from `first` to `last`, both included."""
    width = last - first + 1
    edge = np.repeat(np.arange(len(first)), width)
    vertex = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width) + np.repeat(first, width)
    return shapely.linestrings(xy[vertex], indices=edge) if len(first) else np.empty(0, object)


def _ranks_along_curve(xy: Floats) -> Ints:
    """Number points along a Hilbert curve through their square, so that near nodes have near numbers: searches stay in
    the processor's cache.
    """
    low, high = xy.min(axis=0, initial=np.inf), xy.max(axis=0, initial=-np.inf)
    side = (high - low).max() or 1.0
    x, y = ((xy - low) / side * (2**CURVE_BITS - 1)).astype(np.int64).T
    along = np.zeros(len(xy), np.int64)
    for bit in range(CURVE_BITS - 1, -1, -1):
        right, upper, rest = (x >> bit) & 1, (y >> bit) & 1, (1 << bit) - 1
        along = (along << 2) | ((3 * right) ^ upper)
        x, y = x & rest, y & rest
        turned = (right == 1) & (upper == 0)
        x, y = np.where(turned, rest - x, x), np.where(turned, rest - y, y)
        x, y = np.where(upper == 0, y, x), np.where(upper == 0, x, y)
    rank = np.empty(len(xy), np.int64)
    rank[np.argsort(along, kind="stable")] = np.arange(len(xy))
    return rank


def _components(tail: Ints, head: Ints, length_m: Floats, nodes: int) -> Ints:
    """Number the components of the edges, the longest first."""
    _, label = connected_components(
        coo_array((np.ones(len(tail)), (tail.astype(np.int32), head.astype(np.int32))), shape=(nodes, nodes)),
        directed=False,
    )
    rank = np.empty(label.max(initial=-1) + 1, np.int64)
    rank[np.argsort(-np.bincount(label[tail], weights=length_m), kind="stable")] = np.arange(len(rank))
    component: Ints = rank[label[tail]]
    return component
