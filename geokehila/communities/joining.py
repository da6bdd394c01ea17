"""Homes apart: people on two sides of open land are joined, those whom something closed parts are not."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.communities.blocks import Blocks, Homes
from geokehila.communities.walks import Doors
from geokehila.reach.arrays import Floats, Ints

#: [m] Over open land people are neighbours no farther than this, on the map: a walk of a quarter of an hour.
APART_M = 1_000.0
#: What a main road is called beside the kinds of barriers.
MAIN_ROAD = "main road"
NO_PAIRS = np.empty((0, 2), np.int64)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Homes of two pieces of town, within 1 km of each other and with no other home between them.

    Attributes
    ----------
    piece
        Of each block, what hangs together, shape (B,).
    home, block
        The two homes and their blocks, the nearest homes first, shape (N, 2).
    closed
        What nobody passes on the straight line between them: `pair` (row of `block`) and `kind`.
    """

    piece: Ints
    home: Ints
    block: Ints
    closed: pd.DataFrame

    @classmethod
    def of(cls, made: Blocks, homes: Homes, closed: gpd.GeoDataFrame) -> Neighbours:
        """Find them; `closed` holds the lines that nobody crosses, and their `kind`."""
        piece, xy = made.links(NO_PAIRS).pieces(), shapely.get_coordinates(homes.at)
        ends = _sides(xy)
        of_pieces = piece[made.of_home[ends]]
        ends = ends[of_pieces[:, 0] != of_pieces[:, 1]]
        apart_m = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T).round(3)
        order = np.lexsort((ends[:, 1], ends[:, 0], apart_m))
        ends = ends[order[apart_m[order] <= APART_M]]
        pair, line = shapely.STRtree(closed.geometry.to_numpy()).query(shapely.linestrings(xy[ends]), "intersects")
        crossed = pd.DataFrame({"pair": pair, "kind": closed["kind"].to_numpy()[line]})
        return cls(piece, ends, made.of_home[ends], crossed)

    def joined(self, made: Blocks, doors: Doors, least: float) -> Ints:
        """Return pairs of blocks that join pieces with too few people to others over open land, shape (J, 2).

        Pieces are joined at the two homes that are nearest each other with nothing closed between them, or no more than
        a barrier round or over which one walks from one to the other within 1 km; the nearest pieces first, as long as
        one of the two has fewer people than `least`. Pieces that face each other over something closed are never
        joined.
        """
        people = np.bincount(self.piece, made.people).astype(float)
        of_pieces, facing = self.piece[self.block], self.piece[made.facing[["one", "other"]].to_numpy()]
        may = np.min(people[of_pieces], axis=1, initial=np.inf) < least
        may[self.closed["pair"][self.closed["kind"] == MAIN_ROAD]] = False
        barred = np.flatnonzero(may & np.isin(np.arange(len(may)), self.closed["pair"]))
        may[barred] = np.isfinite(doors.between_m(self.home[barred], APART_M))
        pairs = np.flatnonzero(may)
        return self.block[pairs[_joining(of_pieces[pairs], facing, people, least)]]

    def parted_by(self, unit: Ints) -> dict[int, list[str]]:
        """Return what is closed between the homes of each community and those of others, the most frequent first.

        Parameters
        ----------
        unit
            Community of each block, shape (B,).
        """
        ends = unit[self.block[self.closed["pair"]]]
        sides = pd.DataFrame({"unit": ends.ravel(), "kind": self.closed["kind"].to_numpy().repeat(2)})
        of_others = sides[(ends[:, 0] != ends[:, 1]).repeat(2)]
        counts = pd.DataFrame(of_others.groupby(["unit", "kind"]).size().rename("count").reset_index())
        ordered = counts.sort_values(["unit", "count", "kind"], ascending=[True, False, True])
        return {int(i): ordered["kind"][ordered["unit"] == i].tolist() for i in np.unique(ordered["unit"])}


def _sides(xy: Floats) -> Ints:
    """Return the pairs of homes that no other lies between: the sides of the triangles of Delaunay, shape (N, 2)."""
    sides = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(xy), only_edges=True))
    every = np.concatenate([xy, shapely.get_coordinates(sides)])
    _, first, same = np.unique(every @ [1, 1j], return_index=True, return_inverse=True)
    ends: Ints = np.sort(first[same.reshape(-1)[len(xy) :]].reshape(-1, 2), axis=1)
    return ends


def _joining(pairs: Ints, facing: Ints, people: Floats, least: float) -> list[int]:
    """Return which pairs of pieces, the nearest first, join one with too few people to one that it does not face."""
    group, total, faces = np.arange(len(people)), people.copy(), np.zeros((len(people),) * 2, bool)
    faces[facing[:, 0], facing[:, 1]] = faces[facing[:, 1], facing[:, 0]] = True
    found = []
    for i, ends in enumerate(pairs):
        low, high = sorted(group[ends].tolist())
        if low != high and min(total[low], total[high]) < least and not faces[low, high]:
            group[group == high] = low
            total[low] += total[high]
            faces[low] |= faces[high]
            faces[:, low] |= faces[:, high]
            found.append(i)
    return found
