"""The strip of domains: what is known of each, its class, the sentence on it, and what those asked say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geokehila.catalogue import Domain
from geokehila.catalogue.phrases import whole
from geokehila.draw.cards.stock import NOTHING, TOTAL, Row, Score, Stock
from geokehila.draw.cards.voice import Voice, is_known, percent
from geokehila.draw.lead import in_order
from geokehila.draw.likely import measure_of as likely_of
from geokehila.zones import NOTHING_KNOWN_SHARE

DESCRIBED, NO_PEOPLE, UNKNOWN, KNOWN = "described", "no_people", "unknown", "known"
#: Reasons that are told in the place of a number; others say too little without a sentence.
TOLD = ("not mapped", "not loaded")
#: Answers of fewer people are hidden, whatever the table says.
LEAST_ANSWERS = 10
UNTOLD, MARK = "number of answers not told", "≠"


@dataclass(frozen=True)
class Reach:
    """What is known of one domain in one zone: its kind, share [low, high] and people beyond."""

    kind: str
    share: Score = NOTHING
    beyond: Score = NOTHING

    @classmethod
    def of(cls, domain: Domain, scores: Mapping[tuple[str, str], Score], group: str = TOTAL) -> Reach:
        """Read it from the scores of a zone."""
        share = scores.get((group, f"domain_{domain.key}_share"), NOTHING)
        beyond, people = scores.get((group, f"domain_{domain.key}_beyond_people"), NOTHING), people_of(scores, group)
        if not domain.scored:
            return cls(DESCRIBED)
        is_missing = not is_known(share.low, share.high)
        if people.value == 0 or (not is_known(people.value) and is_missing and not people.reason):
            return cls(NO_PEOPLE)
        is_open = is_missing or share.high - share.low > NOTHING_KNOWN_SHARE
        return cls(UNKNOWN if is_open else KNOWN, share, beyond)

    def may_exceed(self, people: float) -> bool:
        """Tell whether more people than that may be without it, as far as anything is known."""
        return self.kind == KNOWN and is_known(self.beyond.high) and whole(self.beyond.high) > whole(people)


@dataclass(frozen=True, eq=False)
class Strip:
    """The domains of one zone."""

    stock: Stock
    zone_id: str

    @property
    def scores(self) -> Mapping[tuple[str, str], Score]:
        """Its scores."""
        return self.stock.scores.get(self.zone_id, {})

    @property
    def domains(self) -> Iterable[Domain]:
        """The domains, in the catalogue's order."""
        return self.stock.town.catalogue.domains.values()

    @property
    def weakest(self) -> str:
        """The key of the weakest domain; empty where none has a gap."""
        key = self.scores.get((TOTAL, "weakest_domain"), NOTHING).reason
        return key if key in self.stock.town.catalogue.domains else ""

    @property
    def lead(self) -> str:
        """The key of the weakest domain; where nobody surely lacks any, of the one that most perhaps lack."""
        catalogue = self.stock.town.catalogue
        shares = {key: Reach.of(domain, self.scores).share for key, domain in catalogue.domains.items()}
        return self.weakest or next(iter(in_order(catalogue, lambda key: (shares[key].low, shares[key].high))), "")

    def said(self, voice: Voice) -> dict[str, Any]:
        """Say it."""
        reaches = {domain.key: Reach.of(domain, self.scores) for domain in self.domains}
        cells = [self._cell(voice, domain, reaches[domain.key]) for domain in self.domains]
        answers = self._answers(voice)
        return {
            "cells": cells,
            "lead": self._lead(voice, reaches),
            "unknown": " ".join(line for line in (self._maybe(voice, reaches), self._unknown(voice, reaches)) if line),
            "answers": answers,
            "differs": MARK if any(answer["differs"] for answer in answers) else "",
        }

    def likely(self, voice: Voice) -> Iterator[str]:
        """Yield for each domain of which two lists tell its share: at least, and likely."""
        for domain in self.domains:
            found, reach = self._likely(domain.key), Reach.of(domain, self.scores)
            if reach.kind == KNOWN and is_known(found.low, found.high) and reach.share.low < NOTHING_KNOWN_SHARE:
                words = {"least": voice.percent(reach.share.low), "likely": voice.shares(found.low, found.high)}
                share = voice.say("sentence.likely", **words)
                yield voice.say("sentence.share", domain=voice.called(domain), share=share)

    def sentence(self, voice: Voice, domain: Domain, reach: Reach) -> str:
        """Say for how many there is a gap in a domain."""
        all_of_them, name = people_of(self.scores).value, voice.called(domain)
        if reach.kind == DESCRIBED:
            return voice.say("sentence.described", domain=name)
        if reach.kind == NO_PEOPLE:
            return self._nobody(voice)
        if not is_known(all_of_them):
            return voice.say("sentence.people_unknown")
        low, high, reason = reach.beyond.low, reach.beyond.high, reach.share.reason
        words = {"domain": name, "people": voice.number(all_of_them), "reason": voice.reason(reason)}
        if reach.kind == UNKNOWN or not is_known(low, high):
            return voice.say("sentence.unknown", **words)
        words |= {"low": voice.number(low), "high": voice.number(high)}
        shares = voice.shares(low / all_of_them, high / all_of_them)
        if whole(high) == 0:
            return voice.say("sentence.none", **words)
        if whole(low) == 0:
            return voice.say("sentence.gap_possible", **words, share=voice.percent(high / all_of_them))
        return voice.say("sentence.gap_exact" if whole(low) == whole(high) else "sentence.gap", **words, share=shares)

    def _lead(self, voice: Voice, reaches: Mapping[str, Reach]) -> str:
        """Say how many lack the weakest domain; where none has a certain gap, that, and the largest possible one."""
        domains = self.stock.town.catalogue.domains
        if self.weakest:
            return self.sentence(voice, domains[self.weakest], reaches[self.weakest])
        kinds = {reach.kind for reach in reaches.values()} - {DESCRIBED}
        if kinds == {NO_PEOPLE}:
            return self._nobody(voice)
        if KNOWN not in kinds:
            return voice.say("card.nothing_known")
        perhaps = [key for key in [self.lead] if reaches[key].may_exceed(0)]
        return " ".join([voice.say("card.no_gap"), *(self.sentence(voice, domains[k], reaches[k]) for k in perhaps)])

    def _nobody(self, voice: Voice) -> str:
        """Say that nobody lives there, or that nobody has counted who does."""
        is_uncounted = self.zone_id in self.stock.town.uncounted
        return voice.say("sentence.people_unknown" if is_uncounted else "sentence.no_people")

    def _likely(self, domain: str) -> Score:
        return self.scores.get((TOTAL, likely_of(self.stock.town.catalogue, domain)), NOTHING)

    def _maybe(self, voice: Voice, reaches: Mapping[str, Reach]) -> str:
        """Name the domains that, for all that is known, more people may be without than the one told first."""
        lead = self.lead
        if not lead or not is_known(reaches[lead].beyond.low):
            return ""
        beyond, likely = reaches[lead].beyond, self._likely(lead)
        # Where nobody surely lacks it the number told is "at most": more is more than that.
        least = beyond.low if whole(beyond.low) or not is_known(beyond.high) else beyond.high
        if is_known(likely.high):
            least = min(least, people_of(self.scores).value * (1 - likely.high))
        others = [
            voice.called(domain)
            for domain in self.domains
            if domain.key != lead and reaches[domain.key].may_exceed(least)
        ]
        return voice.say("sentence.maybe_weaker", list=voice.listed(others)) if others else ""

    def _unknown(self, voice: Voice, reaches: Mapping[str, Reach]) -> str:
        """Name the domains of which nothing is known."""
        open_ones = [voice.called(d) for d in self.domains if reaches[d.key].kind == UNKNOWN]
        return voice.say("sentence.also_unknown", list=voice.listed(open_ones)) if open_ones else ""

    def _cell(self, voice: Voice, domain: Domain, reach: Reach) -> dict[str, Any]:
        low, high = (reach.share.low, reach.share.high) if reach.kind == KNOWN else (0.0, float(reach.kind == UNKNOWN))
        return {
            "key": domain.key,
            "name": voice.called(domain),
            "kind": reach.kind,
            "is_weakest": domain.key == self.weakest,
            "low": round(100 * low, 1),
            "open": round(100 * (high - low), 1),
            "colour": self.stock.colour(domain.key, low),
            "figure": _figure(voice, reach),
            "gap": voice.counts(reach.beyond.low, reach.beyond.high)
            if reach.kind == KNOWN and is_known(reach.beyond.low, reach.beyond.high)
            else voice.say("cell.empty"),
        }

    def _answers(self, voice: Voice) -> list[dict[str, Any]]:
        """Say for each domain what those asked answer; nothing where nobody was asked."""
        rows, unit = self.stock.of_unit("survey", self.zone_id)
        told = {row["domain"]: row for row in rows}
        return [_answer(voice, told.get(domain.key), bool(unit)) for domain in self.domains] if rows else []


