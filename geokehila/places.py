"""Sources of places merged: one place a facility, whatever maps it twice, with the gates one enters it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from geokehila import corrections, merging
from geokehila.brief import Brief
from geokehila.catalogue import Category, Sector
from geokehila.corrections import Corrections
from geokehila.ledger import Ledger
from geokehila.merging import PlaceList
from geokehila.schema import check

#: [m] Outline points of an area without mapped entrances or ways that meet it.
OUTLINE_STEP_M = 40.0
#: [m] An entrance this near an outline belongs to it.
ON_OUTLINE_M = 1.0
#: [m] A way nearer than this to an outline runs along it.
ALONG_M = 0.5
#: [m] A way this near an outline reaches it: OpenStreetMap's own precision.
REACHES_M = 0.01
#: [m] Where a way is looked at, beyond the strip along an outline, to tell inside from outside.
STEP_M = 0.1
#: [m] A way that has run along the outline no longer than this before it ends, ends at it.
ENDS_AT_M = 5.0


@dataclass(frozen=True, repr=False)
class Places(Brief):
    """Places of all sources, merged.

    Attributes
    ----------
    places, categories, sectors, gates
        Tables ``places``, ``place_categories``, ``place_sectors`` and ``gates``.
    uncorrected
        The places before any correction, with `categories`.
    ledger
        What was merged or left out, and why.

    Examples
    --------
    >>> from geokehila import read_city
    >>> found = read_city("dimona").places  # doctest: +SKIP
    >>> found.gates["place_id"].isin(found.places["place_id"]).all()  # doctest: +SKIP
    np.True_
    """

    places: gpd.GeoDataFrame
    categories: pd.DataFrame
    sectors: pd.DataFrame
    gates: gpd.GeoDataFrame
    uncorrected: gpd.GeoDataFrame
    ledger: Ledger

    def with_categories(self) -> gpd.GeoDataFrame:
        """Return the places with their categories as a tuple of keys.

        Returns
        -------
        GeoDataFrame
            A row a place [m], with `categories`.

        Examples
        --------
        >>> from geokehila import read_city
        >>> "categories" in read_city("dimona").places.with_categories()  # doctest: +SKIP
        True
        """
        keys = self.categories.groupby("place_id")["category"].agg(tuple)
        return self.places.assign(categories=self.places["place_id"].map(keys))


def merge(
    sources: Sequence[gpd.GeoDataFrame],
    streets: gpd.GeoDataFrame,
    entrances: gpd.GeoDataFrame,
    categories: Mapping[str, Category],
    lists: Sequence[PlaceList] = (),
    area: shapely.Geometry | None = None,
    corrected: Corrections | None = None,
    sectors: Mapping[str, Sector] = MappingProxyType({}),
) -> Places:
    """Merge places of all sources.

    Parameters
    ----------
    sources
        Frames with place_id, names, source, source_id, date, `categories` (tuple of keys) and geometry [m].
    streets, entrances
        Walkable ways and mapped entrances, for the gates of areas.
    categories
        The catalogue's categories: an area smaller than its `min_area_m2` is no place of that category.
    lists
        What a municipality hands over, which completes, replaces or vetoes the sources.
    area
        The study's zones: there a list replaces, and near them corrections lie. None: everywhere.
    corrected
        An edited inventory of the merged places.
    sectors
        The catalogue's: of which categories each may be told.
    """
    ledger = Ledger("places")
    candidates = _large_enough(merging.unite(sources, lists, area, ledger), categories, ledger)
    merged = merging.without_duplicates(candidates, ledger)
    kept = corrections.apply(merged, corrected, area, ledger) if corrected else merged
    ledger.use("place", len(kept))
    long = kept[["place_id", "categories"]].explode("categories").rename(columns={"categories": "category"})
    return Places(
        places=check("places", kept.drop(columns=["categories", "sectors"])),
        categories=check("place_categories", long.astype("str")),
        sectors=_sectors(kept, sectors),
        gates=gates_of(kept, streets, entrances),
        uncorrected=merged,
        ledger=ledger.balance(),
    )


def _sectors(places: gpd.GeoDataFrame, sectors: Mapping[str, Sector]) -> pd.DataFrame:
    """Return table ``place_sectors``: of each place and category the sectors told that apply to it."""
    told = zip(places["place_id"], places["categories"], places["sectors"], strict=True)
    rows = [
        (place_id, category, key)
        for place_id, categories, keys in told
        for key in keys
        for category in categories
        if key in sectors and category in sectors[key].categories
    ]
    return check("place_sectors", pd.DataFrame(rows, columns=["place_id", "category", "sector"], dtype="str"))


def _large_enough(places: gpd.GeoDataFrame, categories: Mapping[str, Category], ledger: Ledger) -> gpd.GeoDataFrame:
    """Drop from areas the categories they are too small for; points have no size and stay."""
    area = places.geometry.area.to_numpy()
    kept = [
        tuple(key for key in keys if m2 == 0 or m2 >= categories[key].min_area_m2)
        for keys, m2 in zip(places["categories"], area, strict=True)
    ]
    for place_id, keys, left in zip(places["place_id"], places["categories"], kept, strict=True):
        if not left:
            ledger.reject("place", place_id, f"smaller than a {keys[0]} of {categories[keys[0]].min_area_m2:g} m2")
    places = places.assign(categories=kept)
    return places[places["categories"].map(len) > 0].reset_index(drop=True)


def gates_of(places: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, entrances: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give every place its gates.

    A point is its own; an area has its mapped entrances, else where ways meet its outline, else points of the outline.

    Parameters
    ----------
    places
        place_id and geometry [m].
    streets, entrances
        Walkable ways, and points with `kind`.

    Returns
    -------
    GeoDataFrame
        Table ``gates``.
    """
    areas = places[places.geometry.area > 0]
    shapes = gpd.GeoSeries(areas.geometry.to_numpy(), index=areas["place_id"], crs=places.crs)
    points = places[~places["place_id"].isin(areas["place_id"])]
    parts = [
        gpd.GeoDataFrame({"place_id": points["place_id"], "kind": "point"}, geometry=points.geometry, crs=places.crs)
    ]
    for kind, found in (("entrance", _entrances), ("way", _ways_in), ("outline", _outline_points)):
        gates = found(shapes, entrances if kind == "entrance" else streets)
        parts.append(gates.assign(kind=kind))
        shapes = shapes[~shapes.index.isin(gates["place_id"])]
    gates = pd.concat(parts, ignore_index=True)
    gates = (
        gates.assign(x=gates.geometry.x, y=gates.geometry.y)
        .sort_values(["place_id", "x", "y"], ignore_index=True)
        .drop(columns=["x", "y"])
    )
    numbers = gates.groupby("place_id").cumcount().astype("str").str.zfill(4)
    return check("gates", gates.assign(gate_id=gates["place_id"] + "/" + numbers))


