"""What a zone is held against, and how far it can be believed: rules, confidence, sources, banners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geokehila.catalogue.phrases import OWN_DIRECTION, POP
from geokehila.draw.cards.stock import NOTHING, TOTAL, Row, Stock
from geokehila.draw.cards.touched import Touched
from geokehila.draw.cards.voice import NO_BREAK, Voice, is_known, text
from geokehila.schema import MEASURED, WHOLE_ZONE_SHARE
from geokehila.study import OF_BUREAU

#: Subjects of table ``confidence`` that are told by themselves; the others are lists.
SUBJECTS = ("mapping", "population", "network")
#: So many rules are told; the rest is counted.
MOST_RULES = 8
#: A value from memory judges nothing.
MEMORY, NOT_JUDGED, COMPLIES = "memory", "not judged", "complies"
#: The reason of a rule that is kept by what stands beyond the border.
OUTSIDE = "outside the area"
#: A role that begins so is a list of the category that follows.
LIST = "places_"
#: Banners that stand alone at the top of the card.
GRAVE = ("fictional", "population_pre_evacuation")


def rules(stock: Stock, voice: Voice, zone_id: str) -> dict[str, Any]:
    """Say what is asked, what is there, and what follows."""
    rows = stock.rules.get(zone_id, [])
    more = len(rows) - MOST_RULES
    return {
        "rows": [_rule(voice, row) for row in rows[:MOST_RULES]],
        "more": voice.say("card.and_more", count=voice.number(more)) if more > 0 else "",
    }


def lines(stock: Stock, voice: Voice, zone_id: str) -> Iterator[str]:
    """Yield how far each subject can be believed, and what else limits the card."""
    told = stock.confidence.get(zone_id, {})
    for subject in SUBJECTS:
        if subject in told:
            yield voice.say("belief.line", subject=voice.say(f"belief.{subject}"), reason=_belief(voice, told[subject]))
    doubted = [
        voice.called(category)
        for key, category in stock.town.catalogue.categories.items()
        if key in told and told[key]["state"] != MEASURED
    ]
    # Where no list can be believed, the mapping says so above.
    if doubted and len(doubted) < len(stock.town.catalogue.categories):
        yield voice.say("card.lists", list=voice.listed(doubted))
    if stock.town.unplaced:
        rows = (f"{OWN_DIRECTION}{file}{POP} ({voice.number(count)})" for file, count in stock.town.unplaced.items())
        yield voice.say("belief.unplaced", list=voice.listed(rows))
    share = stock.zones[zone_id]["coverage_share"]
    if share < WHOLE_ZONE_SHARE:
        yield voice.say("sentence.partial", share=voice.percent(share))
    connected = stock.scores.get(zone_id, {}).get((TOTAL, "connected_share"), NOTHING).value
    if is_known(connected):
        yield voice.say("sentence.connected", share=voice.percent(connected))


def grave(stock: Stock, voice: Voice) -> list[str]:
    """Say what stands at the top of every card."""
    return [voice.say(f"banners.{key}") for key in stock.town.banners if key in GRAVE]


def others(touched: Touched, voice: Voice, zone_id: str) -> str:
    """Say in a row what else touches an area."""
    return " · ".join(voice.say(f"banners.{key}") for key in touched.banners(zone_id) if key not in GRAVE)


def sources(stock: Stock, voice: Voice) -> Iterator[str]:
    """Yield what the card is made from, with who made it and of when, and whose it is; lists told alike as one."""
    dates, rows = stock.town.record.get("dates", {}), stock.town.record.get("sources", ())
    told_by = {row["role"]: text(row.get("told_by")) for row in rows}
    alike: dict[tuple[str, str, str], list[str]] = {}
    for role in sorted({*dates, *told_by}):
        kind = LIST if role.startswith(LIST) else role
        alike.setdefault((kind, told_by.get(role, ""), text(dates.get(role))), []).append(role)
    for (_, maker, date), roles in alike.items():
        name = _called(stock, voice, roles) + (f" ({voice.phrases.name({'en': maker})})" if maker else "")
        yield voice.say("card.source", role=name, date=voice.phrases.figure(date)) if date else name
    yield voice.say("footer.osm")
    if not stock.town.is_fictional and OF_BUREAU & {*dates}:
        yield "© " + voice.say("footer.cbs")


def _called(stock: Stock, voice: Voice, roles: list[str]) -> str:
    """Return what an input is called; several lists in a row."""
    categories = stock.town.catalogue.categories
    if len(roles) == 1:
        return voice.phrases.role(roles[0], categories)
    lists = (role.removeprefix(LIST) for role in roles)
    return voice.say("card.lists_of", list=voice.listed(voice.called(categories[key]) for key in lists))


def _rule(voice: Voice, row: Row) -> dict[str, str]:
    is_from_memory = row["confidence"] == MEMORY and row["verdict"].startswith(COMPLIES)
    verdict = NOT_JUDGED if is_from_memory else row["verdict"]
    key = f"card.standards.{row['standard']}"
    return {
        "name": voice.say(key) if voice.has(key) else text(row["standard"]),
        "asked": _asked(voice, row),
        "there": _there(voice, row),
        "verdict": voice.say(f"card.verdicts.{verdict}"),
    }


def _there(voice: Voice, row: Row) -> str:
    if not is_known(row["low"], row["high"]):
        return voice.say("cell.unknown")
    return _walked_to(voice, row) if row["reason"] == OUTSIDE else _range(voice, row, row["low"], row["high"])


def _walked_to(voice: Voice, row: Row) -> str:
    """Say for whom a hub beyond the border is within a walk: no number of hubs, and not all of those who live here."""
    others = voice.counts(row["people_concerned_low"], row["people_concerned_high"])
    return voice.say("card.walked_to_by_all") if others == "0" else voice.say("card.walked_to", count=others)


def _asked(voice: Voice, row: Row) -> str:
    low, high = row["required_low"], row["required_high"]
    if is_known(low, high):
        return _range(voice, row, low, high)
    return voice.say("card.least", number=_amount(voice, row, low)) if is_known(low) else voice.say("cell.empty")


def _range(voice: Voice, row: Row, low: float, high: float) -> str:
    least, most = _amount(voice, row, low), _amount(voice, row, high)
    return least if least == most else voice.say("sentence.range", low=least, high=most)


def _amount(voice: Voice, row: Row, number: float) -> str:
    """Return a number in the unit of its rule."""
    if row["unit"].startswith("share"):
        return voice.percent(number)
    if row["unit"] == "m":
        return voice.say("units.m", number=voice.number(number)).replace(" ", NO_BREAK)
    return voice.number(number)


def _belief(voice: Voice, row: Row) -> str:
    if row["state"] == MEASURED:
        return voice.say("card.sure_measured")
    key = f"belief.{row['reason']}"
    return voice.say(key) if voice.has(key) else voice.say("cell.unknown")
