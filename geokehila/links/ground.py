"""What lies between the ends of a link: what stops it, and what it would lead over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.fabric import Obstacles
from geokehila.load.osm import OsmData
from geokehila.reach.arrays import Flags, Floats

#: Barriers that stop a link, and those that it may lead over or under, the heaviest first.
STOPS = ("wall", "fence", "hedge", "cliff", "coast")
SPANNED = ("motorway", "rail", "water")
ROAD = "road"
#: Grounds that their own barrier stands for: a link over the rails, or over a river, is no walk on them.
RAILWAY, WATER = "railway", "water"
#: Uses of land that are fenced as a rule, whether or not the fence is mapped.
FENCED = ("education", "sport", "industry")
#: [m] This near to its ends a link may touch the ways that it joins.
AT_END_M = 0.5


@dataclass(frozen=True, eq=False)
class Ground:
    """What is mapped between the ways.

    Attributes
    ----------
    obstacles
        Buildings, closed grounds, walls and the like: no link crosses them.
    water
        Grounds under water: no link crosses them but where a river or a stream is mapped in them.
    ways
        Walked ways, and streets closed to the public, on the ground: who comes to one has no need to go on.
    spanned
        By its word what a link may lead over: motorways, rails, running water, and roads that nobody walks along.
    is_raised
        Which rows of table ``streets`` are bridges or tunnels: no link begins on one.
    is_known
        Whether any building is known: where none is, nothing is known of what lies between the ways, and no link is
        left open.
    crs
        Of all of it.
    """

    obstacles: Obstacles
    water: shapely.STRtree
    ways: shapely.STRtree
    spanned: Mapping[str, shapely.STRtree]
    is_raised: Flags
    is_known: bool
    crs: str

    @classmethod
    def of(cls, mapped: OsmData, buildings: gpd.GeoDataFrame) -> Ground:
        """Take what the map holds, and the buildings completed by other layers."""
        barriers, closed, roads = mapped.barriers, mapped.closed_grounds, mapped.roads
        areas = [
            buildings.geometry,
            closed.geometry[~closed["kind"].isin((RAILWAY, WATER))],
            mapped.land_uses.geometry[mapped.land_uses["use"].isin(FENCED)],
        ]
        on_ground = roads[~(roads["bridge"] | roads["tunnel"] | roads["walked"])]
        is_main = on_ground["kind"] == "main"
        is_raised = mapped.streets["bridge"] | mapped.streets["tunnel"]
        spanned = {kind: _tree([barriers.geometry[barriers["kind"] == kind]]) for kind in SPANNED}
        return cls(
            obstacles=Obstacles.of(
                gpd.GeoDataFrame(geometry=pd.concat(areas, ignore_index=True)),
                barriers[barriers["kind"].isin(STOPS)],
            ),
            water=_tree([closed.geometry[closed["kind"] == WATER]]),
            ways=_tree([mapped.streets.geometry[~is_raised], on_ground.geometry[~is_main]]),
            spanned=spanned | {ROAD: _tree([on_ground.geometry[is_main]])},
            is_raised=is_raised.to_numpy(bool),
            is_known=len(buildings) > 0,
            crs=str(mapped.streets.crs),
        )

    def leaves_open(self, links: np.ndarray) -> Flags:
        """Tell which straight links nothing stops, shape (K,)."""
        if not self.is_known:
            return np.zeros(len(links), bool)
        drowned = _hits(self.water, links) & ~_hits(self.spanned[WATER], links)
        return ~(self.obstacles.stop(links) | drowned | _hits(self.ways, _inner(links)))

    def crossed(self, links: np.ndarray) -> np.ndarray:
        """Return what each link leads over, words of `spanned` joined by blanks, "" for nothing, shape (K,)."""
        inner = _inner(links)
        words = [np.where(_hits(tree, inner), word, "") for word, tree in self.spanned.items()]
        return np.array([" ".join(filter(None, some)) for some in zip(*words, strict=True)], object)


def _tree(shapes: Iterable[gpd.GeoSeries]) -> shapely.STRtree:
    return shapely.STRtree(np.concatenate([some.to_numpy() for some in shapes]))


def _hits(tree: shapely.STRtree, links: np.ndarray) -> Flags:
    """Tell which links touch any shape of a tree, shape (K,)."""
    found = np.zeros(len(links), bool)
    found[tree.query(links, predicate="intersects")[0]] = True
    return found


def _inner(links: np.ndarray) -> np.ndarray:
    """Return straight links without their last half metre at each end, at most a quarter of each."""
    xy: Floats = shapely.get_coordinates(links).reshape(-1, 2, 2)
    along = xy[:, 1] - xy[:, 0]
    short = np.minimum(AT_END_M / np.hypot(*along.T), 0.25)[:, None] * along
    inner: np.ndarray = shapely.linestrings(np.stack([xy[:, 0] + short, xy[:, 1] - short], axis=1))
    return inner
