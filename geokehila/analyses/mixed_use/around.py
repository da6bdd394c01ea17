"""The mix of uses within a walk of each home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geokehila.access import Access
from geokehila.analyses import states
from geokehila.analyses.diversity import entropy, hill
from geokehila.analyses.tables import Absent, Tables
from geokehila.catalogue import USES
from geokehila.reach.arrays import Flags, Floats
from geokehila.schema import LOADED, NO, NOT_LOADED, NOT_MAPPED, REACHED, UNCONNECTED, UNKNOWN, YES
from geokehila.study import Study
from geokehila.uses import HOUSING, PREFIX

#: [s] The walk whose surroundings are measured, inclusive.
WITHIN_S = 900.0
#: Orders of the Hill numbers.
ORDERS = (0, 1, 2)
#: A kind of place counts 1 at the door and exp(-4) at the end of the walk: cityseer's default.
STEEPNESS = 4.0
#: Categories that are no part of the variety of a neighbourhood: a shelter is judged by its own clock.
LEFT_OUT = frozenset(("shelter",))
#: Why the mix is told of no home: a key of [absent] in catalogue/text.
NO_PLACES, AT_EDGE = "no_places", "at_edge"


def kinds(study: Study) -> tuple[str, ...]:
    """Return the categories whose variety is measured."""
    return tuple(key for key in study.catalogue.categories if key not in LEFT_OUT)


def nearness(walk_s: Floats) -> Floats:
    """Return how much a kind of place counts by the walk [s] to its nearest: 0 beyond the walk, or where it is NaN.

    Examples
    --------
    >>> nearness(np.array([0.0, 450.0, 900.0, 901.0])).round(3).tolist()
    [1.0, 0.135, 0.018, 0.0]
    """
    return np.where(walk_s <= WITHIN_S, np.exp(-STEEPNESS * walk_s / WITHIN_S), 0.0)


def listed(tables: Tables, categories: Sequence[str]) -> np.ndarray:
    """Return what the lists of some categories are worth around each home, shape (O,): their plainest doubt."""
    lists = tables.lists.reindex(columns=[*categories], fill_value=LOADED)
    of_zone = pd.Series(states.plainest([lists[key].to_numpy(object) for key in lists]), lists.index, dtype=object)
    worth: np.ndarray = of_zone.reindex(tables.origins["zone_id"], fill_value=LOADED).to_numpy(object)
    return worth


@dataclass(frozen=True, eq=False)
class Around:
    """What an adult has around each home within 15 minutes.

    Notes
    -----
    ``use_<use>_state``
        Whether the use is in reach, beyond, or why not known.
    ``use_<use>_count``
        Its places in reach; of housing buildings with homes, the home's own among them.
    ``uses_count``, ``uses_unknown_count``
        Of the five, how many are reached, and how many are not known.
    ``mix_entropy_score``
        0: all are of one use, 1: as many places of each of the five.
    ``services_to_housing_ratio``
        Places that serve per building with homes; NaN without such buildings.
    ``hill_<q>_score``, ``hill_<q>_weighted_score``
        How many kinds of places, were they equally common; and each by the walk to its nearest. 0: none.
    ``mix_edge_is``
        Yes where a place beyond the edge of the data may be in reach, or one be entered by another way.

    Numbers are NaN there, at homes that are unconnected, and where no file carries such places; those with housing in
    them also where people stand on a grid, for no home is mapped.
    """

    tables: Tables
    access: Access

    @property
    def scores(self) -> pd.DataFrame:
        """One row a home, by origin_id."""
        words = pd.DataFrame(dict(self._words()), self.access.nearest_s.index, dtype="str")
        return pd.concat([words, pd.DataFrame(dict(self._numbers()), words.index)], axis=1)

    @property
    def absent(self) -> tuple[Absent, ...]:
        """The mix, where it is told of no home."""
        if not np.isnan(self._by_use).any(axis=1).all():
            return ()
        return (Absent("mix_entropy_score", AT_EDGE if self._is_loaded(kinds(self.tables.study)).any() else NO_PLACES),)

    def _words(self) -> Iterator[tuple[str, np.ndarray]]:
        yield from ((f"{PREFIX}{use}_state", state) for use, state in self._states.items())
        at_edge = np.where(self._is_inner, NO, YES)
        yield "mix_edge_is", np.where(self.access.snapped == UNCONNECTED, UNCONNECTED, at_edge)

    def _numbers(self) -> Iterator[tuple[str, Floats]]:
        by_use = dict(zip(USES, self._by_use.T, strict=True))
        yield from ((f"{PREFIX}{use}_count", count) for use, count in by_use.items())
        states_of_uses = np.stack([*self._states.values()])
        yield "uses_count", (states_of_uses == REACHED).sum(axis=0)
        yield "uses_unknown_count", np.isin(states_of_uses, UNKNOWN).sum(axis=0)
        yield "mix_entropy_score", entropy(self._by_use)
        yield "services_to_housing_ratio", by_use["services"] / np.where(by_use[HOUSING] > 0, by_use[HOUSING], np.nan)
        some = kinds(self.tables.study)
        counts = np.where(self._is_loaded(some)[:, None], self._counts(some), np.nan)
        weight = nearness(self.access.nearest_s[[*some]].to_numpy(float))
        yield from ((f"hill_{order}_score", hill(counts, order)) for order in ORDERS)
        yield from ((f"hill_{order}_weighted_score", hill(counts, order, weight)) for order in ORDERS)

    @cached_property
    def _states(self) -> Mapping[str, np.ndarray]:
        """State of each use at each home; of housing no list speaks, but a grid stands where it is not mapped."""
        found = {use: self._state(use) for use in USES}
        is_unmapped = self._on_grid & (found[HOUSING] != REACHED)
        return found | {HOUSING: np.where(is_unmapped, NOT_MAPPED, found[HOUSING])}

    def _state(self, use: str) -> np.ndarray:
        walk, certain = (walks[PREFIX + use] for walks in (self.access.nearest_s, self.access.nearest_certain_s))
        return states.of_walk(self.tables, self.access, walk, certain, WITHIN_S, self._categories(use))

    def _categories(self, use: str) -> list[str]:
        categories = self.tables.study.catalogue.categories
        return [key for key, category in categories.items() if category.use == use]

    @cached_property
    def _by_use(self) -> Floats:
        """Places of each use in reach, shape (O, 5); NaN: not known."""
        is_known = {use: self._is_loaded(self._categories(use)) for use in USES} | {HOUSING: ~self._on_grid}
        counts = self._counts([PREFIX + use for use in USES])
        return np.where(np.stack([*is_known.values()], axis=1), counts, np.nan)

    def _counts(self, categories: Sequence[str]) -> Floats:
        """Places in reach, shape (O, C); NaN where more data could change them."""
        counts = self.access.counts[WITHIN_S][[*categories]].to_numpy(float)
        return np.where(self._is_inner[:, None], counts, np.nan)

    @cached_property
    def _is_inner(self) -> Flags:
        """Whether a home reaches nothing beyond the data, nor a place that may hang on a way there."""
        cap_m = self.tables.study.catalogue.standards["snap_cap"].value
        inner_m = self.tables.origins["border_m"].to_numpy(float) - cap_m
        is_inner: Flags = inner_m > WITHIN_S * self.access.fastest_m_s
        return is_inner

    @property
    def _on_grid(self) -> Flags:
        on_grid: Flags = self.tables.origins["on_grid"].to_numpy(bool)
        return on_grid

    def _is_loaded(self, categories: Sequence[str]) -> Flags:
        """Whether files carry all these places around each home, shape (O,)."""
        is_loaded: Flags = listed(self.tables, categories) != NOT_LOADED
        return is_loaded
