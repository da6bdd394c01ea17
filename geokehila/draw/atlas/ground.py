"""Where people live, at which scale it fits, and the ground that all maps of an atlas share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely

from geokehila.draw.atlas.paper import POINTS
from geokehila.draw.atlas.shapes import Shapes
from geokehila.draw.town import Town
from geokehila.people import uncounted_homes

#: Denominators of scales that a planner's ruler has.
SCALES = tuple(
    step * 10**power
    for power in range(3, 7)
    for step in (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.5)
)
#: The map holds all people but so many at each end, and a margin; nobody's far farm makes a town small.
TAIL_SHARE, MARGIN_SHARE = 0.0025, 0.06
#: Zones are shown whole where the map is no more than so many times as long for them, with a margin of their own.
LONGER, EDGE_SHARE = 1.5, 0.01
#: [mm on paper] Nothing finer is printed.
FINEST_MM = 0.2
#: [m] No map shows less.
SMALLEST_M = 500.0
#: Ways that are drawn on small maps, too.
MAIN = ("motorway", "trunk", "primary", "secondary", "tertiary")
#: Ways that are not drawn: they are areas, or drives to houses.
UNDRAWN = ("plaza", "service")
PARKS = ("park", "garden", "forest", "wood", "nature_reserve", "recreation_ground", "common", "village_green",
         "playground", "square", "beach")  # fmt: skip


@dataclass(frozen=True)
class View:
    """What a map shows of the ground: a scale, and a size on paper [mm]."""

    scale: float
    width: float
    height: float

    @property
    def metres(self) -> tuple[float, float]:
        """[m] Width and height on the ground."""
        return self.width / 1000 * self.scale, self.height / 1000 * self.scale


@dataclass(frozen=True, eq=False)
class Ground:
    """The ground of a town: its shapes are simplified, cut and taken apart once for each view.

    Attributes
    ----------
    town
        Whose it is.
    """

    town: Town
    _drawn: dict[tuple[str, View], Shapes] = field(default_factory=dict, repr=False)

    @cached_property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east, north [m] of where people live, with a margin, and of the zones as :data:`LONGER` says."""
        ends = np.array(self._peopled()).reshape(2, 2)
        half = (0.5 + MARGIN_SHARE) * np.maximum(np.ptp(ends, axis=0), SMALLEST_M)
        ends = ends.mean(axis=0) + np.array([-half, half])
        zones = np.array(self._whole()).reshape(2, 2)
        edge = EDGE_SHARE * np.ptp(zones, axis=0)
        both = np.array([np.fmin(ends[0], zones[0] - edge), np.fmax(ends[1], zones[1] + edge)])
        is_shown = np.ptp(both, axis=0) <= LONGER * np.ptp(ends, axis=0)
        west, south, east, north = np.where(is_shown, both, ends).ravel().tolist()
        return west, south, east, north

    @property
    def centre(self) -> tuple[float, float]:
        """[m] The middle of it."""
        west, south, east, north = self.extent
        return (west + east) / 2, (south + north) / 2

    def view(self, width: float, height: float) -> View:
        """Return the largest scale at which a map of this size [mm] shows all of it."""
        west, south, east, north = self.extent
        least = 1000 * max((east - west) / width, (north - south) / height)
        return View(next((scale for scale in SCALES if scale >= least), least), width, height)

    def points(self, xy: np.ndarray, view: View) -> np.ndarray:
        """Return where places [m] are on a map, in points from its middle."""
        return (np.asarray(xy, float) - self.centre) * (1000 * POINTS / view.scale)

    def zones(self, view: View) -> Shapes:
        """Return the zones, one a row of ``town.zones``."""
        return self._shapes("zones", view)

    def units(self, view: View) -> Shapes:
        """Return the units that a meeting knows best, one a row of :attr:`known`."""
        return self._shapes("units", view)

    def parks(self, view: View) -> Shapes:
        """Return open spaces that are open to the public, or not known to be closed."""
        return self._shapes("parks", view)

    def streets(self, view: View, main: bool) -> Shapes:
        """Return the ways, main ones or all others."""
        return self._shapes("main" if main else "streets", view)

    def areas(self, frame: gpd.GeoDataFrame, view: View) -> Shapes:
        """Return other shapes, one a row."""
        return Shapes.of(self._printed(frame, view, coverage=False))

    @cached_property
    def known(self) -> gpd.GeoDataFrame:
        """The units that a meeting knows best, with their people."""
        key = str(self.town.record["default_zoning"])
        zonings = self.town.tables["zonings"]
        units = self.town.zones if key == "zone" else gpd.GeoDataFrame(zonings[zonings["zoning"] == key])
        return with_people(units.reset_index(drop=True), self.town, key)

    @property
    def by_units(self) -> bool:
        """Whether zones have no names, so that larger units are named in their place."""
        return self.town.study.zones.kind == "hexagons"

    @cached_property
    def labelled(self) -> gpd.GeoDataFrame:
        """What is named on a map: zones, but of hexagons, which have no names, the units that are known best."""
        if self.by_units:
            return self.known
        return with_people(self.town.zones, self.town, "zone")

    def named_at(self, view: View) -> tuple[np.ndarray, np.ndarray | None]:
        """Return where what is named is seen on a map [pt from its middle], rows as in :attr:`labelled`.

        Returns
        -------
        middles : ndarray, shape (N, 2)
            NaN of what the map does not show.
        radii : ndarray, shape (N,), or None
            Of the marks that names stand beside [pt]; None: they stand on their areas.
        """
        wide, high = (0.5 * metres for metres in view.metres)
        x, y = self.centre
        cut = shapely.clip_by_rect(np.asarray(self.labelled.geometry.array), x - wide, y - high, x + wide, y + high)
        inner = shapely.point_on_surface(cut)
        return self.points(np.column_stack([shapely.get_x(inner), shapely.get_y(inner)]), view), None

    @property
    def has_far(self) -> bool:
        """Whether anything is drawn at the edge that it lies beyond."""
        return False

    def frames(self, view: View) -> Shapes:
        """Return a frame around each mark that is not in its place."""
        return Shapes.of(np.empty(0, object))

    def _peopled(self) -> tuple[float, float, float, float]:
        homes = gpd.GeoDataFrame(self.town.tables["origins"])
        lived = homes[homes["people"] > 0]
        # Where nobody counted people live, too: a quarter without a count is no blank edge of the sheet.
        not_counted = self._uncounted()
        some = ((lived.geometry, lived["people"].to_numpy(float)), (not_counted, np.ones(len(not_counted))))
        found = [
            [_ends(axis, people) for axis in (points.x.to_numpy(), points.y.to_numpy())]
            for points, people in some
            if len(points)
        ]
        if not found:
            zones = self.town.zones
            return tuple(zones.total_bounds) if len(zones) else (0.0, 0.0, SMALLEST_M, SMALLEST_M)
        ends = np.array(found)
        west, south = ends[:, :, 0].min(axis=0).tolist()
        east, north = ends[:, :, 1].max(axis=0).tolist()
        return west, south, east, north

    def _uncounted(self) -> gpd.GeoSeries:
        """Return points in the homes of zones that nobody counted; of a region none, its localities are dots."""
        town = self.town
        if town.is_region or not town.uncounted:
            return gpd.GeoSeries([], crs=town.zones.crs)
        zones, buildings = (gpd.GeoDataFrame(town.tables[name]) for name in ("zones", "buildings"))
        return uncounted_homes(zones, town.tables["zone_people"], buildings).geometry

    def _whole(self) -> tuple[float, float, float, float]:
        """Return the bounds of the zones; missing where there is none."""
        west, south, east, north = self.town.zones.total_bounds.tolist()
        return west, south, east, north

    def _shapes(self, kind: str, view: View) -> Shapes:
        if (kind, view) not in self._drawn:
            frame, coverage = self._source(kind)
            self._drawn[kind, view] = Shapes.of(self._printed(frame, view, coverage))
        return self._drawn[kind, view]

    def _source(self, kind: str) -> tuple[gpd.GeoDataFrame, bool]:
        if kind == "zones":
            return self.town.zones, True
        if kind == "units":
            return self.known, True
        if kind == "parks":
            spaces = gpd.GeoDataFrame(self.town.tables["open_spaces"])
            closed = spaces["public"] == "no" if "public" in spaces else spaces["access"].isin(("no", "private"))
            return spaces[spaces["class"].isin(PARKS) & ~closed], False
        streets = gpd.GeoDataFrame(self.town.tables["streets"])
        way = streets["way"].str.removesuffix("_link")
        return streets[way.isin(MAIN) if kind == "main" else ~way.isin((*MAIN, *UNDRAWN))], False

    def _printed(self, frame: gpd.GeoDataFrame, view: View, coverage: bool) -> np.ndarray:
        """Return shapes in points from the map's middle, cut at its edge, with no detail that paper does not show."""
        wide, high = (0.5 * metres + 0.01 * view.scale for metres in view.metres)
        x, y = self.centre
        finest = FINEST_MM / 1000 * view.scale
        shapes = np.asarray(frame.geometry.array)
        near = shapely.box(x - 3 * wide, y - 3 * high, x + 3 * wide, y + 3 * high)
        # Those far away need no simplifying; their number stays, for rows are told by it.
        shapes = shapes.copy()
        shapes[~shapely.intersects(shapes, near)] = None
        present = ~shapely.is_missing(shapes)
        if coverage and present.any():
            shapes[present] = shapely.coverage_simplify(shapes[present], finest)
        elif present.any():
            shapes[present] = shapely.simplify(shapes[present], finest)
        cut = shapely.clip_by_rect(shapes, x - wide, y - high, x + wide, y + high)
        return np.asarray(shapely.transform(cut, lambda xy: self.points(xy, view)))


