"""The loops of interchange and of its bound, compiled by numba where it is installed and not turned off.

Without it Python runs the same lines: the same answers, a hundred times slower. A choice is held with all that a change
of it would win (Resende and Werneck 2007), so that a swap is weighed by three look-ups and only rows that lose or win
their first or second site are counted anew.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

if find_spec("numba") and os.environ.get("GEOKEHILA_ENGINE") != "scipy":
    from numba import njit

    compiled = njit(cache=True, nogil=True)
else:

    def compiled(function):
        """Leave it to Python."""
        return function


NONE = -1


class Ways(NamedTuple):
    """Pairs of rows and sites, by row with the cheapest first, and by site.

    Row i has pairs ``first[i]`` to ``first[i + 1] - 1`` of `site` and `cost`; site j has ``first_row[j]`` to
    ``first_row[j + 1] - 1`` of `row` and `row_cost`.
    """

    first: np.ndarray
    site: np.ndarray
    cost: np.ndarray
    weight: np.ndarray
    unserved: float
    first_row: np.ndarray
    row: np.ndarray
    row_cost: np.ndarray


class Keep(NamedTuple):
    """What new sites keep to: what they may take together, and which are too near to each other.

    The rivals of site j are ``first[j]`` to ``first[j + 1] - 1`` of `rival`. Unless `tight`, a site more is always
    allowed while a place is left.
    """

    price: np.ndarray
    budget: float
    first: np.ndarray
    rival: np.ndarray
    tight: bool


class Board(NamedTuple):
    """A choice, and what each change of it would win.

    Attributes
    ----------
    open
        Chosen, locked ones among them, (M,).
    new
        Site at each place for a new one, NONE where there is none, (P,).
    place
        The other way round, (M,).
    one, two
        Nearest and second nearest chosen site of each row, (N,).
    near, next
        What they cost, (N,).
    gain
        What opening a site would win, (M,).
    loss
        What closing it would lose, (M,).
    spared
        By how much less the site at a place would be missed if another were opened, (P, M).
    crowd
        New rivals of each site, (M,).
    paid
        Prices of the new sites, (1,).
    """

    open: np.ndarray
    new: np.ndarray
    place: np.ndarray
    one: np.ndarray
    two: np.ndarray
    near: np.ndarray
    next: np.ndarray
    gain: np.ndarray
    loss: np.ndarray
    spared: np.ndarray
    crowd: np.ndarray
    paid: np.ndarray


@compiled
def look(ways, board, i):
    """Find a row's nearest two chosen sites."""
    one = two = NONE
    near = following = ways.unserved
    for k in range(ways.first[i], ways.first[i + 1]):
        j = ways.site[k]
        if board.open[j]:
            if one != NONE:
                two, following = j, ways.cost[k]
                break
            one, near = j, ways.cost[k]
    board.one[i], board.two[i], board.near[i], board.next[i] = one, two, near, following


@compiled
def count(ways, board, i, weight):
    """Add a row to what changes would win; with its weight below 0: take it away."""
    near, following, one, place = board.near[i], board.next[i], board.one[i], NONE
    if one != NONE:
        board.loss[one] += weight * (following - near)
        place = board.place[one]
    for k in range(ways.first[i], ways.first[i + 1]):
        j, cost = ways.site[k], ways.cost[k]
        if cost >= following:
            break
        if board.open[j]:
            continue
        if cost < near:
            board.gain[j] += weight * (near - cost)
        if place != NONE:
            board.spared[place, j] += weight * (following - max(near, cost))


@compiled
def build(ways, keep, board):
    """Count everything anew and return what the choice costs."""
    board.gain[:] = board.loss[:] = 0.0
    board.spared[:] = 0.0
    board.place[:] = NONE
    board.crowd[:] = 0
    for q in range(len(board.new)):
        if board.new[q] != NONE:
            board.place[board.new[q]] = q
            crowd(keep, board, board.new[q], 1)
    pay(keep, board)
    value = 0.0
    for i in range(len(ways.weight)):
        look(ways, board, i)
        count(ways, board, i, ways.weight[i])
        value += ways.weight[i] * board.near[i]
    return value


@compiled
def crowd(keep, board, site, more):
    """Tell the rivals of a new site of it."""
    for k in range(keep.first[site], keep.first[site + 1]):
        board.crowd[keep.rival[k]] += more


@compiled
def pay(keep, board):
    """Sum up the prices, always in the same order."""
    board.paid[0] = 0.0
    for q in range(len(board.new)):
        if board.new[q] != NONE:
            board.paid[0] += keep.price[board.new[q]]


