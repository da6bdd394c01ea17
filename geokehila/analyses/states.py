"""What is known of a walk at each home: reached, beyond its cutoff, or why neither can be said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geokehila.access import Access
from geokehila.analyses.tables import Tables
from geokehila.schema import BEYOND, EDGE, LOADED, REACHED, UNCONNECTED, UNKNOWN


def of_category(tables: Tables, access: Access, category: str, cutoff: float, listed: str = "") -> np.ndarray:
    """Return the state of a category at each home, shape (O,).

    Parameters
    ----------
    access
        What a profile reaches in one direction; its rows are the homes of `tables`.
    category
        What is walked to.
    cutoff
        [s], of the walker `distance` [m]; inclusive.
    listed
        The category whose list is believed or not; empty: the category itself.

    Notes
    -----
    A place within the cutoff is reached, whatever the list is worth. A home whose walk to the edge of the data is
    within the cutoff may reach a place that is not in the data: ``edge``, never ``beyond``. Where the way to the home
    or the way into the place may be another one, beyond the data, it is ``edge``, never ``reached``.
    """
    walk, certain = access.nearest_s[category], access.nearest_certain_s[category]
    return of_walk(tables, access, walk, certain, cutoff, [listed or category])


def of_walk(
    tables: Tables, access: Access, walk: pd.Series, certain: pd.Series, cutoff: float, listed: Sequence[str]
) -> np.ndarray:
    """Return the state of a walk [as the cutoff] that leads to places of some categories, shape (O,)."""
    at_edge, near = access.is_at_edge, walk.to_numpy() <= cutoff
    open_ended = at_edge | near | (tables.border(access).to_numpy() <= cutoff)
    worth = [tables.listed(category).to_numpy(object) for category in listed]
    lists = worth[0] if len(worth) == 1 else plainest(worth)
    is_open = lists != LOADED
    rules = [(certain.to_numpy() <= cutoff) & ~at_edge, is_open, access.is_unconnected, open_ended]
    # Numbers are chosen faster than words.
    chosen = np.select(rules, [*range(4)], 4)
    words = np.array([REACHED, LOADED, UNCONNECTED, EDGE, BEYOND], object)[chosen]
    return np.where(chosen == 1, lists, words)


def plainest(states: Sequence[np.ndarray]) -> np.ndarray:
    """Return of several states of each home the plainest reason why one is not known, else ``loaded``."""
    reasons = [np.any([state == reason for state in states], axis=0) for reason in UNKNOWN]
    return np.select(reasons, [*UNKNOWN], LOADED)


def of_all(states: Sequence[np.ndarray]) -> np.ndarray:
    """Return beyond where one of the states is, reached where all are, else the plainest reason why not known."""
    is_beyond = np.any([state == BEYOND for state in states], axis=0)
    unknown = plainest(states)
    return np.select([is_beyond, unknown != LOADED], [BEYOND, unknown], REACHED)
