"""The ground of a region: a circle for each locality, of a size on paper, so that a small one is seen at any scale."""

from __future__ import annotations

from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely

from geokehila.draw.atlas.ground import Ground, View, with_people
from geokehila.draw.atlas.paper import POINTS
from geokehila.draw.atlas.shapes import Shapes

#: [mm on paper] Radius of a circle on a map of a whole sheet: at least, and for each root of a resident.
LEAST_MM, PER_ROOT_MM = 1.3, 0.009
#: [mm] Side of such a map; on smaller ones circles are smaller by the root of that.
WHOLE_MM = 220.0
#: [pt] Left free around a smaller circle that lies on a larger one, and between a circle at the edge and its frame.
HALO, FRAME = 0.5, 2.5
#: A locality is far out where all others without it fit a map of a scale so much larger; so many of them at most.
FAR, MOST_FAR = 1.25, 3
#: Left free for those at the edge that they lie beyond, as a share of the map.
EDGE_SHARE = 0.12


class Circles(Ground):
    """Localities as circles: the more residents, the larger; of two that meet, the smaller lies on top.

    One that lies far out from all others stands in a frame at the edge that it lies beyond.
    """

    def zones(self, view: View) -> Shapes:
        """Return the circles, one a row of ``town.zones``; what smaller ones cover is left out."""
        if ("zones", view) not in self._drawn:
            self._drawn["zones", view] = Shapes.of(self._circles(view))
        return self._drawn["zones", view]

    def frames(self, view: View) -> Shapes:
        """Return a frame around each circle that is not in its place."""
        at, radii = self.middles(view)[self.is_far], self.radii(view)[self.is_far] + FRAME
        return Shapes.of(shapely.box(*(at - radii[:, None]).T, *(at + radii[:, None]).T))

    def radii(self, view: View) -> np.ndarray:
        """Return the radius of each circle [pt]."""
        people = self.labelled["people"].fillna(0.0).to_numpy(float)
        smaller = min(1.0, (min(view.width, view.height) / WHOLE_MM) ** 0.5)
        return np.asarray(smaller * POINTS * (LEAST_MM + PER_ROOT_MM * np.sqrt(people)))

    def middles(self, view: View) -> np.ndarray:
        """Return where each circle is, in points from the map's middle, shape (N, 2)."""
        at, radii = self.points(self._at, view), self.radii(view) + FRAME + 1.0
        room = np.array([view.width, view.height]) * POINTS / 2
        taken: list[int] = []
        for row in np.flatnonzero(self.is_far):
            at[row] = np.clip(at[row], radii[row] - room, room - radii[row])
            along = int(abs(at[row][0]) == room[0] - radii[row])
            while any((abs(at[row] - at[other]) < radii[row] + radii[other]).all() for other in taken):
                at[row][along] += radii[row] * (-1 if at[row][along] > 0 else 1)
            taken.append(int(row))
        return at

    def named_at(self, view: View) -> tuple[np.ndarray, np.ndarray | None]:
        """Return where the circles are, and their radii."""
        return self.middles(view), self.radii(view)

    @property
    def has_far(self) -> bool:
        """Whether any locality is drawn at the edge that it lies beyond."""
        return bool(self.is_far.any())

    @cached_property
    def labelled(self) -> gpd.GeoDataFrame:
        """The localities with their people, rows as in ``town.zones``."""
        return with_people(self.town.zones, self.town, "zone")

    @cached_property
    def is_far(self) -> np.ndarray:
        """Which localities lie far out, rows as in ``town.zones``."""
        far = np.zeros(len(self._at), bool)
        for _ in range(MOST_FAR):
            near = np.flatnonzero(~far)
            if len(near) < 2 * MOST_FAR:
                break
            at = self._at[near]
            ends = [*at.argmin(axis=0), *at.argmax(axis=0)]
            without = [float(np.ptp(np.delete(at, end, axis=0), axis=0).max()) for end in ends]
            if np.ptp(at, axis=0).max() < FAR * min(without):
                break
            far[near[ends[int(np.argmin(without))]]] = True
        return far

    @cached_property
    def _at(self) -> np.ndarray:
        """[m] The middle of each locality, shape (N, 2)."""
        middles = shapely.centroid(np.asarray(self.town.zones.geometry.array))
        return np.column_stack([shapely.get_x(middles), shapely.get_y(middles)])

    def _peopled(self) -> tuple[float, float, float, float]:
        """Return the bounds of those that are not far out, with room where others stand at the edge."""
        ends = np.array([*self.town.zones[~self.is_far].total_bounds]).reshape(2, 2)
        size, far = ends[1] - ends[0], self._at[self.is_far]
        ends[0] -= EDGE_SHARE * size * (far < ends[0]).any(axis=0)
        ends[1] += EDGE_SHARE * size * (far > ends[1]).any(axis=0)
        west, south, east, north = ends.ravel().tolist()
        return west, south, east, north

    def _whole(self) -> tuple[float, float, float, float]:
        return self._peopled()

    def _circles(self, view: View) -> np.ndarray:
        radii = self.radii(view)
        whole = shapely.buffer(shapely.points(self.middles(view)), radii)
        wider = shapely.buffer(whole, HALO)
        order = np.argsort(radii, kind="stable")
        for at, row in enumerate(order):
            on_top = order[:at][shapely.intersects(whole[row], wider[order[:at]])]
            whole[row] = shapely.difference(whole[row], shapely.union_all(wider[on_top]))
        return np.asarray(whole)
