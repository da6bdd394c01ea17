"""Compile the searches once, so that no run waits for it: ``python -m geokehila.reach.warm``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from geokehila.reach import engine
from geokehila.reach.arrays import Group, Network, Points
from geokehila.reach.nearest import k_nearest, nearest
from geokehila.reach.od import od
from geokehila.reach.sweep import sweep


def is_warm() -> bool:
    """Tell whether no run waits for the compiler: this Python compiled the searches here before, or nothing is to be.

    Examples
    --------
    >>> is_warm()  # doctest: +SKIP
    True
    """
    if not engine.compiled():
        return True
    from geokehila.reach.kernels.nearest import nearest as search

    folder, python = search.stats.cache_path, f"py{sys.version_info.major}{sys.version_info.minor}"
    return folder is not None and any(Path(folder).glob(f"nearest.nearest-*.{python}*.nbi"))


def compile_kernels(progress: Callable[[str], None]) -> None:
    """Compile every search and keep it on disk; of one already there only the loading is done.

    Parameters
    ----------
    progress
        Called with one line before each step. Without numba there is nothing to compile, and it is told so.
    """
    if not engine.compiled():
        progress(str(engine.notice()))
        return
    street = Network(2, np.array([0]), np.array([1]), np.array([60.0]), np.array([60.0]), np.array([80.0]))
    point = Points(np.array([0]), np.array([30.0]), np.array([30.0]), np.array([0.0]))
    group = Group(np.array([0]), np.ones((1, 1), bool))
    progress("compiling the engine, about a minute, once: nearest places (1 of 4)")
    nearest(street, point, point, group, 60.0, threads=1)
    progress("compiling the engine: the k nearest (2 of 4)")
    k_nearest(street, point, point, group, 60.0, 2, threads=1)
    progress("compiling the engine: counts and streets in reach (3 of 4)")
    sweep(street, point, point, group, (60.0,), streets=True, threads=1)
    progress("compiling the engine: pairs (4 of 4)")
    list(od(street, point, point, group.facility, 60.0, threads=1))


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    compile_kernels(_tell)
