"""What `geokehila gaps` prints: gaps in their order, those that are sure and have no place, the whole city's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from geokehila.gaps.sentences import Sentences

#: The zoning of the whole.
CITY = "city"
#: Nobody is surely beyond: of so many it may be, or nothing is known of anybody.
POSSIBLE, OPEN = "only possible", "nothing known"


@dataclass(frozen=True, eq=False)
class Gaps:
    """Rows of table ``gaps`` in the order of their places, each with its sentence.

    Attributes
    ----------
    rows, of_city
        Those of the areas asked for, and of the same categories in the whole city.
    said
        What is said of them.
    least_people
        Areas of fewer are not ranked.
    """

    rows: pd.DataFrame
    of_city: pd.DataFrame
    said: Sentences
    least_people: float

    def lines(self, top: int) -> Iterator[str]:
        """Yield the gaps that have a place, so many at most; before them those of small areas, behind them the rest."""
        ranked = self._placed.head(top)
        yield from self._of_small_areas(top)
        told = zip(ranked["sentence"], records(ranked), strict=True)
        yield from (f"{place:3}  {sentence}{_between(row)}" for place, (sentence, row) in enumerate(told, 1))
        yield from self._not_ranked(top)
        if ranked.empty:
            yield from self._possible(top)
        counts = Counter(self._why)
        why = ", ".join(f"{word} {count}" for word, count in sorted(counts.items())) or "none"
        yield f"{len(ranked)} of {len(self._placed)} gaps; not ranked: {why}"

    @cached_property
    def _placed(self) -> pd.DataFrame:
        return self.rows.dropna(subset="rank")

    @cached_property
    def _left_out(self) -> pd.DataFrame:
        return self.rows[self.rows["rank"].isna() & (self.rows["beyond_high"] != 0)]

    @cached_property
    def _why(self) -> pd.Series:
        """Why each row left out has no place."""
        return _kinds(self._left_out)

    @cached_property
    def _is_sure(self) -> pd.Series:
        return ~self._why.isin((POSSIBLE, OPEN))

    @cached_property
    def _is_few(self) -> pd.Series:
        # By their number: of some it is also unknown how far they are believed, which comes first in `reliability`.
        return self._left_out["people"] < self.least_people

    def _of_small_areas(self, top: int) -> Iterator[str]:
        """Yield how many live where areas are too small, and the whole city's gap where no area of it has a place."""
        small = self._left_out[self._is_few & (self._is_sure | self._placed.empty)]
        if small.empty:
            return
        people = small.drop_duplicates("zone_id")["people"].sum()
        is_lost = self.of_city["category"].isin({*small["category"]} - {*self._placed["category"]})
        whole = self.of_city[is_lost & (_kinds(self.of_city) != OPEN)].head(top)
        elsewhere = f" {self.said.phrases.figure(f'--zoning {CITY}')}" if whole.empty else ""
        yield self.said.of_small_areas(people, self.least_people) + elsewhere
        yield from (f"  *  {sentence}" for sentence in whole["sentence"])

    def _not_ranked(self, top: int) -> Iterator[str]:
        """Yield what is certain for somebody and has no place, for too little is known there, and why it has none."""
        certain = self._left_out[self._is_sure & ~self._is_few]
        if certain.empty:
            return
        shown = certain.sort_values("beyond_low", ascending=False, kind="stable").head(top)
        yield self.said.of_not_ranked(len(shown), len(certain))
        yield from (f"  -  {sentence}" for sentence in shown["sentence"])

    def _possible(self, top: int) -> Iterator[str]:
        """Yield, where no gap has a place, the largest of those that are possible."""
        why = self._why
        perhaps, certain = self._left_out[why == POSSIBLE], "certain" if why.isin((POSSIBLE, OPEN)).all() else "ranked"
        if perhaps.empty:
            return
        shown = perhaps.sort_values("beyond_high", ascending=False, kind="stable").head(top)
        which = "" if len(shown) == len(perhaps) else f", of which the {len(shown)} largest; all of them: --csv FILE"
        yield f"no gap is {certain}; possible are {len(perhaps)}{which}"
        yield from (f"  ?  {sentence}" for sentence in shown["sentence"])


def _kinds(rows: pd.DataFrame) -> pd.Series:
    """Return in a word how each row stands: that nobody is surely beyond, or how far the row is believed."""
    from geokehila.zones import NOTHING_KNOWN_SHARE

    words, is_sure = rows["reliability"], rows["beyond_low"].round(6) > 0
    is_open = rows["beyond_high"].isna() | (rows["beyond_high"] > NOTHING_KNOWN_SHARE * rows["people"])
    return words.where(is_sure, OPEN).where(is_sure | is_open, POSSIBLE)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each row by the names of its columns."""
    return [{str(name): cell for name, cell in row.items()} for row in rows.to_dict("records")]


def _between(row: dict[str, Any]) -> str:
    """Return between which places of its kind of service a gap may stand; empty where its place is sure."""
    first, last = row["rank_first"], row["rank_last"]
    return f" [{row['category']}: place {first:.0f} to {last:.0f}]" if first < last else ""
