"""How long the engine takes to start: with its searches compiled, and compiling them."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.machine import ROOT
from benchmarks.measure import Took, tell
from benchmarks.table import markdown, seconds

#: What the first answer of a fresh process needs: loading, preparing, and a search of each of the two kinds.
FIRST_ANSWERS = """
import numpy as np
from geokehila.reach import Group, Network, Points, nearest, sweep
one = np.array([0]), np.array([1]), np.array([60.0]), np.array([60.0]), np.array([80.0])
street, point = Network(2, *one), Points(np.array([0]), np.array([30.0]), np.array([30.0]), np.array([0.0]))
group = Group(np.array([0]), np.ones((1, 1), bool))
nearest(street, point, point, group, 60.0)
sweep(street, point, point, group, (60.0,), streets=True)
"""
ALL_SEARCHES = "from geokehila.reach import compile_kernels; compile_kernels(lambda line: None)"
ROUNDS = 5


def start(small: bool) -> str:
    """Measure fresh processes."""
    tell("start: compiled anew")
    with TemporaryDirectory() as empty:
        cold = [_process(ALL_SEARCHES, NUMBA_CACHE_DIR=empty)]
    _process(ALL_SEARCHES)
    rows = [("compiling all searches, nothing kept from before", cold)]
    for name, code in (
        ("only `import numba`, to compare", "import numba"),
        ("first answers of `nearest` and `sweep`", FIRST_ANSWERS),
        ("all searches loaded", ALL_SEARCHES),
    ):
        tell(f"start: {name}")
        rows.append((name, [_process(code) for _ in range(ROUNDS)]))
    return markdown(
        ("a fresh process", "clock, s", "CPU, s", "runs"),
        [
            (name, seconds(median(t.wall_s for t in took)), seconds(median(t.cpu_s for t in took)), str(len(took)))
            for name, took in rows
        ],
    )


def _process(code: str, **environment: str) -> Took:
    """Run a fresh interpreter and return what it took from beginning to end."""
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **environment}, check=True)  # noqa: S603
    wall_s, after = perf_counter() - clock, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall_s)
