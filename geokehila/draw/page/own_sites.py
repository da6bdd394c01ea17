"""The municipality's own sites for a hub, as the page tells them: what became of each, and what it would add."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geokehila.catalogue import LANGUAGES, Names, text
from geokehila.draw.page.values import clean, named, number
from geokehila.draw.town import Town
from geokehila.load.candidate_list import KIND, OWN
from geokehila.load.municipal.coordinates import NOWHERE

#: Of a row that has no place on the map.
NO_PLACE = "no place"


def own_sites(town: Town) -> list[dict[str, Any]]:
    """Return what became of each site of the municipality's list, those first by which most people would gain.

    ``fate``: as in table ``candidates``, ``no place`` of rows without coordinates. A region tells none: its localities
    do.
    """
    if town.is_region:
        return []
    candidates, hubs = town.tables["candidates"], town.tables["hubs"].set_index("site_id")
    own = candidates[candidates["fate"] != ""]
    most = ["people_added_low", "people_added_high", "homes_not_counted"]
    first = own.sort_values([*most, "site_id"], ascending=[False, False, False, True])
    ranks = hubs["rank"].reindex(first["site_id"])
    told = [
        {
            "called": clean(row["listed"]),
            "names": named(row),
            "kind": row["kind"],
            "fate": row["fate"],
            "why": in_words(row["reason"]),
            "rank": number(rank),
            "people": [number(row["people_added_low"]), number(row["people_added_high"])],
            "homes": number(row["homes_not_counted"]),
            "price": number(row["price"]),
        }
        for row, rank in zip(first.to_dict("records"), ranks, strict=True)
    ]
    return told + [{"called": clean(name), "fate": NO_PLACE} for name in _nowhere(town.tables["rejected"])]


def in_words(reason: str) -> Names:
    """Return why a site is excluded, in words of each language; a tag of the map as it stands.

    Examples
    --------
    >>> in_words("too small")["en"], in_words("quarry")["en"]
    ('too small', 'quarry')
    """
    return {language: text(language)["words"].get(reason, reason) for language in LANGUAGES}


def _nowhere(rejected: pd.DataFrame) -> list[str]:
    """Return what the rows are called that have no usable coordinates."""
    lost = rejected[(rejected["kind"] == KIND) & rejected["reason"].str.startswith(NOWHERE)]
    return [*lost["source_id"].str.removeprefix(f"{OWN}:")]
