"""What each further hub adds, in the order in which the hubs are listed."""

from __future__ import annotations

import pandas as pd

from geokehila.draw.town import Town


def adding(town: Town) -> pd.DataFrame:
    """Return ``hubs_count`` and ``people_gained``: of the recommended hubs by rank, then of further ones.

    Those further ones are in no list: of them only the number that the best choice of so many adds is known.

    Examples
    --------
    >>> adding(town)["people_gained"].tolist()  # doctest: +SKIP
    [2128.5, 2024.7, 206.2, 0.0]
    """
    hubs, steps = town.tables["hubs"], town.tables["hub_steps"]
    ranked = hubs[hubs["rank"].notna()].sort_values("rank")
    listed = pd.DataFrame({"hubs_count": ranked["rank"].astype(int), "people_gained": ranked["people_added"]})
    further = steps[steps["hubs_count"] > len(listed)].sort_values("hubs_count")
    return pd.concat([listed, further[["hubs_count", "people_gained"]]], ignore_index=True)
