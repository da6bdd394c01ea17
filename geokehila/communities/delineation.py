"""A town parted into communities, from its homes and the ground they stand on."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue.choices import CommunityChoice
from geokehila.communities import measures
from geokehila.communities.blocks import Blocks, Homes, blocks
from geokehila.communities.found import NO_HOMES, NO_STREETS, Found
from geokehila.communities.ground import PARTING, Ground, Lines, lines
from geokehila.communities.halving import NEAR_M
from geokehila.communities.joining import MAIN_ROAD, Neighbours
from geokehila.communities.links import Band
from geokehila.communities.parting import parted
from geokehila.communities.shaping import shaped
from geokehila.communities.standing import standing
from geokehila.communities.walks import Doors
from geokehila.fabric.graph import MAIN, STREET
from geokehila.reach.arrays import Ints

#: A block with more people than this share of the least that a community has is parted between its homes.
BLOCK_SHARE = 1 / 4


def delineate(
    choice: CommunityChoice,
    origins: gpd.GeoDataFrame,
    snaps: pd.DataFrame,
    ground: Ground,
    residents_each: float = 1.0,
) -> Found:
    """Part a town into contiguous, walkable communities that keep within a band of people and straddle no barrier.

    Parameters
    ----------
    choice
        The band, in residents.
    origins
        Table ``origins``: origin_id, people and geometry [m].
    snaps
        The homes on the ways of `ground`: point_id, edge, offset_share and off_network_m.
    ground
        What parts the town, and where people pass.
    residents_each
        Residents behind one of the `people`, where these are counted in dwellings or voters.

    Notes
    -----
    Blocks are the faces between streets, main roads and barriers. Two that share a street are linked by its metres, and
    over a main road or a barrier by every way on foot. What hangs together is parted in two, and again, between poles
    far apart; then blocks change sides as long as fewer people are outside the band, less street is cut or people live
    nearer to the middle of theirs (automatic zoning: Openshaw 1977, Trans Inst Br Geogr 2(4):459-472; for census areas
    Martin 2002). What a barrier cuts off stays a community of its own, however few its people.

    Examples
    --------
    >>> found = delineate(study.communities, origins, adult.origins, ground)  # doctest: +SKIP
    >>> found.units[["zone_id", "people", "band"]].iloc[0].tolist()  # doctest: +SKIP
    ['c1', 5408.0, 'within']
    """
    if origins.empty:
        return Found.nothing(origins, NO_HOMES)
    if not ground.roads["kind"].isin([MAIN, STREET]).any():
        return Found.nothing(origins, NO_STREETS)
    band = Band(choice.least_people / residents_each, choice.most_people / residents_each)
    given = origins.reset_index(drop=True).sort_values("origin_id")
    homes = Homes(given.geometry.to_numpy(), given["people"].to_numpy(float))
    doors = Doors.of(ground.network, snaps.set_index("point_id").reindex(given["origin_id"]))
    west, south, east, north = given.total_bounds + np.array([-1, -1, 1, 1]) * 4 * NEAR_M
    drawn = lines(ground, shapely.box(west, south, east, north))
    made = blocks(drawn, homes, band.least * BLOCK_SHARE)
    apart = Neighbours.of(made, homes, _closed(made, drawn))
    links = made.links(apart.joined(made, doors, band.least))
    unit, units = shaped(made, parted(links, band))
    town = _Parted(homes, doors, drawn, made, unit, units.set_crs(origins.crs))
    return town.found(standing(links, unit, apart.parted_by(unit), band), np.argsort(given.index))


def _closed(made: Blocks, drawn: Lines) -> gpd.GeoDataFrame:
    """Return the lines that nobody crosses, and their kind: main roads between blocks, and all barriers."""
    is_barrier = np.isin(drawn.kind, PARTING)
    facing = made.facing[made.facing["kind"] == MAIN]
    shapes = np.append(drawn.shapes[is_barrier], facing.geometry.to_numpy())
    kind = np.append(drawn.kind[is_barrier], np.full(len(facing), MAIN_ROAD, object))
    return gpd.GeoDataFrame({"kind": kind}, geometry=shapes)


@dataclass(frozen=True, eq=False)
class _Parted:
    """A town that is parted: community of each block, and zone_id and geometry of each community."""

    homes: Homes
    doors: Doors
    drawn: Lines
    made: Blocks
    unit: Ints
    units: gpd.GeoDataFrame

    @property
    def of_home(self) -> Ints:
        """Community of each home, shape (O,)."""
        of_home: Ints = self.unit[self.made.of_home]
        return of_home

    def found(self, told: pd.DataFrame, order: Ints) -> Found:
        """Measure the communities; `told` says more of each, `order` puts homes into the order they were given in."""
        count, shapes, xy = len(self.units), self.units.geometry.to_numpy(), shapely.get_coordinates(self.homes.at)
        cut = measures.cut_streets(self.made.between, self.unit)
        columns = told.join(measures.by_unit(cut, count)).assign(
            homes_count=np.bincount(self.of_home, minlength=count),
            compactness_ratio=measures.compactness(shapes),
            walk_mean_m=self.doors.mean_to_middle_m(xy, self.homes.people, self.of_home, count),
            straddles_count=measures.straddles(shapes, self.drawn, self.homes.at, self.of_home),
        )
        facts = {
            "cut_streets_count": cut["line"].nunique(),
            "cut_streets_m": float(cut["length_m"].sum()),
            "crossings_known": bool(self.drawn.crossings_known),
        }
        return Found.of(self.units.join(columns), self.of_home[order], facts)
