"""How good communities are: how compact, how far people walk to the middle, what is cut, what they straddle."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geokehila.communities.ground import PARTING, Lines
from geokehila.fabric.graph import MAIN, STREET
from geokehila.network import StreetNetwork
from geokehila.reach.arrays import Floats, Ints

#: [m] Around a passage a line is open so far to each side; what a line cuts is as wide as this.
GAP_M, CUT_M = 1.0, 0.05


def compactness(shapes: np.ndarray) -> Floats:
    """Return the ratio of Polsby and Popper of areas, 4 pi area / outline squared: 1 a circle, 0.79 a square.

    Examples
    --------
    >>> compactness(np.array([shapely.box(0, 0, 10, 10), shapely.box(0, 0, 40, 10)])).round(3).tolist()
    [0.785, 0.503]
    """
    ratio: Floats = 4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2
    return ratio


def walks_m(network: StreetNetwork, homes: pd.DataFrame) -> pd.Series:
    """[m] Return the mean walk of people to the middle of their community.

    The middle is the junction nearest to where its people live on average, of those at the ends of their own streets.
    The walk goes along the ways of the whole town, and begins at the door.

    Parameters
    ----------
    homes
        `x`, `y` [m], `people`, `unit` (community), and how each is snapped: `edge`, `offset_share`, `off_network_m`.

    Returns
    -------
    Series
        By community; those all of whose homes are unconnected are not in it. Homes from which no way leads to the
        middle count for nothing.
    """
    on = homes[homes["edge"] >= 0]
    if on.empty:
        return pd.Series(dtype=float)
    edge = on["edge"].to_numpy()
    middles = pd.Series({unit: _middle(network, own) for unit, own in on.groupby("unit")})
    away_m = dijkstra(_matrix(network), indices=middles.to_numpy())
    row = middles.index.get_indexer(on["unit"])
    along_m = on["offset_share"].to_numpy() * network.length_m[edge]
    by_tail = away_m[row, network.tail[edge]] + along_m
    by_head = away_m[row, network.head[edge]] + network.length_m[edge] - along_m
    walk_m = np.minimum(by_tail, by_head) + on["off_network_m"].to_numpy()
    people = on["people"].to_numpy() * np.isfinite(walk_m)
    sums = pd.DataFrame({"people": people, "walk_m": people * np.where(people > 0, walk_m, 0.0)}).groupby(row).sum()
    return pd.Series((sums["walk_m"] / sums["people"]).round(3).to_numpy(), middles.index)


def _middle(network: StreetNetwork, homes: pd.DataFrame) -> int:
    edge, xy = homes["edge"].to_numpy(), homes[["x", "y"]].to_numpy()
    mean = (xy * homes[["people"]].to_numpy()).sum(axis=0) / homes["people"].sum() if homes["people"].any() else xy[0]
    node = np.concatenate([network.tail[edge], network.head[edge]])
    at = np.concatenate([shapely.get_point(network.lines[edge], end) for end in (0, -1)])
    off_m = shapely.distance(at, shapely.Point(mean)).round(6)
    return int(node[np.lexsort((node, off_m))[0]])


def _matrix(network: StreetNetwork) -> csr_array:
    """Return the length of the shortest edge between two nodes [m]; zero lengths become a millimetre."""
    low, high = np.minimum(network.tail, network.head), np.maximum(network.tail, network.head)
    order = np.lexsort((network.length_m, high, low))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    kept = order[first]
    ends = np.append(low[kept], high[kept]), np.append(high[kept], low[kept])
    length_m = np.tile(np.maximum(network.length_m[kept], 1e-3), 2)
    return csr_array((length_m, ends), shape=(network.nodes_count,) * 2)


def cut_streets(borders: gpd.GeoDataFrame, unit: Ints) -> pd.DataFrame:
    """Return the streets that are cut: those whose two sides are in different communities.

    A main road or a barrier is none: it parts people anyway.

    Parameters
    ----------
    borders
        As of :class:`~geokehila.communities.blocks.Blocks`.
    unit
        Community of each block, shape (B,).

    Returns
    -------
    DataFrame
        `one`, `other` (communities), `line` (the street) and `length_m` of it; a row for each stretch.
    """
    streets = borders[(borders["kind"] == STREET) & (borders["other"] >= 0)]
    one, other = unit[streets["one"]], unit[streets["other"]]
    sides = streets[["line", "length_m"]].assign(one=one, other=other)
    return sides[(one != other) & (one >= 0) & (other >= 0)]


def by_unit(cut: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return `cut_streets_count` and `cut_streets_m` of each community; a street counts in both that it parts."""
    sides = pd.concat([cut.assign(unit=cut["one"]), cut.assign(unit=cut["other"])])
    sums = sides.groupby("unit").agg(cut_streets_count=("line", "nunique"), cut_streets_m=("length_m", "sum"))
    return sums.reindex(range(count), fill_value=0)


def straddles(shapes: np.ndarray, lines: Lines, homes: np.ndarray, unit: Ints) -> Ints:
    """Count how often communities lie on both sides of a main road or barrier that nobody passes within them.

    Each is cut along these lines, which are open at every passage; of its pieces with homes all but one are counted,
    those left out that lay apart before.

    Parameters
    ----------
    shapes
        Of communities, shape (C,).
    homes, unit
        Points, and the community of each, shape (O,).
    """
    stops = lines.shapes[np.isin(lines.kind, [*PARTING, MAIN])]
    gaps = shapely.buffer(lines.passages, GAP_M)
    line, gap = shapely.STRtree(gaps).query(stops, predicate="intersects")
    open_at = pd.Series(gaps[gap]).groupby(line).agg(lambda some: shapely.union_all(some.to_numpy()))
    stops[open_at.index] = shapely.difference(stops[open_at.index], open_at.to_numpy())
    tree, walls = shapely.STRtree(stops), shapely.buffer(stops, CUT_M, cap_style="flat")
    found = []
    for i, shape in enumerate(shapes):
        within = walls[np.sort(tree.query(shape, predicate="intersects"))]
        own, rest = homes[unit == i], shapely.difference(shape, shapely.union_all(within))
        found.append(_pieces(rest, own) - _pieces(shape, own))
    return np.array(found, np.int64)


def _pieces(shape: shapely.Geometry, homes: np.ndarray) -> int:
    parts = shapely.get_parts(shape)
    return len(np.unique(shapely.STRtree(parts).query(homes, predicate="intersects")[1]))
