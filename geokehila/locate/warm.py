"""Compile the loops of interchange once, so that no run waits for it: ``python -m geokehila.locate.warm``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from geokehila.locate import interchange
from geokehila.locate.problem import Effort, Sites, Terms
from geokehila.locate.rows import Rows


def compile_kernels(progress: Callable[[str], None]) -> None:
    """Compile every loop and keep it on disk; of one already there only the loading is done.

    Parameters
    ----------
    progress
        Called with one line before.
    """
    progress("compiling location-allocation, ten seconds, once")
    # Each site serves two of three rows, and the money is for one and a half: the bound is not met, so all is used.
    pairs, one = np.array([0, 1, 0, 2, 1, 2], np.int32), np.ones(3)
    rows = Rows(np.array([0, 2, 4, 6]), pairs, np.zeros(6), one, 1.0)
    interchange.search(rows, replace(Sites.plain(3), price=one), Terms(budget=1.5), Effort(rounds=16))


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    compile_kernels(_tell)
