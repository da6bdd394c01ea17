"""OpenStreetMap tag filters, as the catalogue and a study write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geokehila.errors import StudyError


@dataclass(frozen=True)
class TagFilter:
    """Conditions on tags that must all hold: ``shop=bakery|deli``, ``office=*``, ``railway=station usage=main``.

    Attributes
    ----------
    conditions
        Pairs of a key and the values it may take; no values at all means any value.

    Examples
    --------
    >>> TagFilter.parse("shop=bakery|deli").matches({"shop": "deli"})
    True
    >>> TagFilter.parse("amenity=shelter shelter_type=bomb_shelter").matches({"amenity": "shelter"})
    False
    """

    conditions: tuple[tuple[str, frozenset[str]], ...]

    @classmethod
    def parse(cls, words: str, where: str = "filter") -> TagFilter:
        """Read a filter; raise `StudyError` where it is not ``key=value``."""
        pairs = [word.partition("=") for word in words.split()] if isinstance(words, str) else []
        if not pairs or any(not key or not values for key, _, values in pairs):
            raise StudyError(f"{where}: {words!r} is no tag filter: write key=value, key=a|b or key=*")
        return cls(tuple((key, frozenset() if v == "*" else frozenset(v.split("|"))) for key, _, v in pairs))

    def __str__(self) -> str:
        """Return the filter as it is written."""
        return " ".join(f"{key}={'|'.join(sorted(values)) or '*'}" for key, values in self.conditions)

    @property
    def key(self) -> str:
        """The first key: an object without it cannot match."""
        return self.conditions[0][0]

    def matches(self, tags: Mapping[str, str]) -> bool:
        """Tell whether an object's tags meet every condition; several values in one tag (``a;b``) each count."""
        return all(
            key in tags and (not values or not values.isdisjoint(map(str.strip, tags[key].split(";"))))
            for key, values in self.conditions
        )
