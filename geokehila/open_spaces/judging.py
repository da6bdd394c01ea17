"""Whether the public may use an open space: by its class, its access, what it lies in, and its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.names import NAME_COLUMNS
from geokehila.open_spaces import kinds, reasons, shapes


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What lies in open spaces and around them, as :class:`geokehila.load.osm.OsmData` holds it.

    ``streets`` are walkable ways, ``land_uses`` and ``land`` grounds.
    """

    streets: gpd.GeoDataFrame
    land_uses: gpd.GeoDataFrame
    land: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Judged:
    """Open spaces before their sizes are asked: table ``open_spaces``, and the values of the catalogue's standards."""

    spaces: gpd.GeoDataFrame
    around: Surroundings
    limits: Mapping[str, float]

    @cached_property
    def entered(self) -> np.ndarray:
        """Whether a walkable way leads in, shape (N,)."""
        return shapes.entered(self._shapes, self.around.streets.geometry.to_numpy())

    @cached_property
    def why(self) -> np.ndarray:
        """Why the public may not use a space, or why that is not known; empty where it may; shape (N,)."""
        rules = [*self._by_class, *self._by_access, *self._inherited, *self._by_doubt]
        return np.select([np.asarray(where) for _, where in rules], [why for why, _ in rules], "")

    @property
    def _shapes(self) -> np.ndarray:
        shape: np.ndarray = self.spaces.geometry.to_numpy()
        return shape

    @cached_property
    def _stated(self) -> pd.Series:
        """Where the map says that the public may come in: then what lies around tells nothing."""
        stated: pd.Series = self.spaces["access"].isin(reasons.STATED)
        return stated

    def _lies_in(self, grounds: np.ndarray) -> pd.Series:
        return ~self._stated & shapes.within(self._shapes, grounds)

    @property
    def _by_class(self) -> list[tuple[str, pd.Series]]:
        """What a space is no open space for: its own class, or the school or club that it belongs to."""
        of, uses = self.spaces["class"], self.around.land_uses
        is_of = {why: of.isin(classes) for why, classes in reasons.CLASSES.items()}
        schools = self._shapes[is_of[reasons.SCHOOL_YARD]]
        clubs = uses[(uses["use"] == "sport") & ~uses["land_use_id"].isin(self.spaces["place_id"])]
        pitches = is_of.pop(reasons.PITCH)
        return [
            *is_of.items(),
            (reasons.SCHOOL_YARD, self._lies_in(schools)),
            (reasons.CLUB, self._lies_in(clubs.geometry.to_numpy())),
            (reasons.PITCH, pitches),
            (reasons.OTHER, ~of.isin(kinds.OPEN)),
        ]

    @cached_property
    def _by_access(self) -> list[tuple[str, pd.Series]]:
        access = self.spaces["access"]
        return [
            (reasons.CUSTOMERS, access == "customers"),
            (reasons.PRIVATE, access.isin(reasons.SHUT)),
            (reasons.FEE, self.spaces["fee"]),
            (reasons.UNCLEAR, ~self._stated & (access != "")),
        ]

    @property
    def _inherited(self) -> list[tuple[str, pd.Series]]:
        """What lies in a larger space is shut with it."""
        return [(why, self._lies_in(self._shapes[where])) for why, where in self._by_access]

    @property
    def _by_doubt(self) -> list[tuple[str, pd.Series]]:
        """A garden that may be that of a house; ground that nobody says is public, and no way leads into."""
        of, named = self.spaces["class"], self.spaces[[*NAME_COLUMNS]].notna().any(axis=1)
        small = self.spaces["area_m2"] < self.limits["open_house_garden"]
        industry = self.around.land.geometry[self.around.land["use"] == "industry"].to_numpy()
        wild = of.isin(kinds.NATURE) & (of != "beach") & ~self._stated
        return [
            (reasons.HOUSE_GARDEN, (of == "garden") & small & ~named & ~self.spaces["community"] & ~self._stated),
            (reasons.INDUSTRY, of.isin(kinds.COVER) & self._lies_in(industry)),
            (reasons.NO_WAY_IN, wild & ~self.entered),
        ]


def too_small(judged: Judged, kind: np.ndarray) -> np.ndarray:
    """Return `why` of the spaces, or that they are too small or too narrow together with what touches them.

    What is public, green or not, and what may be are asked apart.
    """
    why = judged.why.astype(object)
    public, unsure = why == "", np.isin(why.astype(str), reasons.OPEN_QUESTIONS)
    for some in (public & (kind != kinds.SQUARE), public & (kind == kinds.SQUARE), unsure):
        why[some] = _size(judged, some, kind[some])
    return why


def _size(judged: Judged, some: np.ndarray, kind: np.ndarray) -> np.ndarray:
    outlines, limits = judged.spaces.geometry.to_numpy()[some], judged.limits
    label = shapes.joint(outlines, limits["open_joint"])
    whole = shapes.united(outlines, label)
    small = (shapely.area(whole) < limits["open_min_area"])[label]
    narrow = shapely.is_empty(shapely.buffer(whole, -limits["open_min_width"] / 2))[label]
    rules = [small & ~np.isin(kind, kinds.OF_ANY_SIZE), narrow & ~np.isin(kind, kinds.OF_ANY_WIDTH)]
    return np.select(rules, [reasons.SMALL, reasons.NARROW], judged.why[some])
