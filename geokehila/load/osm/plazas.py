"""Squares crossed: the straight lines that people walk between the ways that meet at an open area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geokehila.load.osm.obstacles import free_of
from geokehila.load.osm.wheels import COLUMNS

#: [m] Points this near are one: OpenStreetMap's own precision, halved.
SAME_M = 0.005
#: [m] A line this near the outline runs along it.
ALONG_M = 0.05
#: Beyond so many ways in, each is joined to one point in the middle only.
MOST_ENTRIES = 80
#: Beyond so many corners to walk round, lines are drawn only where one sees across.
MOST_CORNERS = 120
#: A walk across is at most so many times as long as the shortest: fewer lines, hardly longer walks.
STRETCH = 1.05
#: [m] A hole with a rim as long as this is a block of houses that open onto the square, no bed of flowers.
BLOCK_RIM_M = 60.0
#: [m] With less street than this around it a square hangs in the air: what joins it to the town is not mapped.
#: As `network.ISLAND_M`: homes beside it are better off at the nearest street.
STREETS_AROUND_M = 300.0
#: What a line across a square has for `way`: it is no street.
ACROSS = "plaza"


def crossed(
    streets: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, doors: np.ndarray, obstacles: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return the lines across each square, and the outlines of those that are no way themselves (relations).

    Parameters
    ----------
    streets
        Table ``streets`` with `layer`, metres.
    areas
        plaza_id, way, outlined (its outline is walked too), bridge, tunnel, layer, what tags tell to wheels, geometry.
    doors
        Entrances of the houses around, points, shape (D,).
    obstacles
        Buildings and water, and fences (lines), with `layer`: one walks round those of the square's own.

    Returns
    -------
    GeoDataFrame
        Rows to add to ``streets``; those of the lines have "plaza" for `way`.
    """
    areas = areas.sort_values("plaza_id", ignore_index=True)
    drawn = areas["plaza_id"].isin(streets["street_id"])
    relations = areas[areas["outlined"] & ~drawn]
    others = pd.concat([streets, _rows(relations, [_rims(shape) for shape in relations.geometry])], ignore_index=True)
    near = [_near(areas, shapes) for shapes in (others.geometry.to_numpy(), doors, obstacles.geometry.to_numpy())]
    found = [
        _walks(area, others.iloc[ways], doors[entrances], obstacles.iloc[standing])
        for area, ways, entrances, standing in zip(areas.itertuples(index=False), *near, strict=True)
    ]
    rims = [[] if is_drawn else walks.rims for walks, is_drawn in zip(found, drawn, strict=True)]
    lines = [walks.lines for walks in found]
    more = pd.concat([_rows(areas, rims), _rows(areas.assign(way=ACROSS), lines)], ignore_index=True)
    return more[_leads_somewhere(streets, more)].reset_index(drop=True)


def _leads_somewhere(streets: gpd.GeoDataFrame, more: gpd.GeoDataFrame) -> np.ndarray:
    """Return which of the new rows hang together with enough street to be no island, shape (M,)."""
    lines = np.concatenate([streets.geometry.to_numpy(), more.geometry.to_numpy()])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    _, node = np.unique((xy / (2 * SAME_M)).round().astype(np.int64), axis=0, return_inverse=True)
    size = len(lines) + len(xy)
    links = coo_array((np.ones(len(xy)), (line, len(lines) + node.reshape(-1))), shape=(size, size))
    _, label = connected_components(links, directed=False)
    street_m = np.bincount(label[: len(streets)], weights=streets.length, minlength=label.max(initial=0) + 1)
    leads: np.ndarray = street_m[label[len(streets) : len(lines)]] >= STREETS_AROUND_M
    return leads


@dataclass
class _Walks:
    """What is walked of a square: its rims and lines across."""

    rims: list[shapely.Geometry]
    lines: list[shapely.LineString]


def _near(areas: gpd.GeoDataFrame, shapes: np.ndarray) -> list[list[int]]:
    """Return, for each area, the shapes that it touches."""
    found: list[list[int]] = [[] for _ in range(len(areas))]
    for area, shape in sorted(
        shapely.STRtree(shapes).query(areas.geometry.to_numpy(), predicate="dwithin", distance=SAME_M).T.tolist()
    ):
        found[area].append(shape)
    return found


