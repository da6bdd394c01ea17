"""The three answers in sentences: what is missing and for how many, where the next hubs go, how sure it is."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from geokehila import names
from geokehila.catalogue.themes import Shown
from geokehila.draw import chosen, lead
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.values import CITY, Values
from geokehila.draw.plots.words import Words
from geokehila.schema import DESCRIBED
from geokehila.zones import NOTHING_KNOWN_SHARE

#: So near to the best choice that no better one is said to be there.
BEST_GAP = 1e-4


def scored(atlas: Atlas) -> list[str]:
    """Return the keys of the domains that are scored."""
    return [key for key in atlas.town.catalogue.domains if atlas.town.catalogue.deciding(key)]


def missing(atlas: Atlas) -> list[tuple[str, str]]:
    """Return a sentence a scored domain with its key: most people surely beyond first, what is not known last."""
    return [(key, gap(atlas, key)) for key in lead.of_city(atlas.town)]


def is_known(atlas: Atlas, key: str) -> bool:
    """Tell whether anything is known of a domain in the whole city."""
    share = of_domain(atlas, key, "share").city
    return bool(share["high"] - share["low"] <= NOTHING_KNOWN_SHARE)


def of_domain(atlas: Atlas, key: str, measure: str) -> Values:
    """Return a measure of a domain, in the classes of its theme."""
    themes = {"share": "domains", "beyond_people": "gaps"}
    name = f"domain_{key}_{measure}"
    found = [values for values in atlas.themes[themes[measure]] if values.shown.key == name]
    return found[0] if found else atlas.values(Shown(name, (), "neither"))


def gap(atlas: Atlas, key: str) -> str:
    """Return the sentence on one domain in the whole city."""
    words, share = atlas.words, of_domain(atlas, key, "share").city
    beyond, everybody = of_domain(atlas, key, "beyond_people").city, atlas.told.everybody
    told = {"domain": words.domain(key), "people": words.count(everybody) if everybody == everybody else ""}
    if share["reason"] == DESCRIBED:
        return words.say("sentence.described", **told)
    if not everybody > 0:
        return words.say("sentence.no_people" if everybody == 0 else "sentence.people_unknown")
    low, high = float(beyond["low"]), float(beyond["high"])
    if not is_known(atlas, key) or math.isnan(low) or math.isnan(high):
        return words.say("sentence.unknown", **told, reason=words.reason(str(share["reason"]) or "unknown"))
    least, most = words.count(low), words.count(high)
    told |= {"low": least, "high": most, "share": words.shares(low / everybody, high / everybody)}
    if most == "0":
        return words.say("sentence.none", **told)
    if least == "0":
        return words.say("sentence.gap_possible", **(told | {"share": words.percent(high / everybody)}))
    return words.say("sentence.gap_exact" if least == most else "sentence.gap", **told)


def hubs_lead(atlas: Atlas) -> str:
    """Return how many hubs are proposed, and how many people gain."""
    new, words, record = atlas.hubs.recommended, atlas.words, atlas.town.record["hubs"]
    if new.empty:
        why = chosen.none(record, speech(atlas))
        nobody = chosen.no_sure_gap(*left(atlas)[:2], record, speech(atlas))
        return " ".join([*([why[0], *nobody] if nobody else why), *chosen.not_counted(record, speech(atlas))])
    gained = words.counts(*record["people_gain"])
    minutes = f"{float(record['minutes']):g}"
    return words.say("hub.proposed", count=words.count(len(new)), people=gained, minutes=minutes)


def chosen_for(atlas: Atlas) -> list[str]:
    """Return for what, for whose walk and under which budget the hubs were chosen; nothing where none was."""
    if atlas.hubs.recommended.empty:
        return []
    record, profiles = atlas.town.record, atlas.town.catalogue.profiles
    said = chosen.sentences(record["hubs"], speech(atlas))
    is_rolling = record["hubs"]["profile"] and profiles[record["hubs"]["profile"]].on_wheels
    return [*said, *(chosen.on_wheels(record["network"], speech(atlas)) if is_rolling else [])]


def speech(atlas: Atlas) -> chosen.Speech:
    """Return the language in which it is said how hubs were chosen."""
    words, profiles = atlas.words, atlas.town.catalogue.profiles
    return chosen.Speech(words.say, lambda key: words.phrases.name(profiles[key].name), words.count, words.listed)


def chosen_again(atlas: Atlas, row: Mapping[Hashable, Any]) -> str:
    """Return how often a site is chosen when the numbers are others; empty where nobody tried."""
    words, tries = atlas.words, atlas.town.record["hubs"]["tries"]
    if not tries or math.isnan(row["chosen_share"]):
        return ""
    shares = {"share": words.percent(row["chosen_share"]), "near": words.percent(row["near_share"])}
    return words.say("hub.chosen", **shares, tries=words.count(tries))


def hubs_left(atlas: Atlas) -> str:
    """Return how many people, and homes without a count, have no hub now and then; empty where none is proposed."""
    if atlas.hubs.recommended.empty:
        return ""
    now_low, now_high, then_low, then_high = left(atlas)
    words = atlas.words
    left_now, left_then = words.counts(now_low, now_high), words.counts(then_low, then_high)
    record, told = atlas.town.record["hubs"], {"now": left_now, "then": left_then}
    return " ".join([chosen.left(record, told, speech(atlas)), *chosen.not_counted(record, speech(atlas))])


def hubs_there(atlas: Atlas) -> str:
    """Return how many hubs there are; where none is shown, whether a list says so or nobody knows."""
    there, words = len(atlas.hubs.existing), atlas.words
    if there:
        return words.say("sentence.hubs", count=words.count(there))
    return words.say("sentence.no_hubs_listed" if atlas.town.hubs_listed else "sentence.no_hubs")


def left(atlas: Atlas) -> tuple[float, float, float, float]:
    """Return who is beyond every hub in the city: now at least and at most, then at least and at most."""
    table = atlas.town.tables["hub_left"]
    row = table[table["zoning"] == CITY].iloc[0]
    now_low, now_high, then_low, then_high = (
        float(row[key]) for key in ("now_low", "now_high", "then_low", "then_high")
    )
    return now_low, now_high, then_low, then_high


def site(row: pd.Series | dict[str, Any], words: Words) -> str:
    """Return what a site is called: its name, else its kind."""
    kind = str(row["kind"])
    return words.name(row) or (words.say(f"hub_kinds.{kind}") if words.phrases.has(f"hub_kinds.{kind}") else kind)


def new_hubs(atlas: Atlas) -> list[tuple[str, str]]:
    """Return the rank of each recommended hub, its name and who gains by it."""
    words, found = atlas.words, []
    for row in atlas.hubs.recommended.drop(columns="geometry").to_dict("records"):
        found.append((f"{row['rank']:.0f}", f"{site(row, words)} · {_gain(row, words)}"))
    return found


def _gain(row: dict[str, Any], words: Words) -> str:
    """Return who gains by a recommended hub, as the page's list of them tells it."""
    homes = row["homes_not_counted"]
    if words.count(row["people_high"]) != "0":
        return words.say("hub.gain_by_it", people=words.counts(row["people_low"], row["people_high"]))
    return words.say("hub.gain_homes", homes=words.count(homes)) if homes else words.say("hub.gain_nobody")


