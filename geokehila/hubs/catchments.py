"""The walking catchment of a site as a drawn outline: the ways from which it is within the cutoff."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from geokehila import reach
from geokehila.access import Led
from geokehila.reach.arrays import Floats, Ints

#: [m] What is drawn to each side of a way, and the smallest hole [m2] that is left open.
ALONG_M, HOLE_M2 = 40.0, 5_000.0
#: [m] The outline is no finer than this.
FINE_M = 4.0


def outlines(led: Led, gates: gpd.GeoDataFrame, snapped: pd.DataFrame, cutoff_s: float) -> gpd.GeoDataFrame:
    """Draw from where each site is within the cutoff.

    Parameters
    ----------
    led
        The profile's network.
    gates
        Table ``gates`` of the sites; place_id is the site_id.
    snapped
        Table ``snaps`` of these gates on the profile's ways.
    cutoff_s
        [s] The longest walk, inclusive.

    Returns
    -------
    GeoDataFrame
        One row a site: site_id, `minutes`, an area; a drawing, from which nothing is computed.
    """
    of_gate = gates.set_index("gate_id")["place_id"].reindex(snapped["point_id"]).to_numpy(object)
    site_ids, facility = np.unique(of_gate.astype(str), return_inverse=True)
    group = reach.Group(facility.astype(np.int64), np.eye(len(site_ids), dtype=bool))
    ends = led.walker.points(snapped)
    walk_s, _ = reach.nearest(led.network, _nodes(led.walker.network), ends, group, cutoff_s)
    doors = gates.dissolve("place_id").geometry.reindex(site_ids).to_numpy()
    shapes = [_outline(led, walk_s[:, i], door, cutoff_s) for i, door in enumerate(doors)]
    return gpd.GeoDataFrame({"site_id": site_ids, "minutes": cutoff_s / 60}, geometry=shapes, crs=gates.crs)


def _nodes(network: reach.Network) -> reach.Points:
    """Return every node as a point on one of its edges."""
    edges = np.arange(len(network.tail))
    edge, at_head = np.full(network.nodes_count, -1), np.zeros(network.nodes_count, bool)
    edge[network.head], at_head[network.head] = edges, True
    edge[network.tail], at_head[network.tail] = edges, False
    forward_s = np.where(at_head, network.forward_s[edge], 0.0)
    backward_s = np.where(at_head, 0.0, network.backward_s[edge])
    return reach.Points(edge, forward_s, backward_s, np.zeros(network.nodes_count))


def _outline(led: Led, node_s: Floats, door: shapely.Geometry, cutoff_s: float) -> shapely.Geometry:
    network, lines = led.walker.network, led.walker.streets.lines
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = np.nan_to_num((cutoff_s - node_s[network.tail]) / network.backward_s, nan=0.0)
        behind = np.nan_to_num((cutoff_s - node_s[network.head]) / network.forward_s, nan=0.0)
    ahead, behind = np.clip(ahead, 0.0, 1.0), np.clip(behind, 0.0, 1.0)
    whole = ahead + behind >= 1.0
    parts = [*lines[whole], *_ends(lines, ahead, np.flatnonzero(~whole & (ahead > 0)), from_tail=True)]
    parts += _ends(lines, behind, np.flatnonzero(~whole & (behind > 0)), from_tail=False)
    area = shapely.buffer(shapely.union_all([*parts, door]), ALONG_M, quad_segs=4)
    return shapely.simplify(_without_holes(area), FINE_M)


def _ends(lines: np.ndarray, share: Floats, rows: Ints, *, from_tail: bool) -> list[shapely.Geometry]:
    """Return the part of each line that a share of it from one end is."""
    ends = [(0.0, share[row]) if from_tail else (1.0 - share[row], 1.0) for row in rows]
    return [substring(lines[row], *end, normalized=True) for row, end in zip(rows, ends, strict=True)]


def _without_holes(area: shapely.Geometry) -> shapely.Geometry:
    """Return an area without its small holes: yards between ways that are all in the catchment."""
    filled = []
    for part in shapely.get_parts(area):
        rings = [ring for ring in part.interiors if shapely.Polygon(ring).area > HOLE_M2]
        filled.append(shapely.Polygon(part.exterior, rings))
    return shapely.union_all(filled)
