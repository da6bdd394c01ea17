"""What new hubs take: those that were chosen, and beside them those that must be built."""

from __future__ import annotations

from typing import Any

import numpy as np

from geokehila.hubs.gains import Gains


def told(gains: Gains) -> dict[str, Any]:
    """Return how many sites were chosen and must be built, and what they take, for run.json.

    ``spent`` is what the chosen take, ``assumed`` what of it is the study's price for so many sites of which nobody
    tells one; None: the price of one is not known. ``must_price`` is what those take that must be built, as far as
    their prices are told: of ``must_unpriced`` of these ``must_count`` none is.
    """
    question, added = gains.question, gains.added
    is_must = question.is_must[added]
    chosen, musts = added[~is_must], added[is_must]
    spent, of_musts = question.prices[chosen], question.sites["price"].iloc[musts]
    is_assumed = question.is_price_assumed[chosen]
    return {
        "chosen_count": len(chosen),
        "spent": float(spent.sum()) if np.isfinite(spent).all() else None,
        "assumed": float(spent[is_assumed].sum()),
        "assumed_count": int(is_assumed.sum()),
        "must_count": len(musts),
        "must_price": float(of_musts.sum()),
        "must_unpriced": int(of_musts.isna().sum()),
    }
