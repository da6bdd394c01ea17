"""Location-allocation beside a plain HiGHS model and spopt: answers compared first, then gaps, times and memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.compare import DifferentError
from benchmarks.libraries.locate import Answer
from benchmarks.locate_towns import Town, on_a_grid, scattered
from benchmarks.measure import Worker, tell
from benchmarks.table import markdown, seconds
from geokehila.locate.problem import gap

HERE = "benchmarks.libraries.locate"
LIBRARIES = (f"{HERE}:Ours", f"{HERE}:Longer", f"{HERE}:Plain", f"{HERE}:Spopt")
#: spopt has a variable for every home and site: with more of them it is left out.
CELLS = 500_000
#: Relative gap of HiGHS as it comes; what a library calls proven is no nearer.
PROVEN = 1.1e-4
HEADS = ("", "objective", "bound", "gap", "CPU, s", "times the first", "clock, s", "peak, MB", "answers")


def locate(small: bool) -> str:
    """Ask all, town by town."""
    makers: Sequence[Callable[[], Town]] = [
        lambda: scattered(300, 40, 5, 800.0, median=True),
        lambda: scattered(300, 40, 5, 800.0, median=False),
    ]
    if not small:
        makers = [
            lambda: scattered(500, 50, 5, 800.0, median=True),
            lambda: scattered(2_000, 200, 10, 800.0, median=False),
            lambda: scattered(2_000, 200, 10, 2_000.0, median=True),
            lambda: scattered(20_000, 1_000, 40, 800.0, median=True),
            lambda: scattered(20_000, 1_000, 40, 800.0, median=False),
            lambda: on_a_grid(20_000, 1_000, 40, 800.0, median=True),
            lambda: on_a_grid(20_000, 1_000, 40, 800.0, median=False),
        ]
    return "\n\n".join(_measured(make()) for make in makers)


def _measured(town: Town) -> str:
    tell(f"locate: {town.name}")
    fit = [library for library in LIBRARIES if np.prod(town.cost.shape) <= CELLS or not library.endswith("Spopt")]
    answers: dict[str, tuple[Answer, float]] = {}
    for library in fit:
        worker = Worker(library, town)
        found = worker.answer("answer")
        answers[worker.name] = (found, worker.ended())
        tell(f"  {worker.name}: {found.objective:,.0f}, bound {found.bound:,.0f}, {found.took.cpu_s:.1f} s CPU")
    counted = _counted(town, {name: found for name, (found, _) in answers.items()})
    first = next(iter(answers.values()))[0]
    rows = [_row(name, replace(found, objective=counted[name]), peak, first) for name, (found, peak) in answers.items()]
    return f"**{town.name}**\n\n{markdown(HEADS, rows)}"


def _row(name: str, found: Answer, peak_mb: float, first: Answer) -> tuple[str, ...]:
    return (
        name,
        _number(found.objective),
        _number(found.bound),
        "none" if np.isnan(found.objective + found.bound) else f"{gap(found.objective, found.bound):.3%}",
        seconds(found.took.cpu_s),
        f"{found.took.cpu_s / first.took.cpu_s:.1f}",
        seconds(found.took.wall_s),
        f"{peak_mb:,.0f}",
        "no answer" if found.chosen is None else "counted anew, no bound broken",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else "none"


def _counted(town: Town, answers: dict[str, Answer]) -> dict[str, float]:
    """Count every answer anew, and set every bound against every answer; what the clock cut may tell less than it has.

    Raises
    ------
    DifferentError
        Sites come to less than a library says of them, there are too many, or an answer is better than a bound.
    """
    sign = -1 if town.covers else 1
    values = {}
    for name, found in answers.items():
        values[name] = np.nan if found.chosen is None else town.objective(found.chosen)
        if found.chosen is None:
            continue
        if sign * (values[name] - found.objective) > 1e-6 * abs(found.objective) or len(found.chosen) > town.add:
            raise DifferentError(f"{town.name}: {name} says {found.objective}, its sites come to {values[name]}")
        over = [
            other for other, one in answers.items() if sign * (one.bound - values[name]) > PROVEN * abs(values[name])
        ]
        if over:
            raise DifferentError(f"{town.name}: {name} found {values[name]}, better than the bound of {over[0]}")
    return values
