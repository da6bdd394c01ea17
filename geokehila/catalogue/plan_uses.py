"""What cells of statutory plans are for, by code or words, and how far their plan has come."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from geokehila.catalogue.facts import CONFIDENCES
from geokehila.catalogue.reading import known
from geokehila.errors import StudyError
from geokehila.names import matching_key

#: What a cell is for; a silent one says nothing of its land.
PLAN_USES = ("public_building", "open_space", "housing", "commerce", "industry", "road", "other")
SILENT, OTHER = "silent", "other"
#: How far a plan has come.
APPROVED, DEPOSITED = "approved", "deposited"
#: And, the, for and in stand before a Hebrew word without a blank.
_PREFIX = "[והלב]{0,2}"


@dataclass(frozen=True)
class PlanCode:
    """One code of land use: what it is called, which of :data:`PLAN_USES` (or silent) it is, and who says so."""

    code: str
    name: str
    use: str
    source: str
    confidence: str


@dataclass(frozen=True, eq=False)
class PlanUses:
    """Codes and words of land use, of stations and statuses.

    Attributes
    ----------
    codes
        By code.
    words
        Use by the matching key of a word.
    stations, statuses
        Status by a station's code, and by the matching key of a whole status.
    behind
        Matching keys of words in the name of a plan that goes behind all others.
    """

    codes: Mapping[str, PlanCode]
    words: Mapping[str, str]
    stations: Mapping[str, str]
    statuses: Mapping[str, str]
    behind: Collection[str]

    def of_words(self, designation: str) -> str:
        """Return the use that a designation's first telling word tells; empty where none does.

        Examples
        --------
        >>> plan_uses().of_words('מגורים ומסחר'), plan_uses().of_words('שצ"פ'), plan_uses().of_words("שונות")
        ('housing', 'open_space', '')
        """
        found = self._pattern.search(matching_key(designation))
        return self.words[found[1]] if found else ""

    def use(self, code: str, designation: str) -> str:
        """Return the use by a known code, else by words; empty where neither tells.

        Examples
        --------
        >>> plan_uses().use("670", ""), plan_uses().use("", "דרך מוצעת"), plan_uses().use("4711", "")
        ('open_space', 'road', '')
        """
        return self.codes[code].use if code in self.codes else self.of_words(designation)

    def status(self, station: str, words: str) -> str:
        """Return the status by a known station, else by whole words; empty where neither tells.

        Examples
        --------
        >>> plan_uses().status("3010", ""), plan_uses().status("", "בהליך אישור"), plan_uses().status("", "?")
        ('approved', 'deposited', '')
        """
        return self.stations.get(station) or self.statuses.get(matching_key(words), "")

    def is_behind(self, plan_name: str) -> bool:
        """Tell whether a plan of this name goes behind all others: a comprehensive one parts no plots."""
        return not {*matching_key(plan_name).split()}.isdisjoint(self.behind)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.words, key=lambda word: (-len(word), word))
        return re.compile(rf"\b{_PREFIX}({'|'.join(longest_first)})\b")


@cache
def plan_uses() -> PlanUses:
    """Read the shipped codes and words.

    Raises
    ------
    StudyError
        An unknown use, confidence or source, or a word that tells two uses.

    Examples
    --------
    >>> plan_uses().codes["400"].use, plan_uses().codes["400"].confidence
    ('public_building', 'literature')
    """
    text = files("geokehila.catalogue").joinpath("plan_uses.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    sources = tables["sources"]
    codes = {code: _code(code, table, sources) for code, table in tables["codes"].items()}
    stations = {status: map(str, table["stations"]) for status, table in tables["status"].items()}
    statuses = {status: map(matching_key, table["words"]) for status, table in tables["status"].items()}
    words = {known(use, (*PLAN_USES, SILENT), "use"): map(matching_key, own) for use, own in tables["words"].items()}
    return PlanUses(
        codes=codes,
        words=_turned(words),
        stations=_turned(stations),
        statuses=_turned(statuses),
        behind=frozenset(map(matching_key, tables["behind"]["words"])),
    )


def _code(code: str, table: Mapping[str, str], sources: Mapping[str, Mapping[str, str]]) -> PlanCode:
    source = sources[known(table["source"], sources, f"source of code {code}")]
    known(source["confidence"], CONFIDENCES, f"confidence of source {table['source']}")
    use = known(table["use"], (*PLAN_USES, SILENT), f"use of code {code}")
    return PlanCode(code, table["name"], use, source["text"], source["confidence"])


def _turned(lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return key by word; raise `StudyError` where two keys have one word."""
    turned: dict[str, str] = {}
    for key, words in lists.items():
        for word in words:
            if turned.setdefault(word, key) != key:
                raise StudyError(f"plan_uses.toml: {word!r} tells {turned[word]} and {key}: keep one")
    return turned
