"""Weights of need, only where a study asks for them: formulas and bounds are our choice, and every part is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geokehila.analyses.tables import Tables
from geokehila.gaps.groups import CLUSTER, EVERYBODY, Group, told_of
from geokehila.reach.arrays import Floats
from geokehila.zones import TOTAL, ratio
from geokehila.zones.people import People

#: Age groups that walk less far than others; of older people the first that the source's bands allow.
CHILDREN, OLDER = "0-19", ("65+", "80+")
#: Clusters of the socio-economic index, low to high, and the weight of a part at most.
LOWEST, HIGHEST, MOST = 1.0, 10.0, 2.0


def of_cluster(cluster: Floats) -> Floats:
    """Return the weight of socio-economic clusters: 2 for 1, the lowest, evenly down to 1 for 10; NaN: not told.

    Examples
    --------
    >>> of_cluster(np.array([1.0, 5.5, 10.0])).tolist()
    [2.0, 1.5, 1.0]
    """
    weight: Floats = 1 + (HIGHEST - cluster) / (HIGHEST - LOWEST)
    return weight


def of_age(share: Floats) -> Floats:
    """Return the weight of a share of children and of people of 65 and over, 0 to 1: 1 and the share; NaN: not known.

    Examples
    --------
    >>> of_age(np.array([0.0, 0.45])).tolist()
    [1.0, 1.45]
    """
    weight: Floats = 1 + share
    return weight


def of_deficit(walk_s: Floats, cutoff_s: Floats) -> Floats:
    """Return the weight of walks [s]: how many times the cutoff, 2 at most and 1 at least.

    Examples
    --------
    >>> of_deficit(np.array([900.0, 1350.0, np.inf]), np.array([900.0])).tolist()
    [1.0, 1.5, 2.0]
    """
    weight: Floats = np.clip(walk_s / cutoff_s, 1.0, MOST)
    return weight


@dataclass(frozen=True, eq=False)
class Need:
    """What need is told by.

    Attributes
    ----------
    parts
        Those that the study asks for.
    cluster, dependent
        Of each home's zone: its socio-economic cluster; share of children and of people of 65 and over (of 80 and over
        where the source's bands tell no more), 0 to 1; NaN where not told, shape (O,).
    horizon_s
        [s] A walk of which no more is known counts as this.
    """

    parts: tuple[str, ...]
    cluster: Floats
    dependent: Floats
    horizon_s: float

    @classmethod
    def of(cls, tables: Tables) -> Need:
        """Read what homes have of it."""
        people = tables.origin_people.pivot(index="origin_id", columns="group", values="people")
        older = next((group for group in OLDER if group in people), OLDER[0])
        of_home = people.reindex(index=tables.origins["origin_id"], columns=[TOTAL, CHILDREN, older]).to_numpy(float)
        dependent = ratio(of_home[:, 1] + of_home[:, 2], np.nan_to_num(of_home[:, 0]))
        horizon_s = tables.study.catalogue.standards["horizon"].value
        return cls(tables.study.gaps.need, told_of(tables, CLUSTER)["value"].to_numpy(float), dependent, horizon_s)

    def columns(self, group: Group, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the weights of everybody in a unit: parts, their product, and people surely beyond times that.

        `found` are the columns of :meth:`Beyond.columns`; all is missing of parts not asked for and of other groups.
        """
        low, walk, cutoff = found["beyond_low"], found["walk_s"], found["cutoff_s"]
        # Beyond the horizon nobody knows how far; where nobody is beyond the cutoff, this part does not weigh.
        walk = np.where(np.isnan(walk), np.where(low > 0, self.horizon_s, cutoff), walk)
        weights = {
            "cluster": of_cluster(_mean(group.people, self.cluster)),
            "age": of_age(_mean(group.people, self.dependent)),
            "deficit": of_deficit(walk, cutoff),
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
