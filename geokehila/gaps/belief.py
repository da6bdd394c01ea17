"""How far the count of a unit can be believed: its lists of places, the count of its people, the map of its ways."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from geokehila.analyses.tables import Tables
from geokehila.confidence import NETWORK, POPULATION
from geokehila.gaps.beyond import Beyond
from geokehila.gaps.groups import Group
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import MEASURED, NOT_KNOWN, THIN, WHOLE_ZONE_SHARE
from geokehila.zones import ratio
from geokehila.zones.inhabited import Inhabited

#: What is not ranked, or ranked with a flag, beside `measured`, `thin` and `unknown`.
FEW, PARTIAL = "few people", "partial"
#: What cannot be fully believed.
LIST = "list"
DOUBTS = (LIST, POPULATION, NETWORK)
#: A unit is measured where no more of its people live where something is in doubt, and unknown where it is unknown to
#: this share of them: our choice.
FEW_SHARE, MOST_SHARE = 0.05, 0.5
_STATES = (MEASURED, THIN, NOT_KNOWN)


@dataclass(frozen=True, eq=False)
class Belief:
    """Whether numbers can be believed at homes O: 0 measured, 1 thin, 2 unknown.

    Attributes
    ----------
    of_lists
        By category, shape (O, M); what is reached is, whatever its list is worth.
    of_people, of_ways
        Shape (O, 1).
    partial
        By zoning, units with homes that lie partly outside the data.
    least_people
        Fewer are too few to be ranked.
    """

    of_lists: Ints
    of_people: Ints
    of_ways: Ints
    partial: dict[str, Flags]
    least_people: float

    @classmethod
    def of(cls, tables: Tables, confidence: pd.DataFrame, homes: Beyond) -> Belief:
        """Read table ``confidence`` at the homes."""
        degree = confidence["state"].map({state: degree for degree, state in enumerate(_STATES)})
        zones = confidence.assign(degree=degree).pivot(index="zone_id", columns="subject", values="degree")
        subjects = [*(c.key for c in homes.categories), POPULATION, NETWORK]
        at_home = zones.reindex(index=tables.origins["zone_id"], columns=subjects).fillna(0).to_numpy(np.int8)
        lists, people, ways = at_home[:, :-2], at_home[:, -2:-1], at_home[:, -1:]
        partial = {zoning.key: _partial(Inhabited(zoning), tables.extent) for zoning in tables.zonings}
        return cls(np.where(homes.reached, 0, lists), people, ways, partial, tables.study.gaps.least_people)

    def columns(self, group: Group, people: Floats) -> dict[str, np.ndarray]:
        """Return `reliability` and `doubt` of a group in its units; `people` (U, 1), missing: not counted."""
        # Homes of which the source does not count the group have none of its people to weigh them.
        uncounted = np.bincount(group.people.unit, group.people.missing, len(people))[:, None] > 0
        is_thin = (self._share(group, self._worst > 0) > FEW_SHARE) | uncounted
        rules = {
            NOT_KNOWN: np.isnan(people) | (self._share(group, self._worst > 1) >= MOST_SHARE),
            FEW: people < self.least_people,
            PARTIAL: self.partial[group.zoning][:, None],
            THIN: is_thin,
        }
        conditions = [np.broadcast_to(rule, is_thin.shape) for rule in rules.values()]
        return {
            "reliability": np.select(conditions, [*rules], MEASURED).astype(object),
            "doubt": np.where(is_thin, self._doubt(group, uncounted), ""),
        }

    @cached_property
    def _worst(self) -> Ints:
        """Return how far the least believed of all is."""
        worst: Ints = np.maximum(self.of_lists, np.maximum(self.of_people, self.of_ways))
        return worst

    def _doubt(self, group: Group, uncounted: Flags) -> np.ndarray:
        """Return what most people's numbers are in doubt for."""
        lists, people, ways = (self._share(group, some > 0) for some in (self.of_lists, self.of_people, self.of_ways))
        shares = np.broadcast_arrays(lists, np.where(uncounted, 1.0, people), ways)
        most: np.ndarray = np.array(DOUBTS, object)[np.argmax(shares, axis=0)]
        return most

    def _share(self, group: Group, mask: Flags) -> Floats:
        share: Floats = np.nan_to_num(ratio(group.people.sums(mask * 1.0), group.people.total[:, None]))
        return share


def _partial(areas: Inhabited, extent: shapely.Geometry) -> Flags:
    """Tell which units lie partly outside the data, shape (U,)."""
    shapes = areas.zoning.units.geometry.to_numpy()[areas.rows]
    shapely.prepare(extent)
    cut = ~shapely.covers(extent, shapes)
    inside = shapely.area(shapely.intersection(shapes[cut], extent))
    cut[cut] = inside < WHOLE_ZONE_SHARE * shapely.area(shapes[cut])
    found: Flags = cut
    return found
