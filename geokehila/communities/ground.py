"""What parts the ground of a town: streets and barriers as lines, and the points at which people on foot pass them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.communities.passages import over_barriers, over_main_roads
from geokehila.fabric import street_fabric
from geokehila.fabric.graph import MAIN, STREET
from geokehila.network import StreetNetwork

#: Barriers that part a town; walls, fences and hedges only part one plot from the next.
PARTING = ("rail", "water", "motorway", "coast", "cliff")
#: A line through a block, where nothing is built to part it; the border of what is lived in.
INSIDE, RIM = "inside", "rim"
#: Of lines that coincide the first of these is what parts.
KINDS = (*PARTING, MAIN, STREET, INSIDE, RIM)


@dataclass(frozen=True, eq=False)
class Ground:
    """A town before it is parted, metres.

    Attributes
    ----------
    roads, crossings, barriers
        As :class:`geokehila.load.osm.OsmData` holds them; of barriers barrier_id, kind and geometry.
    network
        The ways that are open to who walks.
    extent
        What the data cover.
    """

    roads: gpd.GeoDataFrame
    crossings: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    network: StreetNetwork
    extent: shapely.Geometry


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines that part the ground, and where they are passed.

    Attributes
    ----------
    kind
        One of :data:`KINDS`, in their order, shape (L,).
    shapes
        Shape (L,).
    over_main, over_barriers
        Points at which people on foot pass main roads and barriers, shapes (P,) and (Q,).
    crossings_known
        Whether crossings are mapped; else main roads are passed at every intersection.
    """

    kind: np.ndarray
    shapes: np.ndarray
    over_main: np.ndarray
    over_barriers: np.ndarray
    crossings_known: bool

    def with_more(self, kind: str, shapes: Iterable[shapely.Geometry]) -> Lines:
        """Return these lines and more of one kind."""
        drawn = [*zip(self.kind, self.shapes, strict=True), *((kind, shape) for shape in shapes)]
        return Lines(*_ranked(drawn), self.over_main, self.over_barriers, self.crossings_known)


def lines(ground: Ground, around: shapely.Polygon) -> Lines:
    """Draw what parts the ground: streets, the two carriageways of one as one line, and barriers.

    Tunnels part nothing.

    Parameters
    ----------
    around
        Lines that do not touch this are left out; its outline is the last of them.
    """
    fabric = street_fabric(ground.roads, ground.extent)
    segments = fabric.segments[~fabric.segments["tunnel"].astype(bool)]
    parting = ground.barriers[ground.barriers["kind"].isin(PARTING)].sort_values("barrier_id")
    over_main, are_known = over_main_roads(fabric, ground.roads, ground.crossings)
    over = over_barriers(parting.geometry.to_numpy(), ground.network.lines)
    here = [lines[lines.intersects(around)] for lines in (segments, parting)]
    drawn = [pair for lines in here for pair in zip(lines["kind"], lines.geometry, strict=True)]
    return Lines(*_ranked([*drawn, (RIM, shapely.boundary(around))]), over_main, over, are_known)


def _ranked(drawn: list[tuple[str, shapely.Geometry]]) -> tuple[np.ndarray, np.ndarray]:
    kind, shapes = (np.array([*column], object) for column in zip(*drawn, strict=True))
    order = np.argsort(pd.Index(KINDS).get_indexer(pd.Index(kind)), kind="stable")
    return kind[order], shapes[order]
