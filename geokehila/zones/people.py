"""People of areas: sums, shares and medians of what their homes have, weighted by who lives there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geokehila.reach.arrays import Floats
from geokehila.schema import EDGE
from geokehila.zones.inhabited import Inhabited
from geokehila.zones.zoning import Zoning

TOTAL = "total"
#: Decimals of persons: sums that differ by less are the same, whatever the order in which homes were added up.
SAME = 6


@dataclass(frozen=True, eq=False)
class People:
    """People of one group in the units of one zoning, by floor area and by footprint alone, shape (O,)."""

    areas: Inhabited
    group: str
    by_floor: Floats
    by_footprint: Floats
    missing: Floats

    @property
    def ids(self) -> np.ndarray:
        """zone_id of the units with homes."""
        return self.areas.ids

    @property
    def unit(self) -> np.ndarray:
        """Unit of each home, counted among those with homes."""
        return self.areas.unit

    @cached_property
    def total(self) -> Floats:
        """People of each unit, shape (U,)."""
        total: Floats = self.sums(np.ones((len(self.by_floor), 1)))[:, 0]
        return total

    def sums(self, numbers: np.ndarray, by_footprint: bool = False) -> Floats:
        """Sum numbers of homes (O, M), each times its people, over the units (U, M)."""
        weight = self.by_footprint if by_footprint else self.by_floor
        shape = (len(self.ids), len(weight))
        summed: Floats = csr_array((weight, (self.unit, np.arange(len(weight)))), shape=shape) @ numbers
        return summed

    def share(self, mask: np.ndarray) -> Floats:
        """Share of the people under each mask (O, M), by the lower of the two ways of placing them; NaN of nobody."""
        whole = np.ones((len(self.by_floor), 1))
        both = [ratio(self.sums(mask * 1.0, foot), self.sums(whole, foot)) for foot in (False, True)]
        return np.minimum(*both)


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks (O, M), sorted once for all areas and groups of people."""

    walk: Floats

    @cached_property
    def order(self) -> np.ndarray:
        """Homes by their walks, (O, M)."""
        order: np.ndarray = np.argsort(self.walk, axis=0, kind="stable")
        return order


def peoples(zonings: Sequence[Zoning], origins: gpd.GeoDataFrame, origin_people: pd.DataFrame) -> Iterator[People]:
    """Yield the people of every group in every zoning."""
    per_home = np.nan_to_num((origins["people_by_footprint"] / origins["people"]).to_numpy(float))
    groups = (
        origin_people.pivot(index="origin_id", columns="group", values="people")
        .reindex(index=origins["origin_id"], columns=sorted({TOTAL, *origin_people["group"]}))
        .astype(float)
    )
    lived_in = [Inhabited(zoning) for zoning in zonings]
    for group in groups:
        counted = groups[group].to_numpy(float)
        by_floor = np.nan_to_num(counted)
        for areas in lived_in:
            yield People(areas, str(group), by_floor, by_floor * per_home, np.isnan(counted) * 1.0)


def median(people: People, walks: Walks) -> Floats:
    """Return the walk that half of the people of each unit have at most, (U, M); NaN of nobody."""
    units = people.unit.astype(np.min_scalar_type(len(people.ids)))
    before = np.concatenate([[0.0], np.cumsum(people.total)[:-1]])
    half, some = before + people.total / 2 - 1e-9, people.total > 0
    medians = np.full((len(people.ids), walks.walk.shape[1]), np.nan)
    for column, walk, order in zip(medians.T, walks.walk.T, walks.order.T, strict=True):
        # Small whole numbers are sorted stably in one pass.
        by_unit = order[np.argsort(units[order], kind="stable")]
        first = np.searchsorted(np.cumsum(people.by_floor[by_unit]), half[some])
        column[some] = walk[by_unit[np.minimum(first, len(by_unit) - 1)]]
    return medians


def why_unsure(walk: Floats, least: Floats, beyond_horizon: str) -> np.ndarray:
    """Return why a walk may be another one, ``edge``, or is missing, `beyond_horizon`; empty where it is neither.

    Parameters
    ----------
    walk
        Walks to the nearest place in the data, infinite where none is found within the horizon.
    least
        The same, ended at the edge of the data at the latest: behind it a nearer place may stand.

    Examples
    --------
    >>> why_unsure(np.array([900.0, np.inf, np.inf]), np.array([900.0, 600.0, np.inf]), "> 60 min").tolist()
    ['', 'edge', '> 60 min']
    """
    return np.select([least < walk, np.isposinf(walk)], [EDGE, beyond_horizon], "").astype(object)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part over whole, NaN where that is nothing."""
    whole = np.broadcast_to(whole, part.shape)
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return found
