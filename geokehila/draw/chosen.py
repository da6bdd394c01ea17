"""How hubs were chosen, in sentences: for what, for whose walk, under which budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geokehila.catalogue.phrases import whole
from geokehila.network import is_rough
from geokehila.schema import REFERENCE

#: So many reasons against sites are told.
REASONS_TOLD = 3


@dataclass(frozen=True)
class Speech:
    """One language: its texts by key, names of profiles by key, numbers, lists."""

    say: Callable[..., str]
    profile: Callable[[str], str]
    number: Callable[[float], str]
    listed: Callable[[Iterable[str]], str]


def sentences(record: Mapping[str, Any], speech: Speech) -> list[str]:
    """Return what to know of how hubs were chosen.

    Parameters
    ----------
    record
        Of the choice, in run.json; what is None is not the same in all localities of a region.

    Examples
    --------
    >>> speech = Speech(lambda key, **words: f"{key} {words}", str, str, ", ".join)
    >>> record = {"objective": "mclp", "profile": "adult", "equity": "none"}
    >>> record |= {"budget": 5, "chosen_count": 1, "spent": 3, "assumed_count": 0, "without_price": 0, "priced": 2}
    >>> record |= {"must_count": 1, "must_price": 4, "must_unpriced": 0}
    >>> sentences(record, speech)[1]
    "hub.budget_beside {'budget': '5'} hub.takes {'spent': '3'} hub.must_takes_too {'price': '4', 'sum': '7'}"
    """
    say, objective, profile = speech.say, record["objective"], record["profile"]
    found = []
    if objective and profile:
        key = "hub.chosen_for" if record["chosen_count"] else "hub.not_chosen"
        found.append(say(key, aim=say(f"hub.aim_{objective}"), profile=speech.profile(profile)))
    if record["equity"] == "weighted" and record["need"]:
        found.append(say("hub.weighted", list=speech.listed(say(f"hub.need_{part}") for part in record["need"])))
    if lost := record.get("need_not_told"):
        found.append(say("hub.need_not_told", list=speech.listed(say(f"hub.need_{part}") for part in lost)))
    if record["equity"] == "lexicographic":
        found.append(say("hub.lexicographic"))
    if takings := " ".join(_takings(record, speech)):
        found.append(takings)
    if record["without_price"]:
        found.append(say("hub.without_price", count=speech.number(record["without_price"])))
    return found


def reasons(record: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return the three most frequent reasons against sites, each with how many it speaks against.

    Examples
    --------
    >>> reasons({"excluded": {"in use": 1, "never to be built": 2, "size not known": 1, "too small": 9}})
    [('too small', 9), ('never to be built', 2), ('in use', 1)]
    """
    return sorted(record["excluded"].items(), key=lambda told: (-told[1], told[0]))[:REASONS_TOLD]


def none(record: Mapping[str, Any], speech: Speech) -> list[str]:
    """Return why no site is proposed: what speaks against those looked at, or that nobody gains by those weighed.

    The first sentence says for whose walk, where all chose for one.

    Examples
    --------
    >>> speech = Speech(lambda key, **words: f"{key} {words}", str, str, ", ".join)
    >>> record = {"profile": "adult", "candidates": 2, "budget": None, "excluded": {"too small": 3}}
    >>> none(record, speech)[:2]
    ["hub.none {} hub.walker {'profile': 'adult'}", "hub.weighed {'count': '2'}"]
    """
    say, profile = speech.say, record["profile"]
    walker = [say("hub.walker", profile=speech.profile(profile))] if profile else []
    sentences = [" ".join([say("hub.none"), *walker])]
    if record["candidates"] and record["budget"] is None:
        sentences.append(say("hub.weighed", count=speech.number(record["candidates"])))
    if not record["candidates"] and record["excluded"]:
        most = reasons(record)
        why = (say("hub.why_item", reason=say(f"words.{key}"), count=speech.number(n)) for key, n in most)
        sentences.append(say("hub.why_none", list=speech.listed(why)))
    return [*sentences, say("hub.own_sites")]


def on_wheels(network: Mapping[str, Any], speech: Speech) -> list[str]:
    """Return how much of the ways near homes wheels are not known to pass; nothing where it is little.

    Parameters
    ----------
    network
        Of run.json.
    """
    if not is_rough(network["rolling"]):
        return []
    return [speech.say("walker.rough", **kilometres(network))]


def kilometres(network: Mapping[str, Any]) -> dict[str, str]:
    """Return the ways near homes, and the rough ones of them, in kilometres with one decimal."""
    found = network["rolling"]
    return {
        name: f"{found[key] / 1000:.1f}" for name, key in (("rough", "rough_near_homes_m"), ("near", "near_homes_m"))
    }


def uncounted(record: Mapping[str, Any], zone_id: str = "") -> dict[str, int]:
    """Return how many homes are in areas without a count, or in one of them, and without a hub now and then.

    Examples
    --------
    >>> record = {"not_counted": {"a": {"homes": 5, "now": 5, "then": 1}, "b": {"homes": 2, "now": 1, "then": 1}}}
    >>> uncounted(record), uncounted(record, "b"), uncounted({"not_counted": {}})
    ({'homes': 7, 'now': 6, 'then': 2}, {'homes': 2, 'now': 1, 'then': 1}, {})
    """
    found: Counter[str] = Counter()
    for zone, homes in record["not_counted"].items():
        if zone_id in ("", zone):
            found.update(homes)
    return dict(found)


