"""Numbers of localities summed over a region: shares of all its residents, those not measured held open."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from geokehila.catalogue import Catalogue
from geokehila.region.members import Member
from geokehila.schema import DESCRIBED, REFERENCE, check
from geokehila.zones import CITY, TOTAL, ZONE

#: What can be summed: shares of the residents who reach a domain or a category, and the residents beyond it.
SHARES = re.compile(r"(domain|category)_(?!.*(?:adult_only|likely))[a-z0-9_]+?(_\d+min)?_share")
DOMAIN = re.compile(r"domain_[a-z]+_share")
KEY = ["profile", "group", "measure"]
ENDS = ("value", "low", "high")
#: Of a region's share some residents are not known at all.
NOT_ALL = "not all measured"
#: Behind the key of a locality: those of its residents who stand on no map.
NOT_PLACED = "/not placed"


def scores(members: Sequence[Member], catalogue: Catalogue) -> pd.DataFrame:
    """Return table ``zone_scores`` of a region: its localities as zones, their numbers as they are, and their sum.

    Of those that are not measured no domain is known, for the reason that keeps them apart; a share of the region holds
    them as [0, 1] of their registered residents, and so those of a measured one who stand on no map
    (:func:`not_placed`), so that nobody is left out and nothing is guessed.
    """
    of_zones = pd.concat([_of_locality(member, catalogue) for member in members], ignore_index=True)
    everybody = pd.concat([of_zones, not_placed(members)], ignore_index=True)
    return check("zone_scores", pd.concat([of_zones, _of_region(everybody, members)], ignore_index=True))


def not_placed(members: Sequence[Member]) -> pd.DataFrame:
    """Return rows of table ``zone_scores`` of those of each locality who stand on no map: how many, and nothing else.

    The key of these units is that of their locality with :data:`NOT_PLACED` behind it.
    """
    left = {member.city.slug + NOT_PLACED: member.not_placed for member in members if member.not_placed}
    rows = pd.DataFrame({"zone_id": pd.Series([*left], dtype=object), **{end: [*left.values()] for end in ENDS}})
    head = {"zoning": ZONE, "profile": REFERENCE, "group": TOTAL, "measure": "people", "reason": ""}
    return rows.assign(**head).astype(dict.fromkeys(ENDS, float))


def _of_locality(member: Member, catalogue: Catalogue) -> pd.DataFrame:
    if not member.reason:
        return member.city_rows("zone_scores").assign(zoning=ZONE, zone_id=member.city.slug)
    measures = [f"domain_{key}_share" for key in catalogue.domains if catalogue.deciding(key)]
    unknown = {"value": np.nan, "low": np.nan, "high": np.nan, "reason": member.reason}
    counted = {"measure": "people", "value": member.people, "low": member.people, "high": member.people, "reason": ""}
    rows = [{"measure": measure, **unknown} for measure in measures] + [counted]
    told = pd.DataFrame(rows).assign(zoning=ZONE, zone_id=member.city.slug, profile=REFERENCE, group=TOTAL)
    return told.astype({"value": float, "low": float, "high": float, "reason": object})


def _of_region(rows: pd.DataFrame, members: Sequence[Member]) -> pd.DataFrame:
    """Sum the localities up: people, and of shares that any locality has the least and the most of the region.

    Of an age group that some locality does not tell nobody knows how many there are in the region.
    """
    people = rows[(rows["measure"] == "people") & (rows["profile"] == REFERENCE)]
    of_group = people.pivot_table(index="zone_id", columns="group", values="value", aggfunc="first")
    of_group = of_group.fillna({TOTAL: 0.0})
    everybody = of_group.sum(skipna=False)
    why = np.where(everybody.isna(), NOT_ALL, "")
    counted = pd.DataFrame({"group": everybody.index, **dict.fromkeys(ENDS, everybody.to_numpy()), "reason": why})
    measured = {member.city.slug for member in members if not member.reason}
    is_share = rows["measure"].map({one: bool(SHARES.fullmatch(one)) for one in rows["measure"].unique()})
    shares = summed(rows[is_share & rows["zone_id"].isin(measured)], of_group)
    found = [counted.assign(profile=REFERENCE, measure="people"), shares, _beyond(shares, everybody)]
    return pd.concat(found, ignore_index=True).assign(zoning=CITY, zone_id="")


def summed(rows: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of all people [at least, at most], and why one is not known nearer.

    Parameters
    ----------
    rows
        Of table ``zone_scores``: shares of units.
    people
        Of every unit by group, those without a row among them: of them it may be nobody or everybody. Of a group whose
        people are missing no share is known.
    """
    told = {name: rows.pivot(index="zone_id", columns=KEY, values=name) for name in ("low", "high", "reason")}
    groups = [group if group in people else TOTAL for group in told["low"].columns.get_level_values("group")]
    weight = people[groups].to_numpy(float)
    low, high = (told[end].reindex(people.index).to_numpy(float) for end in ("low", "high"))
    whole = np.where(weight.sum(axis=0) > 0, weight.sum(axis=0), np.nan)
    is_told = told["low"].notna() | told["reason"].notna()
    described = ((told["reason"] == DESCRIBED).sum() == is_told.sum()).to_numpy()
    is_open = ((np.isnan(high) & (weight > 0)) | np.isnan(weight)).any(axis=0)
    ends = {"low": (np.nan_to_num(low) * weight).sum(axis=0) / whole,
            "high": (np.nan_to_num(high, nan=1.0) * weight).sum(axis=0) / whole}  # fmt: skip
    found = told["low"].columns.to_frame(index=False).assign(value=np.nan)
    reason = np.select([described, is_open], [DESCRIBED, NOT_ALL], "")
    shares = found.assign(**{end: np.where(described, np.nan, share) for end, share in ends.items()})
    return shares.assign(reason=pd.Series(reason, dtype=object))


def _beyond(shares: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    """Return the people beyond each domain that a share of them reaches."""
    rows = shares[shares["measure"].str.fullmatch(DOMAIN)]
    whole = rows["group"].map(people).fillna(people[TOTAL])
    name = rows["measure"].str.replace("_share", "_beyond_people")
    return rows.assign(measure=name, low=(1 - rows["high"]) * whole, high=(1 - rows["low"]) * whole)