def with_people(units: gpd.GeoDataFrame, town: Town, zoning: str) -> gpd.GeoDataFrame:
    """Return units with the people who live in each, missing where they are not known."""
    scores = town.tables["zone_scores"]
    rows = scores[(scores["zoning"] == zoning) & (scores["measure"] == "people") & (scores["group"] == "total")]
    people = rows.set_index("zone_id")["value"]
    return units.assign(people=units["zone_id"].map(people[~people.index.duplicated()]).astype(float))


def _ends(at: np.ndarray, people: np.ndarray) -> tuple[float, float]:
    """Return between where all people are but a few at each end."""
    order = np.argsort(at, kind="stable")
    so_far = np.cumsum(people[order]) / people.sum()
    first, last = np.searchsorted(so_far, (TAIL_SHARE, 1 - TAIL_SHARE))
    return float(at[order][first]), float(at[order][min(last, len(at) - 1)])


def places_of(town: Town, categories: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return the places of some categories, as points."""
    keys = town.tables["place_categories"]
    mine = keys.loc[keys["category"].isin(categories), "place_id"]
    places = gpd.GeoDataFrame(town.tables["places"])
    chosen = places[places["place_id"].isin(mine)]
    return gpd.GeoDataFrame(chosen.assign(geometry=chosen.geometry.representative_point()))
