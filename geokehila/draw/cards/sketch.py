"""The small map of a card as one SVG drawing without words.

Outline, streets, homes beyond, places, hubs, and what it would take by its numbers in the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geokehila.draw.cards.assets import Assets
from geokehila.draw.cards.steps import Steps
from geokehila.draw.cards.stock import Stock
from geokehila.draw.cards.strip import Strip
from geokehila.draw.cards.voice import is_known

#: Size of the drawing [tenths of a millimetre], and what stays free around the outline on each side.
WIDTH, HEIGHT, MARGIN_SHARE = 900, 760, 0.08
#: [m] No smaller ground is drawn.
LEAST_M = 300.0
#: [drawing units] Lines are simplified by this much; dots closer than this are one; marks of places are so wide,
#: those of hubs so far from their middle to their rim, and pins so high.
FINE, DOT, SQUARE, MARK, PIN = 1.5, 4, 9, 17, 46
#: No more corners of streets are drawn: the longest streets first, the main ones before them.
MOST_CORNERS = 5000
MAIN = ("motorway", "trunk", "primary", "secondary", "tertiary")
#: [m] Lengths of a scale bar.
BARS_M = (50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 20_000)

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """Which ground is drawn: its corner [m, west and north] and how many units a metre is."""

    west: float
    north: float
    per_m: float

    @classmethod
    def around(cls, bounds: tuple[float, float, float, float]) -> Frame:
        """Return the frame that holds these bounds [m] in its middle."""
        west, south, east, north = bounds
        free = 1 - 2 * MARGIN_SHARE
        per_m = min(
            free * WIDTH / max(east - west, LEAST_M),
            free * HEIGHT / max(north - south, LEAST_M),
        )
        return cls((west + east - WIDTH / per_m) / 2, (south + north + HEIGHT / per_m) / 2, per_m)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north [m]."""
        return self.west, self.north - HEIGHT / self.per_m, self.west + WIDTH / self.per_m, self.north

    def units(self, points: Points) -> NDArray[np.int64]:
        """Return points [m] in whole units of the drawing, shape (P, 2)."""
        return np.rint((points - (self.west, self.north)) * (self.per_m, -self.per_m)).astype(np.int64)

    def holds(self, shape: Any) -> bool:
        """Tell whether a shape lies in the drawing as a whole, with a pin on it."""
        rim, (west, south, east, north) = MARK / self.per_m, self.box
        return bool(shapely.box(west + rim, south + rim, east - rim, north - PIN / self.per_m).covers(shape))

    @property
    def bar_m(self) -> int:
        """[m] The longest scale bar that is no longer than a quarter of the drawing."""
        return max((length for length in BARS_M if length * self.per_m <= WIDTH / 4), default=BARS_M[0])


