"""Big roads whose pavement is mapped as a way of its own: which of them people need not walk on."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geokehila.load.osm.plazas import SAME_M

#: [m] A pavement this near a road's middle is the road's.
BESIDE_M = 25.0
#: Share of the road's length beside which the pavement must run.
BESIDE_SHARE = 0.8
#: Directions that differ by less [degrees] are parallel.
PARALLEL_DEG = 30.0
#: [m] Step at which a road looks for its pavement.
STEP_M = 10.0
#: [m] So much longer the walk between two side streets may become without the carriageway.
DETOUR_M = 50.0


def walked_beside(streets: gpd.GeoDataFrame) -> np.ndarray:
    """Return which ways nobody need walk on, shape (N,).

    They are big roads tagged with a separate pavement; it is there, along most of the road; and between any two of
    the streets that meet the road the walk without it is at most 50 m longer. So nothing is parted where a mapper
    drew pavements but not yet the crossings that join them.

    Parameters
    ----------
    streets
        Table ``streets`` with `role` as :func:`geokehila.load.osm.walkable.role` gives it, metres.
    """
    lines, role = streets.geometry.to_numpy(), streets["role"].to_numpy()
    leaving = role == "separate"
    roads = np.flatnonzero(leaving)
    leaving[roads] = _share_beside(lines[roads], lines[role == "pavement"]) >= BESIDE_SHARE
    left_out: np.ndarray = leaving & ~_missed(lines, leaving)
    return left_out


def _share_beside(roads: np.ndarray, pavements: np.ndarray) -> np.ndarray:
    """Return the share of each road's length that has a parallel pavement near it."""
    xy, line = shapely.get_coordinates(pavements, return_index=True)
    inner = np.flatnonzero(line[1:] == line[:-1])
    segments = shapely.linestrings(np.stack([xy[inner], xy[inner + 1]], axis=1))
    tree, towards = shapely.STRtree(segments), _direction(segments)
    share = np.zeros(len(roads))
    for i, road in enumerate(roads):
        steps = max(1, int(np.ceil(road.length / STEP_M)))
        pieces = shapely.linestrings(
            shapely.get_coordinates(shapely.line_interpolate_point(road, np.linspace(0, road.length, steps + 1)))[
                np.arange(steps)[:, None] + [0, 1]
            ]
        )
        piece, segment = tree.query(shapely.centroid(pieces), predicate="dwithin", distance=BESIDE_M)
        apart = np.abs(_direction(pieces)[piece] - towards[segment])
        share[i] = len(np.unique(piece[np.minimum(apart, 180 - apart) <= PARALLEL_DEG])) / steps
    return share


def _direction(segments: np.ndarray) -> np.ndarray:
    """[degrees] Return where segments of two points run, either way: 0 to 180."""
    xy = shapely.get_coordinates(segments).reshape(-1, 2, 2)
    way = xy[:, 1] - xy[:, 0]
    degrees: np.ndarray = np.degrees(np.arctan2(way[:, 1], way[:, 0])) % 180.0
    return degrees


def _missed(lines: np.ndarray, leaving: np.ndarray) -> np.ndarray:
    """Return which of the leaving ways are needed by the streets that meet them, shape (N,)."""
    missed = np.zeros(len(lines), bool)
    if not leaving.any():
        return missed
    xy, line = shapely.get_coordinates(lines, return_index=True)
    _, node = np.unique((xy / (2 * SAME_M)).round().astype(np.int64), axis=0, return_inverse=True)
    node = node.reshape(-1)
    stays = np.isin(np.arange(node.max() + 1), node[~leaving[line]])
    inner = np.flatnonzero(line[1:] == line[:-1])
    length, ends = np.hypot(*(xy[inner + 1] - xy[inner]).T), (node[inner], node[inner + 1])
    before = _graph(length, ends, len(stays))
    kept = ~leaving[line[inner]]
    after = _graph(length[kept], (ends[0][kept], ends[1][kept]), len(stays))
    for group in _groups(line, node, leaving, stays):
        limit = shapely.length(lines[group]).sum() + DETOUR_M
        met = np.unique(node[np.isin(line, group)])
        met = met[stays[met]]
        walks = [dijkstra(graph, directed=False, indices=met, limit=limit)[:, met] for graph in (before, after)]
        missed[group] = bool((walks[1] > walks[0] + DETOUR_M).any())
    return missed


def _graph(length: np.ndarray, ends: tuple[np.ndarray, np.ndarray], nodes: int) -> coo_array:
    """Return an undirected graph; of segments between the same nodes the shortest counts, none is of no length."""
    low, high = np.minimum(*ends), np.maximum(*ends)
    order = np.lexsort((length, high, low))
    _, first = np.unique(np.stack([low[order], high[order]]), axis=1, return_index=True)
    take = order[first]
    return coo_array((np.maximum(length[take], SAME_M), (low[take], high[take])), shape=(nodes, nodes)).tocsr()


def _groups(line: np.ndarray, node: np.ndarray, leaving: np.ndarray, stays: np.ndarray) -> list[np.ndarray]:
    """Group the leaving ways that hang together where no other way meets them."""
    between = leaving[line] & ~stays[node]
    links = coo_array(
        (np.ones(between.sum()), (line[between], len(leaving) + node[between])), shape=(len(leaving) + len(stays),) * 2
    )
    _, label = connected_components(links, directed=False)
    rows = np.flatnonzero(leaving)
    return [rows[label[rows] == group] for group in np.unique(label[rows])]