def second_best(atlas: Atlas) -> list[tuple[str, str]]:
    """Return for each recommended hub the site that would do best in its place, and what it costs."""
    words, found = atlas.words, []
    for row in atlas.hubs.second.drop(columns="geometry").to_dict("records"):
        lost = float(row["people_lost"])
        more = "more_than_must" if row["of_must"] else "more"
        key = "same" if words.count(abs(lost)) == "0" else "fewer" if lost > 0 else more
        change = row["designation_change"]
        costs = [words.say(f"hub.{key}", people=words.count(abs(lost)))]
        costs += [words.say(f"hub.change_{change}")] if change else []
        found.append((f"{row['instead']:.0f}", f"{site(row, words)}: {'; '.join(costs)}"))
    return found


def sure(atlas: Atlas) -> list[str]:
    """Return what is not known or not fully believed, for whom, and how near the choice of hubs is to the best."""
    words, record = atlas.words, atlas.town.record
    beliefs = [
        words.say("belief.city", subject=words.say(f"belief.{key}"), share=words.percent(1 - float(share)))
        for key in ("mapping", "population", "network")
        if (share := record["believed_share"].get(key, 1.0)) < 1
    ]
    doubts = [*_open(atlas), *beliefs]
    return [*(doubts or [words.say("atlas.believed")]), *_likely(atlas), *best(atlas)]


def best(atlas: Atlas) -> list[str]:
    """Return how near the choice of hubs is to the best; nothing where none is proposed."""
    if atlas.hubs.recommended.empty:
        return []
    words, record = atlas.words, atlas.town.record["hubs"]
    gap_share = record["gap"]
    key = "no_bound" if gap_share is None else "best" if gap_share < BEST_GAP else "near_best"
    shown = "" if gap_share is None else f"{100 * gap_share:.{2 if gap_share < 0.001 else 1}f}%"
    return [words.say(f"hub.{key}", candidates=words.count(record["candidates"]), gap=words.phrases.figure(shown))]


def _open(atlas: Atlas) -> list[str]:
    """Return by reason the scored domains of which the city's share is not known, or not nearer than an interval.

    One without a reason is open by the placing of people on homes alone: told where it is seen.
    """
    words, open_of = atlas.words, dict[str, list[str]]()
    for key in scored(atlas):
        low, high, reason = of_domain(atlas, key, "share").city[["low", "high", "reason"]]
        if not reason and is_known(atlas, key):
            reason = "placed" if words.percent(low) != words.percent(high) else ""
        elif not reason:
            reason = "unknown"
        if reason and low != high:
            open_of.setdefault(reason, []).append(words.domain(key))
    return [f"{words.reason(reason)}: {words.listed(names)}" for reason, names in open_of.items()]


def _likely(atlas: Atlas) -> list[str]:
    """Return of each domain of which two lists tell the city's share: at least, and likely."""
    words, found = atlas.words, []
    for key in scored(atlas):
        share, likely = of_domain(atlas, key, "share").city, atlas.told.likely_in_city(f"domain_{key}_share")
        if likely and is_known(atlas, key) and share["low"] < NOTHING_KNOWN_SHARE:
            told = {"least": words.percent(float(share["low"])), "likely": words.shares(*likely)}
            said = words.say("sentence.likely", **told)
            found.append(words.say("sentence.share", domain=words.domain(key), share=said))
    return found


def banners(atlas: Atlas) -> list[str]:
    """Return the warnings of the run but that of a fictional town, which has a band of its own."""
    words = atlas.words
    return [
        words.say(f"banners.{key}")
        for key in atlas.town.banners
        if key != "fictional" and words.phrases.has(f"banners.{key}")
    ]


def date(atlas: Atlas) -> str:
    """Return the date of the map data; empty where it is not told."""
    return names.clean(str(atlas.dates.get("osm", "")))