@dataclass(frozen=True, eq=False)
class Sketches:
    """Maps of the zones of one town."""

    stock: Stock
    assets: Assets

    def of(self, zone_id: str) -> dict[str, Any]:
        """Return the drawing of a zone: paths by what they show, marks of hubs, and the scale bar.

        Of the proposed hubs those that serve the zone or stand in it are drawn; the one that is told lies on the map.
        """
        shape, serving = self._shapes[zone_id], [row["site_id"] for row in self.stock.serving(zone_id)]
        steps = self._steps.of(zone_id)
        own = steps.values() if self._steps.are_own(zone_id) else ()
        ground = [shape, *own, *(self._hub_points[site_id] for site_id in serving[:1])]
        frame = Frame.around(tuple(shapely.total_bounds(ground)))
        weakest = Strip(self.stock, zone_id).weakest
        main, other = self._streets_in(frame)
        drawn = {number: one for number, one in steps.items() if frame.holds(one)}
        bar = round(frame.bar_m * frame.per_m)
        return {
            "width": WIDTH,
            "height": HEIGHT,
            "outline": _path(frame, [shape.simplify(FINE / frame.per_m)]),
            "main": _path(frame, main),
            "other": _path(frame, other),
            "homes": _dots(_inside(frame.units(self.stock.homes.beyond(weakest, zone_id))), 0),
            "off": _dots(_inside(frame.units(self.stock.homes.unconnected(zone_id))), 0),
            "places": _dots(_inside(frame.units(self._places)), SQUARE),
            "hubs": [*self._hubs_in(frame, dict.fromkeys([*serving, *self.stock.standing.get(zone_id, [])]))],
            "links": _path(frame, [shape for shape in drawn.values() if shape.geom_type != "Point"]),
            "pins": _pins(frame, drawn),
            "bar": bar,
            "bar_m": frame.bar_m,
        }

    def _streets_in(self, frame: Frame) -> tuple[list[Any], list[Any]]:
        """Return the streets in the frame, main ones and others, no more than can be drawn."""
        streets, is_main = self._streets
        found = np.sort(self._tree.query(shapely.box(*frame.box)))
        inside = shapely.clip_by_rect(streets[found], *frame.box)
        cut = shapely.simplify(inside, FINE / frame.per_m, preserve_topology=False)
        length = shapely.length(cut)
        order = np.lexsort((-length, ~is_main[found]))
        kept = order[np.cumsum(shapely.get_num_coordinates(cut[order])) <= MOST_CORNERS]
        kept = kept[length[kept] * frame.per_m > FINE]
        return [*cut[kept[is_main[found][kept]]]], [*cut[kept[~is_main[found][kept]]]]

    def _hubs_in(self, frame: Frame, told: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the hubs in the frame, those that there are and of those proposed some, with their numbers."""
        hubs = self.stock.hubs
        there = [site_id for site_id, hub in hubs.items() if not is_known(hub["rank"])]
        for site_id in (*there, *told):
            rank = f"{hubs[site_id]['rank']:.0f}" if site_id not in there else ""
            at = _inside(frame.units(shapely.get_coordinates(self._hub_points[site_id])), MARK)
            yield from ({"x": x, "y": y, "rank": rank} for x, y in at.tolist())

    @cached_property
    def _steps(self) -> Steps:
        return Steps(self.stock)

    @cached_property
    def _shapes(self) -> dict[str, Any]:
        zones = self.stock.town.zones
        return dict(zip(zones["zone_id"], zones.geometry, strict=True))

    @cached_property
    def _streets(self) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        streets = gpd.GeoDataFrame(self.stock.town.tables["streets"]).to_crs(self.stock.town.zones.crs)
        kinds = streets["way"].str.removesuffix("_link")
        return np.asarray(streets.geometry.array), kinds.isin(MAIN).to_numpy(bool)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._streets[0])

    @cached_property
    def _places(self) -> Points:
        points = self.assets.points.iloc[self.assets.of_domains].to_crs(self.stock.town.zones.crs)
        return np.asarray(shapely.get_coordinates(points.array))

    @cached_property
    def _hub_points(self) -> dict[str, Any]:
        hubs = gpd.GeoDataFrame(self.stock.town.tables["hubs"]).to_crs(self.stock.town.zones.crs)
        return dict(zip(hubs["site_id"], hubs.representative_point(), strict=True))


def _pins(frame: Frame, steps: Mapping[int, Any]) -> list[dict[str, Any]]:
    """Return where pins stand, with the numbers of all additions there, a line's in its middle."""
    numbers: dict[tuple[int, int], list[int]] = {}
    for number, shape in sorted(steps.items()):
        at = shape if shape.geom_type == "Point" else shape.interpolate(0.5, normalized=True)
        x, y = frame.units(shapely.get_coordinates(at))[0].tolist()
        numbers.setdefault((x, y), []).append(number)
    return [{"x": x, "y": y, "numbers": here} for (x, y), here in numbers.items()]


def _inside(at: NDArray[np.int64], rim: int = DOT) -> NDArray[np.int64]:
    """Return the points that stand in the drawing, a rim away from its edge."""
    return at[((at > rim) & (at < (WIDTH - rim, HEIGHT - rim))).all(axis=1)]


def _dots(at: NDArray[np.int64], wide: int) -> str:
    """Return points as a path of level lines that are so wide; round ends make dots of those without length.

    Those on one spot are one.
    """
    # One number a spot: rows of two are slow to tell apart.
    spots = np.column_stack(np.divmod(np.unique(at[:, 0] // DOT * HEIGHT + at[:, 1] // DOT), HEIGHT))
    steps = np.diff(spots * DOT + (DOT - wide) // 2, axis=0, prepend=0)
    steps[1:, 0] -= wide
    return "".join(f"m{x} {y}h{wide}" for x, y in steps.tolist())


def _path(frame: Frame, shapes: Iterable[Any]) -> str:
    """Return the lines and rings of shapes as a path."""
    parts = shapely.get_parts([shape for shape in shapes if shape is not None])
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    lines = [*parts[~is_area], *(ring for area in parts[is_area] for ring in shapely.get_rings(area))]
    corners, line = shapely.get_coordinates(lines, return_index=True)
    at = frame.units(corners)
    is_first = np.diff(line, prepend=-1) != 0
    steps = np.where(is_first[:, None], at, np.diff(at, axis=0, prepend=0))
    is_step = is_first | steps.any(axis=1)
    drawn = zip(is_first[is_step].tolist(), steps[is_step].tolist(), strict=True)
    return "".join(f"{'M' if first else 'l'}{x} {y}" for first, (x, y) in drawn)
