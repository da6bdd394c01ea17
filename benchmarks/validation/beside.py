"""A measure told twice, by the product and by an independent system, and how far the two are apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

import numpy as np

from benchmarks.compare import DifferentError
from benchmarks.table import markdown

HEADS = ("measure", "input", "beside", "compared", "equal", "median", "largest", "why they differ")
ALIGNED = "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |"
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
    """Return comparisons as a table of the page, words to the left and numbers to the right."""
    head, _, *rows = markdown(HEADS, [beside.row() for beside in besides]).splitlines()
    return "\n".join([head, ALIGNED, *rows])


def of(*packages: str) -> str:
    """Return systems with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in packages)


def _ends(apart: np.ndarray) -> tuple[float, float]:
    return float(np.median(apart)), float(apart.max())


def _share(equal: float) -> str:
    return "all" if equal == 1 else "none" if equal == 0 else f"{np.floor(equal * 1000) / 10:.1f} %"


def _number(value: float) -> str:
    return "0" if value == 0 else f"{value:.2g}" if value < 10 else f"{value:,.0f}"
