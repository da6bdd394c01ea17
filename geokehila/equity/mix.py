"""How mixed the people of an area are, and how far they live apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.equity.groups import AGE, NOBODY, NOT_TOLD, ONE_GROUP, PARTLY, labels, rows
from geokehila.reach.arrays import Floats
from geokehila.zones import CITY, TOTAL, ZONE, Zoning

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


def population(tables: Tables) -> pd.DataFrame:
    """Return rows of table ``equity``: how mixed the people of each unit are by age and, of its zones, by religion."""
    return rows(pd.concat([*_of_ages(tables), *_of_kinds(tables)], ignore_index=True))


def _by_age(tables: Tables) -> Floats:
    """People of each home by age (O, 3); missing where the source does not tell."""
    of_homes = tables.origin_people.pivot(index="origin_id", columns="group", values="people")
    known = of_homes.reindex(index=tables.origins["origin_id"], columns=[TOTAL, YOUNG, OLD]).to_numpy(float)
    total, young, old = known.T
    # To a millionth of a person: what adding in another order leaves is nobody.
    ages: Floats = np.column_stack([young, np.maximum(total - young - old, 0.0).round(6), old])
    ages[np.isnan(ages).any(axis=1)] = np.nan
    return ages


def _of_ages(tables: Tables) -> Iterator[pd.DataFrame]:
    by_age = _by_age(tables)
    ages = np.nan_to_num(by_age)
    uncounted = np.where(np.isnan(by_age[:, 0]), tables.origins["people"].to_numpy(float), 0.0)
    for zoning in tables.zonings:
        yield _mixed(tables, zoning, AGE, ages, AGES, uncounted)
    zones = next(zoning for zoning in tables.zonings if zoning.key == ZONE)
    apart = segregation(_sums(zones, ages))
    why = "" if np.isfinite(apart) else ONE_GROUP if ages.any() else NOT_TOLD
    told = {"measure": POPULATION, "group_by": AGE, "statistic": "theil_h", "value": apart, "groups_count": AGES}
    yield rows([{**told, "reason": why or (PARTLY if uncounted.any() else "")}])


def _of_kinds(tables: Tables) -> Iterator[pd.DataFrame]:
    """Mix what zones are told of in words: each stands for its majority, so that a zone alone is never mixed."""
    for fact, kinds in KINDS.items():
        label = labels(tables, fact)
        found = label.dropna().unique()
        if len(found) > 1:
            people = tables.origins["people"].to_numpy(float)
            counts = np.column_stack([people * (label == kind).to_numpy() for kind in sorted(found)])
            for zoning in (zoning for zoning in tables.zonings if zoning.key != ZONE):
                yield _mixed(tables, zoning, fact, counts, kinds, people * label.isna().to_numpy())


def _mixed(tables: Tables, zoning: Zoning, by: str, counts: Floats, kinds: int, uncounted: Floats) -> pd.DataFrame:
    """Tell White's entropy of each unit with homes, 0 to 1 of the most that so many kinds can have."""
    units = np.zeros(1, int) if zoning.key == CITY else np.unique(zoning.of_home)
    sums = _sums(zoning, counts)[units]
    size, missing = sums.sum(axis=1), _sums(zoning, uncounted[:, None])[units, 0]
    least = tables.study.catalogue.standards["diversity_people"].value
    few = size < least
    reason = np.select(
        [size + missing <= 0, size <= 0, few, missing > 0],
        [NOBODY, NOT_TOLD, f"fewer than {least:g} people", PARTLY],
        "",
    )
    return rows(
        pd.DataFrame(
            {
                "zoning": zoning.key,
                "zone_id": zoning.units["zone_id"].to_numpy(object)[units],
                "measure": POPULATION,
                "group_by": by,
                "statistic": "entropy",
                "value": np.where(few, np.nan, entropy(sums) / np.log(kinds)),
                "groups_count": kinds,
                "reason": reason,
            }
        )
    )


def _sums(zoning: Zoning, numbers: Floats) -> Floats:
    """Sum numbers of homes (O, K) over the units of a zoning (U, K)."""
    summed: Floats = np.column_stack([np.bincount(zoning.of_home, column, len(zoning.units)) for column in numbers.T])
    return summed
