"""The mix of uses inside areas: of places, and of the floors of buildings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import uses
from geokehila.analyses.diversity import entropy
from geokehila.analyses.mixed_use.around import listed
from geokehila.analyses.tables import Tables
from geokehila.analyses.units import Units
from geokehila.catalogue import USES
from geokehila.reach.arrays import Floats
from geokehila.schema import LOADED, NOT_KNOWN, NOT_LOADED, NOT_MAPPED
from geokehila.uses import HOUSING
from geokehila.zones import ratio
from geokehila.zones.sums import PARTLY_KNOWN

#: Why something is not told of a unit: keys of [reasons] and of [absent] in catalogue/text.
FLOOR_UNKNOWN, NO_USE = "floor_area_unknown", "none_of_the_uses"
PER_PEOPLE = 1000.0


@dataclass(frozen=True, eq=False)
class Town:
    """What lies in the areas, worked out once for all zonings; what the files lack is empty."""

    tables: Tables

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """Places by `use`, as points inside them."""
        found = uses.of_places(self._places, self.tables.study.catalogue.categories)
        return found.set_geometry(found.representative_point())

    @cached_property
    def floors(self) -> gpd.GeoDataFrame:
        """Floor area of buildings by `use`, as points inside them."""
        buildings = _table(self.tables.buildings, "building_id", "purpose", "levels", "footprint_m2")
        return uses.floor_area(buildings, self._places, self.tables.study.catalogue.categories)

    @cached_property
    def grounds(self) -> gpd.GeoDataFrame:
        """Grounds by `use`, without overlaps."""
        return uses.land(_table(self.tables.land_uses, "land_use_id", "use"))

    @property
    def _places(self) -> gpd.GeoDataFrame:
        return _table(self.tables.places, "place_id", "categories")

    def standard(self, key: str) -> float:
        """Return the value of a standard."""
        return self.tables.study.catalogue.standards[key].value


def _table(table: gpd.GeoDataFrame, *columns: str) -> gpd.GeoDataFrame:
    return table if len(table) else table.reindex(columns=[*columns, "geometry"])


@dataclass(frozen=True, eq=False)
class Inside:
    """What is in the units of one zoning.

    Notes
    -----
    ``mix_zone_entropy_score``
        Entropy of the five uses, over places and buildings with homes: 0 to 1, NaN where there are none.
    ``services_per_1000``
        Places that serve per 1,000 people; NaN without people.
    ``floor_area_known_share``
        Share of the floor area whose use is known; NaN without buildings.
    ``area_mix_score``
        Entropy of the five uses over the floor area, where enough of it is known; `low` and `high` are that by floors
        and that by footprints alone.
    """

    town: Town
    units: Units

    def rows(self) -> Iterator[pd.DataFrame]:
        """Yield a table a measure."""
        at = self.units.of(self.town.places)
        counts = self.units.sums(at, self.town.places["use"], np.ones(len(at)), USES)
        counts[:, USES.index(HOUSING)] = self._homes
        yield self._of_places(counts)
        yield self._of_services(counts[:, USES.index("services")])
        yield from self._of_floors()

    def _of_places(self, counts: Floats) -> pd.DataFrame:
        mix, lists = entropy(counts), self._listed(*USES)
        rules = [lists == NOT_LOADED, np.isnan(self._homes), np.isnan(mix), lists != LOADED]
        why = np.select(rules, [NOT_LOADED, NOT_MAPPED, NO_USE, PARTLY_KNOWN], "")
        return self.units.rows("mix_zone_entropy_score", np.where(rules[0], np.nan, mix), why)

    def _of_services(self, counts: Floats) -> pd.DataFrame:
        people = self.units.of_homes(self.town.tables.origins["people"].to_numpy(float))
        served, lists = PER_PEOPLE * ratio(counts, people), self._listed("services")
        rules = [lists == NOT_LOADED, people == 0, lists != LOADED]
        why = np.select(rules, [NOT_LOADED, NOT_KNOWN, PARTLY_KNOWN], "")
        return self.units.rows("services_per_1000", np.where(rules[0], np.nan, served), why)

    def _of_floors(self) -> Iterator[pd.DataFrame]:
        floors, at = self.town.floors, self.units.of(self.town.floors)
        is_known = floors["known"].map({True: "known", False: "unknown"})
        known = self.units.sums(at, is_known, floors["floor_m2"], ("known", "unknown"))
        share = ratio(known[:, 0], known.sum(axis=1))
        yield self.units.rows("floor_area_known_share", share, np.where(np.isnan(share), FLOOR_UNKNOWN, ""))
        mix, flat = (entropy(self.units.sums(at, floors["use"], floors[m2], USES)) for m2 in ("floor_m2", "ground_m2"))
        is_told = share >= self.town.standard("known_floor")
        value, low, high = (np.where(is_told, m, np.nan) for m in (mix, np.fmin(mix, flat), np.fmax(mix, flat)))
        why = np.select([~is_told, np.isnan(mix)], [FLOOR_UNKNOWN, NO_USE], "")
        yield self.units.rows("area_mix_score", value, why, low, high)

    @cached_property
    def _homes(self) -> Floats:
        """Buildings with homes, shape (U,); NaN where people stand on a grid, for none is mapped."""
        on_grid = self.town.tables.origins["on_grid"].to_numpy(bool)
        return np.where(self.units.of_homes(on_grid) > 0, np.nan, self.units.of_homes(~on_grid))

    def _listed(self, *some_uses: str) -> np.ndarray:
        """What the lists of places of some uses are worth in each unit: of several homes the plainest doubt.

        A unit that the data do not cover is not mapped as a whole.
        """
        tables = self.town.tables
        keys = [key for key, category in tables.study.catalogue.categories.items() if category.use in some_uses]
        lists = listed(tables, keys)
        doubted = {reason: self.units.of_homes(lists == reason) > 0 for reason in (NOT_LOADED, NOT_MAPPED)}
        is_cut = self.units.is_cut(tables.extent)
        return np.select([doubted[NOT_LOADED], doubted[NOT_MAPPED] | is_cut], [NOT_LOADED, NOT_MAPPED], LOADED)
