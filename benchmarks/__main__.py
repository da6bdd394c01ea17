"""``python -m benchmarks [--small] [PART ...]``: measure, and write to the page."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

from benchmarks.machine import conditions, machine
from benchmarks.measure import tell
from benchmarks.parts.batch import batch
from benchmarks.parts.cities import counts, nearest
from benchmarks.parts.country import country
from benchmarks.parts.growth import growth
from benchmarks.parts.locate import locate
from benchmarks.parts.mix import mix
from benchmarks.parts.scenario import scenario_of_ten
from benchmarks.parts.start import start
from benchmarks.parts.validation import validation
from benchmarks.table import PAGE, put
from geokehila.reach import compile_kernels

PARTS: Mapping[str, Callable[[bool], str]] = {
    "nearest": nearest,
    "counts": counts,
    "mix": mix,
    "growth": growth,
    "start": start,
    "locate": locate,
    "country": country,
    "batch": batch,
    "scenario": scenario_of_ten,
    "validation": validation,
}
#: Measured beside no other library, in the project's own environment.
ALONE = ("country", "batch", "scenario")
#: Where parts are written that stand on a page of their own.
PAGES: Mapping[str, Path] = {"validation": PAGE.parents[1] / "docs" / "validation.md"}


def main() -> None:
    """Run the parts asked for; each is written as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--small", action="store_true", help="small networks, to try it out: printed, not written")
    asked = parser.parse_args()
    if unknown := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"no part {unknown[0]!r}: choose of {', '.join(PARTS)}")
    # Once here, so that not every measured process compiles.
    compile_kernels(tell)
    for part in asked.parts or PARTS:
        begun, text = perf_counter(), conditions()
        text = f"{PARTS[part](asked.small)}\n\n{text}"
        tell(f"{part}: {perf_counter() - begun:.0f} s")
        print(text, flush=True)
        if not asked.small:
            put(part, text, PAGES.get(part, PAGE))
            if part not in (*ALONE, *PAGES):
                put("machine", machine())


if __name__ == "__main__":
    main()
