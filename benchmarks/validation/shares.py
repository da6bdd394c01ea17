"""Shares within a walk and median walks, counted anew by pandas from walks of networkx and the people of homes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.walks import ROUNDED, SLACK, Walked
from geokehila.schema import BEYOND, REACHED

SYSTEM = "pandas over walks of networkx"
JUST_THERE = f"homes just at a cutoff: {ROUNDED}"
#: People of a home, placed by floor area and by footprint alone.
WEIGHTS = ("people", "people_by_footprint")


def compared(walked: Walked) -> Iterator[Beside]:
    """Compare states of homes, shares of areas and median walks."""
    yield _states(walked)
    yield _shares(walked)
    yield _medians(walked)


def _states(walked: Walked) -> Beside:
    """Compare which homes reach which categories, where the product says that it is reached or beyond."""
    homes, ours, theirs, close = walked.town.homes(), [], [], []
    for key, walk_s in walked.walks_s.items():
        cutoff_s, state = walked.town.catalogue.categories[key].cutoff_s, homes[f"category_{key}_state"]
        settled = state.isin((REACHED, BEYOND)).to_numpy()
        walk_s = np.nan_to_num(walk_s, nan=np.inf)
        ours.append(np.where(settled, state == REACHED, np.nan))
        theirs.append(np.where(settled, walk_s <= cutoff_s, np.nan))
        close.append(np.abs(walk_s - cutoff_s) < SLACK)
    return Beside("reached or beyond, where either is said", walked.town.name, of("networkx"), np.array(ours),
                  np.array(theirs), np.array(close) * 1.0, "", JUST_THERE)  # fmt: skip


def _shares(walked: Walked) -> Beside:
    """Compare the share of people who reach a category at least, by the lower of two ways of placing people."""
    origins, ours, theirs, close = walked.town.tables["origins"], [], [], []
    for key, walk_s in walked.certain_s.items():
        cutoff_s, walk_s = walked.town.catalogue.categories[key].cutoff_s, np.nan_to_num(walk_s, nan=np.inf)
        some, near = (
            [_share(flag, origins[weight], origins["zone_id"]) for weight in WEIGHTS]
            for flag in (walk_s <= cutoff_s, np.abs(walk_s - cutoff_s) < SLACK)
        )
        told = walked.town.of_zones(f"category_{key}_share")["low"]
        ours.append(told.reindex(some[0].index).to_numpy(float))
        theirs.append(np.minimum(*some).to_numpy(float))
        close.append(np.maximum(*near).to_numpy(float))
    return Beside("share of an area's people who reach a category, at least", walked.town.name, SYSTEM, np.array(ours),
                  np.array(theirs), np.nan_to_num(np.array(close)) + 1e-9, "", JUST_THERE)  # fmt: skip


def _medians(walked: Walked) -> Beside:
    """Compare the walk that half of the people have at most."""
    origins, ours, theirs = walked.town.tables["origins"], [], []
    for key, walk_s in walked.walks_s.items():
        rows = pd.DataFrame({"zone_id": origins["zone_id"], "people": origins["people"], "walk_s": walk_s})
        found = rows.fillna({"walk_s": np.inf}).groupby("zone_id")[["walk_s", "people"]].apply(_median)
        told = walked.town.of_zones(f"category_{key}_median_s")["value"].reindex(found.index).to_numpy(float)
        far = ~(found.to_numpy() < walked.horizon - SLACK)
        ours.append(np.where(far, np.nan, told))
        theirs.append(np.where(far, np.nan, found))
    return Beside("median walk of an area's people", walked.town.name, SYSTEM, np.array(ours), np.array(theirs), SLACK,
                  "s", ROUNDED)  # fmt: skip


def _share(flag: np.ndarray, people: pd.Series, zone: pd.Series) -> pd.Series:
    sums = pd.DataFrame({"some": flag * people.to_numpy(float), "all": people}).groupby(zone).sum()
    return sums["some"] / sums["all"].where(sums["all"] > 0)


def _median(rows: pd.DataFrame) -> float:
    """Return the least walk that half of the people have at most; NaN of nobody."""
    rows = rows.sort_values("walk_s")
    so_far = rows["people"].cumsum().to_numpy()
    if not so_far[-1] > 0:
        return np.nan
    return float(rows["walk_s"].to_numpy()[np.searchsorted(so_far, so_far[-1] / 2 * (1 - 1e-12))])
