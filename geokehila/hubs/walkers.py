"""Who gains from the chosen sites if all walk as another profile does: they are chosen for the walk of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geokehila.access import Answers
from geokehila.analyses.tables import Tables
from geokehila.hubs.demand import Demand
from geokehila.hubs.gains import Gains
from geokehila.hubs.walked import SiteSearch
from geokehila.zones import CITY

#: These rows of table ``hub_gains`` are told apart by who walks.
PROFILE = "profile"


def others(gains: Gains, search: SiteSearch, tables: Tables, answers: Answers) -> pd.DataFrame:
    """Return rows of table ``hub_gains`` for each profile but that of the choice: the whole city, walking so.

    Nobody gains from a site that no way open to the profile comes near.
    """
    question = gains.question
    site_ids = pd.Index(question.sites["site_id"])
    gates = search.gates[search.gates["place_id"].isin(site_ids[gains.siting.chosen])]
    near = SiteSearch(search.walks, gates)
    profiles = {key: one for key, one in tables.study.catalogue.profiles.items() if key != question.choice.profile}
    rows = []
    for key, profile in profiles.items():
        demand = Demand.of(tables, answers.of(key), question.cutoff_s, np.ones(len(question.demand.ids)))
        walks = near.within(question.cutoff_s, profile).matrix(demand.ids, site_ids)
        told = Gains(replace(question, demand=demand, walks=walks, limit_s=question.cutoff_s), gains.siting)
        low, high = told.of_sites()
        rows += [(site_ids[one], CITY, "", PROFILE, key, low[one], high[one], np.nan) for one in gains.added]
    words, numbers = ("site_id", "zoning", "zone_id", "group_by", "group"), ("people_low", "people_high", "saved_s")
    types = dict.fromkeys(words, "str") | dict.fromkeys(numbers, "float64")
    return pd.DataFrame(rows, columns=[*types]).astype(types)
