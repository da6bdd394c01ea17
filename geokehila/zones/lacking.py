"""Which of several domains most people lack, where shares are known as intervals: one order for all that is drawn."""

from __future__ import annotations

import numpy as np

from geokehila.reach.arrays import Floats, Ints

#: An interval of a share wider than this says nothing.
NOTHING_KNOWN_SHARE = 0.995
#: Sums of the same people in another order are the same, to so many digits of a share.
SAME = 12


def by_lack(low: Floats, high: Floats) -> Ints:
    """Return columns in the order of who lacks them: most people surely first, then most perhaps, then as they come.

    Columns of which nothing is known stand last.

    Parameters
    ----------
    low, high
        Share of the same people who have each, at least and at most, 0 to 1, shape (..., D); NaN: not known.

    Returns
    -------
    ndarray
        Shape (..., D).

    Examples
    --------
    Nobody surely lacks the first and the second, up to 8 and 12 % may; 5 % surely lack the fourth, and of the third
    nothing is known:

    >>> by_lack(np.array([0.92, 0.88, 0.0, 0.95]), np.array([1.0, 1.0, 1.0, 0.95])).tolist()
    [3, 1, 0, 2]
    """
    is_known = high - low <= NOTHING_KNOWN_SHARE
    ends = (np.round(np.nan_to_num(end, nan=1.0), SAME) for end in (low, high))
    order: Ints = np.lexsort((*ends, ~is_known), axis=-1)
    return order
