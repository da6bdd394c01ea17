"""The engine's clock: walks are whole sixteenths of a second, rounded here and nowhere else.

An edge, a position along an edge and a way to an edge are each off by at most 1/32 s; a walk over n edges by at most
(n + 5) / 32 s, as leaving or entering an edge midway takes the difference of two rounded numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geokehila.errors import RunError
from geokehila.reach.arrays import Floats, Ints

#: [1/s] Ticks in a second.
PER_S = 16
#: A search holds ticks in 16 bits; sums stop here, and it stands for: not reached.
UNREACHED = 65535
#: [s] The longest walk that a search can tell from an unreached one, with room to spare.
LONGEST_S = 4095.0
#: Ticks of an edge that may not be walked in a direction; no sum of it with a walk leaves 32 bits.
CLOSED = 1 << 29

Ticks = NDArray[np.int32]


def rounded(seconds: Floats) -> Ticks:
    """Return seconds as ticks, to the nearest (of two equally near to the even); infinity is `CLOSED`.

    Raises
    ------
    RunError
        Seconds below 0, or not a number.

    Examples
    --------
    >>> import numpy as np
    >>> rounded(np.array([0.0, 1.0, 1.02, np.inf])).tolist()
    [0, 16, 16, 536870912]
    """
    seconds = np.asarray(seconds, np.float64)
    if not (seconds >= 0).all():
        wrong = seconds[~(seconds >= 0)][0]
        raise RunError(f"reach: an edge costs {wrong:g} s: walking time is 0 s or more, infinite where closed")
    ticks: Ticks = np.rint(np.minimum(seconds * PER_S, CLOSED)).astype(np.int32)
    return ticks


def limit(seconds: float) -> int:
    """Return the ticks of the longest walk that is within a cutoff; cutoffs are inclusive.

    Raises
    ------
    RunError
        A cutoff that is negative, not a number, or longer than `LONGEST_S`.

    Examples
    --------
    >>> limit(900)
    14400
    """
    if not 0 <= seconds <= LONGEST_S:
        raise RunError(f"reach: a cutoff of {seconds:g} s: the engine searches 0 to {LONGEST_S:g} s; choose within")
    return int(np.floor(seconds * PER_S))


def limits(cutoffs_s: Sequence[float]) -> Ints:
    """Return the ticks of several cutoffs, shape (K,), in their order."""
    return np.array([limit(c) for c in cutoffs_s], np.int64)


def to_seconds(ticks: NDArray[np.integer]) -> Floats:
    """Return ticks as seconds; `UNREACHED` and what lies beyond it are NaN.

    Examples
    --------
    >>> import numpy as np
    >>> to_seconds(np.array([8, 65535])).tolist()
    [0.5, nan]
    """
    seconds = np.asarray(ticks, np.float64) / PER_S
    seconds[ticks >= UNREACHED] = np.nan
    return seconds
