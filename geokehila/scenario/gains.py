"""Who gains and who loses: people of areas whose homes newly reach a category or domain, or no longer do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.brief import Brief
from geokehila.catalogue import Catalogue
from geokehila.reach.arrays import Flags, Floats
from geokehila.scenario.words import IS_BEYOND, IS_REACHED, OPEN, Codes, codes
from geokehila.schema import TABLES, check
from geokehila.zones import Zoning
from geokehila.zones.people import People, peoples

KEY = TABLES["gains"].key
NUMBERS = tuple(f"{name}_{end}" for name in ("before", "after", "gained", "lost") for end in ("low", "high"))
#: People below this are rounding.
NOBODY = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class Turns(Brief):
    """States of measures M at homes O, before and after, of one profile.

    Attributes
    ----------
    measures
        ``category_<key>`` and ``domain_<key>``.
    before, after
        Numbers of :data:`geokehila.scenario.words.WORDS`, shape (O, M); before is -1 where the home is new.
    """

    profile: str
    measures: Sequence[str]
    before: Codes
    after: Codes

    @classmethod
    def of(cls, profile: str, before: pd.DataFrame, after: pd.DataFrame) -> Turns:
        """Compare the columns ``<measure>_state`` of two tables that have them."""
        columns = [column for column in map(str, after) if column.endswith("_state")]
        was, now = (codes(table[columns]) for table in (before, after))
        return cls(profile, [column.removesuffix("_state") for column in columns], was, now)

    @cached_property
    def moved(self) -> np.ndarray:
        """Numbers of the measures that turn at any home, shape (N,)."""
        return np.flatnonzero(((self.before != self.after) & (self.before >= 0)).any(axis=0))

    def turned(self, was: int, now: int, may: bool = False) -> Flags:
        """Tell who turns from one settled state to the other; or also who may, one of the two not being known."""
        before, after = self.before[:, self.moved], self.after[:, self.moved]
        surely: Flags = (before == was) & (after == now)
        return surely | ((before >= OPEN) & (after == now)) | ((before == was) & (after >= OPEN)) if may else surely

    @cached_property
    def gains(self) -> Flags:
        """Who surely gains, beyond before and reached now, of the measures that turn, shape (O, N)."""
        return self.turned(IS_BEYOND, IS_REACHED)

    @cached_property
    def loses(self) -> Flags:
        """Who surely loses, shape (O, N)."""
        return self.turned(IS_REACHED, IS_BEYOND)

    @cached_property
    def may_gain(self) -> Flags:
        """Who surely gains or may, shape (O, N)."""
        return self.turned(IS_BEYOND, IS_REACHED, may=True)

    @cached_property
    def may_lose(self) -> Flags:
        """Who surely loses or may, shape (O, N)."""
        return self.turned(IS_REACHED, IS_BEYOND, may=True)

    @cached_property
    def sums(self) -> tuple[Floats, Floats, Floats]:
        """Homes of each sum: who reached it and who did not before, the same now, and who turns and surely does not."""
        was, now = (np.concatenate([c == IS_REACHED, c == IS_BEYOND], axis=1) for c in (self.before, self.after))
        turns = np.concatenate([self.gains, ~self.may_gain, self.loses, ~self.may_lose], axis=1)
        return was.astype(float), now.astype(float), turns.astype(float)


def gains(
    turns: Sequence[Turns],
    zonings: Sequence[Zoning],
    before: tuple[gpd.GeoDataFrame, pd.DataFrame],
    after: tuple[gpd.GeoDataFrame, pd.DataFrame],
) -> pd.DataFrame:
    """Sum what turns over the units of every zoning.

    Parameters
    ----------
    turns
        By profile; rows as in the tables ``origins``.
    zonings
        Of these homes.
    before, after
        Tables ``origins`` and ``origin_people``; who is not there before has 0 people.

    Returns
    -------
    DataFrame
        One row a unit, profile, group and measure of which anything is another; of what stays there is none.
        `people_before` and `people_after` live there. Of them ``before_`` and ``after_`` reach it; ``gained_`` newly do
        and ``lost_`` no longer, both of those who live there before. Each is ``_low`` (at least) and ``_high`` (at
        most): what is not known widens them, and so does placing people by footprint instead of floor area.
    """
    parts = [
        _of(old, new, one)
        for old, new in zip(peoples(zonings, *before), peoples(zonings, *after), strict=True)
        for one in turns
    ]
    return check("gains", pd.concat(parts, ignore_index=True))


def told_once(table: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return a table of gains without domains that repeat the one category of theirs in it, number for number.

    `also` is the domain that a category's row then speaks of too, else empty.

    Examples
    --------
    >>> rows = [{**dict.fromkeys(KEY, ""), **dict.fromkeys(NUMBERS, 7.0), "measure": f"{one}"}
    ...         for one in ("category_clinic", "category_pharmacy", "domain_health", "domain_employment")]
    >>> told_once(pd.DataFrame(rows), Catalogue.read())[["measure", "also"]].to_numpy().tolist()
    [['category_clinic', 'domain_health'], ['category_pharmacy', 'domain_employment']]
    """
    of = {f"category_{key}": f"domain_{category.domain}" for key, category in catalogue.categories.items()}
    told = table.assign(also=[of.get(measure, measure) for measure in table["measure"]])
    is_domain = told["measure"] == told["also"]
    unit = [*KEY[:-1], "also"]
    alike = told[[*NUMBERS]].round(6).groupby([told[key] for key in unit]).transform("nunique").eq(1).all(axis=1)
    sizes = told.assign(domains=is_domain).groupby(unit)["domains"].transform
    is_pair = alike & (sizes("size") == 2) & (sizes("sum") == 1)
    return told.assign(also=told["also"].where(is_pair, ""))[~(is_pair & is_domain)]


def _of(old: People, new: People, turns: Turns) -> pd.DataFrame:
    """Sum one profile's turns over one zoning, for one group."""
    was, now, moved = turns.sums
    turned = np.zeros((4, len(old.ids), len(turns.measures)))
    turned[1::2] = 1.0
    turned[:, :, turns.moved] = np.split(old.share(moved), 4, axis=1)
    was_total, total = old.total[:, None], new.total[:, None]
    reached = np.split(old.share(was), 2, axis=1), np.split(new.share(now), 2, axis=1)
    ends = [*_ends(was_total, *reached[0]), *_ends(total, *reached[1])]
    ends += [*_ends(was_total, *turned[:2]), *_ends(was_total, *turned[2:])]
    numbers = np.nan_to_num(np.stack(ends))
    is_told = (numbers[4:] > NOBODY).any(axis=0) | (np.abs(numbers[:2] - numbers[2:4]) > NOBODY).any(axis=0)
    unit, measure = np.nonzero(is_told | (np.abs(was_total - total) > NOBODY))
    return pd.DataFrame(
        {
            "zoning": old.areas.zoning.key,
            "zone_id": old.ids[unit],
            "profile": turns.profile,
            "group": old.group,
            "measure": np.array(turns.measures, object)[measure],
            "people_before": old.total[unit],
            "people_after": new.total[unit],
            **{name: number[unit, measure] for name, number in zip(NUMBERS, numbers, strict=True)},
        }
    )


def _ends(total: Floats, at_least: Floats, surely_not: Floats) -> tuple[Floats, Floats]:
    """People at least and at most, of the share at least and the share surely not."""
    return total * at_least, total * np.maximum(at_least, 1 - surely_not)
