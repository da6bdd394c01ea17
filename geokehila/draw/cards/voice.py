"""What a card says in one language: words filled in, numbers, shares and ranges that read right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any

from geokehila import names
from geokehila.catalogue import Category, Domain, Profile
from geokehila.catalogue.phrases import Phrases, whole

#: What keeps a Hebrew prefix, and a name or a unit, on the line of the number that it belongs to.
WORD_JOINER, NO_BREAK = "\u2060", "\u00a0"
#: Names are cut to this many letters for display.
LONGEST_NAME = 60
#: A share below this that is not 0 is told as less than one per cent; above its complement as more than 99.
HALF_PERCENT = 0.005


@dataclass(frozen=True)
class Voice:
    """The words of one language, for numbers that count `weights`.

    Examples
    --------
    >>> english = Voice("en", "residents")
    >>> english.shares(0.703, 0.998), english.shares(0.2, 0.2), english.counts(1350.4, 1720)
    ('70% to >99%', '20%', '1,350 to 1,720')
    """

    language: str
    weights: str
    _said: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def phrases(self) -> Phrases:
        """Its texts."""
        return Phrases(self.language)

    @cached_property
    def counted(self) -> Mapping[str, str]:
        """What the numbers count, with and without the article."""
        return {key: self.phrases.say(f"{key}.{self.weights}") for key in ("weights", "the_weights")}

    def say(self, key: str, /, **words: str) -> str:
        """Return the text of a dotted key with its words filled in."""
        return self._template(key).format_map({**self.counted, **words})

    def has(self, key: str) -> bool:
        """Tell whether there is a text of a dotted key."""
        return isinstance(self._find(key), str)

    def number(self, number: float) -> str:
        """Return a number rounded to a whole one."""
        return self.phrases.number(number)

    def percent(self, share: float) -> str:
        """Return a share as per cent; what is not quite none or all is not told as none or all."""
        return self.phrases.figure(percent(share))

    def shares(self, low: float, high: float) -> str:
        """Return shares, at least to at most; one where both read the same."""
        return self._range(percent(low), percent(high))

    def counts(self, low: float, high: float) -> str:
        """Return numbers, at least to at most; one where both read the same."""
        return self._range(f"{whole(low):,}", f"{whole(high):,}")

    def listed(self, some: Iterable[str]) -> str:
        """Return them in a row."""
        return self.say("card.join").join(some)

    def name(self, row: Mapping[str, Any], longest: int = LONGEST_NAME) -> str:
        """Return what a row with ``name_<language>`` is called; empty where nobody named it."""
        return self.phrases.name({key: text(row.get(f"name_{key}"), longest) for key in names.LANGUAGES})

    def called(self, fact: Category | Domain | Profile) -> str:
        """Return what a category, a domain or a profile is called."""
        key = f"{type(fact).__name__}.{fact.key}"
        if key not in self._said:
            self._said[key] = self.phrases.name(fact.name)
        return self._said[key]

    def reason(self, reason: str) -> str:
        """Return why something is not known; words of the data that nobody translated stay as they are."""
        parts = [part for part in re.split(r"[;,] *", reason) if part] or ["unknown"]
        return self.listed(self.phrases.texts["reasons"].get(part) or text(part) for part in parts)

    def _range(self, low: str, high: str) -> str:
        ends = {"low": self.phrases.figure(low), "high": self.phrases.figure(high)}
        return ends["low"] if low == high else self.say("sentence.range", **ends)

    def _template(self, key: str) -> str:
        if key not in self._said:
            self._said[key] = re.sub(r"(?<=\w)-(?=\{)", f"-{WORD_JOINER}", self._find(key))
        return self._said[key]

    def _find(self, key: str) -> Any:
        found: Any = self.phrases.texts
        for part in key.split("."):
            found = found.get(part, {})
        return found


def percent(share: float) -> str:
    """Return a share as per cent, whole, halves up.

    Examples
    --------
    >>> percent(0), percent(0.004), percent(0.125), percent(0.996), percent(1)
    ('0%', '<1%', '13%', '>99%', '100%')
    """
    if 0 < share < HALF_PERCENT:
        return "<1%"
    if 1 - HALF_PERCENT <= share < 1:
        return ">99%"
    # 28.999999999999996 is 29: sums of shares carry the rounding of their order.
    return f"{whole(round(100 * share, 9))}%"


def text(value: object, longest: int = LONGEST_NAME) -> str:
    """Return text from outside fit to show; what is missing is empty."""
    return names.clean(value, longest) if isinstance(value, str) else ""


def is_known(*numbers: Any) -> bool:
    """Tell whether all of these are numbers that are known."""
    return all(isinstance(number, int | float) and isfinite(number) for number in numbers)
