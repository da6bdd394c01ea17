"""A town parted into communities, from its homes and the ground they stand on."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue.choices import CommunityChoice
from geokehila.communities import measures
from geokehila.communities.blocks import Blocks, blocks
from geokehila.communities.found import NO_HOMES, NO_STREETS, Found
from geokehila.communities.ground import PARTING, Ground, Lines, lines
from geokehila.communities.halving import NEAR_M
from geokehila.communities.joining import Apart, over_open_land
from geokehila.communities.links import Band
from geokehila.communities.parting import parted
from geokehila.communities.shaping import shaped
from geokehila.communities.standing import standing
from geokehila.fabric.graph import MAIN, STREET
from geokehila.reach.arrays import Ints

#: A block with more people than this share of the least that a community has is parted between its homes.
BLOCK_SHARE = 1 / 4
NO_PAIRS = np.empty((0, 2), np.int64)


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
    nearer to the middle of theirs (the automatic zoning of Openshaw 1977, Trans Inst Br Geogr 2(4):459-472, as used
    for census areas by Martin 2002). What a barrier cuts off stays a community of its own, however few its people.

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
    homes = _homes(origins, snaps)
    at, each = homes.geometry.to_numpy(), homes["people"].to_numpy(float)
    drawn = lines(ground, shapely.buffer(shapely.box(*homes.total_bounds), 4 * NEAR_M, join_style="mitre"))
    made = blocks(drawn, at, each, band.least * BLOCK_SHARE)
    links = made.links(_joined(made, drawn, at, band))
    unit, units = shaped(made, parted(links, band))
    of_home, shapes = unit[made.of_home], units.geometry.to_numpy()
    people, cut = np.bincount(of_home, each, len(units)), measures.cut_streets(made.borders, unit)
    told = standing(made, links, unit, people, band).join(measures.by_unit(cut, len(units)))
    measured = units.assign(
        people=people,
        homes_count=np.bincount(of_home, minlength=len(units)),
        **told,
        compactness_ratio=measures.compactness(shapes).round(6),
        walk_mean_m=measures.walks_m(ground.network, pd.DataFrame(homes).assign(unit=of_home)).reindex(
            range(len(units))
        ),
        straddles_count=measures.straddles(shapes, drawn, at, of_home),
    )
    facts = {
        "cut_streets_count": cut["line"].nunique(),
        "cut_streets_m": float(cut["length_m"].sum()),
        "crossings_known": bool(drawn.crossings_known),
    }
    return Found.of(measured.set_crs(origins.crs), of_home[np.argsort(homes.index)], facts)


def _homes(origins: gpd.GeoDataFrame, snaps: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the homes by origin_id, where they are and how they are snapped; the index is their row as given."""
    homes = origins[["origin_id", "people", "geometry"]].reset_index(drop=True).sort_values("origin_id")
    on = snaps.set_index("point_id")[["edge", "offset_share", "off_network_m"]].reindex(homes["origin_id"])
    return homes.assign(x=homes.geometry.x, y=homes.geometry.y, **{name: on[name].to_numpy() for name in on})


def _joined(made: Blocks, drawn: Lines, homes: np.ndarray, band: Band) -> Ints:
    """Return the pairs of blocks that are joined over open land, shape (J, 2)."""
    facing = made.facing
    closed = np.append(drawn.shapes[np.isin(drawn.kind, PARTING)], facing.geometry.to_numpy())
    piece, apart = made.links(NO_PAIRS).pieces(), Apart(shapely.get_coordinates(homes), made.of_home)
    return over_open_land(apart, piece, made.people, facing[["one", "other"]].to_numpy(), closed, band.least)
