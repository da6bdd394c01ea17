"""For whom gaps are told: everybody in a unit, its age groups, and the city's people by what sources say of zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.schema import NOT_KNOWN
from geokehila.zones import CITY, TOTAL, Zoning
from geokehila.zones.people import People, peoples

#: What people are told apart by; everybody together is told apart by nothing.
EVERYBODY, AGE, CLUSTER, SOCIETY = "", "age", "ses_cluster", "society"
#: Those that are facts of zones, told of the city only.
FACTS = (CLUSTER, SOCIETY)


@dataclass(frozen=True, eq=False)
class Group:
    """One group of people in the units U of one zoning, or the city's people in U groups."""

    zoning: str
    group_by: str
    zone_ids: np.ndarray
    names: np.ndarray
    people: People

    def columns(self) -> dict[str, np.ndarray]:
        """Return what a row is of, shape (U, 1)."""
        told = {"zoning": self.zoning, "zone_id": self.zone_ids, "group_by": self.group_by, "group": self.names}
        return {name: np.broadcast_to(np.array(word, object), len(self.names))[:, None] for name, word in told.items()}


def groups(tables: Tables) -> Iterator[Group]:
    """Yield every group in every zoning."""
    for people in peoples(tables.zonings, tables.origins, tables.origin_people):
        group_by = EVERYBODY if people.group == TOTAL else AGE
        names = np.full(len(people.ids), people.group, object)
        yield Group(people.areas.zoning.key, group_by, people.ids, names, people)
    total = tables.origin_people[tables.origin_people["group"] == TOTAL]
    for people in peoples(_divided(tables), tables.origins, total):
        nowhere = np.full(len(people.ids), "", object)
        yield Group(CITY, people.areas.zoning.key, nowhere, people.ids, people)


def _divided(tables: Tables) -> list[Zoning]:
    """Return the homes by each fact that a source tells of any of their zones, as if its groups were areas."""
    return [_by(fact, label) for fact in FACTS if (label := tables.label(fact)).notna().any()]


def _by(fact: str, label: pd.Series) -> Zoning:
    names, of_home = np.unique(label.fillna(NOT_KNOWN).to_numpy(str), return_inverse=True)
    units = gpd.GeoDataFrame({"zone_id": names.astype(object)}, geometry=[None] * len(names))
    return Zoning(fact, units, of_home)
