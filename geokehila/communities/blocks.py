"""The blocks that communities are made of: ground between streets and barriers, its people, and what joins it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geokehila.communities.ground import INSIDE, PARTING, RIM, Lines
from geokehila.communities.halving import LARGE_M2, NEAR_M, halves, lived_in
from geokehila.communities.links import Links
from geokehila.communities.mesh import Mesh, mesh
from geokehila.fabric.graph import MAIN, STREET
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.zones import standing_in

#: [m] What is worth a metre of street between two blocks: a metre inside a block, where homes have no street between
#: them, counts twice; one way over a main road or a barrier counts as so many metres.
INSIDE_WEIGHT, PASSAGE_M = 2.0, 20.0
#: Land counts like so many times the people that live on as much of it on average.
LAND_WEIGHT = 0.25
#: An empty block counts where blocks that count border on this share of its outline: with homes near it, and without.
ENCLOSED = 0.25, 0.5
#: [m2] A face of a hectare or less is a sliver: a traffic island, ground between two roads.
SLIVER_M2 = 10_000.0
#: [m] A passage lies this near the line that it passes.
_ON_LINE_M = 0.5


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
        What lies around them: block `one`, block `other` (-1: ground that is nobody's), `kind` of the line, the number of
        the `line`, `length_m`, `passages_count` on it, and the stretch of line.
    """

    shapes: np.ndarray
    people: Floats
    xy: Floats
    of_home: Ints
    borders: gpd.GeoDataFrame

    @property
    def lived_in(self) -> Flags:
        """Tell which blocks have homes, shape (B,)."""
        lived_in: Flags = np.bincount(self.of_home, minlength=len(self.shapes)) > 0
        return lived_in

    @property
    def facing(self) -> gpd.GeoDataFrame:
        """Return the borders that nobody crosses and that have a block on either side."""
        return self.borders[closed(self.borders) & (self.borders["other"] >= 0)]

    def links(self, more: Ints) -> Links:
        """Return which blocks people walk between, and what it is worth.

        Parameters
        ----------
        more
            Pairs of blocks that one way joins over open land, shape (J, 2).
        """
        between = self.borders[self.borders["other"] >= 0]
        kind, length_m = between["kind"].to_numpy(), between["length_m"].to_numpy()
        by_passage_m = PASSAGE_M * between["passages_count"].to_numpy()
        inside_m = INSIDE_WEIGHT * length_m
        metres = np.select([kind == STREET, np.isin(kind, (INSIDE, RIM))], [length_m, inside_m], by_passage_m)
        one, other = np.concatenate([between[["one", "other"]].to_numpy(), more]).T
        area_m2 = shapely.area(self.shapes)
        land = area_m2 * (LAND_WEIGHT * max(self.people.sum(), 1.0) / area_m2.sum())
        return Links.of(
            self.people, self.people + land, self.xy, one, other, np.append(metres, np.full(len(more), PASSAGE_M))
        )


def blocks(lines: Lines, homes: np.ndarray, people: Floats, most: float) -> Blocks:
    """Find the blocks between lines.

    Of a block larger than 10 ha the land within 150 m of its homes counts. One with more people than `most` is parted
    between homes. An empty block counts where it is no larger than 10 ha and a home is within 150 m of a point in it.

    Parameters
    ----------
    homes, people
        Points, and how many people live there, shape (O,).
    """
    xy = shapely.get_coordinates(homes)
    rims, cuts = _further(mesh(lines.shapes).faces, homes, xy, people, most)
    every = lines.with_more(RIM, rims).with_more(INSIDE, cuts)
    made = mesh(every.shapes)
    of_home, middles = _standing_in(homes, made.faces), shapely.point_on_surface(made.faces)
    borders = _borders(made, every)
    kept = np.flatnonzero(_counting(made.faces, borders, of_home, _near(middles, homes)))
    row = np.full(len(made.faces) + 1, -1)
    row[kept] = np.arange(len(kept))
    ends = np.sort(row[borders[["one", "other"]].to_numpy()], axis=1)[:, ::-1]
    of_home = row[of_home]
    return Blocks(
        made.faces[kept],
        np.bincount(of_home, people, len(kept)),
        _middles(xy, of_home, shapely.get_coordinates(middles[kept])),
        of_home,
        borders.assign(one=ends[:, 0], other=ends[:, 1])[ends[:, 0] != ends[:, 1]].reset_index(drop=True),
    )


