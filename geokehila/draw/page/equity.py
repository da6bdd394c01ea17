"""Which groups of people reach a domain least and most, where the numbers tell it surely."""

from __future__ import annotations

from typing import Any

from geokehila.draw.page.figures import CITY
from geokehila.draw.page.values import Row, clean, number
from geokehila.draw.town import Town

#: Statistics of table ``equity`` that belong together.
LEAST, MOST, BETWEEN = "worst_share", "best_share", "gap_pp"


def least(town: Town) -> list[list[Any]]:
    """Return domain, what groups are told apart by, share and name of the least and the most, points between them."""
    table = town.tables["equity"]
    table = table[(table["zoning"] == CITY) & table["statistic"].isin((LEAST, MOST, BETWEEN))]
    found = []
    for key in town.catalogue.domains:
        for by, rows in table[table["measure"] == f"domain_{key}"].groupby("group_by", sort=True):
            told = {row["statistic"]: row for row in rows.to_dict("records")}
            if {LEAST, MOST, BETWEEN} <= told.keys():
                low, high = told[LEAST], told[MOST]
                points = _range(told[BETWEEN])
                found.append(
                    [key, clean(by), _range(low), clean(low["group"]), _range(high), clean(high["group"]), points]
                )
    return found


def _range(row: Row) -> list[float | None]:
    return [number(row["low"]), number(row["high"])]