def _entrances(shapes: gpd.GeoSeries, entrances: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    at, outlines = entrances.geometry.to_numpy(), shapes.boundary.to_numpy()
    outline, entrance = shapely.STRtree(at).query(outlines, predicate="dwithin", distance=ON_OUTLINE_M)
    return _points(shapes, outline, at[entrance])


def _ways_in(shapes: gpd.GeoSeries, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Where ways on the ground cross the outline or end at it: a bridge over a park or a tunnel under it is no way in.

    Nor is a way along the outline, or one that comes from outside and ends at such a way.
    """
    lines = streets.geometry[~(streets["bridge"] | streets["tunnel"])].to_numpy()
    shape, street = shapely.STRtree(lines).query(shapes.boundary.to_numpy(), predicate="dwithin", distance=REACHES_M)
    found = [np.empty((0, 3))]
    for number in np.unique(shape).tolist():
        at = _leading_in(shapes.iloc[number], lines[np.sort(street[shape == number])])
        found.append(np.column_stack([np.full(len(at), number), shapely.get_coordinates(at).round(2)]))
    unique = np.unique(np.concatenate(found), axis=0)
    return _points(shapes, unique[:, 0].astype(int), shapely.points(unique[:, 1:]))


@dataclass(frozen=True)
class _Stretch:
    """A stretch of a way beside an outline, and what the way does before and after it: in, out, or end there (None)."""

    line: shapely.LineString
    before: bool | None
    after: bool | None

    def meets(self, outline: shapely.Geometry, towards: bool | None) -> shapely.Point:
        """Return where it meets the outline, nearest to the side on which the way does what is asked."""
        ends = shapely.get_coordinates(self.line)[[0, -1]]
        side = shapely.Point(ends[1] if self.after is towards else ends[0])
        common = shapely.intersection(self.line, outline)
        common = outline if common.is_empty else common
        return shapely.get_point(shapely.shortest_line(common, side), 0)


def _leading_in(shape: shapely.Geometry, lines: np.ndarray) -> list[shapely.Point]:
    """Return where ways lead into a shape."""
    outline = shapely.boundary(shape)
    strip = shapely.buffer(outline, ALONG_M)
    shapely.prepare(shape)
    stretches = [stretch for line in lines for stretch in _stretches(line, shape, strip)]
    reaching = [s for s in stretches if shapely.distance(s.line, outline) <= REACHES_M]
    inner = [s for s in reaching if True in (s.before, s.after) and s.before is not s.after]
    outer = [s for s in reaching if {s.before, s.after} == {None, False} and s.line.length <= ENDS_AT_M]
    along = shapely.union_all([s.line for s in stretches if s.line.length > ENDS_AT_M])
    ending = [s.meets(outline, towards=None) for s in outer]
    return [s.meets(outline, towards=True) for s in inner] + [
        at for at in ending if along.is_empty or shapely.distance(at, along) > ALONG_M
    ]


def _stretches(line: shapely.LineString, shape: shapely.Geometry, strip: shapely.Geometry) -> list[_Stretch]:
    """Return the stretches of a way beside an outline, within the strip along it."""
    line = _from_aside(line, strip)
    found = []
    for part in shapely.get_parts(shapely.line_merge(shapely.intersection(line, strip))):
        if part.geom_type != "LineString":
            continue
        ends = shapely.points(shapely.get_coordinates(part)[[0, -1]])
        begin, end = np.sort(shapely.line_locate_point(line, ends)).tolist()
        stretch = substring(line, begin, end)
        before = None if begin <= STEP_M else _holds(shape, line.interpolate(begin - STEP_M))
        after = None if end >= line.length - STEP_M else _holds(shape, line.interpolate(end + STEP_M))
        found.append(_Stretch(stretch, before, after))
    return found


def _holds(shape: shapely.Geometry, point: shapely.Point) -> bool:
    return bool(shapely.contains(shape, point))


def _from_aside(line: shapely.LineString, strip: shapely.Geometry) -> shapely.LineString:
    """Let a ring begin away from the strip: where a mapper began it is no end of the way."""
    xy = shapely.get_coordinates(line)
    aside = np.flatnonzero(~shapely.intersects_xy(strip, xy[:, 0], xy[:, 1]))
    if not line.is_ring or not len(aside):
        return line
    return shapely.LineString(np.concatenate([xy[aside[0] : -1], xy[: aside[0] + 1]]))


def _outline_points(shapes: gpd.GeoSeries, _: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rings, index = shapely.get_parts(shapes.boundary.to_numpy(), return_index=True)
    counts = np.maximum(4, np.ceil(shapely.length(rings) / OUTLINE_STEP_M)).astype(int)
    shares = np.concatenate([np.arange(n) / n for n in counts]) if len(counts) else np.empty(0)
    return _points(
        shapes,
        np.repeat(index, counts),
        shapely.line_interpolate_point(np.repeat(rings, counts), shares, normalized=True),
    )


def _points(outlines: gpd.GeoSeries, outline: np.ndarray, points: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"place_id": outlines.index.to_numpy()[outline]}, geometry=points, crs=outlines.crs)