def left(record: Mapping[str, Any], told: Mapping[str, str], speech: Speech) -> str:
    """Return who has no hub now and then, as told, and by whose walk where it is not an adult's.

    Examples
    --------
    >>> speech = Speech(lambda key, **words: f"{key} {words}", str, str, ", ".join)
    >>> left({"profile": "child"}, {"now": "5", "then": "2"}, speech)
    "hub.left_of {'now': '5', 'then': '2', 'profile': 'child'}"
    """
    profile = record["profile"]
    if not profile or profile == REFERENCE:
        return speech.say("hub.left", **told)
    return speech.say("hub.left_of", **told, profile=speech.profile(profile))


def not_counted(record: Mapping[str, Any], speech: Speech, zone_id: str = "") -> list[str]:
    """Return that in homes without a count nobody is weighed, and how many have a hub; nothing where all are counted.

    Examples
    --------
    >>> speech = Speech(lambda key, **words: f"{key} {words}", str, str, ", ".join)
    >>> not_counted({"not_counted": {"a": {"homes": 5, "now": 5, "then": 1}}}, speech)
    ["hub.not_counted {'homes': '5', 'now': '5', 'then': '1'}"]
    """
    homes = uncounted(record, zone_id)
    return [speech.say("hub.not_counted", **{key: speech.number(n) for key, n in homes.items()})] if homes else []


def no_sure_gap(low: float, high: float, record: Mapping[str, Any], speech: Speech) -> list[str]:
    """Return that nobody is surely without a hub, and of how many it is not known; nothing where some are.

    Parameters
    ----------
    record
        Of the choice: where ``measured`` tells that people of a region are not, it is said of the others alone.

    Examples
    --------
    >>> speech = Speech(lambda key, **words: f"{key} {words}", str, lambda n: f"{n:.0f}", ", ".join)
    >>> no_sure_gap(0.2, 729.0, {"not_counted": {}}, speech), no_sure_gap(3.0, 9.0, {"not_counted": {}}, speech)
    (["hub.no_sure_gap {'most': '729'}"], [])
    >>> region = {"measured": {"localities": 3, "people": 4800.0, "people_not_measured": 600.0}}
    >>> no_sure_gap(0.0, 0.0, region, speech)
    ["hub.no_gap_measured {'localities': '3', 'people': '4800', 'most': '600'}"]
    """
    if whole(low):
        return []
    key = "hub.no_sure_gap" if whole(high) else "hub.no_gap"
    if measured := record.get("measured"):
        people = {name: measured[name] for name in ("localities", "people")}
        told = people | {"most": high + measured["people_not_measured"]}
        return [speech.say(f"{key}_measured", **{name: speech.number(number) for name, number in told.items()})]
    key += "_counted" if record["not_counted"] and not whole(high) else ""
    return [speech.say(key, most=speech.number(high))]


def _takings(record: Mapping[str, Any], speech: Speech) -> Iterator[str]:
    """Yield the budget, what the chosen sites take and what of that is a guess, and what must be built beside them.

    Without a budget, and where nobody knows what the chosen sites take, money is told of each site alone.
    """
    say, number = speech.say, speech.number
    budget, spent, guessed, musts, unpriced = (
        record[key] for key in ("budget", "spent", "assumed_count", "must_count", "must_unpriced")
    )
    is_known = record["chosen_count"] and spent is not None
    if budget is None and record["chosen_count"] and spent is None:
        return
    if budget is not None:
        yield say("hub.budget_beside" if musts else "hub.budget", budget=number(budget))
    if is_known and guessed:
        yield say("hub.takes_assumed", spent=number(spent), assumed=number(record["assumed"]), count=number(guessed))
    elif is_known:
        yield say("hub.takes", spent=number(spent))
    if musts > unpriced:
        price = record["must_price"]
        both = {"sum": number(price + spent)} if is_known else {}
        yield say("hub.must_takes_too" if both else "hub.must_takes", price=number(price), **both)
    if unpriced and (record["priced"] or budget is not None):
        yield say("hub.must_unpriced", count=number(unpriced))


def of_site(row: Mapping[str, Any], record: Mapping[str, Any], speech: Speech) -> list[str]:
    """Return what is known of the price and the room of a proposed site; nothing where nobody asks or tells.

    Where any site has a price, or there is a budget, one without a price is said to have none.
    """
    say, price = speech.say, _known(row["price"])
    found = []
    if price is not None:
        found.append(say("hub.price", price=speech.number(price)))
    elif record["price"] is not None:
        found.append(say("hub.price_assumed", price=speech.number(record["price"])))
    elif record["priced"] or record["budget"] is not None:
        found.append(say("hub.price_unknown"))
    if (room := _known(row["capacity"]) or record["capacity"]) is not None:
        found.append(say("hub.room", people=speech.number(room)))
    return found


def _known(number: float) -> float | None:
    return None if number != number else number
