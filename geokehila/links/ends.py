"""Where a link may begin or end: junctions, dead ends and even steps along the walked ways, on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geokehila.network import Walker
from geokehila.reach import Points
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] Ends are tried at least this often along an edge.
STEP_M = 20.0


@dataclass(frozen=True, eq=False)
class Ends:
    """Points of the ways that are open to a walker, N of them.

    Attributes
    ----------
    edge, share
        Where each lies: the walker's edge, and how far along it, 0 to 1.
    xy
        [m] The same on the map, shape (N, 2).
    points
        The same as the engine takes it.
    """

    edge: Ints
    share: Floats
    xy: Floats
    points: Points

    @classmethod
    def along(cls, walker: Walker, is_raised: Flags) -> Ends:
        """Take every node, and points at even steps of 20 m at most between them.

        Parameters
        ----------
        is_raised
            Which rows of table ``streets`` are bridges or tunnels: one leaves them at their ends only.
        """
        streets = walker.streets
        ground = np.flatnonzero(~is_raised[streets.street])
        steps = np.maximum(np.ceil(streets.length_m[ground] / STEP_M), 1).astype(np.int64)
        between = steps - 1
        number = np.arange(between.sum()) - np.repeat(np.cumsum(between) - between, between) + 1
        _, first = np.unique(np.concatenate([streets.tail[ground], streets.head[ground]]), return_index=True)
        edge = np.concatenate([np.tile(ground, 2)[first], np.repeat(ground, between)])
        share = np.concatenate([(first >= len(ground)) * 1.0, number / np.repeat(steps, between)])
        return cls.at(walker, edge, share)

    @classmethod
    def at(cls, walker: Walker, edge: Ints, share: Floats) -> Ends:
        """Take points by their edges and shares."""
        on = shapely.line_interpolate_point(walker.streets.lines[edge], share, normalized=True)
        snaps = pd.DataFrame({"edge": edge, "offset_share": share, "off_network_m": 0.0})
        return cls(edge, share, shapely.get_coordinates(on), walker.points(snaps))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.edge)

    def take(self, rows: Ints) -> Ends:
        """Return some of them, by their numbers."""
        return Ends(self.edge[rows], self.share[rows], self.xy[rows], self.points.take(rows))
