"""Measurements as Markdown, and their place on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measure import Measured

PAGE = Path(__file__).parent / "README.md"
NOTHING = ""


def of_libraries(measured: Sequence[Measured], compared: Mapping[str, str]) -> str:
    """Return the table of one task; the first row is what the others are set against."""
    first = measured[0]
    rows = [
        (
            found.name,
            seconds(found.cpu_s),
            f"{1e6 * found.per_origin:.3g}",
            "1" if found is first else f"{found.per_origin / first.per_origin:.1f}",
            seconds(found.wall_s),
            _spread(found),
            f"{found.peak_mb:,.0f}",
            seconds(found.build.cpu_s),
            compared.get(found.name, NOTHING),
        )
        for found in measured
    ]
    heads = (
        "",
        "CPU, s",
        "CPU, µs an origin",
        "times the engine",
        "clock, s",
        "runs: least to most CPU, s",
        "peak, MB",
        "build, CPU s",
        "answers",
    )
    return markdown(heads, rows)


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table, the first column to the left and the others to the right."""
    lines = [heads, ["---", *(["---:"] * (len(heads) - 1))], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def seconds(value: float) -> str:
    """Return seconds with three digits that count."""
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def put(part: str, text: str, page: Path = PAGE) -> None:
    """Write a part of the page between its markers."""
    begin, end = f"<!-- begin {part} -->", f"<!-- end {part} -->"
    old = page.read_text(encoding="utf-8")
    new, found = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{text}\n{end}", old, flags=re.DOTALL
    )
    if found != 1:
        raise ValueError(f"{page}: {begin} and {end} are there {found} times, not once")
    page.write_text(new, encoding="utf-8")


def _spread(found: Measured) -> str:
    cpu = sorted(run.cpu_s for run in found.runs)
    return f"{len(cpu)}: {seconds(cpu[0])} to {seconds(cpu[-1])}" if len(cpu) > 1 else "1"