def _walks(area: Any, others: gpd.GeoDataFrame, doors: np.ndarray, obstacles: gpd.GeoDataFrame) -> _Walks:
    """Return the walks on a square that ways lead to; one that none leads to is an island, and left out."""
    others, walks = others[others["street_id"] != area.plaza_id], _Walks([], [])
    obstacles, is_level = obstacles[_same_layer(obstacles, area.layer)], _same_level(others, area)
    for part in shapely.get_parts(area.geometry):
        ways_in = entries(part, others[is_level], others[~is_level])
        free = free_of(part, obstacles.geometry.to_numpy(), shapely.points(ways_in), doors)
        at_doors = doors[shapely.dwithin(doors, shapely.boundary(free), SAME_M)]
        points = np.unique(np.concatenate([ways_in, shapely.get_coordinates(at_doors)]), axis=0)
        rims = _rims(part) if area.outlined and len(points) else []
        sides = np.concatenate([points, *map(_sides, rims[1:])])
        if len(sides) > MOST_ENTRIES:
            rims, sides = rims[:1], points
        walks.rims += rims
        walks.lines += across(free, np.unique(sides, axis=0), rims)
    return walks


def _same_layer(frame: gpd.GeoDataFrame, layer: float) -> np.ndarray:
    """Return which rows lie in a layer; where one is not known they do."""
    here = frame["layer"].to_numpy(float)
    same: np.ndarray = (here == layer) | np.isnan(here) | np.isnan(layer)
    return same


def _same_level(ways: gpd.GeoDataFrame, area: Any) -> np.ndarray:
    """Return which ways lie in an area's layer and are a bridge or a tunnel only as it is."""
    alike = (ways["bridge"] == area.bridge) & (ways["tunnel"] == area.tunnel)
    same: np.ndarray = _same_layer(ways, area.layer) & alike.to_numpy(bool)
    return same


