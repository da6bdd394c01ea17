"""Sentences in Hebrew, Arabic and English made of the catalogue's texts: numbers, walks and names that read right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

from geokehila.catalogue import LANGUAGES, known, text
from geokehila.catalogue.facts import Category
from geokehila.names import SCRIPTS, clean, shown

#: Written from right to left.
RIGHT_TO_LEFT = ("he", "ar")
#: Unicode isolates: what stands between keeps its own direction; the first is from left to right, the second as its
#: first letter.
LEFT_TO_RIGHT, OWN_DIRECTION, POP = "\u2066", "\u2068", "\u2069"
#: A walk is told in kilometres from here [m], else in tens of metres.
KILOMETRE, TEN = 1000.0, 10.0


@dataclass(frozen=True)
class Phrases:
    """What is said in one language.

    Examples
    --------
    >>> english = Phrases("en")
    >>> english.number(1350.4), english.minutes(1201), english.distance(1584)
    ('1,350', '21 min', '1.6 km')
    >>> english.say("gaps.exact", category="a clinic", low="12", people="40 residents of Neve Or")
    'A gap of a clinic for 12 of the 40 residents of Neve Or'
    """

    language: str

    def __post_init__(self) -> None:
        """Raise `StudyError` for a language that there are no texts in; the nearest one is named."""
        known(self.language, LANGUAGES, "language")

    @cached_property
    def texts(self) -> Mapping[str, Any]:
        """Its texts by section."""
        return text(self.language)

    def say(self, key: str, /, **words: str) -> str:
        """Return the text ``section.key`` with its words filled in."""
        section, _, name = key.partition(".")
        return str(self.texts[section][name]).format(**words)

    def has(self, key: str) -> bool:
        """Tell whether there is a text ``section.key``."""
        section, _, name = key.partition(".")
        return name in self.texts[section]

    def figure(self, figure: str) -> str:
        """Return a figure that reads from left to right in any text."""
        return f"{LEFT_TO_RIGHT}{figure}{POP}" if self.language in RIGHT_TO_LEFT else figure

    def number(self, number: float) -> str:
        """Return a number rounded to a whole one, halves up."""
        return self.figure(f"{whole(number):,}")

    def minutes(self, seconds: float) -> str:
        """Return a walk [s] in whole minutes, rounded up: one beyond a cutoff is never said to be within it."""
        number = ceil(round(seconds / 60, 6))
        return self.say(f"minutes.{_form(self.language, number)}", number=self.number(number))

    def distance(self, metres: float) -> str:
        """Return a way [m] in tens of metres, from 1 km in kilometres with one decimal."""
        tens = whole(metres / TEN) * TEN
        if tens < KILOMETRE:
            return self.say("distance.m", number=self.number(tens))
        return self.say("distance.km", number=self.figure(f"{tens / KILOMETRE:.1f}"))

    def category(self, category: Category) -> str:
        """Return what a category is called in the middle of a sentence."""
        key = f"category.{category.key}"
        return self.say(key) if self.has(key) else self.name(category.name)

    def role(self, role: str, categories: Mapping[str, Category]) -> str:
        """Return what an input is called; the role itself where nothing has words for it.

        Examples
        --------
        >>> from geokehila.catalogue import Catalogue
        >>> said = Phrases("en"), Catalogue.read().categories
        >>> [said[0].role(role, said[1]) for role in ("gtfs", "places_school", "places_kiosk")]
        ['Timetable (GTFS)', 'List: School', 'places_kiosk']
        """
        if self.has(f"roles.{role}"):
            return self.say(f"roles.{role}")
        category = categories.get(role.removeprefix("places_"))
        return self.say("roles.places", category=self.name(category.name)) if category else role

    def name(self, names: Mapping[str, str | None]) -> str:
        """Return a name for readers of the language; one in a script of the other direction keeps its own.

        Empty where no name is known.
        """
        name = clean(shown(names, self.language)[0])
        reads_left = SCRIPTS["he"].search(name) is None and SCRIPTS["ar"].search(name) is None
        is_foreign = reads_left == (self.language in RIGHT_TO_LEFT) and re.search(r"\w", name)
        return f"{OWN_DIRECTION}{name}{POP}" if is_foreign else name


def whole(number: float) -> int:
    """Return a number rounded to a whole one, halves up.

    Examples
    --------
    >>> whole(2.5), whole(0.49)
    (3, 0)
    """
    return int(number + 0.5)


def _form(language: str, number: int) -> str:
    """Return the form of a noun beside a number: after the plural rules of Unicode CLDR."""
    if number in (1, 2):
        return ("one", "two")[number - 1]
    return "few" if language != "ar" or 3 <= number % 100 <= 10 else "many"
