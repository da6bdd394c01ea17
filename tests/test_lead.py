"""The domain that is told first is one on page, card, atlas and in QGIS, also where nobody surely lacks any."""

from itertools import pairwise

import drawn_town
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets_of import town as of_sheets
from sheets_of import without
from test_cards import IDS, english, plain_town
from test_office import RECORD
from test_plots import words
from test_qgis import wide_zones

from geokehila.draw import atlas, cards, lead
from geokehila.draw.page.data import page_data
from geokehila.draw.qgis import dress
from geokehila.draw.town import Town
from geokehila.zones import by_lack

#: Share within a walk at least; at most everybody. Of culture nothing is known.
LEAST = {
    "employment": 0.92,
    "education": 0.91,
    "health": 0.88,
    "transport": 0.95,
    "environment": 0.95,
    "community": 0.95,
    "culture": 0.0,
}


def possible(table: pd.DataFrame) -> pd.DataFrame:
    """Scores in which nobody is surely beyond any domain."""
    domain = table["measure"].str.extract(r"^domain_([a-z]+)_(share|beyond_people)$")
    low = domain[0].map(LEAST)
    people = table["zone_id"].map(table[table["measure"] == "people"].groupby("zone_id")["value"].max())
    is_share, is_people = (low.notna() & (domain[1] == end) for end in ("share", "beyond_people"))
    table = table.assign(
        low=table["low"].mask(is_share, low).mask(is_people, 0.0),
        high=table["high"].mask(is_share, 1.0).mask(is_people, people * (1 - low)),
    )
    return table.assign(reason=table["reason"].mask(table["measure"] == "weakest_domain", ""))


@pytest.fixture(scope="module")
def sure_of_none() -> Town:
    whole = drawn_town.town(RECORD)
    tables = {**whole.tables, "zone_scores": possible(whole.tables["zone_scores"])}
    return Town(whole.study, tables, whole.record)


def test_page_and_qgis_lead_with_the_largest_possible_gap(sure_of_none: Town) -> None:
    assert lead.of_city(sure_of_none)[:3] == ["health", "education", "employment"]
    assert lead.of_city(sure_of_none)[-1] == "culture", "of it nothing is known"
    assert page_data(sure_of_none)["lead"] == ["health"]
    zones = wide_zones()
    first = next(style for style in dress({"zones": zones}, sure_of_none, "2026-03-01").styles if style.is_default)
    assert "בריאות" in first.name


def test_a_card_tells_the_largest_possible_gap_which_no_other_may_exceed(sure_of_none: Town) -> None:
    one = plain_town(zone_scores=possible(plain_town().tables["zone_scores"]))
    told = english(cards.html(one, IDS[0]))
    assert "No certain gap in any of the domains that are known. Health: a possible gap" in told.of("lead")
    assert "Not certain" not in told.of("strip"), "of all others fewer may be without"


def test_the_atlas_leads_with_it_too() -> None:
    city = {"zoning": "city", "zone_id": "", "profile": "adult", "group": "total", "reason": "", "high": 1.0}
    rows = [city | {"measure": f"domain_{key}_share", "low": low} for key, low in LEAST.items()]
    rows += [
        city | {"measure": f"domain_{key}_beyond_people", "low": 0.0, "high": 100 * (1 - low)}
        for key, low in LEAST.items()
    ]
    whole = of_sheets()
    told = whole.tables["zone_scores"]
    kept = told[(told["zoning"] != "city") | ~told["measure"].str.startswith("domain_")]
    one = without(whole, zone_scores=pd.concat([kept, pd.DataFrame(rows)], ignore_index=True))
    assert "Health: a possible gap for at most 12" in " ".join(words(atlas.figure(one, "weakest", "en")))


SHARES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted), min_size=1, max_size=9)


@given(SHARES)
def test_the_order_is_that_of_comparing_one_by_one(ends: list[list[int]]) -> None:
    low, high = np.array(ends).T / 20

    def stands_before(a: int, b: int) -> bool:
        is_open = [ends[i] == [0, 20] for i in (a, b)]
        keys = [(is_open[0], *ends[a][::-1], a), (is_open[1], *ends[b][::-1], b)]
        return keys[0] < keys[1]

    order = by_lack(low, high).tolist()
    assert sorted(order) == [*range(len(ends))]
    assert all(stands_before(a, b) for a, b in pairwise(order))
