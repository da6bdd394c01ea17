"""Weights of need of units, only where a study asks for them: every part is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geokehila import need
from geokehila.analyses.tables import Tables
from geokehila.gaps.groups import EVERYBODY, Group
from geokehila.reach.arrays import Floats
from geokehila.zones import ratio
from geokehila.zones.people import People


@dataclass(frozen=True, eq=False)
class Need:
    """What need is told by.

    Attributes
    ----------
    parts
        Those that the study asks for.
    of_homes
        What homes have of it.
    horizon_s
        [s] A walk of which no more is known counts as this.
    """

    parts: tuple[str, ...]
    of_homes: need.OfHomes
    horizon_s: float

    @classmethod
    def of(cls, tables: Tables) -> Need:
        """Read what homes have of it."""
        horizon_s = tables.study.catalogue.standards["horizon"].value
        return cls(tables.study.gaps.need, need.OfHomes.of(tables), horizon_s)

    def columns(self, group: Group, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the weights of everybody in a unit: parts, their product, and people surely beyond times that.

        `found` are the columns of :meth:`Beyond.columns`; all is missing of parts not asked for and of other groups.
        """
        low, walk, cutoff = found["beyond_low"], found["walk_s"], found["cutoff_s"]
        # Beyond the horizon nobody knows how far; where nobody is beyond the cutoff, this part does not weigh.
        walk = np.where(np.isnan(walk), np.where(low > 0, self.horizon_s, cutoff), walk)
        weights = {
            "cluster": need.of_cluster(_mean(group.people, self.of_homes.cluster)),
            "age": need.of_age(_mean(group.people, self.of_homes.dependent)),
            "deficit": need.of_deficit(walk, cutoff),
        }
        asked = self.parts if group.group_by == EVERYBODY else ()
        shown = {part: weight if part in asked else np.array([[np.nan]]) for part, weight in weights.items()}
        product = np.array([[np.nan]]) if not asked else np.ones((1, 1))
        for part in asked:
            product = product * shown[part]
        columns = {f"need_{part}": weight for part, weight in shown.items()}
        return {**columns, "need_weight": product, "need_people": low * product}


def _mean(people: People, of_home: Floats) -> Floats:
    """Return the mean of those people of each unit for whom it is told, shape (U, 1)."""
    told = np.isfinite(of_home)[:, None]
    mean: Floats = ratio(people.sums(np.where(told, of_home[:, None], 0.0)), people.sums(told * 1.0))
    return mean
