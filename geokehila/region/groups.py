"""What groups of a region's residents reach: by the society of their locality, by the cluster of their area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geokehila.catalogue import Catalogue
from geokehila.region import sums
from geokehila.region.members import Member, all_people
from geokehila.schema import REFERENCE, check
from geokehila.zones import CITY, TOTAL, ZONE

SOCIETY, CLUSTER = "society", "ses_cluster"


def equity(members: Sequence[Member], scores: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return table ``equity`` of a region.

    Parameters
    ----------
    scores
        Of :func:`geokehila.region.sums.scores`.

    Notes
    -----
    The catalogue tells the society of every locality. No list at hand tells the cluster of localities that were not
    run: their residents are in no group of it, nor are those who stand on no map; ``known_share`` says of how many the
    cluster is known.
    """
    society = {member.city.slug + of: member.city.society for member in members for of in ("", sums.NOT_PLACED)}
    clusters = {key: cluster for member in members for key, cluster in member.clusters.items()}
    areas, everybody = of_areas(members), all_people(members)
    people = areas[(areas["measure"] == "people") & (areas["profile"] == REFERENCE) & (areas["group"] == TOTAL)]
    told = float(people.loc[people["zone_id"].isin(clusters), "value"].sum())
    parts = [
        by(pd.concat([scores, sums.not_placed(members)], ignore_index=True), society, SOCIETY, catalogue),
        by(areas, clusters, CLUSTER, catalogue),
        pd.DataFrame([_known(CLUSTER, told, everybody)]),
    ]
    return check("equity", pd.concat([part for part in parts if len(part)], ignore_index=True))


def of_areas(members: Sequence[Member]) -> pd.DataFrame:
    """Return an adult's rows of table ``zone_scores`` of the areas of all localities that are summed up.

    The key of an area has that of its locality before it; one whose people are not counted weighs nothing.
    """
    parts = []
    for member in members:
        rows = member.tables["zone_scores"] if not member.reason else pd.DataFrame(columns=["zoning"])
        rows = rows[rows["zoning"] == ZONE]
        parts.append(rows.assign(zone_id=member.city.slug + "/" + rows["zone_id"]) if len(rows) else rows)
    return pd.concat(parts, ignore_index=True)


def by(table: pd.DataFrame, label: Mapping[str, str], what: str, catalogue: Catalogue) -> pd.DataFrame:
    """Return rows of table ``equity``: the share of the people of units alike, by domain [at least, at most].

    Parameters
    ----------
    table
        Rows of :func:`geokehila.region.sums.scores` or :func:`of_areas`.
    label
        By the key of a unit what units are told apart by, such as the society of a locality; of those that are not in
        it nobody knows it, and their people are in no group.
    what
        The name of that: ``society`` or ``ses_cluster``.

    Notes
    -----
    The least and the most served are named only where their intervals do not meet. Groups of fewer people than the
    standard ``equity_group_people`` are left out.
    """
    adults = table[(table["zoning"] == ZONE) & (table["profile"] == REFERENCE) & (table["group"] == TOTAL)]
    people = adults[adults["measure"] == "people"].set_index("zone_id")["value"].astype(float).fillna(0.0)
    alike = people.index.to_series().map(label)
    size = people.groupby(alike).sum()
    large = size[size >= catalogue.standards["equity_group_people"].value].index
    measures = [f"domain_{key}_share" for key in catalogue.domains if catalogue.deciding(key)]
    rows = adults[adults["measure"].isin(measures)]
    shares = {
        str(group): sums.summed(rows[rows["zone_id"].isin(ids)], people[ids].to_frame(TOTAL)).set_index("measure")
        for group, ids in alike.groupby(alike).groups.items()
        if group in large
    }
    found = [*_sizes(what, size[large])]
    for measure in [measure for measure in measures if measure in {*rows["measure"]}]:
        there = {group: one.loc[measure] for group, one in shares.items() if measure in one.index}
        ends = {group: (float(str(row["low"])), float(str(row["high"]))) for group, row in there.items()}
        found += _statistics(measure.removesuffix("_share"), what, ends)
    empty = pd.DataFrame({"value": pd.Series(dtype=float)})
    return check("equity", pd.DataFrame(found)) if found else empty


def _known(what: str, told: float, everybody: float) -> dict[str, object]:
    """Return the row of table ``equity`` that tells of which share of a region's people it is known what they are."""
    share = told / everybody if everybody else np.nan
    return _base("people", what, 0) | {"statistic": "known_share", "value": share, "low": share, "high": share}


def _sizes(what: str, size: pd.Series) -> list[dict[str, object]]:
    base = _base("people", what, len(size)) | {"statistic": "people"}
    return [
        base | {"group": str(group), **dict.fromkeys(sums.ENDS, float(people))}
        for group, people in size.sort_index().items()
    ]


def _base(measure: str, what: str, groups: int) -> dict[str, object]:
    key = {"zoning": CITY, "zone_id": "", "measure": measure, "group_by": what, "group": ""}
    return key | {**dict.fromkeys(sums.ENDS, np.nan), "groups_count": groups, "reason": ""}


def _statistics(measure: str, what: str, ends: Mapping[str, tuple[float, float]]) -> list[dict[str, object]]:
    base = _base(measure, what, len(ends))

    def row(statistic: str, group: str, low: float, high: float) -> dict[str, object]:
        return base | {"statistic": statistic, "group": group, "low": low, "high": high}

    found = [row("share", group, *pair) for group, pair in sorted(ends.items())]
    if len(ends) < 2:
        return found
    worst = min(sorted(ends), key=lambda group: ends[group][1])
    best = max(sorted(ends), key=lambda group: ends[group][0])
    if ends[worst][1] < ends[best][0]:
        found += [row("worst_share", worst, *ends[worst]), row("best_share", best, *ends[best])]
        low, high = ends[best][0] - ends[worst][1], ends[best][1] - ends[worst][0]
        found.append(row("gap_pp", "", 100 * low, 100 * high))
    return found
