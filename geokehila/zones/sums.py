"""Scores of homes summed over areas, weighted by the people who live there.

What a column of scores becomes, its suffix tells: ``<stem>_state`` (reached, beyond, or why not known) a share
[at least, at most] and the people beyond; ``<stem>_is`` (yes, no, or why not known) a share and the people concerned;
walks in ``_s`` and ``_m`` the median walk of the people; any other number its mean over those for whom it is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.reach.arrays import Floats
from geokehila.schema import BEYOND, DESCRIBED, NO, REACHED, REFERENCE, YES, check
from geokehila.zones.lacking import by_lack
from geokehila.zones.people import People, Walks, median, peoples, ratio, why_unsure
from geokehila.zones.zoning import Zoning

STATES, WALKS = ("_state", "_is"), ("_s", "_m")
#: Measures so named are intervals: of one that is exact both ends are its value.
INTERVALS = ("_share", "_people")
#: Why a mean has no value, or is one of some of the people only.
NOT_KNOWN, PARTLY_KNOWN = "unknown", "partly unknown"


@dataclass(frozen=True, eq=False)
class Homes:
    """Scores of homes for one profile.

    Attributes
    ----------
    scores
        One row a home; text columns without a suffix above are not summed.
    border
        Fastest walk from each home to the edge of the data, in the unit of the profile's walks, shape (O,).
    horizon
        No walk is longer than this, in the same unit, and what that is in words.
    """

    scores: pd.DataFrame
    border: Floats
    horizon: float
    beyond_horizon: str


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of table ``zone_scores``: measures M of units U, as arrays (U, M)."""

    people: People
    profile: str
    measures: Sequence[str]
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the columns of the table, units under one another, measure by measure."""
        units, measures = len(self.people.ids), len(self.measures)
        size = units * measures
        numbers = {name: self.columns.get(name, np.full(size, np.nan)) for name in ("value", "low", "high")}
        return {
            "zoning": np.full(size, self.people.areas.zoning.key, object),
            "zone_id": np.tile(self.people.ids, measures),
            "profile": np.full(size, self.profile, object),
            "group": np.full(size, self.people.group, object),
            "measure": np.repeat(np.array(self.measures, object), units),
            **{name: np.ravel(number, order="F") for name, number in numbers.items()},
            "reason": np.ravel(self.columns.get("reason", np.full(size, "", object)), order="F"),
        }


def summarise(
    homes: Mapping[str, Homes],
    zonings: Sequence[Zoning],
    origins: gpd.GeoDataFrame,
    origin_people: pd.DataFrame,
    weakest: Mapping[str, Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """Sum the scores of homes over the units of every zoning.

    Parameters
    ----------
    homes
        By profile; rows as in `origins`.
    origins
        Table ``origins`` with `connected`.
    origin_people
        Table ``origin_people``: group total and named age groups.
    weakest
        Measures that name, of several states given by key and stem, the one that most people are beyond.

    Returns
    -------
    DataFrame
        Table ``zone_scores``. Shares are [low, high] = [at least, at most] of the people, 0 to 1: what is not known
        widens them, and so does placing people by footprint instead of floor area. Medians are of people, missing where
        fewer than half reach a place; `low` is the median where each walk ends at the edge of the data at the latest,
        for a nearer place may stand behind it.
    """
    columns = {profile: _Columns.of(some) for profile, some in homes.items()}
    connected = origins["connected"].to_numpy(float)[:, None]
    parts: list[_Rows] = []
    for people in peoples(zonings, origins, origin_people):
        parts += [_counted(people), _Rows(people, REFERENCE, ["connected_share"], _exact(people.share(connected)))]
        parts += _of(people, columns, weakest or {})
    arrays = [rows.arrays() for rows in parts]
    return check("zone_scores", pd.DataFrame({name: np.concatenate([a[name] for a in arrays]) for name in arrays[0]}))


def _counted(people: People) -> _Rows:
    """How many people there are; missing where the source counts none of the group in any home of the unit."""
    homes = np.bincount(people.unit, minlength=len(people.ids))
    uncounted = np.bincount(people.unit, people.missing, minlength=len(people.ids)) / np.maximum(homes, 1)
    value, reason = np.where(uncounted < 1, people.total, np.nan), np.where(uncounted > 0, NOT_KNOWN, "")
    return _Rows(people, REFERENCE, ["people"], {"value": value, "reason": reason})


@dataclass(frozen=True, eq=False)
class _Columns:
    """Scores of one profile sorted by how they are summed: words of states as codes (O, M), numbers as they are."""

    homes: Homes
    stems: Sequence[str]
    suffixes: Sequence[str]
    words: Sequence[str]
    codes: np.ndarray
    walks: pd.DataFrame
    numbers: pd.DataFrame

    @cached_property
    def walked(self) -> Walks:
        """The walks, infinite where none is found."""
        return Walks(self.walks.fillna(np.inf).to_numpy(float))

    @cached_property
    def certain(self) -> Walks:
        """The walks, each ended at the edge of the data at the latest."""
        border = np.where(self.homes.border >= self.homes.horizon, np.inf, self.homes.border)
        return Walks(np.minimum(self.walked.walk, border[:, None]))

    @classmethod
    def of(cls, homes: Homes) -> _Columns:
        """Sort the columns of some scores."""
        scores = homes.scores
        states = [column for column in map(str, scores) if column.endswith(STATES)]
        plain = scores.drop(columns=states).select_dtypes(["number", "bool"])
        walks = plain[[column for column in map(str, plain) if column.endswith(WALKS)]]
        found = [pd.factorize(scores[column], sort=True) for column in states]
        words = sorted({str(word) for _, some in found for word in some})
        codes = np.full((len(scores), len(states)), -1, np.int16)
        for m, (code, some) in enumerate(found):
            codes[:, m] = np.array([words.index(str(word)) for word in some], np.int16)[code] if len(some) else -1
        ends = [next(end for end in STATES if column.endswith(end)) for column in states]
        stems = [column.removesuffix(end) for column, end in zip(states, ends, strict=True)]
        return cls(homes, stems, ends, words, codes, walks, plain.drop(columns=[*walks]))

    def is_word(self, *words: str) -> np.ndarray:
        """Tell where a state is one of some words, (O, M)."""
        return np.isin(self.codes, [i for i, word in enumerate(self.words) if word in words])


def _of(people: People, profiles: Mapping[str, _Columns], weakest: Mapping[str, Mapping[str, str]]) -> Iterator[_Rows]:
    """Sum all scores of all profiles over one zoning, for one group."""
    for profile, columns in profiles.items():
        shares = _shares(people, columns)
        yield from _of_states(people, profile, columns, shares)
        yield from _weakest(people, profile, columns, shares, weakest)
        yield _medians(people, profile, columns, dict(zip(columns.stems, shares.reason.T, strict=True)))
        yield _means(people, profile, columns)


@dataclass(frozen=True, eq=False)
class _Shares:
    """Share for whom a state is reached or yes, at least and at most, and what leaves most people's answer open."""

    low: Floats
    high: Floats
    reason: np.ndarray


