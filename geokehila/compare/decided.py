"""An older run whose domains are decided by the categories of a newer one: from states it kept, without its inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geokehila.analyses import states as of_states
from geokehila.catalogue.otherwise import deciding
from geokehila.compare.sides import NEEDED, Side
from geokehila.schema import DESCRIBED


def decided(before: Side, after: Side) -> Side:
    """Return the older run with the domains that the newer one decides by other categories decided so.

    What a home reaches of each category stays as it is: both runs must have the same categories, chosen alike but for
    their domains and whether these require them.
    """
    was, needed = deciding(before.record), deciding(after.record)
    others = {key: categories for key, categories in needed.items() if categories != was[key]}
    states = {
        profile: table.assign(**{f"domain_{key}_state": by(table, some) for key, some in others.items()})
        for profile, table in before.states().items()
    }
    shares, scores = before.shares(states), before.tables["zone_scores"]
    measures = [f"domain_{key}_share" for key in others]
    told = [scores[~scores["measure"].isin(measures)], shares[shares["measure"].isin(measures)]]
    tables = {name: before.tables[name] for name in NEEDED} | {"zone_scores": pd.concat(told, ignore_index=True)}
    return Side(before.record, tables | {f"scores_{profile}": table.reset_index() for profile, table in states.items()})


def by(states: pd.DataFrame, categories: Sequence[str]) -> np.ndarray:
    """Return what some categories make of a domain; of none that the run tells it is only described."""
    known = all(f"category_{key}_state" in states for key in categories)
    return all_of(states, categories) if categories and known else np.full(len(states), DESCRIBED, object)


def all_of(states: pd.DataFrame, categories: Sequence[str]) -> np.ndarray:
    """Return the state of a domain that all of some categories decide, one a home."""
    return of_states.of_all([states[f"category_{key}_state"].to_numpy(object) for key in categories])
