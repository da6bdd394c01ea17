"""Whom a service is for, as tags, names and lists tell it: health fund, religion, stream of education."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from geokehila.catalogue.facts import Sector
from geokehila.names import LANGUAGES, matching_key

#: What is walked to where the sector of a place is not told, behind its category.
UNTOLD = "sector_untold"
#: Keys of tags whose words tell, the surest first.
_SAID = (("operator", "brand", "network"), ("name",))
#: Behind the first and before the second of these a word is part of an address.
_STREET = tuple(map(matching_key, ("רחוב", "ברחוב", "רח", "שדרות", "שד", "شارع")))
_BEHIND, _BEFORE = "".join(rf"(?<!\b{word} )" for word in _STREET), r"(?! (?:street|road|avenue)\b)"


def walked_to(category: str, sector: str = UNTOLD) -> str:
    """Return what places of a category are called among what is walked to, by their sector.

    Examples
    --------
    >>> walked_to("clinic", "clalit"), walked_to("clinic")
    ('clinic_clalit', 'clinic_sector_untold')
    """
    return f"{category}_{sector}"


def of_category(sectors: Mapping[str, Sector], category: str) -> tuple[str, ...]:
    """Return the sectors that places of a category may be of, in the catalogue's order."""
    return tuple(key for key, sector in sectors.items() if category in sector.categories)


@dataclass(frozen=True, eq=False)
class Telling:
    """Reads sectors off tags and texts.

    Of each kind the surest statement tells alone: a tag of the sector itself before a word of the operator, brand or
    network, and these before a word of the name. A statement may tell several: a clinic of two funds.

    Examples
    --------
    >>> from geokehila.catalogue import Catalogue
    >>> telling = Telling(Catalogue.read().sectors)
    >>> telling.of_tags(["clinic"], {"operator": "כללית"}), telling.of_tags(["school"], {"name": 'ממ"ד הגבעה'})
    (('clalit',), ('state_religious',))
    """

    sectors: Mapping[str, Sector]

    def of_tags(self, categories: Collection[str], tags: Mapping[str, str]) -> tuple[str, ...]:
        """Return the sectors that an object's tags tell of a place of some categories; () where they tell none."""
        said = [[tags[key] for key in _in_languages(keys) if key in tags] for keys in _SAID]
        return self._applicable(categories, (kind.of_tags(tags, said) for kind in self._kinds))

    def of_text(self, categories: Collection[str], text: str) -> tuple[str, ...]:
        """Return the sectors that a cell of a list tells; () where it tells none."""
        return self._applicable(categories, (kind.of_texts([text]) for kind in self._kinds))

    @cached_property
    def _kinds(self) -> tuple[_Kind, ...]:
        kinds = dict.fromkeys(sector.kind for sector in self.sectors.values())
        return tuple(_Kind([s for s in self.sectors.values() if s.kind == kind]) for kind in kinds)

    def _applicable(self, categories: Collection[str], told: Iterable[Collection[str]]) -> tuple[str, ...]:
        keys = {key for some in told for key in some}
        return tuple(k for k, s in self.sectors.items() if k in keys and not {*s.categories}.isdisjoint(categories))


@dataclass(frozen=True, eq=False)
class _Kind:
    """Sectors that exclude one another but for places that serve several."""

    sectors: list[Sector]

    def of_tags(self, tags: Mapping[str, str], said: Iterable[Collection[str]]) -> Collection[str]:
        told: Collection[str] = [s.key for s in self.sectors if any(f.matches(tags) for f in s.any_of)]
        return told or next(filter(None, map(self.of_texts, said)), ())

    def of_texts(self, texts: Iterable[str]) -> Collection[str]:
        """Return the sectors whose words stand in any of some texts."""
        plain = [matching_key(text) for text in texts]
        return {self._by_word[word[0]] for text in plain for word in self._pattern.finditer(text)}

    @cached_property
    def _by_word(self) -> dict[str, str]:
        pairs = ((matching_key(word), s.key) for s in self.sectors for word in (*s.words, *s.first_words))
        return {word: key for word, key in pairs if word}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Words that tell; what one of them takes up, a shorter one does not tell again."""
        first = {matching_key(word) for s in self.sectors for word in s.first_words}
        longest_first = sorted(self._by_word, key=lambda word: (-len(word), word))
        words = "|".join(("^" if word in first else "") + word for word in longest_first) or "(?!)"
        return re.compile(rf"\b{_BEHIND}(?:{words})\b{_BEFORE}")


def _in_languages(keys: Iterable[str]) -> list[str]:
    """Return keys of tags, and the same in each language."""
    return [f"{key}{language}" for key in keys for language in ("", *(f":{known}" for known in LANGUAGES))]
