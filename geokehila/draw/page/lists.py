"""What the map and somebody's list may both miss, where they tell."""

from __future__ import annotations

from typing import Any

from geokehila.draw.page.values import clean, number
from geokehila.draw.town import Town

COUNTS = ("map_only_count", "list_only_count", "both_count", "places_estimate")
SHARES = ("reached_share", "likely_low_share", "likely_high_share")
IF_SEEN = ("reached_if_90_seen_share", "reached_if_70_seen_share", "reached_if_50_seen_share")


def lists(town: Town) -> list[list[Any]]:
    """Return category, places on the map, on a list, on both, there may be; shares that reach one, likely, if fewer."""
    table = town.tables["completeness"]
    return [
        [
            clean(row["category"]),
            [number(row[column]) for column in COUNTS],
            [number(row[column]) for column in SHARES],
            [number(row[column]) for column in IF_SEEN],
        ]
        for row in table[table["places_estimate"].notna()].to_dict("records")
    ]
