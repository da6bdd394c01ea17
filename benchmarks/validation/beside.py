"""A measure told twice, by the product and by an independent system, and how far the two are apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

import numpy as np

from benchmarks.compare import DifferentError
from benchmarks.table import markdown

HEADS = ("measure", "input", "beside", "compared", "equal", "median", "largest", "why")
ALIGNED = "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |"
#: Relative difference of two sums of the same numbers in another order.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Beside:
    """One measure of one input.

    Attributes
    ----------
    measure, town, system
        What is told, of what, and who else tells it.
    ours, theirs
        The two answers, row by row; NaN: none. Where both have none nothing is compared.
    within
        The largest difference that `why` explains, for all or for each; infinite: the two mean different things, and
        what they tell is set side by side.
    unit
        Of the answers and differences.
    """

    measure: str
    town: str
    system: str
    ours: np.ndarray
    theirs: np.ndarray
    within: float | np.ndarray = 0.0
    unit: str = ""
    why: str = ""

    @cached_property
    def apart(self) -> np.ndarray:
        """How far each two answers are apart; infinite where only one of them is told, NaN where none is."""
        ours, theirs = (np.asarray(some, float) for some in (self.ours, self.theirs))
        one = np.isnan(ours) != np.isnan(theirs)
        apart = np.abs(ours - theirs)
        return np.where(one, np.inf, np.where(apart <= SAME * np.maximum(np.abs(theirs), 1.0), 0.0, apart))

    def row(self) -> tuple[str, ...]:
        """Return it as a row of the page.

        Raises
        ------
        DifferentError
            An answer differs by more than is explained, or there is nothing to compare.
        """
        wrong = np.argwhere(self.apart > self.within)
        what = f"{self.measure}, {self.town}, {self.system}"
        if len(wrong):
            row = tuple(wrong[0])
            told = f"{np.asarray(self.ours)[row]} and {np.asarray(self.theirs)[row]}"
            raise DifferentError(f"{what}: {len(wrong):,} of {self.apart.size:,} differ; the first at {row}: {told}")
        apart = self.apart[~np.isnan(self.apart)]
        if not len(apart):
            raise DifferentError(f"{what}: nothing is compared")
        equal = float((apart == 0).mean())
        differences = (f"{_number(value)} {self.unit}".strip() if equal < 1 else "0" for value in _ends(apart))
        return (
            self.measure,
            self.town,
            self.system,
            f"{len(apart):,}",
            _share(equal),
            *differences,
            self.why if equal < 1 else "",
        )


def table(besides: Iterable[Beside]) -> str:
    """Return comparisons as a table of the page, and below it why answers differ, by number."""
    return numbered([beside.row() for beside in besides])


def numbered(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table, words to the left and numbers to the right; reasons stand below it, each once."""
    reasons = [*dict.fromkeys(why for *_, why in rows if why)]
    cells = [(*told, str(reasons.index(why) + 1) if why else "") for *told, why in rows]
    head, _, *lines = markdown(HEADS, cells).splitlines()
    below = [f"{number}. {why}" for number, why in enumerate(reasons, 1)]
    return "\n".join([head, ALIGNED, *lines, *(["", *below] if below else [])])


def of(*packages: str) -> str:
    """Return systems with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in packages)


def _ends(apart: np.ndarray) -> tuple[float, float]:
    return float(np.median(apart)), float(apart.max())


def _share(equal: float) -> str:
    if equal in (0, 1):
        return "all" if equal else "none"
    return f"{np.floor(equal * 1000) / 10:.1f} %" if equal >= 0.001 else "below 0.1 %"


def _number(value: float) -> str:
    return "0" if value == 0 else f"{value:.2g}" if value < 10 else f"{value:,.0f}"
