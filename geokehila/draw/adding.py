"""What each further hub adds, in the order in which the hubs are listed."""

from __future__ import annotations

import pandas as pd

from geokehila.draw.town import Town


def adding(town: Town) -> pd.DataFrame:
    """Return ``hubs_count``, `low` and `high`: whom the recommended hubs add by rank, then further ones.

    Those further ones are in no list: of them only the number that the best choice of so many adds is known.

    Examples
    --------
    >>> adding(town)["low"].tolist()  # doctest: +SKIP
    [2128.5, 2024.7, 206.2, 0.0]
    """
    hubs, steps = town.tables["hubs"], town.tables["hub_steps"]
    ranked = hubs[hubs["rank"].notna()].sort_values("rank")
    ends = {"low": ranked["people_added_low"], "high": ranked["people_added_high"]}
    listed = pd.DataFrame({"hubs_count": ranked["rank"].astype(int), **ends})
    further = steps[steps["hubs_count"] > len(listed)].sort_values("hubs_count")
    further = further.rename(columns={"people_gained_low": "low", "people_gained_high": "high"})
    return pd.concat([listed, further[[*listed]]], ignore_index=True)
