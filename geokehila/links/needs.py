"""Who is beyond the cutoff of what: the homes that a link may help, and the gates that it may lead them to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geokehila import reach
from geokehila.access import Led, Walks
from geokehila.catalogue import Catalogue, Category
from geokehila.reach.arrays import Flags, Floats
from geokehila.schema import BEYOND, EDGE


@dataclass(frozen=True, eq=False)
class Needs:
    """What homes lack, and where it is.

    Attributes
    ----------
    led
        Homes and gates on the ways of who walks.
    categories
        C of them.
    beyond
        Which homes are surely beyond the cutoff of each, rows as in `led.origins`, shape (H, C).
    group
        Place of each gate of `led.gates`, and the categories of each place.
    """

    led: Led
    categories: tuple[Category, ...]
    beyond: Flags
    group: reach.Group

    @classmethod
    def of(cls, walks: Walks, led: Led, categories: Sequence[Category], scores: pd.DataFrame) -> Needs:
        """Take the walks of a run, and what its homes reach.

        Parameters
        ----------
        led
            One profile's homes and gates.
        categories
            What every home should reach: :func:`required`.
        scores
            Scores of homes for that profile, by origin_id, ``category_<key>_state`` among them.
        """
        states = scores.reindex(led.origins["point_id"])[[f"category_{c.key}_state" for c in categories]]
        place = walks.member.index.get_indexer(pd.Index(walks.gate_place.reindex(led.gates["point_id"])))
        member = walks.member.reindex(columns=[c.key for c in categories], fill_value=False)
        group = reach.Group(place, member.to_numpy(bool))
        return cls(led, tuple(categories), (states == BEYOND).to_numpy(bool), group)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the categories."""
        return tuple(category.key for category in self.categories)

    @property
    def cutoff_s(self) -> Floats:
        """[s] The walk asked for each category, shape (C,)."""
        return np.array([category.cutoff_s for category in self.categories])

    @property
    def longest_s(self) -> float:
        """[s] The longest of these walks; 0 where nothing is asked."""
        return float(self.cutoff_s.max(initial=0.0))

    @cached_property
    def lacking(self) -> np.ndarray:
        """Rows of the homes that lack anything, rising, shape (L,)."""
        return np.flatnonzero(self.beyond.any(axis=1))

    def to_place_s(self, points: reach.Points) -> Floats:
        """[s] Walk from points to the nearest place of each category, infinite beyond the cutoff, shape (P, C).

        Gates at the edge of the data are left out: the way in may be another.
        """
        gates = self.led.ways_in.without((self.led.gates["status"] == EDGE).to_numpy(bool))
        walk_s, _ = reach.nearest(self.led.network, points, gates, self.group, self.longest_s)
        return _within(walk_s, self.cutoff_s)

    def from_home_s(self, points: reach.Points) -> Floats:
        """[s] Walk to points from the nearest home that lacks each category, infinite beyond it, shape (P, C)."""
        homes, lack = self.led.homes.take(self.lacking), self.beyond[self.lacking]
        group = reach.Group(np.arange(len(lack)), lack)
        walk_s, _ = reach.nearest(self.led.network, points, homes, group, self.longest_s, direction="from")
        return _within(walk_s, self.cutoff_s)


def required(catalogue: Catalogue) -> tuple[Category, ...]:
    """Return the categories that decide the scored domains, in the catalogue's order."""
    return tuple(category for domain in catalogue.domains for category in catalogue.deciding(domain))


def _within(walk_s: Floats, cutoff_s: Floats) -> Floats:
    found: Floats = np.where(walk_s <= cutoff_s, walk_s, np.inf)
    return found
