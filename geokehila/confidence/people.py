"""How far the count of a zone's people can be believed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geokehila.confidence.area import Area, Evidence
from geokehila.confidence.rules import LEAST_FLOOR_M2, POPULATION, floor_m2, rows
from geokehila.schema import MEASURED, NOT_KNOWN, THIN, WHOLE_ZONE_SHARE

#: [m2] Floor of mapped homes per resident: more, and people are missing.
MOST_FLOOR_M2 = 200.0
#: Households that a sample must have asked in a zone: of 30 a share of one half is known to 18 points either way.
ENOUGH_ASKED = 30.0
#: The census of 2022 asked this share of the households, and these shares of them answered, by society of the locality
#: (Jews and others, Arabs, and all of them where it is neither alone). Source: CBS, Population Census 2022.
SAMPLE_SHARE = 0.07
ANSWERED, ANSWERED_OF_ALL = {"jewish_majority": 0.86, "arab_druze": 0.60, "bedouin": 0.60}, 0.82
#: What the zone_id of areas that are counted as one holds, or ends on where the whole locality is.
TOGETHER, WHOLE = "+", "-all"
#: How a source that keeps a number back is told in the reason of table ``zone_people``.
MARKED = "marked"


def asked(households: pd.Series, society: str) -> pd.Series:
    """Return the households that the sample of the census of 2022 heard from, by zone.

    Parameters
    ----------
    households
        That it counts, by zone_id; missing: not told.
    society
        Of the locality, as the catalogue has it.

    Examples
    --------
    >>> asked(pd.Series({"a": 1000.0}), "bedouin").round(1).to_dict()
    {'a': 42.0}
    """
    return households * SAMPLE_SHARE * ANSWERED.get(society, ANSWERED_OF_ALL)


def population(evidence: Evidence, area: Area) -> pd.DataFrame:
    """Are the people of a zone counted, whole, of now, by themselves, by enough answers, and in homes that are mapped.

    Found is the floor per resident [m2]; where the reason is another, the areas counted together, or the households
    that were asked beside those that should be.
    """
    people = evidence.zone_people[evidence.zone_people["group"] == "total"].set_index("zone_id")
    total = people["people"].reindex(area.zone_ids)
    why = people.get("reason", pd.Series(dtype=object)).reindex(area.zone_ids).astype(object)
    is_marked = why.map(lambda reason: isinstance(reason, str) and MARKED in reason).to_numpy(bool)
    on_grid = evidence.origins[evidence.origins["on_grid"]].groupby("zone_id")["people"].sum()
    gridded = on_grid.reindex(area.zone_ids, fill_value=0.0).to_numpy(float) > 0
    ids = pd.Series(area.zone_ids, dtype="str")
    members = (1.0 + ids.str.count(r"\+")).to_numpy(float)
    floor, heard = floor_m2(evidence, area), evidence.asked.reindex(area.zone_ids).to_numpy(float)
    rules = {
        "suppressed": total.isna().to_numpy() & is_marked,
        "no_count": total.isna().to_numpy(),
        f"counted_in_{evidence.weights}": np.full(len(total), evidence.weights != "residents"),
        "pre_evacuation": np.full(len(total), "pre_evacuation" in evidence.flags),
        "partly_outside": (evidence.zones["coverage_share"] < WHOLE_ZONE_SHARE).to_numpy(),
        "no_homes_mapped": gridded,
        "little_floor": floor < LEAST_FLOOR_M2,
        "much_floor": floor > MOST_FLOOR_M2,
        "few_asked": heard < ENOUGH_ASKED,
        "counted_together": (members > 1) | ids.str.endswith(WHOLE).to_numpy(),
    }
    state = np.select([*rules.values()], [NOT_KNOWN, NOT_KNOWN, *[THIN] * (len(rules) - 2)], MEASURED)
    reason = np.select([*rules.values()], [*rules], "")
    found = np.select([reason == "few_asked", reason == "counted_together"], [heard, members], floor)
    expected = np.where(reason == "few_asked", ENOUGH_ASKED, np.nan)
    return rows(area, POPULATION, state, reason, found, expected)
