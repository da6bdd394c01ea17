"""Sites that a budget leaves out, for nobody tells their price: named in a notice, and in the table of candidates."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd

from geokehila.hubs.choosing import Question, is_own
from geokehila.ledger import Notice, some

#: Why a candidate is not chosen, though a hub could stand there.
NO_PRICE = "no price, under a budget"


def with_reason(candidates: gpd.GeoDataFrame, question: Question) -> gpd.GeoDataFrame:
    """Return table ``candidates``; `reason` says so of those that the budget leaves out, which stay candidates."""
    lost = candidates["site_id"].isin(question.sites["site_id"][question.without_price])
    return candidates.assign(reason=candidates["reason"].mask(lost, NO_PRICE))


def notices(question: Question) -> Iterator[Notice]:
    """Name the sites that the budget leaves out, the municipality's own first."""
    lost = question.sites[question.without_price]
    if len(lost):
        mine = is_own(lost)
        named = some([*lost["site_id"][mine], *lost["site_id"][~mine]])
        text = f"price not known: {len(lost)} sites left out under a budget: {named}"
        remedy = "state `price` in candidates.*, or a price for all of them as [hubs] price or --price"
        yield Notice("price_not_known", "hubs", f"{text}: {remedy}")
