"""What other walkers and other ages reach, as a table that QGIS joins to the areas."""

from __future__ import annotations

import pandas as pd

from geokehila.catalogue import Catalogue
from geokehila.store.tables import SUFFIX

#: What a row is of.
KEYS = ("zoning", "zone_id", "profile", "group")
#: What is told of a domain or a category, and the ends of its interval.
TOLD, ENDS = ("share", "beyond_people"), ("low", "high")


def to_join(zone_scores: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return what is within a walk, a row for each area, profile and group of people.

    Parameters
    ----------
    zone_scores
        Table ``zone_scores``.

    Returns
    -------
    DataFrame
        Columns :data:`KEYS`, then for each domain and category with its own cutoff ``<measure>_low`` and ``_high``:
        the share, 0 to 1, and how many people are beyond. The columns are the same in every city, empty ones too;
        missing: not known, or not told of by the source. No row is of a profile that none of it is told of.
    """
    domains, categories = (sorted(keys) for keys in (catalogue.domains, catalogue.categories))
    stems = [*(f"domain_{key}" for key in domains), *(f"category_{key}" for key in categories)]
    measures = [f"{stem}_{told}" for stem in stems for told in TOLD]
    rows = zone_scores[zone_scores["measure"].isin(measures)]
    wide = rows.pivot(index=[*KEYS], columns="measure", values=[*ENDS])
    wide.columns = wide.columns.map(lambda told: told[1] + SUFFIX[told[0]])
    return wide.reindex(columns=[measure + SUFFIX[end] for measure in measures for end in ENDS]).reset_index()
