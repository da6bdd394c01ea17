"""What is known of a measure in every zone: its class, or why it has none."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geokehila.catalogue.themes import Shown
from geokehila.draw.likely import beside
from geokehila.draw.town import Town
from geokehila.schema import DESCRIBED, REFERENCE
from geokehila.zones import NOTHING_KNOWN_SHARE

TOTAL, CITY, ZONE = "total", "city", "zone"
#: No class: not known, or nobody lives there.
UNKNOWN, NOBODY = -1, -2


@dataclass(frozen=True, eq=False)
class Values:
    """A measure by zone, rows as in ``town.zones``.

    Attributes
    ----------
    shown
        The measure and its classes.
    table
        ``low``, ``high`` (equal where one number is known), ``reason``, ``class`` from 0, or :data:`UNKNOWN`,
        :data:`NOBODY`; ``wide``: hatched, for what is not known, or likely by two lists, could make the class another.
    city
        Its row of the whole city: ``low``, ``high``, ``reason``; missing where there is none.
    """

    shown: Shown
    table: pd.DataFrame
    city: pd.Series

    @property
    def is_known(self) -> bool:
        """Whether any zone has a class."""
        return bool((self.table["class"] >= 0).any())

    @classmethod
    def of(cls, told: Told, shown: Shown) -> Values:
        """Read a measure from the tables of a run."""
        rows, zone_ids = told.rows(shown.key, shown.profile), told.town.zones["zone_id"]
        zones = rows[rows["zoning"] == ZONE].set_index("zone_id").reindex(zone_ids)
        table = zones[["low", "high", "reason"]].fillna({"reason": ""})
        city = rows[rows["zoning"] == CITY][["low", "high", "reason"]]
        empty = pd.Series({"low": np.nan, "high": np.nan, "reason": ""})
        classes = classed(table, shown, told.people, told.likely(shown.key), told.within(shown))
        return cls(shown, classes, city.iloc[0] if len(city) else empty)


@dataclass(frozen=True, eq=False)
class Told:
    """What a run tells of everybody in its zones and in the city, found by measure."""

    town: Town

    def rows(self, measure: str, profile: str = REFERENCE) -> pd.DataFrame:
        """Return zoning, zone_id, low, high, reason of a measure or a fact; a single number is both ends."""
        mine = self._scores.get((measure, profile))
        if mine is None:
            facts = self.town.tables["zone_facts"]
            mine = facts[facts["fact"] == measure].assign(zoning=ZONE, low=np.nan, high=np.nan)
        ends = {end: mine[end].fillna(mine["value"]).astype(float) for end in ("low", "high")}
        return mine.assign(**ends)[["zoning", "zone_id", "low", "high", "reason"]]

    def likely(self, measure: str) -> pd.Series:
        """Return the most that a domain's share likely is in each zone, rows as in ``town.zones``; missing: not told.

        Of people beyond a domain, the share who likely reach it.
        """
        rows = self._scores.get((beside(self.town.catalogue, measure), REFERENCE))
        if rows is None:
            return pd.Series(np.nan, self.town.zones["zone_id"])
        most: pd.Series = rows[rows["zoning"] == ZONE].set_index("zone_id")["high"]
        return most.astype(float).reindex(self.town.zones["zone_id"])

    def within(self, shown: Shown) -> pd.DataFrame | None:
        """Return ``low`` and ``high`` of what a measure stays between as more becomes known; None: its own ends."""
        if not shown.within:
            return None
        rows = self.rows(shown.within, shown.profile)
        ends: pd.DataFrame = rows[rows["zoning"] == ZONE].set_index("zone_id")[["low", "high"]]
        return ends.reindex(self.town.zones["zone_id"])

    def likely_in_city(self, measure: str) -> tuple[float, float] | None:
        """Return from where to where a domain's share likely is in the whole city; None: two lists do not tell."""
        rows = self._scores.get((beside(self.town.catalogue, measure), REFERENCE))
        city = [] if rows is None else rows.loc[rows["zoning"] == CITY, ["low", "high"]].to_numpy(float).tolist()
        return (city[0][0], city[0][1]) if city else None

    @cached_property
    def people(self) -> pd.Series:
        """People of each zone, rows as in ``town.zones``: 0 where no home is, missing where they are not counted."""
        rows = self.rows("people")
        zones = rows[rows["zoning"] == ZONE].set_index("zone_id")["low"]
        people = zones.reindex(self.town.zones["zone_id"], fill_value=0.0)
        return people.mask(people.index.isin(self.town.uncounted))

    @cached_property
    def everybody(self) -> float:
        """People of the city; missing where nobody is counted."""
        rows = self.rows("people")
        return float(rows.loc[rows["zoning"] == CITY, "low"].sum(min_count=1))

    @cached_property
    def _scores(self) -> dict[Hashable, pd.DataFrame]:
        scores = self.town.tables["zone_scores"]
        # Places by category and cutoff are most of the table, and on no sheet.
        shown = scores["zoning"].isin((ZONE, CITY)) & (scores["group"] == TOTAL)
        is_count = scores["measure"].str.startswith("category_") & ~scores["measure"].str.endswith("_likely_share")
        kept = scores[shown & ~is_count]
        return dict(iter(kept.groupby(["measure", "profile"])))


def classed(
    table: pd.DataFrame,
    shown: Shown,
    people: pd.Series,
    likely: pd.Series | None = None,
    within: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return a table of ``low``, ``high`` and ``reason`` with the class of each row, and whether it is hatched.

    Parameters
    ----------
    people
        Of each row.
    likely
        The most that the share likely is by two lists; missing, or None: they do not tell.
    within
        ``low`` and ``high`` of what it stays between as more becomes known; missing, or None: its own.
    """
    two_lists = np.full(len(table), np.nan) if likely is None else likely.to_numpy(float)
    low, high = table["low"].to_numpy(float), table["high"].to_numpy(float)
    whole = people.to_numpy(float) if shown.key.endswith("_people") else np.ones(len(table))
    is_part = shown.key.endswith(("_share", "_people"))
    with np.errstate(invalid="ignore", divide="ignore"):
        open_share = np.where(is_part, (high - low) / whole, 0.0)
    told = whole * (1 - two_lists) if shown.key.endswith("_people") else two_lists
    least_of_all, most_of_all = (low, high) if within is None else within[["low", "high"]].to_numpy(float).T
    ends = (low, *(np.fmin(low, end) for end in (told, least_of_all)),
            high, *(np.fmax(high, end) for end in (told, most_of_all)))  # fmt: skip
    least, *others = (np.searchsorted(shown.breaks, end, side="right") for end in ends)
    is_open = np.isnan(low) | (open_share > NOTHING_KNOWN_SHARE) | (table["reason"] == DESCRIBED).to_numpy()
    empty = (people == 0).to_numpy() & (np.isnan(low) | is_part)
    return table.assign(
        **{
            "class": np.select([empty, is_open], [NOBODY, UNKNOWN], least),
            "wide": ~is_open & ~empty & np.any([other != least for other in others], axis=0),
        }
    )


def why_absent(town: Town, values: Values) -> str:
    """Return why a measure is in no zone: a key of [absent] or a reason of table ``zone_scores``."""
    told = {row["measure"]: row["reason"] for row in town.record["not_computed"]}
    reasons = values.table["reason"]
    most = reasons[reasons != ""].mode()
    return str(told.get(values.shown.key) or values.city["reason"] or (most.iloc[0] if len(most) else "") or "unknown")
