"""How much a place counts by the walk to it: from 1 at the door to 0 beyond the limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geokehila.errors import RunError
from geokehila.reach.arrays import Floats
from geokehila.reach.ticks import PER_S, limit

#: Weights are whole parts of this: a sum is exact in any order, and off by half a part a place at most.
PARTS = 1 << 20

_SHAPES: Mapping[str, tuple[int, Callable[..., Floats]]] = {
    "step": (1, lambda s, limit: (s <= limit) * 1.0),
    "linear": (1, lambda s, zero: np.clip(1 - s / zero, 0, None)),
    "negative_exponential": (1, lambda s, scale: np.exp(-s / scale)),
    "gaussian": (1, lambda s, scale: np.exp(-0.5 * (s / scale) ** 2)),
    "logistic": (2, lambda s, middle, scale: (1 + np.exp(-middle / scale)) / (1 + np.exp((s - middle) / scale))),
}


@dataclass(frozen=True)
class Decay:
    """A weight from 1 at 0 s downwards.

    Attributes
    ----------
    shape
        ``step`` (1 up to a walk, inclusive), ``linear`` (0 at a walk), ``negative_exponential`` exp(-s / scale),
        ``gaussian`` exp(-(s / scale)² / 2), or ``logistic`` 1 / (1 + exp((s - middle) / scale)), divided by what that
        is at 0 s.
    parameters_s
        [s] Above 0: the walk, the scale, or the middle and the scale.
    limit_s
        [s] Beyond this walk (inclusive, up to 4,095) the weight is 0, and nobody searches.

    Examples
    --------
    >>> Decay("negative_exponential", (600,), 900).at(np.array([0.0, 600.0, 901.0])).round(3).tolist()
    [1.0, 0.368, 0.0]
    """

    shape: str
    parameters_s: tuple[float, ...]
    limit_s: float

    def __post_init__(self) -> None:
        """Raise `RunError` for an unknown shape, or parameters that it does not take."""
        if self.shape not in _SHAPES:
            raise RunError(f"decay {self.shape!r}: choose one of {', '.join(_SHAPES)}")
        takes = _SHAPES[self.shape][0]
        if len(self.parameters_s) != takes or not all(0 < p < np.inf for p in self.parameters_s):
            raise RunError(f"decay {self.shape}: takes {takes} of more than 0 s, not {self.parameters_s}")

    def at(self, walk_s: Floats) -> Floats:
        """Return the weight of each walk [s]."""
        with np.errstate(over="ignore"):
            weight: Floats = _SHAPES[self.shape][1](walk_s, *self.parameters_s)
        return np.where(walk_s <= self.limit_s, weight, 0.0)


def table(decays: Sequence[Decay]) -> NDArray[np.uint32]:
    """Return the weight of every walk of 0 ticks to the longest limit, in parts, shape (D, ticks + 1)."""
    longest = max((limit(decay.limit_s) for decay in decays), default=0)
    walk_s = np.arange(longest + 1) / PER_S
    rows = [np.rint(decay.at(walk_s) * PARTS).astype(np.uint32) for decay in decays]
    return np.stack(rows) if rows else np.zeros((0, 1), np.uint32)