def _shares(people: People, columns: _Columns) -> _Shares:
    low, beyond = people.share(columns.is_word(REACHED, YES)), people.share(columns.is_word(BEYOND, NO))
    high = np.maximum(low, 1 - beyond)  # rounding must not turn the interval round
    open_words = [word for word in columns.words if word not in (REACHED, BEYOND, YES, NO)]
    reason = np.full(low.shape, "", object)
    if open_words:
        sums = np.stack([people.sums(columns.is_word(word) * 1.0) for word in open_words])
        reason = np.where(sums.max(axis=0) > 0, np.array(open_words, object)[sums.argmax(axis=0)], "")
    described = columns.is_word(DESCRIBED).all(axis=0)
    reason[:, described], low[:, described], high[:, described] = DESCRIBED, np.nan, np.nan
    return _Shares(low, high, reason)


def _of_states(people: People, profile: str, columns: _Columns, shares: _Shares) -> Iterator[_Rows]:
    both = {"low": shares.low, "high": shares.high, "reason": shares.reason}
    yield _Rows(people, profile, [f"{stem}_share" for stem in columns.stems], both)
    total, is_beyond = people.total[:, None], np.array([end == STATES[0] for end in columns.suffixes], bool)
    low, high = np.where(is_beyond, 1 - shares.high, shares.low), np.where(is_beyond, 1 - shares.low, shares.high)
    counted = {"low": total * low, "high": total * high, "reason": shares.reason}
    scored = ~columns.is_word(DESCRIBED).all(axis=0)
    names = np.array(
        [f"{s}_beyond_people" if b else f"{s}_people" for s, b in zip(columns.stems, is_beyond, strict=True)]
    )
    yield _Rows(people, profile, names[scored].tolist(), {name: table[:, scored] for name, table in counted.items()})