def _rims(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Return the outline of each part of a square and, after it, those of the blocks that it surrounds."""
    rims = []
    for part in shapely.get_parts(shape):
        rims += [part.exterior, *(hole for hole in part.interiors if hole.length >= BLOCK_RIM_M)]
    return rims


def _sides(rim: shapely.Geometry) -> np.ndarray:
    """Return the vertices of a block that lie farthest west, east, south and north, where lines reach it."""
    xy = shapely.get_coordinates(rim)
    sides: np.ndarray = xy[[*xy.argmin(axis=0), *xy.argmax(axis=0)]]
    return sides


def _rows(areas: gpd.GeoDataFrame, lines: Sequence[Sequence[shapely.Geometry]]) -> gpd.GeoDataFrame:
    """Return a row of ``streets`` for each line, with what its area says, but for a slope: it has no direction."""
    rows = areas.iloc[np.repeat(np.arange(len(areas)), [len(of_area) for of_area in lines])]
    told = rows[["way", "bridge", "tunnel", "layer", *COLUMNS]]
    frame = told.assign(street_id=rows["plaza_id"], part=0, incline=np.nan)
    geometry = [shapely.LineString(line.coords) for of_area in lines for line in of_area]
    return gpd.GeoDataFrame(frame.reset_index(drop=True), geometry=geometry, crs=areas.crs)


def entries(area: shapely.Polygon, ways: gpd.GeoDataFrame, over_or_under: gpd.GeoDataFrame) -> np.ndarray:
    """Return the points by which ways come onto an area, shape (N, 2).

    They come where they leave its outline, or end on it; on the outline they share a point with it.

    Parameters
    ----------
    ways
        Table ``streets`` without the area's own outline, metres.
    over_or_under
        Ways of another layer, bridges and tunnels: they come on only at corners of the outline that they share.
    """
    outline, corners = shapely.boundary(area), shapely.multipoints(shapely.get_coordinates(area))
    found = [np.empty((0, 2))]
    for line in ways.geometry:
        found.append(_leaving(shapely.get_coordinates(line), outline))
        if not line.is_ring:
            ends = shapely.get_coordinates(line)[[0, -1]]
            found.append(ends[shapely.contains_xy(area, ends)])
    for line in over_or_under.geometry:
        leaving = _leaving(shapely.get_coordinates(line), outline)
        found.append(leaving[shapely.dwithin(shapely.points(leaving), corners, SAME_M)])
    points: np.ndarray = np.unique(np.concatenate(found), axis=0)
    return points


def _leaving(xy: np.ndarray, outline: shapely.Geometry) -> np.ndarray:
    """Return the vertices of a line on the outline from which it goes on elsewhere than along the outline."""
    is_on = shapely.distance(shapely.points(xy), outline) <= SAME_M
    is_off = shapely.distance(shapely.points((xy[1:] + xy[:-1]) / 2), outline) > ALONG_M
    leaving: np.ndarray = xy[is_on & (np.append(False, is_off) | np.append(is_off, False))]
    return leaving


def across(
    free: shapely.Polygon | shapely.MultiPolygon, points: np.ndarray, rings: Sequence[shapely.Geometry] = ()
) -> list[shapely.LineString]:
    """Return lines inside an area by which walks between the points are hardly longer than the shortest.

    Walks go round holes and corners. A line that saves less than a twentieth of the walk along `rings`, which are ways
    themselves, and along the lines already drawn is not drawn.

    Examples
    --------
    >>> [line.wkt for line in across(shapely.box(0, 0, 30, 40), np.array([[0, 0], [30, 40]]))]
    ['LINESTRING (0 0, 30 40)']
    """
    if len(points) < 2 or free.is_empty:
        return []
    inside = shapely.buffer(free, ALONG_M, join_style="mitre")
    shapely.prepare(inside)
    if len(points) > MOST_ENTRIES:
        middle = shapely.get_coordinates(shapely.point_on_surface(free))[0]
        spokes = [shapely.LineString([point, middle]) for point in points]
        return [line for line in spokes if shapely.covers(inside, line)]
    corners = _corners(free)
    xy = np.concatenate([points, corners]) if len(corners) <= MOST_CORNERS else points
    a, b = np.triu_indices(len(xy), 1)
    sight = shapely.linestrings(np.stack([xy[a], xy[b]], axis=1))
    seen = shapely.covers(inside, sight)
    graph = csr_array((shapely.length(sight[seen]), (a[seen], b[seen])), shape=(len(xy), len(xy)))
    walk_m, before = dijkstra(graph, directed=False, indices=np.arange(len(points)), return_predecessors=True)
    return [shapely.LineString(xy[[low, high]]) for low, high in _worth_drawing(walk_m, before, _along(xy, rings))]


def _worth_drawing(walk_m: np.ndarray, before: np.ndarray, drawn_m: np.ndarray) -> list[tuple[int, int]]:
    """Return the lines of the shortest walks, short ones first, that what is drawn already does not replace.

    ``drawn_m`` [m] are the walks along what is drawn, shape (N, N), and are updated.
    """
    lines = []
    a, b = np.triu_indices(len(walk_m), 1)
    for i in np.lexsort((b, a, walk_m[a, b])).tolist():
        start, at = int(a[i]), int(b[i])
        if not drawn_m[start, at] > STRETCH * walk_m[start, at]:
            continue
        while (previous := int(before[start, at])) >= 0:
            length = walk_m[start, at] - walk_m[start, previous]
            lines.append((min(at, previous), max(at, previous)))
            through = drawn_m[:, [at]] + length + drawn_m[[previous]]
            np.minimum(drawn_m, np.minimum(through, through.T), out=drawn_m)
            at = previous
    return list(dict.fromkeys(lines))


def _along(xy: np.ndarray, rings: Sequence[shapely.Geometry]) -> np.ndarray:
    """[m] Return the walk between points along the rings whose vertices they are, infinite elsewhere, shape (N, N)."""
    walk_m = np.full((len(xy), len(xy)), np.inf)
    np.fill_diagonal(walk_m, 0.0)
    points = shapely.points(xy)
    for ring in rings:
        vertices = shapely.multipoints(shapely.get_coordinates(ring))
        on = np.flatnonzero(shapely.distance(points, vertices) <= SAME_M)
        at = shapely.line_locate_point(shapely.LineString(ring.coords), points[on])
        apart = np.abs(at[:, None] - at)
        walk_m[np.ix_(on, on)] = np.minimum(apart, ring.length - apart)
    return walk_m


def _corners(free: shapely.Geometry) -> np.ndarray:
    """Return the vertices that a walk may bend round: where the area's angle is more than straight, shape (N, 2)."""
    found = [np.empty((0, 2))]
    for ring in shapely.get_rings(shapely.get_parts(shapely.orient_polygons(free))):
        xy = shapely.get_coordinates(ring)[:-1]
        into, out = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
        # The area lies to the left of its rings: a turn to the right is a corner that stands into it.
        found.append(xy[into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0] < 0])
    corners: np.ndarray = np.unique(np.concatenate(found), axis=0)
    return corners
