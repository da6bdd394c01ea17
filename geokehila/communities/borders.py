"""What lies between two pieces of ground: which line it is, and whether people on foot pass it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geokehila.communities.ground import INSIDE, PARTING, RIM, Lines
from geokehila.communities.mesh import Mesh
from geokehila.fabric.graph import MAIN, STREET
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] What is worth a metre of street between two blocks: a metre inside a block, where homes have no street between
#: them, counts twice; one way over a main road or a barrier counts as so many metres.
INSIDE_WEIGHT, PASSAGE_M = 2.0, 20.0
#: [m] A passage lies this near the line that it passes.
_ON_LINE_M = 0.5


def borders(made: Mesh, lines: Lines) -> gpd.GeoDataFrame:
    """Return what lies between the faces of lines.

    Returns
    -------
    GeoDataFrame
        Faces `one` and `other` (-1: the ground outside), `kind` of the line and its row `line`, `length_m`,
        `passages_count` on it, and the stretch of line.
    """
    between = np.flatnonzero(made.left != made.right)
    edges, kind = made.edges[between], lines.kind[made.line[between]]
    over = [_count_on(edges, points) for points in (lines.over_main, lines.over_barriers)]
    columns = {
        "one": made.left[between],
        "other": made.right[between],
        "kind": kind,
        "line": made.line[between],
        "length_m": shapely.length(edges),
        "passages_count": np.select([kind == MAIN, np.isin(kind, PARTING)], over, 0),
    }
    return gpd.GeoDataFrame(columns, geometry=edges)


def renumbered(between: gpd.GeoDataFrame, row: Ints) -> gpd.GeoDataFrame:
    """Return borders between what faces become: the row of each face, -1 for none, and of face -1 at the end."""
    low, high = np.sort(row[between[["one", "other"]].to_numpy()], axis=1).T
    return between.assign(one=high, other=low)[low != high].reset_index(drop=True)


def closed(between: gpd.GeoDataFrame) -> Flags:
    """Tell which borders nobody crosses on foot: main roads and barriers without a passage."""
    stops = between["kind"].isin([*PARTING, MAIN]) & (between["passages_count"] == 0)
    return np.asarray(stops, bool)


def worth_m(between: gpd.GeoDataFrame) -> Floats:
    """[m] Return what is lost where people on the two sides of a border are parted; 0: nobody crosses it."""
    kind, length_m = between["kind"].to_numpy(), between["length_m"].to_numpy()
    cases = [kind == STREET, np.isin(kind, (INSIDE, RIM))]
    worth: Floats = np.select(cases, [length_m, INSIDE_WEIGHT * length_m], PASSAGE_M * between["passages_count"])
    return worth


def _count_on(edges: np.ndarray, points: np.ndarray) -> Ints:
    edge, _ = shapely.STRtree(points).query(edges, predicate="dwithin", distance=_ON_LINE_M)
    return np.bincount(edge, minlength=len(edges))
