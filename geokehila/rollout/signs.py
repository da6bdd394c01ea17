"""How ready a neighbourhood is: five signs that its municipality tells, none of them read off a map."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geokehila.catalogue import Standard
from geokehila.load.readiness import COUNTS, HUB

#: What the founding document asks of a neighbourhood: people, what they do in a year, and an active hub.
SIGNS = (*COUNTS, HUB)


def readiness(counts: pd.DataFrame, standards: Mapping[str, Standard]) -> pd.DataFrame:
    """Tell how many of the five signs are there.

    Parameters
    ----------
    counts
        A row a neighbourhood, columns of :data:`SIGNS`, the hub 1 or 0; missing: not told. Further columns are kept.
    standards
        ``readiness_<count>``: how many are asked, inclusive.

    Returns
    -------
    DataFrame
        `counts` with `readiness`, the share of the five that are told and met: what is not told counts as not met, so
        it is at least that; missing where nobody told any. `readiness_known`: how many of the five are told.

    Examples
    --------
    >>> from geokehila.catalogue import Catalogue
    >>> told = pd.DataFrame({"zone_id": ["a", "b"], "activists": [7, None], "volunteers": [0, None]})
    >>> readiness(told, Catalogue.read().standards)[["readiness", "readiness_known"]].to_numpy().tolist()
    [[0.2, 2.0], [nan, 0.0]]
    """
    told = counts.reindex(columns=[*SIGNS]).astype(float).to_numpy()
    least = [*(standards[f"readiness_{count}"].value for count in COUNTS), 1]
    known, met = np.isfinite(told).sum(axis=1), (told >= least).sum(axis=1)
    return counts.assign(readiness=np.where(known > 0, met / len(SIGNS), np.nan), readiness_known=known.astype(float))
