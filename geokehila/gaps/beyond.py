"""People beyond the cutoff of each category, how far they walk, and to which place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geokehila.access import Access, Answers
from geokehila.analyses.emergency import SHELTER
from geokehila.analyses.tables import Tables
from geokehila.catalogue import DISTANCE, Catalogue, Category
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import BEYOND, REACHED, REFERENCE
from geokehila.zones.people import SAME, People, Walks, median, why_unsure


def asked(catalogue: Catalogue) -> tuple[Category, ...]:
    """Return the categories that gaps are told of: those of a domain, and any that is required; no shelters.

    Examples
    --------
    >>> [c.key for c in asked(Catalogue.read())][:2], "worship" in {c.key for c in asked(Catalogue.read())}
    (['grocery', 'pharmacy'], False)
    """
    every = catalogue.categories.values()
    return tuple(c for c in every if (c.domain or c.required) and c.key != SHELTER)


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest place of one category at each home.

    ``ways``: walk [s], the same ended at the edge of the data at the latest, and way [m], infinite where none is found,
    shape (O, 3). ``place``: its number among ``ids``, -1 where there is none, shape (O,).
    """

    ways: Walks
    place: Ints
    ids: np.ndarray

    @classmethod
    def of(cls, category: str, adult: pd.DataFrame, in_metres: pd.DataFrame, access: Access, end: Floats) -> Nearest:
        """Read one category of the scores and answers; `end` [s] is where walks leave the data, infinite: nowhere."""
        walk = adult[f"category_{category}_s"].fillna(np.inf).to_numpy(float)
        metres = in_metres[f"category_{category}_m"].fillna(np.inf).to_numpy(float)
        place, ids = pd.factorize(access.nearest_place[category].astype(object), sort=True)
        return cls(Walks(np.column_stack([walk, np.minimum(walk, end), metres])), place, np.asarray(ids, object))

    def most(self, people: People) -> np.ndarray:
        """Return the place that is the nearest for most of the people of each unit, the first by id, (U,); or None."""
        some = (people.by_floor > 0) & (self.place >= 0)
        count = max(len(self.ids), 1)
        pair, which = np.unique(people.unit[some] * count + self.place[some], return_inverse=True)
        share = np.bincount(which, people.by_floor[some], len(pair)).round(SAME)
        pair = pair[np.lexsort((pair, -share, pair // count))]
        unit, first = np.unique(pair // count, return_index=True)
        found = np.full(len(people.ids), None, object)
        found[unit] = self.ids[pair[first] % count] if len(pair) else None
        return found


@dataclass(frozen=True, eq=False)
class Beyond:
    """What homes O have of categories M: who surely reaches them, who is surely beyond, and the nearest place.

    ``horizon`` [s; of ways m]: nothing farther is looked for.
    """

    categories: tuple[Category, ...]
    reached: Flags
    beyond: Flags
    nearest: tuple[Nearest, ...]
    horizon: float

    @classmethod
    def of(cls, tables: Tables, answers: Answers, of_homes: Mapping[str, pd.DataFrame]) -> Beyond:
        """Read them from the scores of homes."""
        categories, horizon = asked(tables.study.catalogue), tables.study.catalogue.standards["horizon"].value
        adult, in_metres, access = of_homes[REFERENCE], of_homes[DISTANCE], answers.of(REFERENCE)
        border = tables.border(access).to_numpy(float)
        end = np.where(border >= horizon, np.inf, border)
        states = np.column_stack([adult[f"category_{c.key}_state"].to_numpy(object) for c in categories])
        nearest = tuple(Nearest.of(c.key, adult, in_metres, access, end) for c in categories)
        return cls(categories, states == REACHED, states == BEYOND, nearest, horizon)

    @property
    def cutoff_s(self) -> Floats:
        """[s] Cutoffs, shape (1, M)."""
        return np.array([[c.cutoff_s for c in self.categories]])

    def columns(self, people: People) -> dict[str, np.ndarray]:
        """Return what is told of a group in its units, shape (U, M), (U, 1) or (1, M)."""
        every_home = np.bincount(people.unit, minlength=len(people.ids))
        uncounted = np.bincount(people.unit, people.missing, len(people.ids)) >= np.maximum(every_home, 1)
        total = np.where(uncounted, np.nan, people.total)[:, None]
        reached, beyond = (np.nan_to_num(people.share(mask)) for mask in (self.reached, self.beyond))
        nobody = people.total[:, None] == 0
        low, high = np.minimum(beyond, 1 - reached), np.where(nobody, 0.0, 1 - reached)
        keys = np.array([[c.key for c in self.categories]], object)
        counted = {"people": total, "beyond_low": total * low, "beyond_high": total * high}
        return {"category": keys, "cutoff_s": self.cutoff_s, **counted, **self._nearest(people)}

    def _nearest(self, people: People) -> dict[str, np.ndarray]:
        """Return how far those surely beyond walk, and where most of them would go."""
        there = [replace(people, by_floor=people.by_floor * mask) for mask in self.beyond.T]
        ways = np.stack([median(some, one.ways) for some, one in zip(there, self.nearest, strict=True)], axis=1)
        place = [one.most(some) for some, one in zip(there, self.nearest, strict=True)]
        walk, least, metres = np.moveaxis(ways, 2, 0)
        why = why_unsure(walk, least, f"> {self.horizon / 60:g} min")
        known = {name: np.where(np.isfinite(way), way, np.nan) for name, way in (("walk_s", walk), ("next_m", metres))}
        return known | {
            "next_place_id": np.stack(place, axis=1),
            "reason": np.where((why == "") & np.isposinf(metres), f"> {self.horizon:g} m", why),
        }
