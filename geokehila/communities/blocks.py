"""The blocks that communities are made of: ground between streets and barriers, its people, and what joins it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geokehila.communities.borders import PASSAGE_M, borders, closed, renumbered, worth_m
from geokehila.communities.ground import INSIDE, RIM, Lines
from geokehila.communities.halving import LARGE_M2, NEAR_M, halves, lived_in
from geokehila.communities.links import Links
from geokehila.communities.mesh import faces, mesh
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.zones import standing_in

#: Land counts like so many times the people that live on as much of it on average.
LAND_WEIGHT = 0.25
#: An empty block counts where blocks that count border on this share of its outline: with homes near it, and without.
ENCLOSED = 0.25, 0.5
#: [m2] A face of a hectare or less is a sliver: a traffic island, ground between two roads.
SLIVER_M2 = 10_000.0


@dataclass(frozen=True, eq=False)
class Homes:
    """Where homes are (points), and how many people live in each, shape (O,)."""

    at: np.ndarray
    people: Floats

    def take(self, rows: Ints) -> Homes:
        """Return some of them."""
        return Homes(self.at[rows], self.people[rows])

    def sums(self, place: Ints, count: int) -> Floats:
        """Return the people by place, shape (count,)."""
        sums: Floats = np.bincount(place, self.people, count).astype(float)
        return sums


@dataclass(frozen=True, eq=False)
class Blocks:
    """Ground between streets and barriers, as far as people live on it or near it.

    Attributes
    ----------
    shapes
        Areas, from west to east, shape (B,).
    people
        Shape (B,).
    xy
        [m] The middle of its homes, of an empty block a point in it, shape (B, 2).
    of_home
        Block of each home, shape (O,).
    borders
        As of :func:`~geokehila.communities.borders.borders`, between blocks; `other` is -1 where the ground on that
        side is nobody's.
    """

    shapes: np.ndarray
    people: Floats
    xy: Floats
    of_home: Ints
    borders: gpd.GeoDataFrame

    @property
    def between(self) -> gpd.GeoDataFrame:
        """Return the borders that have a block on either side."""
        return self.borders[self.borders["other"] >= 0]

    @property
    def facing(self) -> gpd.GeoDataFrame:
        """Return those of them that nobody crosses."""
        return self.between[closed(self.between)]

    def links(self, more: Ints) -> Links:
        """Return which blocks people walk between, and what it is worth.

        Parameters
        ----------
        more
            Pairs of blocks that one way joins over open land, shape (J, 2).
        """
        pairs = np.concatenate([self.between[["one", "other"]].to_numpy(), more])
        metres = np.append(worth_m(self.between), np.full(len(more), PASSAGE_M))
        area_m2 = shapely.area(self.shapes)
        land = area_m2 * (LAND_WEIGHT * max(float(self.people.sum()), 1.0) / area_m2.sum())
        return Links.of(self.people, self.people + land, self.xy, pairs, metres)


def blocks(lines: Lines, homes: Homes, most: float) -> Blocks:
    """Find the blocks between lines.

    Of a block larger than 16 ha the land within 150 m of its homes counts, and one with more people than `most` is
    parted between homes. An empty block counts where it is no larger and those that count enclose half of its outline,
    or a quarter with homes within 150 m; across what nobody passes only a sliver is enclosed.
    """
    rims, cuts = _further(faces(lines.shapes), homes, most)
    every = lines.with_more(RIM, rims).with_more(INSIDE, cuts)
    made = mesh(every.shapes)
    face, middles = _standing_in(homes.at, made.faces), shapely.point_on_surface(made.faces)
    between = borders(made, every)
    kept = np.flatnonzero(_counting(made.faces, between, face, _near(middles, homes.at)))
    row = np.full(len(made.faces) + 1, -1)
    row[kept] = np.arange(len(kept))
    return Blocks(
        made.faces[kept],
        homes.sums(row[face], len(kept)),
        _middles(homes, row[face], shapely.get_coordinates(middles[kept])),
        row[face],
        renumbered(between, row),
    )


def _further(between: np.ndarray, homes: Homes, most: float) -> tuple[list[shapely.Geometry], list[shapely.Geometry]]:
    """Return the rims of what is lived in of large blocks, and the lines that part blocks with too many people."""
    rims, cuts = [], []
    face = _standing_in(homes.at, between)
    is_large, is_full = shapely.area(between) > LARGE_M2, homes.sums(face, len(between)) > most
    for i in np.unique(face[(is_large | is_full)[face]]):
        own, land = homes.take(np.flatnonzero(face == i)), between[[i]]
        if is_large[i]:
            land, rim = lived_in(between[i], shapely.get_coordinates(own.at))
            rims.append(rim)
        part = standing_in(own.at, land)
        for j in np.unique(part[part >= 0]):
            inside = own.take(np.flatnonzero(part == j))
            cuts += halves(land[j], shapely.get_coordinates(inside.at), inside.people, most)
    return rims, cuts


def _standing_in(homes: np.ndarray, faces: np.ndarray) -> Ints:
    """Return the face that each home stands in, the first of several, else the nearest, shape (O,)."""
    found = standing_in(homes, faces)
    lost = np.flatnonzero(found < 0)
    found[lost] = shapely.STRtree(faces).query_nearest(homes[lost], all_matches=False)[1]
    return found


def _near(points: np.ndarray, homes: np.ndarray) -> Flags:
    near = np.zeros(len(points), bool)
    near[shapely.STRtree(homes).query(points, predicate="dwithin", distance=NEAR_M)[0]] = True
    return near


def _counting(faces: np.ndarray, between: gpd.GeoDataFrame, of_home: Ints, is_near: Flags) -> Flags:
    """Tell which faces count: those with homes, and the empty ones that these enclose, shape (F,)."""
    counts, m2 = np.bincount(of_home, minlength=len(faces)) > 0, shapely.area(faces)
    ends = between[["one", "other"]].to_numpy()
    face, beside, along_m = ends.ravel(), ends[:, ::-1].ravel(), between["length_m"].to_numpy().repeat(2)
    enough_m = np.bincount(face + 1, along_m, len(faces) + 1)[1:] * np.where(is_near, *ENCLOSED)
    is_open = ~closed(between).repeat(2) | (np.append(m2, np.inf)[face] <= SLIVER_M2)
    while True:
        enclosed_m = np.bincount(face + 1, along_m * (is_open & np.append(counts, False)[beside]), len(faces) + 1)[1:]
        more = (m2 <= LARGE_M2) & ~counts & (enclosed_m >= enough_m)
        if not more.any():
            return counts
        counts |= more


def _middles(homes: Homes, of_home: Ints, empty: Floats) -> Floats:
    """[m] Return the mean of the homes of each block, of one without any where it lies, shape (B, 2)."""
    count = np.bincount(of_home, minlength=len(empty))[:, None]
    xy = shapely.get_coordinates(homes.at)
    sums = np.stack([np.bincount(of_home, column, len(empty)) for column in xy.T], axis=1)
    return np.where(count > 0, sums / np.maximum(count, 1), empty)
