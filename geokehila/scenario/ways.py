"""Streets added and closed: a new one is joined to what it ends at, and what is closed is gone."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import Profile
from geokehila.errors import StudyError
from geokehila.scenario.edits import ADD, CLOSE, CROSSING, STREET, Edit, Edits

if TYPE_CHECKING:
    from geokehila.reach.arrays import Flags, Floats

#: [m] A new street whose end is this near a street is joined to it; a bend of the street as near is where.
JOIN_M, BEND_M = 10.0, 1.0
#: What a new way is where nobody says otherwise.
PLAIN: Mapping[str, str] = {STREET: "footway", CROSSING: "crossing"}


def edited(
    streets: gpd.GeoDataFrame, edits: Edits, profiles: Mapping[str, Profile]
) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """Return table ``streets`` with a scenario's edits, and the lines that it adds or closes.

    Raises
    ------
    StudyError
        No such street, or a new one that ends at none.
    """
    left, closed = streets, [np.empty(0, object)]
    for edit in edits.of((STREET, CROSSING), CLOSE):
        is_closed = _meant(streets, edit)
        closed.append(streets.geometry[is_closed].to_numpy())
        left = left[~left.index.isin(streets.index[is_closed])]
    left = left.reset_index(drop=True)
    for edit in edits.of((STREET, CROSSING), ADD):
        left = _joined(left, edit, profiles)
    added = left.geometry[left["street_id"].isin([e.id for e in edits.of((STREET, CROSSING), ADD)])].to_numpy()
    return left.sort_values(["street_id", "part"], ignore_index=True), np.concatenate([*closed, added])


def _meant(streets: gpd.GeoDataFrame, edit: Edit) -> Flags:
    """Tell which rows an edit closes."""
    told = edit.said["id"]
    is_meant: Flags = (streets["street_id"] == told).to_numpy()
    must_be_known(told, streets["street_id"], "street", edit)
    if "part" in edit.said:
        parts = streets.loc[is_meant, "part"].tolist()
        if edit.said["part"] not in parts:
            told_parts = ", ".join(map(str, parts))
            raise StudyError(f"{edit.where}: part {edit.said['part']} of {told}: its parts are {told_parts}")
        is_meant &= (streets["part"] == edit.said["part"]).to_numpy()
    return is_meant


def must_be_known(told: str, ids: pd.Series, what: str, edit: Edit) -> None:
    """See that an id is one of a table; raise `StudyError` with the nearest one if not."""
    if (ids == told).any():
        return
    near = get_close_matches(told, ids.drop_duplicates(), n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]!r}?" if near else f"take one of the {ids.nunique()} ids in the run's tables"
    raise StudyError(f"{edit.where}: unknown {what} {told!r}: {remedy}")


def _joined(streets: gpd.GeoDataFrame, edit: Edit, profiles: Mapping[str, Profile]) -> gpd.GeoDataFrame:
    """Return the streets with a new one, which shares a point with each that one of its ends is near."""
    lines, xy = streets.geometry.to_numpy().copy(), shapely.get_coordinates(edit.shape)
    on_ground = np.flatnonzero(~(streets["bridge"] | streets["tunnel"]))
    ends = shapely.points(xy[[0, -1]])
    found = shapely.STRtree(lines[on_ground]).query_nearest(ends, max_distance=JOIN_M, all_matches=False)
    if not found.size:
        away = shapely.distance(shapely.multipoints(ends), lines).min(initial=np.inf)
        raise StudyError(
            f"{edit.where}: ends at no street, the nearest is {away:.0f} m off: end it within {JOIN_M:g} m"
        )
    for end, near in found.T:
        street, vertex = on_ground[near], -end
        lines[street], xy[vertex] = _with_point(lines[street], xy[vertex])
    way = edit.said.get("way", PLAIN[edit.kind])
    shut = {key for key, profile in profiles.items() if not profile.can_use({"highway": way})}
    row = {
        "street_id": edit.id,
        "part": 0,
        "way": way,
        "bridge": False,
        "tunnel": False,
        "closed_to": " ".join(sorted({*shut, *edit.said.get("closed_to", ())})),
        "surface": "",
        "incline": np.nan,
        "rough": False,
    }
    new = gpd.GeoDataFrame([row], geometry=[shapely.linestrings(xy)], crs=streets.crs)
    return pd.concat([streets.set_geometry(lines, crs=streets.crs), new], ignore_index=True)


def _with_point(line: shapely.LineString, at: Floats) -> tuple[shapely.LineString, Floats]:
    """Return a line with a vertex where it is nearest to a point, and that vertex: a bend as near as that is one."""
    xy, point = shapely.get_coordinates(line), shapely.Point(at)
    along = shapely.line_locate_point(line, point)
    on = shapely.get_coordinates(shapely.line_interpolate_point(line, along))[0]
    bend = np.hypot(*(xy - on).T)
    if bend.min() <= BEND_M:
        return line, xy[bend.argmin()]
    before = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    return shapely.linestrings(np.insert(xy, np.searchsorted(before, along), on, axis=0)), on
