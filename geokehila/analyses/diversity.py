"""How many kinds of things there are and how evenly: Shannon's entropy and Hill numbers. NumPy in, NumPy out."""

from __future__ import annotations

import numpy as np

from geokehila.reach.arrays import Floats


def entropy(amounts: Floats) -> Floats:
    """Return Shannon's entropy of the parts of each row, divided by its greatest value, shape (N,).

    Parameters
    ----------
    amounts
        How much there is of each kind, counts or areas, shape (N, K). All kinds that could be there have a column: the
        entropy is divided by ln K, not by that of the kinds that happen to be there, or two uses would mix like five.

    Returns
    -------
    ndarray
        0: all of one kind, 1: as much of each. NaN where there is nothing at all, or some amount is not known.

    References
    ----------
    Shannon 1948; as a measure of land-use mix Frank and others 2010, doi:10.1136/bjsm.2009.058701.

    Examples
    --------
    >>> entropy(np.array([[2.0, 2.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])).round(3).tolist()
    [0.5, 0.0]
    """
    share = _shares(amounts)
    found: Floats = -np.sum(share * _ln(share), axis=1) / np.log(amounts.shape[1])
    return np.clip(found, 0.0, 1.0) + 0.0


def hill(amounts: Floats, order: float, weight: Floats | None = None) -> Floats:
    """Return the Hill number of each row: how many equally common kinds would be as diverse, shape (N,).

    Parameters
    ----------
    amounts
        How many there are of each kind, shape (N, K).
    order
        0 counts the kinds, 1 weighs them by how common they are (the exponential of Shannon's entropy), 2 tells the
        common ones (the inverse of Simpson's index).
    weight
        How much each kind counts at each row, 0 to 1, shape (N, K): of kinds at a distance, how near the nearest is.
        None: 1.

    Returns
    -------
    ndarray
        0 where there is nothing, NaN where some amount is not known. Never more than that of a lower order.

    Notes
    -----
    With parts p and weights w, T = Σ w p, it is [Σ w (p / T)^q]^(1 / (1 - q)); for q = 1 its limit
    exp(-Σ w (p / T) ln(p / T)). One kind alone gives its weight.

    References
    ----------
    Hill 1973, doi:10.2307/1934352; weighted by branches Chao, Chiu and Jost 2010, doi:10.1098/rstb.2010.0272; by the
    walk to the nearest of each kind as cityseer has it.

    Examples
    --------
    >>> shops = np.array([[8.0, 4.0, 4.0, 0.0]])
    >>> [hill(shops, order).round(3).item() for order in (0, 1, 2)]
    [3.0, 2.828, 2.667]
    """
    weight = np.ones_like(amounts) if weight is None else weight
    share = _shares(np.where(weight > 0, amounts, 0.0 * amounts))
    scale = np.sum(weight * share, axis=1, keepdims=True)
    part = np.divide(share, scale, out=np.zeros_like(share), where=scale > 0)
    there = weight * (part > 0)
    if order == 1:
        found: Floats = np.exp(-np.sum(there * part * _ln(part), axis=1))
    else:
        summed = np.sum(there * np.where(part > 0, part, 1.0) ** order, axis=1)
        found = np.where(summed > 0, summed, 1.0) ** (1 / (1 - order))
    return np.where(np.isnan(amounts).any(axis=1), np.nan, np.where((part > 0).any(axis=1), found, 0.0))


def _shares(amounts: Floats) -> Floats:
    """Return each amount over the sum of its row; NaN where that is 0 or not known."""
    total = amounts.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(amounts, total, out=np.full(amounts.shape, np.nan), where=total > 0)
    return shares


def _ln(share: Floats) -> Floats:
    """Return the logarithm, and 0 for 0: nothing adds nothing."""
    return np.log(np.where(share > 0, share, 1.0))
