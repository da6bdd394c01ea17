"""What is missing, for whom: people beyond the cutoff of each kind of place, how far they walk, how sure that is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geokehila.access import Answers
from geokehila.analyses.tables import Tables
from geokehila.gaps.belief import Belief
from geokehila.gaps.beyond import Beyond, asked
from geokehila.gaps.groups import Group, groups
from geokehila.gaps.homes import layer
from geokehila.gaps.likely import with_likely
from geokehila.gaps.need import Need
from geokehila.gaps.ranking import ranked
from geokehila.schema import REFERENCE, check

__all__ = ["asked", "layer", "measure"]


def measure(
    tables: Tables,
    answers: Answers,
    of_homes: Mapping[str, pd.DataFrame],
    confidence: pd.DataFrame,
    of_zones: pd.DataFrame,
) -> pd.DataFrame:
    """Count the people beyond the cutoff of every category, in the units of every zoning.

    Parameters
    ----------
    tables
        Its `study.gaps` says which parts of need weigh people (none unless asked) and how few people are not ranked.
    answers
        What the homes reach: an adult's nearest places, and how near the edge of the data is.
    of_homes
        Scores of homes by profile, rows as in `tables.origins`: an adult's states and walks [s], and ways [m] of the
        walker ``distance``.
    confidence
        Table ``confidence``.
    of_zones
        Table ``zone_scores``: where two lists of a category tell, the share who likely reach it.

    Returns
    -------
    DataFrame
        Table ``gaps``: a row a unit where somebody lives, category and group. Groups are everybody (`group_by` empty),
        those of `group_by` ``age``, and in the city also ``ses_cluster`` and ``society``.

        `beyond_low` are people surely beyond the cutoff, `beyond_high` also those of whom it is not known, just as
        ``category_<key>_beyond_people`` of table ``zone_scores``; 0 means nobody, missing that the source counts none
        of the group there. `walk_s` and `next_m` are medians of those surely beyond, `next_place_id` the place that is
        the nearest for most of them; missing where nobody is surely beyond, or where the reason says how far nothing
        is found. Reason ``edge``: a nearer place may stand behind the edge of the data. `likely_low` and `likely_high`:
        people of a unit who are likely beyond, in 90 cases of 100, once places are counted that both lists miss.

        `reliability`: ``measured``, ``thin``, ``unknown``, ``few people`` or ``partial``; and `doubt`, what it is that
        cannot be fully believed: ``list``, ``population``, ``network``; empty: nothing. `rank`: 1 has the most people
        surely beyond among the units of one zoning; missing where nobody surely is, where too few live, and where most
        is unknown; `rank_first` and `rank_last` the places between which it may stand. The columns of need are missing
        unless asked for; they are for a municipality's own weighing of priorities and never go to a public page.

    Notes
    -----
    Shelters are left out: they are judged by the alert time, not by this walk.

    Examples
    --------
    >>> found = measure(tables, answers, of_homes, confidence)  # doctest: +SKIP
    >>> found[(found.zoning == "neighbourhood") & (found.category == "clinic") & (found["rank"] == 1)]  # doctest: +SKIP
    """
    homes = Beyond.of(tables, answers, of_homes)
    belief, need = Belief.of(tables, confidence, homes), Need.of(tables)
    parts = [_rows(group, homes, belief, need) for group in groups(tables)]
    frame = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    return check("gaps", ranked(with_likely(frame, of_zones)))


def _rows(group: Group, homes: Beyond, belief: Belief, need: Need) -> dict[str, np.ndarray]:
    """Return the rows of one group in the units of one zoning, units under one another, category by category."""
    found = group.columns() | homes.columns(group.people)
    found |= belief.columns(group, found["people"]) | need.columns(group, found)
    found |= {"profile": np.array([[REFERENCE]], object)}
    shape = (len(group.zone_ids), len(homes.categories))
    return {name: np.ravel(np.broadcast_to(column, shape), order="F") for name, column in found.items()}
