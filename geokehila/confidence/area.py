"""The zones as numbers, with the zones around each: what a zone is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geokehila.merging import OSM

#: [m] Zones whose homes lie farther away tell nothing about a zone.
NEAR_M = 2000.0


@dataclass(frozen=True)
class Evidence:
    """What a study's tables say about how far they can be believed.

    Attributes
    ----------
    zones
        Table ``zones``.
    zone_people
        Table ``zone_people``: a zone whose total is missing has no count.
    origins
        Table ``origins`` with `connected` and `on_fragment` (bool), and `off_network_m` [m].
    buildings
        Table ``buildings``.
    streets
        Table ``streets``.
    places
        Places with `categories` (tuple of keys) and `source`, points or areas [m].
    mapped_stops, official_stops
        Bus stops of the map, and those of the timetable (empty: no timetable), points [m].
    weights, residents_per
        What the counts are, and the residents behind one of them.
    flags
        What is not plain about the count, by the words of :mod:`geokehila.load.population.flags`.
    asked
        Households that a sample asked, by zone_id, where the count is of one; empty: it is not.
    roads
        The street fabric with `sidewalk`: yes, separate, no; "" not told.
    """

    zones: gpd.GeoDataFrame
    zone_people: pd.DataFrame
    origins: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    mapped_stops: gpd.GeoSeries
    official_stops: gpd.GeoSeries
    weights: str
    residents_per: float
    flags: frozenset[str] = frozenset()
    asked: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    roads: gpd.GeoDataFrame = field(default_factory=lambda: gpd.GeoDataFrame({"sidewalk": []}, geometry=[]))


@dataclass(frozen=True)
class Area:
    """The zones as numbers: residents, places by category, and for each zone the zones around it, the nearest first.

    ``near`` are the rows of the zones within `NEAR_M` of each zone, itself first, one zone after the other; those of
    zone i begin at ``start[i]`` and end at ``start[i + 1]``. ``counts`` are places of all sources, by category;
    ``mapped`` those that the map shows, alone or with others.
    """

    zone_ids: np.ndarray
    residents: np.ndarray
    counts: Mapping[str, np.ndarray]
    mapped: Mapping[str, np.ndarray]
    near: np.ndarray
    start: np.ndarray

    @classmethod
    def of(cls, evidence: Evidence) -> Area:
        """Count residents and places in each zone, and find the zones around it."""
        zones, origins = evidence.zones, evidence.origins
        ids = zones["zone_id"].to_numpy()
        people = origins.groupby("zone_id")["people"].sum().reindex(ids, fill_value=0.0).to_numpy(float)
        places = evidence.places
        # Places outside every zone serve people who are not counted here, so they are no evidence for those who are.
        zone, place = _inside(zones, places.geometry.representative_point().to_numpy())
        inside = places[["categories", "source"]].iloc[place].assign(zone=zone)
        on_map = inside["source"].str.split("; ").map(lambda parts: OSM in parts).astype(bool)
        counts, mapped = _counts(inside, len(ids)), _counts(inside[on_map], len(ids))
        near, start = _neighbours(_centres(zones, origins), ids)
        return cls(ids, people * evidence.residents_per, counts, mapped, near, start)

    def around(self, values: np.ndarray, residents: float) -> np.ndarray:
        """Sum values over each zone's nearest zones until they hold so many residents, or over all that are near."""
        summed: np.ndarray = self._running(values)[self._last(residents)]
        return summed

    def _running(self, values: np.ndarray) -> np.ndarray:
        """Running sums over the zones near each zone."""
        running = np.concatenate([[0.0], np.cumsum(values[self.near])])
        width = np.diff(self.start)
        within: np.ndarray = running[1:] - np.repeat(running[self.start[:-1]], width)
        return within

    def _last(self, residents: float) -> np.ndarray:
        """For each zone, where in ``near`` its window ends."""
        enough = np.flatnonzero(self._running(self.residents) >= residents * (1 - 1e-12))
        first = np.append(enough, len(self.near))[np.searchsorted(enough, self.start[:-1])]
        last: np.ndarray = np.minimum(first, self.start[1:] - 1)
        return last

    def of_category(self, key: str, is_mapped: bool = False) -> np.ndarray:
        """Return the places of a category in each zone, of all sources or only those of the map; 0 where none is."""
        none: np.ndarray = np.zeros(len(self.zone_ids))
        return (self.mapped if is_mapped else self.counts).get(key, none)


def _counts(places: pd.DataFrame, size: int) -> dict[str, np.ndarray]:
    """Count places with `categories` and the number of their `zone` in each zone, by category."""
    long = places.explode("categories").groupby("categories")
    return {str(key): np.bincount(rows["zone"].to_numpy(int), minlength=size).astype(float) for key, rows in long}


def _inside(zones: gpd.GeoDataFrame, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return zones and the points inside them, each point once, with the first of zones that overlap."""
    point, zone = shapely.STRtree(zones.geometry.to_numpy()).query(points, predicate="intersects")
    first = pd.Series(zone, index=point, dtype=int).groupby(level=0).min()
    return first.to_numpy(int), first.index.to_numpy(int)


def _centres(zones: gpd.GeoDataFrame, origins: gpd.GeoDataFrame) -> np.ndarray:
    """The middle of each zone's homes, of a zone without homes a point inside it, shape (Z, 2)."""
    homes = pd.DataFrame(shapely.get_coordinates(origins.geometry.to_numpy()), columns=["x", "y"])
    middle = homes.groupby(origins["zone_id"].to_numpy()).mean().reindex(zones["zone_id"]).to_numpy(float)
    inside = shapely.get_coordinates(zones.geometry.representative_point().to_numpy())
    return np.where(np.isnan(middle), inside, middle)


def _neighbours(at: np.ndarray, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return `near` and `start` of :class:`Area`; of equally far zones the first by id comes first."""
    pairs = cKDTree(at).sparse_distance_matrix(cKDTree(at), NEAR_M, output_type="ndarray")
    rank = np.argsort(np.argsort(ids, kind="stable"))
    order = np.lexsort((rank[pairs["j"]], pairs["v"].round(3), pairs["j"] != pairs["i"], pairs["i"]))
    start = np.searchsorted(pairs["i"][order], np.arange(len(at) + 1))
    return pairs["j"][order], start
