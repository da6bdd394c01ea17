"""The order in which domains are told, that most people lack first: the same on page, cards, atlas and in QGIS."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from geokehila.catalogue import Catalogue
from geokehila.draw.town import Town
from geokehila.schema import REFERENCE
from geokehila.zones import CITY, TOTAL, by_lack


def in_order(catalogue: Catalogue, share: Callable[[str], Sequence[float]]) -> list[str]:
    """Return the keys of the scored domains: most people surely without first, then most perhaps, unknown ones last.

    Parameters
    ----------
    share
        Share of the people within a walk of a domain, at least and at most, 0 to 1, by its key; NaN: not known.

    Examples
    --------
    >>> in_order(Catalogue.read(), lambda key: (0.88 if key == "health" else 0.92, 1.0))[:2]
    ['health', 'employment']
    """
    keys = [key for key in catalogue.domains if catalogue.deciding(key)]
    low, high = np.array([share(key) for key in keys], float).reshape(-1, 2).T
    return [keys[place] for place in by_lack(low, high)]


def of_city(town: Town) -> list[str]:
    """Return the order in a whole city or region, by an adult's walk."""
    table = town.tables["zone_scores"]
    of_all = (table["zoning"] == CITY) & (table["group"] == TOTAL) & (table["profile"] == REFERENCE)
    ends = table[of_all].set_index("measure")[["low", "high"]]
    shares = ends.reindex([f"domain_{key}_share" for key in town.catalogue.domains]).to_numpy(float)
    return in_order(town.catalogue, dict(zip(town.catalogue.domains, shares.tolist(), strict=True)).__getitem__)