def _further(
    faces: np.ndarray, homes: np.ndarray, xy: Floats, people: Floats, most: float
) -> tuple[list[shapely.Geometry], list[shapely.Geometry]]:
    """Return the rims of what is lived in of large blocks, and the lines that part blocks with too many people."""
    rims, cuts = [], []
    of_home = _standing_in(homes, faces)
    total = np.bincount(of_home, people, len(faces))
    for i in np.unique(of_home):
        here = of_home == i
        land = faces[[i]]
        if shapely.area(faces[i]) > LARGE_M2:
            land, rim = lived_in(faces[i], xy[here])
            rims.append(rim)
        if total[i] > most:
            part, home = shapely.STRtree(homes[here]).query(land, predicate="intersects")
            for j in np.unique(part):
                inside = np.flatnonzero(here)[home[part == j]]
                cuts += halves(land[j], xy[inside], people[inside], most)
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


def _counting(faces: np.ndarray, borders: gpd.GeoDataFrame, of_home: Ints, is_near: Flags) -> Flags:
    """Tell which faces count: those with homes, and the empty ones that these enclose, shape (F,).

    What nobody passes encloses no more than a sliver.
    """
    counts, m2 = np.bincount(of_home, minlength=len(faces)) > 0, shapely.area(faces)
    ends = borders[["one", "other"]].to_numpy()
    face, beside, along_m = ends.ravel(), ends[:, ::-1].ravel(), borders["length_m"].to_numpy().repeat(2)
    enough_m = np.bincount(face + 1, along_m, len(faces) + 1)[1:] * np.where(is_near, *ENCLOSED)
    is_open = ~closed(borders).repeat(2) | (np.append(m2, np.inf)[face] <= SLIVER_M2)
    while True:
        enclosed_m = np.bincount(face + 1, along_m * (is_open & np.append(counts, False)[beside]), len(faces) + 1)[1:]
        more = (m2 <= LARGE_M2) & ~counts & (enclosed_m >= enough_m)
        if not more.any():
            return counts
        counts |= more


def _middles(xy: Floats, of_home: Ints, empty: Floats) -> Floats:
    count = np.bincount(of_home, minlength=len(empty))[:, None]
    sums = np.stack([np.bincount(of_home, column, len(empty)) for column in xy.T], axis=1)
    return np.where(count > 0, sums / np.maximum(count, 1), empty)


def _borders(made: Mesh, lines: Lines) -> gpd.GeoDataFrame:
    """Return what lies between faces, `one` and `other`, -1 being the ground outside."""
    between = np.flatnonzero(made.left != made.right)
    edges = made.edges[between]
    at, _ = shapely.STRtree(lines.passages).query(edges, predicate="dwithin", distance=_ON_LINE_M)
    return gpd.GeoDataFrame({
        "one": made.left[between],
        "other": made.right[between],
        "kind": lines.kind[made.line[between]],
        "line": made.line[between],
        "length_m": shapely.length(edges),
        "passages_count": np.bincount(at, minlength=len(edges)),
    }, geometry=edges)  # fmt: skip


def closed(borders: gpd.GeoDataFrame) -> Flags:
    """Tell which borders nobody crosses on foot: main roads and barriers without a passage."""
    stops = borders["kind"].isin([*PARTING, MAIN]) & (borders["passages_count"] == 0)
    return np.asarray(stops, bool)
