"""Who hubs are looked for: homes, what hub each has now, and how much each of its people counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geokehila.access import Access
from geokehila.analyses import states
from geokehila.analyses.tables import Tables
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import BEYOND, REACHED


@dataclass(frozen=True, eq=False)
class Demand:
    """Homes, O of them, by what they have.

    Attributes
    ----------
    ids
        origin_id.
    zones
        zone_id of each.
    people, people_by_footprint
        By floor area, and by footprint alone.
    weight
        How much a person of each home counts: 1 where the study asks for no need.
    now_s
        [s] Walk to the nearest hub there is; infinite beyond the horizon.
    state
        Whether a hub is within the cutoff: reached, beyond, or why it is not known.
    """

    ids: pd.Index
    zones: np.ndarray
    people: Floats
    people_by_footprint: Floats
    weight: Floats
    now_s: Floats
    state: np.ndarray

    @classmethod
    def of(cls, tables: Tables, access: Access, cutoff_s: float, weight: Floats) -> Demand:
        """Lay it out for one profile; `weight` is that of a person of each home, shape (O,)."""
        categories = tables.study.catalogue.categories.values()
        keys = [c.key for c in categories if c.hub and c.key in access.nearest_s]
        walks = [access.nearest_s[key].fillna(np.inf).to_numpy(float) for key in keys]
        found = [states.of_category(tables, access, key, cutoff_s) for key in keys]
        origins = tables.origins
        return cls(
            pd.Index(origins["origin_id"]),
            origins["zone_id"].to_numpy(object),
            origins["people"].to_numpy(float),
            origins["people_by_footprint"].to_numpy(float),
            weight,
            np.min([*walks, np.full(len(origins), np.inf)], axis=0),
            _any_of(found, len(origins)),
        )

    def and_also(self, ids: pd.Index, people: Floats, now_s: Floats, cutoff_s: float) -> Demand:
        """Return these homes and others, each person of which counts once."""
        state = np.where(now_s <= cutoff_s, REACHED, BEYOND)
        more = (ids, np.full(len(ids), ""), people, people, np.ones(len(ids)), now_s, state)
        mine = (self.ids, self.zones, self.people, self.people_by_footprint, self.weight, self.now_s, self.state)
        return Demand(mine[0].append(more[0]), *map(np.append, mine[1:], more[1:]))

    @property
    def placings(self) -> tuple[Floats, Floats]:
        """People of each home by floor area, and by footprint alone: what levels are worth is not known better."""
        return self.people, self.people_by_footprint

    @property
    def is_beyond(self) -> Flags:
        """Surely beyond every hub."""
        found: Flags = self.state == BEYOND
        return found

    @property
    def may_be_beyond(self) -> Flags:
        """Beyond every hub, or nobody knows."""
        found: Flags = self.state != REACHED
        return found

    def tiers(self, cutoff_s: float) -> Ints:
        """Whom to serve first: those who now walk twice the cutoff or more, then those beyond it, then all others."""
        return np.select([self.now_s >= 2 * cutoff_s, self.now_s > cutoff_s], [0, 1], 2).astype(np.int64)


def _any_of(found: list[np.ndarray], count: int) -> np.ndarray:
    """Reached where any hub category is; beyond where all are; else why it is not known."""
    if not found:
        return np.full(count, BEYOND, object)
    reached = np.any([state == REACHED for state in found], axis=0)
    return np.where(reached, REACHED, states.of_all(found))
