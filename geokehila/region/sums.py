"""Numbers of localities summed over a region: shares of all its residents, those not measured counted as open."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geokehila.catalogue import Catalogue
from geokehila.region.members import Member
from geokehila.schema import DESCRIBED, REFERENCE, check
from geokehila.zones import CITY, TOTAL, ZONE

#: What can be summed: shares of the residents who reach a domain or a category, and the residents beyond it.
SHARES = re.compile(r"(domain|category)_(?!.*adult_only)[a-z0-9_]+?(_\d+min)?_share")
KEY = ["profile", "group", "measure"]
#: Of a region's share some localities are not known at all.
NOT_ALL = "not all measured"


def scores(members: Sequence[Member], catalogue: Catalogue) -> pd.DataFrame:
    """Return table ``zone_scores`` of a region: its localities as zones, their numbers as they are, and their sum.

    Of those that are not measured every domain is not loaded; a share of the region holds them as [0, 1] of their
    registered residents, so that nobody is left out and nothing is guessed.
    """
    rows = [_of_locality(member, catalogue) for member in members]
    of_zones = pd.concat(rows, ignore_index=True)
    return check("zone_scores", pd.concat([of_zones, _of_region(of_zones, members)], ignore_index=True))


def _of_locality(member: Member, catalogue: Catalogue) -> pd.DataFrame:
    if not member.reason:
        return member.city_rows("zone_scores").assign(zoning=ZONE, zone_id=member.city.slug)
    measures = [f"domain_{key}_share" for key in catalogue.domains if catalogue.deciding(key)]
    unknown = {"value": np.nan, "low": np.nan, "high": np.nan, "reason": "not loaded"}
    counted = {"measure": "people", "value": member.people, "low": member.people, "high": member.people, "reason": None}
    rows = [{"measure": measure, **unknown} for measure in measures] + [counted]
    told = pd.DataFrame(rows).assign(zoning=ZONE, zone_id=member.city.slug, profile=REFERENCE, group=TOTAL)
    return told.astype({"value": float, "low": float, "high": float, "reason": object})


def _of_region(rows: pd.DataFrame, members: Sequence[Member]) -> pd.DataFrame:
    """Sum the localities up: people, and of shares that any locality has the least and the most of the region."""
    people = rows[(rows["measure"] == "people") & (rows["profile"] == REFERENCE)]
    of_group = people.pivot_table(index="zone_id", columns="group", values="value", aggfunc="first")
    measured = {member.city.slug for member in members if not member.reason}
    found = []
    for group in of_group:
        counted = dict.fromkeys(("value", "low", "high"), float(of_group[group].sum()))
        found.append(_row(REFERENCE, str(group), "people") | counted)
    shares = rows[rows["measure"].map(lambda measure: bool(SHARES.fullmatch(measure)))]
    for (profile, group, measure), some in shares[shares["zone_id"].isin(measured)].groupby(KEY, sort=True):
        weight = of_group[group] if group in of_group else of_group[TOTAL]
        found.append({**_row(str(profile), str(group), str(measure)), **_share(some, weight.fillna(0.0))})
    return pd.DataFrame(found)


def _row(profile: str, group: str, measure: str) -> dict[str, object]:
    return {"zoning": CITY, "zone_id": "", "profile": profile, "group": group, "measure": measure, "reason": None}


def _share(some: pd.DataFrame, weight: pd.Series) -> Mapping[str, object]:
    """Return the share of a region's people [at least, at most], and why it is not known nearer."""
    if (some["reason"] == DESCRIBED).all():
        return {"value": np.nan, "low": np.nan, "high": np.nan, "reason": DESCRIBED}
    told = some.set_index("zone_id").reindex(weight.index)
    low, high = told["low"].astype(float).fillna(0.0), told["high"].astype(float).fillna(1.0)
    whole = float(weight.sum())
    is_open = bool((told["high"].isna() & (weight > 0)).any())
    ends = {"low": float((low * weight).sum() / whole), "high": float((high * weight).sum() / whole)} if whole else {}
    return {"value": np.nan, "low": np.nan, "high": np.nan} | ends | {"reason": NOT_ALL if is_open else None}


def by(table: pd.DataFrame, label: Mapping[str, str], what: str, catalogue: Catalogue) -> pd.DataFrame:
    """Return rows of table ``equity``: the share of the people of localities alike, by domain [at least, at most].

    Parameters
    ----------
    table
        Rows of :func:`scores`.
    label
        By slug what localities are told apart by, such as their society.
    what
        The name of that: ``society`` or ``ses_cluster``.

    Notes
    -----
    The least and the most served are named only where their intervals do not meet.
    """
    adults = table[(table["zoning"] == ZONE) & (table["profile"] == REFERENCE) & (table["group"] == TOTAL)]
    people = adults[adults["measure"] == "people"].set_index("zone_id")["value"]
    found: list[dict[str, object]] = []
    for key in catalogue.domains:
        if not catalogue.deciding(key):
            continue
        own = adults[adults["measure"] == f"domain_{key}_share"].set_index("zone_id")
        alike = people.index.to_series().map(label)
        shares = {
            str(group): _share(own[own.index.isin(ids)].reset_index(), people[ids])
            for group, ids in alike.groupby(alike).groups.items()
        }
        found += _statistics(f"domain_{key}", what, shares)
    empty = pd.DataFrame({"value": pd.Series(dtype=float)})
    return check("equity", pd.DataFrame(found)) if found else empty


def _statistics(measure: str, what: str, shares: Mapping[str, Mapping[str, object]]) -> list[dict[str, object]]:
    base = {"zoning": CITY, "zone_id": "", "measure": measure, "group_by": what, "value": np.nan, "reason": ""}
    base |= {"groups_count": len(shares)}

    def row(statistic: str, group: str, low: float, high: float) -> dict[str, object]:
        return base | {"statistic": statistic, "group": group, "low": low, "high": high}

    ends = {group: (float(str(one["low"])), float(str(one["high"]))) for group, one in shares.items()}
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
