"""How far places, people and streets can be believed, per zone: measured, thin or unknown, and why.

What is expected follows from the people who live there, from the floors they live on and from official lists, never
from other towns of the same society: that would make the bias the norm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geokehila.catalogue import Category
from geokehila.confidence import rules
from geokehila.confidence.area import Area, Evidence
from geokehila.confidence.people import asked, population
from geokehila.confidence.rules import MAPPING, NETWORK, POPULATION, SUBJECTS
from geokehila.confidence.ways import network
from geokehila.schema import LOADED, MEASURED, NOT_KNOWN, NOT_LOADED, NOT_MAPPED, OFFICIAL_LIST, check

__all__ = ["MAPPING", "NETWORK", "POPULATION", "SUBJECTS", "Evidence", "Lists", "asked", "assess", "list_states"]


@dataclass(frozen=True)
class Lists:
    """Categories of which somebody else than mappers tells; a list that only completes the map is believed as the map.

    Attributes
    ----------
    official
        Those of a timetable, which names every stop there is: they need not stand in a mapped quarter.
    replaced
        Those of lists that replace the map.
    whole
        Those whose list is said to be whole: where it shows none there is none.
    """

    official: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()

    @property
    def not_of_mappers(self) -> frozenset[str]:
        """Categories that tell nothing of what mappers did, for the map's own places of them are not asked."""
        return self.official | self.replaced


def assess(
    evidence: Evidence, categories: Mapping[str, Category], has_places: bool, lists: Lists | None = None
) -> pd.DataFrame:
    """Say of every zone how far its people, its streets, its mapping and each list of places can be believed.

    Parameters
    ----------
    categories
        The catalogue's categories with `credible_residents`: more residents than this per place are not believed.
    has_places
        Whether a file that carries places was read at all.
    lists
        What other lists than the map tell of; None: there are none.

    Returns
    -------
    DataFrame
        Table ``confidence``: zone_id, subject (``population``, ``network``, ``mapping``, or a category), state
        (``measured``, ``thin``, ``unknown``), found and expected (missing where the reason needs no number), and the
        reason, a word that the page says in a sentence.

        - a category is *measured* where its official list is said to be whole, or where the nearest zones whose
          residents lead to expect three places of it (all within 2 km, where they are fewer) hold at least as many as
          expected, and the zone is mapped at all (not asked of a timetable); *unknown* where the data hold none;
          else *thin*;
        - ``mapping`` asks the same of what is mapped of all categories that no timetable and no replacing list
          tells, two expected, in which no category counts for more than its expectation and one; and of official stops
          and floors of homes;
        - ``population`` and ``network``: the first reason that applies.

    Examples
    --------
    >>> table = assess(evidence, catalogue.categories, True, Lists(whole=frozenset({"shelter"})))  # doctest: +SKIP
    """
    area, lists = Area.of(evidence), lists or Lists()
    if has_places:
        mapped = {key: kind for key, kind in categories.items() if key not in lists.not_of_mappers}
        mapping = rules.mapping(evidence, area, mapped)
    else:
        mapping = rules.rows(area, MAPPING, NOT_KNOWN, "no_layer")

    def of_list(key: str) -> pd.DataFrame:
        if key in lists.whole:
            return rules.rows(area, key, MEASURED, OFFICIAL_LIST)
        if not has_places and key not in lists.official and not area.of_category(key).any():
            return rules.rows(area, key, NOT_KNOWN, "no_layer")
        return rules.category(area, categories[key], None if key in lists.official else mapping)

    parts = [population(evidence, area), network(evidence, area), mapping, *map(of_list, categories)]
    return check("confidence", pd.concat(parts, ignore_index=True))


def list_states(confidence: pd.DataFrame, has_places: bool) -> pd.DataFrame:
    """Return the state of each list in each zone: ``loaded``, ``not mapped`` or ``not loaded``; zones by categories."""
    lists = confidence[~confidence["subject"].isin(SUBJECTS)]
    state = lists["state"].map(lambda state: LOADED if state == MEASURED else NOT_MAPPED if has_places else NOT_LOADED)
    return lists.assign(state=state).pivot(index="zone_id", columns="subject", values="state")
