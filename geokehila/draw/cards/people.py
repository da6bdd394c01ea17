"""Who lives in a zone, whom its widest gap concerns, and the time to shelter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geokehila.draw.cards.advice import age
from geokehila.draw.cards.stock import NOTHING, TOTAL, Stock
from geokehila.draw.cards.strip import KNOWN, Reach, people_of
from geokehila.draw.cards.voice import Voice, is_known, text
from geokehila.schema import WHOLE_ZONE_SHARE
from geokehila.zones import NOTHING_KNOWN_SHARE

SUPPRESSED = "suppressed"
#: A source is cut to so many letters.
LONGEST_SOURCE = 100


def head_count(stock: Stock, voice: Voice, zone_id: str) -> str:
    """Return how many people a zone has: those placed on the map, of which part it is, else those of the source."""
    placed = people_of(stock.scores.get(zone_id, {})).value
    counted = [row["people"] for row in stock.people.get(zone_id, []) if row["group"] == TOTAL]
    known = [number for number in (placed, *counted) if is_known(number)]
    if not known:
        return voice.say("sentence.people_unknown").rstrip(".")
    share = stock.zones[zone_id]["coverage_share"]
    if is_known(placed) and share < WHOLE_ZONE_SHARE:
        return voice.say("sentence.people_partial", people=voice.number(placed), share=voice.percent(share))
    return voice.say("sentence.people", people=voice.number(known[0]))


def groups(stock: Stock, voice: Voice, zone_id: str, weakest: str) -> dict[str, Any]:
    """Say who lives there by age, and how many of each group the widest gap concerns."""
    ages = [
        {"name": _short(voice, row["group"]), "figure": _counted(voice, row["people"], row["reason"])}
        for row in sorted(stock.people.get(zone_id, []), key=lambda row: _first_age(row["group"]))
        if row["group"] != TOTAL
    ]
    is_silent = ages and all(not is_known(row["people"]) for row in stock.people[zone_id])
    return {
        "ages": [] if is_silent else ages,
        "silence": "" if ages and not is_silent else voice.say("card.no_ages"),
        "rows": [*_of_groups(stock, voice, zone_id, weakest)],
    }


def shelter(stock: Stock, voice: Voice, zone_id: str) -> list[str]:
    """Say how much time there is, and which share has a public shelter within it."""
    record, scores = stock.town.record, stock.scores.get(zone_id, {})
    said = [_alert(voice, record.get("alert") or {})]
    share, count = (scores.get((TOTAL, f"shelter{end}"), NOTHING) for end in ("_share", "s_count"))
    label = voice.say("measures.emergency.shelter_share")
    absent = {row["measure"]: row["reason"] for row in record.get("not_computed", ())}.get("shelter_share")
    if is_known(share.low, share.high) and share.high - share.low <= NOTHING_KNOWN_SHARE:
        said.append(voice.say("belief.line", subject=label, reason=voice.shares(share.low, share.high)))
    elif absent and voice.has(f"absent.{absent}"):
        said.append(voice.say("belief.line", subject=label, reason=voice.say(f"absent.{absent}")))
    else:
        said.append(voice.say("belief.line", subject=label, reason=voice.say("cell.unknown")))
    if is_known(count.value):
        label = voice.say("measures.emergency.shelters_count")
        said.append(voice.say("belief.line", subject=label, reason=voice.number(count.value)))
    return said


def _of_groups(stock: Stock, voice: Voice, zone_id: str, weakest: str) -> Iterator[dict[str, str]]:
    """Yield the groups that scores tell apart, with the people of each who are beyond the weakest domain."""
    scores = stock.scores.get(zone_id, {})
    told = sorted({group for group, measure in scores if measure == "people"} - {TOTAL}, key=_first_age)
    domain = stock.town.catalogue.domains.get(weakest)
    for group in told:
        reach = Reach.of(domain, scores, group) if domain else Reach("")
        is_told = reach.kind == KNOWN and is_known(reach.beyond.low, reach.beyond.high)
        yield {
            "name": age(voice, group),
            "people": _counted(voice, people_of(scores, group).value, people_of(scores, group).reason),
            "gap": voice.counts(reach.beyond.low, reach.beyond.high) if is_told else voice.say("cell.unknown"),
        }


def _alert(voice: Voice, alert: dict[str, Any]) -> str:
    if not is_known(alert.get("seconds_low"), alert.get("seconds_high")):
        return voice.say("card.no_alert")
    low, high = alert["seconds_low"], alert["seconds_high"]
    words = {"source": text(alert.get("source"), LONGEST_SOURCE), "date": voice.phrases.figure(text(alert.get("date")))}
    words["source"] = voice.phrases.name({"en": words["source"]})
    if low == high:
        return voice.say("card.alert", seconds=voice.number(low), **words)
    return voice.say("card.alert_range", low=voice.number(low), high=voice.number(high), **words)


def _counted(voice: Voice, people: float, reason: object) -> str:
    """Return a number of people; what a source keeps back is no zero."""
    if is_known(people):
        return voice.number(people)
    return voice.reason(SUPPRESSED) if SUPPRESSED in str(reason) else voice.say("cell.unknown")


def _short(voice: Voice, group: str) -> str:
    """Return an age group as figures: 0–9, 80+."""
    return voice.phrases.figure(text(group).replace("-", "–"))


def _first_age(group: str) -> tuple[int, str]:
    first = group.rstrip("+").partition("-")[0]
    return (int(first) if first.isdigit() else 1000), group