def people_of(scores: Mapping[tuple[str, str], Score], group: str = TOTAL) -> Score:
    """Return how many people a zone has."""
    return scores.get((group, "people"), NOTHING)


def _figure(voice: Voice, reach: Reach) -> str:
    if reach.kind == KNOWN:
        return voice.shares(reach.share.low, reach.share.high)
    if reach.kind == UNKNOWN:
        return voice.reason(reach.share.reason) if reach.share.reason in TOLD else voice.say("cell.unknown")
    return voice.say("cell.described" if reach.kind == DESCRIBED else "cell.empty")


def _answer(voice: Voice, row: Row | None, is_of_unit: bool) -> dict[str, Any]:
    """Say what those asked of one domain answer; of a larger unit, what it has within a walk, too."""
    if row is None:
        return {"share": voice.say("cell.empty"), "notes": [], "differs": False}
    if not is_known(row["share"], row["answers_count"]) or row["answers_count"] < LEAST_ANSWERS:
        least = voice.number(LEAST_ANSWERS)
        why = "card.untold" if row["reason"] == UNTOLD else "card.hidden"
        return {"share": voice.say(why, least=least), "notes": [], "differs": False}
    margin = voice.phrases.figure(f"±{percent(row['margin'])}")
    notes = [voice.say("card.answers", count=voice.number(row["answers_count"]), margin=margin)]
    if is_of_unit and is_known(row["objective_low"], row["objective_high"]):
        notes.append(voice.say("card.beside", share=voice.shares(row["objective_low"], row["objective_high"])))
    return {"share": voice.percent(row["share"]), "notes": notes, "differs": row["diverges"] != ""}
