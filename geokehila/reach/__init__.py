"""The engine: shortest walks from points on edges to points on edges. NumPy in, NumPy out.

Costs are directed and held in sixteenths of a second (`ticks`). Networks are prepared once (`graph`), points are placed
on them (`placed`), and the searches compiled when first used (`kernels`) or left to scipy (`fallback`): the answers are
equal.
"""

from __future__ import annotations

from geokehila.reach.arrays import Group, Network, Points
from geokehila.reach.decays import Decay
from geokehila.reach.engine import compiled, notice
from geokehila.reach.graph import Prepared, prepare
from geokehila.reach.nearest import k_nearest, nearest
from geokehila.reach.od import Pairs, od
from geokehila.reach.path import Path, path
from geokehila.reach.sweep import Streets, Swept, counts, pedshed, sweep


def __getattr__(name: str) -> object:
    """Load what only setup wants when it is asked for: ``python -m geokehila.reach.warm`` runs it as a script."""
    if name == "compile_kernels":
        from geokehila.reach.warm import compile_kernels

        return compile_kernels
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Decay",
    "Group",
    "Network",
    "Pairs",
    "Path",
    "Points",
    "Prepared",
    "Streets",
    "Swept",
    "compiled",
    "counts",
    "k_nearest",
    "nearest",
    "notice",
    "od",
    "path",
    "pedshed",
    "prepare",
    "sweep",
]