@compiled
def close(ways, keep, board, q):
    """Leave the place of a new site empty."""
    site = board.new[q]
    for k in range(ways.first_row[site], ways.first_row[site + 1]):
        i = ways.row[k]
        if board.one[i] == site or board.two[i] == site:
            count(ways, board, i, -ways.weight[i])
    board.open[site], board.place[site], board.new[q] = False, NONE, NONE
    # Rounding would otherwise pile up.
    board.gain[site] = board.loss[site] = 0.0
    board.spared[q] = 0.0
    for k in range(ways.first_row[site], ways.first_row[site + 1]):
        i = ways.row[k]
        if board.one[i] == site or board.two[i] == site:
            look(ways, board, i)
            count(ways, board, i, ways.weight[i])
    crowd(keep, board, site, -1)


@compiled
def put(ways, keep, board, q, site):
    """Put a site at a place, instead of the one there."""
    if board.new[q] != NONE:
        close(ways, keep, board, q)
    for k in range(ways.first_row[site], ways.first_row[site + 1]):
        i = ways.row[k]
        if ways.row_cost[k] < board.next[i]:
            count(ways, board, i, -ways.weight[i])
    board.open[site], board.place[site], board.new[q] = True, q, site
    for k in range(ways.first_row[site], ways.first_row[site + 1]):
        i = ways.row[k]
        if ways.row_cost[k] < board.next[i]:
            look(ways, board, i)
            count(ways, board, i, ways.weight[i])
    board.gain[site] = 0.0
    crowd(keep, board, site, 1)
    pay(keep, board)


@compiled
def fits(keep, board, q, site):
    """Tell whether a site may stand at a place, instead of the one there."""
    old, paid, rivals = board.new[q], board.paid[0] + keep.price[site], board.crowd[site]
    if old != NONE:
        paid -= keep.price[old]
        if rivals:
            for k in range(keep.first[site], keep.first[site + 1]):
                rivals -= keep.rival[k] == old
    return rivals == 0 and paid <= keep.budget


@compiled
def win(board, q, site):
    """Return what is won by a site at a place, instead of the one there."""
    old = board.new[q]
    return board.gain[site] - (board.loss[old] - board.spared[q, site] if old != NONE else 0.0)


@compiled
def descend(ways, keep, board, sites, least):
    """Make the change that wins most, among `sites` and the places, until none wins more than `least`; count them."""
    changes = 0
    while True:
        most, at, new, vacant = least, NONE, NONE, False
        for q in range(len(board.new)):
            if board.new[q] == NONE:
                if vacant:
                    continue
                vacant = True
            for site in sites:
                if not board.open[site]:
                    won = win(board, q, site)
                    if won > most and fits(keep, board, q, site):
                        most, at, new = won, q, site
        if at == NONE:
            return changes
        put(ways, keep, board, at, new)
        changes += 1


@compiled
def wander(ways, keep, board, steps, value, best, found):
    """Take each step that loses less than its bar; return what the choice costs at last, and the best on the way.

    Parameters
    ----------
    steps
        Sites, places for them and bars, (S,) each.
    value, best
        What the choice costs, and the best choice so far, which is kept in `found`, (M,).
    """
    for site, q, bar in zip(*steps):  # noqa: B905  numba knows no `strict`
        if board.open[site]:
            won, place = -board.loss[site], board.place[site]
            # Where sites compete for money or room, one less may let in better ones.
            if keep.tight and place != NONE and won > -bar:
                close(ways, keep, board, place)
                pay(keep, board)
                value -= won
            continue
        won = win(board, q, site)
        if won > -bar and fits(keep, board, q, site):
            put(ways, keep, board, q, site)
            value -= won
            if value < best:
                best = value
                found[:] = board.open
    return value, best


@compiled
def reduced_costs(ways, price, found):
    """Write what each site would win if every row paid its price and went wherever it is won: 0 or less, (M,)."""
    found[:] = 0.0
    for i in range(len(ways.weight)):
        for k in range(ways.first[i], ways.first[i + 1]):
            cost = ways.weight[i] * ways.cost[k] - price[i]
            if cost >= 0.0:
                break
            found[ways.site[k]] += cost


@compiled
def turn(ways, price, highest, share, kept, direction):
    """Turn from the last direction to where prices should go, (N,), and return the square of its length.

    A row that went to no site should pay more, one that went to many less; `share` (M,) says which sites there are, and
    `kept` how much of the last direction stays.
    """
    length = 0.0
    for i in range(len(ways.weight)):
        left = 1.0
        for k in range(ways.first[i], ways.first[i + 1]):
            if ways.weight[i] * ways.cost[k] >= price[i]:
                break
            left -= share[ways.site[k]]
        if (left > 0.0 and price[i] >= highest[i]) or (left < 0.0 and price[i] <= 0.0):
            left = 0.0
        direction[i] = left + kept * direction[i]
        length += direction[i] * direction[i]
    return length
