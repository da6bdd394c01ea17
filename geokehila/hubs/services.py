"""What a new hub could host of what is missing around it, as far as its room goes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geokehila.access import Answers
from geokehila.analyses.tables import Tables
from geokehila.hubs.gains import Gains


def host(tables: Tables, answers: Answers, of_homes: Mapping[str, pd.DataFrame], gains: Gains) -> pd.DataFrame:
    return pd.DataFrame(
        {"site_id": [], "category": [], "hosted": np.array([], bool), "people_gained": [], "floor_m2": []}
    )
