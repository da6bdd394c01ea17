"""Between which places something stands in an order, where what it is ordered by is known as an interval only."""

from __future__ import annotations

import numpy as np

from geokehila.reach.arrays import Floats


def standing(low: Floats, high: Floats, rivals_high: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the first and the last place that each may have, 1 being that of the largest.

    Parameters
    ----------
    low, high
        At least and at most, shape (N,); neither is missing.
    rivals_high
        At most of others that have no place themselves and may still stand before, shape (M,).

    Returns
    -------
    first, last
        Shape (N,) each. Before the first stand those that are surely larger; before the last all that may be as large.

    Examples
    --------
    30 to 40 may stand before or behind 35, and both stand before 10 surely:

    >>> first, last = standing(np.array([30.0, 35.0, 10.0]), np.array([40.0, 35.0, 12.0]))
    >>> first.tolist(), last.tolist()
    ([1.0, 1.0, 3.0], [2.0, 2.0, 3.0])
    """
    every = high if rivals_high is None else np.concatenate([high, rivals_high])
    first = 1.0 + larger(low, high, or_equal=False)
    return first, larger(every, low, or_equal=True)


def larger(numbers: Floats, than: Floats, or_equal: bool) -> Floats:
    """Return how many numbers are larger than each of some others, or as large.

    Examples
    --------
    >>> larger(np.array([1.0, 2.0, 3.0]), np.array([2.0]), or_equal=True).tolist()
    [2.0]
    """
    below = np.searchsorted(np.sort(numbers), than, side="left" if or_equal else "right")
    count: Floats = (len(numbers) - below).astype(float)
    return count
