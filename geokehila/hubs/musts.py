"""Sites that the municipality asks for and that cannot be: each is named, for nothing else on the page would tell."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd

from geokehila.candidates import musts_left_out
from geokehila.errors import one_line
from geokehila.ledger import Notice
from geokehila.names import NAME_COLUMNS


def notices(candidates: gpd.GeoDataFrame) -> Iterator[Notice]:
    """Name every site of table ``candidates`` that must be chosen and is excluded, and why."""
    lost = musts_left_out(candidates)
    if len(lost):
        each = ", ".join(_told(row) for _, row in lost.iterrows())
        text = f"{len(lost)} sites that must be chosen are left out: {each}: check where they lie, or the map"
        yield Notice("must_is_excluded", "candidates", one_line(text))


def _told(site: pd.Series) -> str:
    name = next((site[column] for column in NAME_COLUMNS if isinstance(site[column], str)), "")
    called = " ".join(filter(None, [site["site_id"], name]))
    return f"{called} ({site['reason']})"
