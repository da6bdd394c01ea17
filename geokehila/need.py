"""Weights of need, only where a study asks for them: formulas and bounds are our choice, and every part is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from geokehila.analyses.tables import Tables
from geokehila.reach.arrays import Floats
from geokehila.zones import TOTAL, ratio

#: The fact of zones that tells the socio-economic cluster.
CLUSTER = "ses_cluster"
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
class OfHomes:
    """What need is told by, of each home, shape (O,); NaN where nobody tells.

    Attributes
    ----------
    cluster
        Socio-economic cluster of its zone, 1 to 10.
    dependent
        Share of children and of people of 65 and over (of 80 and over where the source's bands tell no more), 0 to 1.
    """

    cluster: Floats
    dependent: Floats

    @classmethod
    def of(cls, tables: Tables) -> OfHomes:
        """Read what homes have of it."""
        people = tables.origin_people.pivot(index="origin_id", columns="group", values="people")
        older = next((group for group in OLDER if group in people), OLDER[0])
        of_home = people.reindex(index=tables.origins["origin_id"], columns=[TOTAL, CHILDREN, older]).to_numpy(float)
        dependent = ratio(of_home[:, 1] + of_home[:, 2], np.nan_to_num(of_home[:, 0]))
        return cls(tables.told(CLUSTER)["value"].to_numpy(float), dependent)

    def told(self, parts: Collection[str]) -> tuple[str, ...]:
        """Return those of some parts that are told of a home at least; how far a hub is, is told of all."""
        of_homes = {"cluster": self.cluster, "age": self.dependent}
        return tuple(part for part in parts if part not in of_homes or np.isfinite(of_homes[part]).any())

    def weight(self, parts: Collection[str], walk_s: Floats, cutoff_s: float) -> Floats:
        """Return how much a person of each home counts: the product of some parts, of which what is not told weighs 1.

        `walk_s` [s] is the walk of now; infinite: none within the horizon.
        """
        every = {
            "cluster": of_cluster(self.cluster),
            "age": of_age(self.dependent),
            "deficit": of_deficit(walk_s, np.array(cutoff_s)),
        }
        weights = [np.nan_to_num(weight, nan=1.0) for part, weight in every.items() if part in parts]
        product: Floats = np.prod([np.ones(len(self.cluster)), *weights], axis=0)
        return product
