"""Streets made a graph: edges between the points that streets share, and a row of the roads behind each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geokehila.reach.arrays import Flags, Floats, Ints

#: Kinds of roads, from the one that leads farthest; a pavement is part of another.
MAIN, STREET, PATH, PAVEMENT = "main", "street", "path", "pavement"
#: [m] Points this near are one node: OpenStreetMap's own precision.
NODE_M = 0.01


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes, and edges between them; loops and several edges between two nodes are allowed.

    Attributes
    ----------
    roads
        What the edges are of.
    xy
        [m] Where each node lies, shape (N, 2).
    tail, head
        Node at the start and the end of each edge, shape (E,).
    lines
        Geometry of each edge, from tail to head, shape (E,).
    road
        Row in `roads` of each edge, shape (E,); of an edge made of several, that of the longest.
    oneway
        Whether an edge is driven one way only, shape (E,); one that is made of two carriageways is not.
    """

    roads: pd.DataFrame
    xy: Floats
    tail: Ints
    head: Ints
    lines: np.ndarray
    road: Ints
    oneway: Flags

    @property
    def degree(self) -> Ints:
        """Number of edge ends at each node, shape (N,): a loop has two."""
        return np.bincount(np.concatenate([self.tail, self.head]), minlength=len(self.xy))

    @property
    def length_m(self) -> Floats:
        """[m] Length of each edge, shape (E,)."""
        length_m: Floats = shapely.length(self.lines)
        return length_m

    def told(self, column: str) -> np.ndarray:
        """Return what a column of the roads tells of each edge, shape (E,)."""
        values: np.ndarray = self.roads[column].to_numpy()[self.road]
        return values

    def take(self, edges: Ints | Flags) -> Graph:
        """Return the graph of some of the edges, on the same nodes."""
        kept = {name: getattr(self, name)[edges] for name in ("tail", "head", "lines", "road", "oneway")}
        return replace(self, **kept)

    def chains(self, stays: Flags) -> tuple[Ints, Flags]:
        """Number the chains that edges make where they meet two by two.

        Parameters
        ----------
        stays
            Nodes where chains end even so, shape (N,).

        Returns
        -------
        tuple
            The chain of each edge, shape (E,), and which nodes chains pass through, shape (N,).
        """
        is_through = (self.degree == 2) & ~stays
        is_through[self.tail[self.tail == self.head]] = False
        ends, edge = np.concatenate([self.tail, self.head]), np.tile(np.arange(len(self.lines)), 2)
        at = np.flatnonzero(is_through[ends])
        one, other = edge[at[np.argsort(ends[at], kind="stable")]].reshape(-1, 2).T
        return components(one, other, len(self.lines)), is_through

    def cut_at(self, edge: Ints, along_m: Floats) -> tuple[Graph, Ints, Ints]:
        """Cut edges at points along them.

        Parameters
        ----------
        edge, along_m
            The edge of each point, and how far along it the point lies [m], shape (K,).

        Returns
        -------
        tuple
            The graph of the pieces, the node that each old node is now, shape (N,), and that of each point, shape (K,).
        """
        xy = shapely.get_coordinates(shapely.line_interpolate_point(self.lines[edge], along_m))
        made = _cut(self.roads, _with_vertices(self.lines, edge, along_m), xy)
        whole = replace(made, road=self.road[made.road], oneway=self.oneway[made.road])
        at = KDTree(made.xy) if len(made.xy) else None
        old, new = (at.query(points)[1] if at and len(points) else np.empty(0, np.int64) for points in (self.xy, xy))
        return whole, old, new


def cut(roads: pd.DataFrame) -> Graph:
    """Cut roads where two of them share a vertex, or one passes twice, and return the pieces as a graph.

    Bridges and tunnels share no vertex with what they cross, so they are not joined to it. What has no length is left
    out.

    Parameters
    ----------
    roads
        geometry (lines, metres) and `oneway`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> lines = [shapely.LineString([(0, 0), (50, 0), (90, 0)]), shapely.LineString([(50, -30), (50, 0), (50, 20)])]
    >>> cross = cut(gpd.GeoDataFrame({"oneway": [False, True]}, geometry=lines))
    >>> cross.length_m.tolist(), cross.told("oneway").tolist(), cross.degree.tolist()
    ([50.0, 40.0, 30.0, 20.0], [False, False, True, True], [1, 1, 4, 1, 1])
    """
    made = _cut(roads, roads.geometry.to_numpy(), np.empty((0, 2)))
    return replace(made, oneway=made.told("oneway").astype(bool))


def components(one: Ints, other: Ints, count: int) -> Ints:
    """Number what hangs together: of `count` things, given pairs of which are linked, shape (count,)."""
    links = coo_array((np.ones(len(one)), (one, other)), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], np.int64)


def ids_at(letter: str, xy: Floats) -> np.ndarray:
    """Name points by where they lie, in metres; of those in one metre all but the first are numbered.

    Examples
    --------
    >>> ids_at("i", np.array([[180_000.2, 570_000.0], [180_060.0, 570_000.0], [180_000.1, 570_000.0]])).tolist()
    ['i180000_570000_2', 'i180060_570000', 'i180000_570000']
    """
    name = pd.Series([f"{letter}{x:.0f}_{y:.0f}" for x, y in xy], dtype=object)
    again = name.iloc[np.lexsort(xy.T[::-1])].groupby(name).cumcount().sort_index()
    return (name + again.map(lambda count: f"_{count + 1}" if count else "")).to_numpy(object)


def _cut(roads: pd.DataFrame, lines: np.ndarray, also: Floats) -> Graph:
    """Cut lines where they share a vertex, and at the points `also`; `road` is the row of the line, nothing one-way."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    every = np.concatenate([xy, also])
    _, at, place = np.unique((every / NODE_M).round().astype(np.int64), axis=0, return_index=True, return_inverse=True)
    place = place.reshape(-1)
    is_shared, place = np.bincount(place)[place[: len(xy)]] > 1, place[: len(xy)]
    starts, ends = np.ones((2, len(xy)), bool)
    starts[1:] = ends[:-1] = line[1:] != line[:-1]
    cuts = np.flatnonzero(starts | ends | is_shared)
    first, last = cuts[:-1][~ends[cuts[:-1]]], cuts[1:][~starts[cuts[1:]]]
    nodes, node = np.unique(place[np.concatenate([first, last])], return_inverse=True)
    tail, head = np.split(node, 2)
    pieces = _lines(every[at][place], first, last)
    made = Graph(roads, every[at][nodes], tail, head, pieces, line[first], np.zeros(len(first), bool))
    return made.take(made.length_m >= NODE_M)


def _lines(xy: Floats, first: Ints, last: Ints) -> np.ndarray:
    """Return a line for each piece through the vertices from `first` to `last`, both included."""
    width = last - first + 1
    piece = np.repeat(np.arange(len(first)), width)
    vertex = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width) + np.repeat(first, width)
    return shapely.linestrings(xy[vertex], indices=piece) if len(first) else np.empty(0, object)


def _with_vertices(lines: np.ndarray, line: Ints, along_m: Floats) -> np.ndarray:
    """Return lines with one vertex more for each point, given by its line and how far along it the point lies [m]."""
    xy, of = shapely.get_coordinates(lines, return_index=True)
    run_m = np.cumsum(np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T))
    at_m = run_m - run_m[np.searchsorted(of, of)]
    points = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], along_m))
    order = np.lexsort((np.concatenate([at_m, along_m]), np.concatenate([of, line])))
    every, of = np.concatenate([xy, points])[order], np.concatenate([of, line])[order]
    return shapely.linestrings(every, indices=of) if len(of) else lines
