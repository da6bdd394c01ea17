"""What is said of the money of hubs: of the budget, of the sites that were chosen, and of those that must be built."""

from __future__ import annotations

from typing import Any

import pytest

from geokehila.catalogue.phrases import Phrases
from geokehila.draw import chosen

RECORD = {
    "objective": "mclp", "profile": "adult", "equity": "none", "budget": 3_500_000.0, "chosen_count": 1,
    "spent": 3_100_000.0, "assumed": 0.0, "assumed_count": 0, "priced": 2, "without_price": 0, "must_count": 1,
    "must_price": 2_400_000.0, "must_unpriced": 0,
}  # fmt: skip
BUDGET, TAKES = "Budget: 3,500,000, without what must be built.", "The chosen sites take 3,100,000."
GUESS = "The chosen sites take 3,100,000, of which 900,000 is assumed (sites whose price is not known: 1)."
MUST = "What must be built takes 2,400,000"
UNTOLD = "Sites that must be built and whose price is not known, in no budget and no sum: 1."
NO_MUST = {"must_count": 0, "must_price": 0.0}
NO_PRICE = {"must_count": 1, "must_price": 0.0, "must_unpriced": 1}
NONE = {"chosen_count": 0, "spent": 0.0}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, f"{BUDGET} {TAKES} {MUST}; 5,500,000 together."),
        ({"assumed": 900_000.0, "assumed_count": 1}, f"{BUDGET} {GUESS} {MUST}; 5,500,000 together."),
        (NO_MUST, f"Budget: 3,500,000. {TAKES}"),
        (NONE, f"{BUDGET} {MUST}."),
        (NO_PRICE, f"{BUDGET} {TAKES} {UNTOLD}"),
        ({"must_count": 2, "must_unpriced": 1}, f"{BUDGET} {TAKES} {MUST}; 5,500,000 together. {UNTOLD}"),
        ({"budget": None}, f"{TAKES} {MUST}; 5,500,000 together."),
        ({"budget": None, "spent": None}, ""),
        ({"budget": None, "spent": None, **NO_PRICE}, ""),
        ({"budget": None, **NONE}, f"{MUST}."),
        ({"budget": None, **NONE, "priced": 0, **NO_PRICE}, ""),
        ({"budget": None, **NONE, **NO_PRICE}, UNTOLD),
    ],
)
def test_what_is_told_of_money(more: dict[str, Any], says: str) -> None:
    said = Phrases("en")
    speech = chosen.Speech(lambda key, **words: said.say(key, **{"weights": ""} | words), str, said.number, ", ".join)
    aim, *told = chosen.sentences(RECORD | more, speech)
    assert " ".join(told) == says
    chose = (RECORD | more)["chosen_count"]
    assert ("Chosen so that" in aim, "No site was chosen beside" in aim) == (bool(chose), not chose)
