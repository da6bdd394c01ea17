"""How mixed the people of an area are, and how far they live apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.equity.groups import AGE, NOBODY, NOT_TOLD, ONE_GROUP, PARTLY, rows
from geokehila.reach.arrays import Floats
from geokehila.zones import TOTAL, ZONE, Zoning
from geokehila.zones.inhabited import Inhabited

#: Ages that everybody is one of: 0 to 19, 20 to 64, 65 and above.
YOUNG, OLD, AGES = "0-19", "65+", 3
#: How many kinds a fact that is told in words may tell apart, in whatever area: the census, the catalogue of cities.
KINDS = {"religion": 5, "society": 4}
POPULATION = "population"


def entropy(counts: Floats) -> Floats:
    """Return the entropy of each row of counts (U, K) over its kinds, 0 to ln K, shape (U,); NaN of nobody.

    Notes
    -----
    Source: White 1986, Population Index 52(2):198-221; 0 ln 0 is 0.

    Examples
    --------
    >>> (entropy(np.array([[1.0, 1.0], [5.0, 0.0]])) / np.log(2)).tolist()
    [1.0, 0.0]
    """
    total = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
    mixed: Floats = -(share * np.log(np.where(share > 0, share, 1.0))).sum(axis=1) + 0.0
    return mixed


def segregation(counts: Floats) -> float:
    """Return Theil's H of areas (U, K): how much less mixed they are than all together, 0 (alike) to 1 (apart).

    NaN where all together are of one kind, or nobody.

    Notes
    -----
    Source: Theil and Finizza 1971, J Math Sociol 1:187-194; Reardon and Firebaugh 2002, Sociol Methodol 32:33-67.

    Examples
    --------
    >>> segregation(np.array([[4.0, 0.0], [0.0, 4.0]])), segregation(np.array([[1.0, 2.0], [2.0, 4.0]]))
    (1.0, 0.0)
    """
    lived_in = counts[counts.sum(axis=1) > 0]
    whole = entropy(lived_in.sum(axis=0, keepdims=True))[0] if len(lived_in) else 0.0
    if not whole > 0:
        return np.nan
    size = lived_in.sum(axis=1)
    return float(max((size * (whole - entropy(lived_in))).sum() / (size.sum() * whole), 0.0))


@dataclass(frozen=True, eq=False)
class _Kinds:
    """People told apart by one thing.

    ``counts``: people of each home by kind (O, K), 0 where not known; ``most``: how many kinds there may be in
    whatever area; ``uncounted``: people of homes where it is not known, shape (O,).
    """

    group_by: str
    counts: Floats
    most: int
    uncounted: Floats

    def mixed(self, zoning: Zoning, least: float) -> pd.DataFrame:
        """Tell White's entropy of each unit with homes, 0 to 1 of the most that so many kinds can have."""
        lived_in = Inhabited(zoning)
        sums, missing = _sums(lived_in, self.counts), lived_in.sums(self.uncounted)
        size = sums.sum(axis=1)
        few = size < least
        why = [NOBODY, NOT_TOLD, f"fewer than {least:g} people", PARTLY]
        columns = {
            "zoning": zoning.key,
            "zone_id": lived_in.ids,
            "measure": POPULATION,
            "group_by": self.group_by,
            "statistic": "entropy",
            "value": np.where(few, np.nan, entropy(sums) / np.log(self.most)),
            "groups_count": self.most,
            "reason": np.select([size + missing <= 0, size <= 0, few, missing > 0], why, ""),
        }
        return rows(pd.DataFrame(columns))


def population(tables: Tables) -> pd.DataFrame:
    """Return rows of table ``equity``: how mixed the people of each unit are by age and, of its zones, by religion.

    What zones are told of in words stands for their majority: by that a zone alone is never mixed.
    """
    least = tables.study.catalogue.standards["diversity_people"].value
    ages, of_words = _by_age(tables), [*_by_fact(tables)]
    above = [zoning for zoning in tables.zonings if zoning.key != ZONE]
    by_age = [ages.mixed(zoning, least) for zoning in tables.zonings]
    by_word = [kinds.mixed(zoning, least) for kinds in of_words for zoning in above]
    return rows(pd.concat([*by_age, _apart(tables, ages), *by_word], ignore_index=True))


def _by_age(tables: Tables) -> _Kinds:
    """Tell people apart by age, where the source tells all three."""
    of_homes = tables.origin_people.pivot(index="origin_id", columns="group", values="people")
    known = of_homes.reindex(index=tables.origins["origin_id"], columns=[TOTAL, YOUNG, OLD]).to_numpy(float)
    total, young, old = known.T
    # To a millionth of a person: what adding in another order leaves is nobody.
    ages = np.column_stack([young, np.maximum(total - young - old, 0.0).round(6), old])
    untold = np.isnan(ages).any(axis=1)
    ages[untold] = 0.0
    return _Kinds(AGE, ages, AGES, tables.origins["people"].to_numpy(float) * untold)


def _by_fact(tables: Tables) -> Iterator[_Kinds]:
    """Tell people apart by what their zone is told of, where zones differ."""
    people = tables.origins["people"].to_numpy(float)
    for fact, most in KINDS.items():
        label = tables.label(fact)
        found = sorted(label.dropna().unique())
        if len(found) > 1:
            counts = np.column_stack([people * (label == kind).to_numpy() for kind in found])
            yield _Kinds(fact, counts, most, people * label.isna().to_numpy())


def _apart(tables: Tables, ages: _Kinds) -> pd.DataFrame:
    """Tell how far ages live apart in the zones of the city."""
    zones = next(zoning for zoning in tables.zonings if zoning.key == ZONE)
    apart = segregation(_sums(Inhabited(zones), ages.counts))
    why = "" if np.isfinite(apart) else ONE_GROUP if ages.counts.any() else NOT_TOLD
    told = {"measure": POPULATION, "group_by": AGE, "statistic": "theil_h", "value": apart, "groups_count": AGES}
    return rows([{**told, "reason": why or (PARTLY if ages.uncounted.any() else "")}])


def _sums(lived_in: Inhabited, numbers: Floats) -> Floats:
    """Sum numbers of homes (O, K) over units (U, K)."""
    return np.column_stack([lived_in.sums(column) for column in numbers.T])