def _weakest(
    people: People, profile: str, columns: _Columns, shares: _Shares, weakest: Mapping[str, Mapping[str, str]]
) -> Iterator[_Rows]:
    """Name of several states the one that most people are certainly beyond, and their share; "" where nobody is."""
    for measure, family in weakest.items():
        rows = {key: columns.stems.index(stem) for key, stem in family.items() if stem in columns.stems}
        if not rows:
            continue
        low, high = (end[:, [*rows.values()]] for end in (shares.low, shares.high))
        first = by_lack(low, high)[:, :1]
        value = 1 - np.take_along_axis(high, first, axis=1)[:, 0]
        names = np.where(value > 0, np.array([*rows], object)[first[:, 0]], "")
        yield _Rows(people, profile, [measure], {"value": value, "reason": names})


def _medians(people: People, profile: str, columns: _Columns, why_open: Mapping[str, np.ndarray]) -> _Rows:
    """Medians of people; of walks that end at the edge of the data at the latest they are the lowest they may be."""
    names = [str(name).rpartition("_") for name in columns.walks]
    low, middle = median(people, columns.certain), median(people, columns.walked)
    settled = np.full(len(people.ids), "", object)
    reason = (
        np.array([why_open.get(stem, settled) for stem, _, _ in names], object).reshape(len(names), len(people.ids)).T
    )
    is_unknown = ~np.isfinite(middle) & (reason != "")
    why = np.where(is_unknown, reason, why_unsure(middle, low, columns.homes.beyond_horizon))
    numbers = {"low": low, "value": middle, "high": middle}
    known = {key: np.where(np.isfinite(number), number, np.nan) for key, number in numbers.items()}
    return _Rows(people, profile, [f"{stem}_median_{unit}" for stem, _, unit in names], known | {"reason": why})


def _means(people: People, profile: str, columns: _Columns) -> _Rows:
    numbers = columns.numbers.to_numpy(float)
    known = np.isfinite(numbers)
    of = people.sums(known * 1.0)
    value = ratio(people.sums(np.where(known, numbers, 0.0)), of)
    some, every = of > 0, of >= people.total[:, None] * (1 - 1e-12)
    reason = np.select([~some, ~every], [NOT_KNOWN, PARTLY_KNOWN], "").astype(object)
    names = [*map(str, columns.numbers)]
    is_share = np.array([name.endswith(INTERVALS) for name in names], bool)
    ends = {end: np.where(is_share, value, np.nan) for end in ("low", "high")}
    return _Rows(people, profile, names, {"value": value, "reason": reason} | ends)


def _exact(value: Floats) -> dict[str, np.ndarray]:
    """Return a share that is exact as its own interval."""
    return dict.fromkeys(("value", "low", "high"), value)
