"""What every column of every table and layer holds, and in what unit, in the languages of the catalogue."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from geokehila.catalogue import LANGUAGES, Catalogue, Names, text
from geokehila.names import clean, shown
from geokehila.schema import COUNT, FLAG, NUMBER, SHAPE

#: Ends of an interval of areas.
ENDS = ("_low", "_high", "_reason")


@dataclass(frozen=True)
class Column:
    """What a column holds.

    Attributes
    ----------
    meaning, unit
        By language.
    page
        Page of method below ``docs/``; "" where none tells.
    """

    meaning: Names
    unit: Names
    page: str


@dataclass(frozen=True)
class Columns:
    """What columns hold, in the words of a study: its own categories among them.

    Attributes
    ----------
    weights
        What the numbers of people count: residents, voters or dwellings.

    Examples
    --------
    >>> columns = Columns(Catalogue.read())
    >>> columns.of("zones", "category_clinic_10min_share_low").meaning["en"]
    'Clinic, 10 minutes: share of residents within the walk, at least'
    >>> columns.of("zones", "spacing_mean_m").unit["en"]
    'm'
    """

    catalogue: Catalogue
    weights: str = "residents"
    _found: dict[tuple[str, str, str], Column] = field(default_factory=dict, repr=False)

    def of(self, table: str, column: str, kind: str = NUMBER) -> Column:
        """Return what a column of a table or layer holds; one that nobody told of is called by its name.

        Parameters
        ----------
        kind
            Of its values: text, number, count, flag or geometry.
        """
        key = table, column, kind
        if key not in self._found:
            words = next(self._told(table, column), dict.fromkeys(LANGUAGES, column))
            self._found[key] = Column(
                self._filled(words), self._filled(_unit(column, kind, words)), _page(table, column)
            )
        return self._found[key]

    def knows(self, table: str, column: str) -> bool:
        """Tell whether there are words for a column."""
        return next(self._told(table, column), None) is not None

    def called(self, measure: str) -> Names:
        """Return what pages call a measure, also one that could not be computed and so stands in no column."""
        held = self.of("zones", measure).meaning
        return {language: _label(measure, language) or held[language] for language in LANGUAGES}

    def title(self, table: str) -> Names:
        """Return what a table or layer is called; ``zones_<zoning>`` of a study's own zoning by that name."""
        named = _read()["tables"].get(table)
        if named:
            return dict(named)
        base, _, rest = table.partition("_")
        known = _read()["tables"].get(base, dict.fromkeys(LANGUAGES, base))
        return {language: f"{known[language]}: {rest}" if rest else known[language] for language in LANGUAGES}

    def _told(self, table: str, column: str) -> Iterator[Names]:
        """Yield the words for a column, the most particular first."""
        data = _read()
        for key in (f"{table}.{column}", column):
            if key in data["columns"]:
                yield data["columns"][key]
        if (found := self._measure(column)) is not None:
            yield found
        for end in ENDS:
            if column.endswith(end) and (found := self._measure(column.removesuffix(end))) is not None:
                yield _joined(", ", found, data["intervals"][end])

    def _measure(self, measure: str) -> Names | None:
        """Return the words for a measure of homes or areas, None where there are none."""
        data = _read()
        if measure in data["measures"]:
            return dict(data["measures"][measure])
        for prefix, words in data["prefixes"].items():
            if measure.startswith(prefix) and (found := self._measure(measure.removeprefix(prefix))) is not None:
                return _joined(", ", found, words)
        for pattern, words in self._whole:
            if match := pattern.fullmatch(measure):
                return self._named(words, match.groupdict())
        matches = ((kind, words, pattern.fullmatch(measure)) for kind, pattern, words in self._stems)
        return next((self._built(kind, words, match.groupdict()) for kind, words, match in matches if match), None)

    def _built(self, kind: str, stem: Names, parts: Mapping[str, str]) -> Names:
        """Return the words for a measure that is built from parts: its stem, what narrows it, its ending."""
        data, narrow = _read(), parts["narrow"]
        number = re.fullmatch(r"_(\d+)(min|m)", narrow)
        key = f"_{{number}}{number[2]}" if number else narrow
        narrowed = _joined("", stem, data["narrowed"][key]) if key else stem
        words = _joined(": ", narrowed, data["endings"][kind][parts["ending"]])
        names = {name: part for name, part in parts.items() if name not in ("narrow", "ending")}
        return self._named(words, names | ({"number": number[1]} if number else {}))

    @cached_property
    def _whole(self) -> list[tuple[re.Pattern[str], Names]]:
        """What names of columns and measures with other names in them look like."""
        told = {**_read()["columns"], **_read()["measures"]}
        return [(re.compile(self._pattern(key)), words) for key, words in told.items() if "{" in key]

    @cached_property
    def _stems(self) -> list[tuple[str, re.Pattern[str], Names]]:
        """What names of built measures look like, by the kind of their endings."""
        data = _read()
        narrowed = "|".join(self._pattern(key).replace("?P<number>", "?:") for key in _longest_first(data["narrowed"]))
        return [
            (
                kind,
                re.compile(
                    f"{self._pattern(stem)}(?P<narrow>(?:{narrowed})?)(?P<ending>{'|'.join(data['endings'][kind])})"
                ),
                words,
            )
            for kind in ("told", "walk")
            for stem, words in data["stems"][kind].items()
        ]

    def _pattern(self, key: str) -> str:
        """Return what a key with names in braces stands for, as a regular expression."""
        parts = re.split(r"\{(\w+)\}", key)
        return "".join(self._group(part) if n % 2 else re.escape(part) for n, part in enumerate(parts))

    def _group(self, name: str) -> str:
        among = r"\d+" if name == "number" else "|".join(re.escape(key) for key in _longest_first(self._names[name]))
        return f"(?P<{name}>{among})"

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, Names]]:
        """What the words in braces stand for."""
        return {
            **_read()["names"],
            "category": {key: category.name for key, category in self.catalogue.categories.items()},
            "domain": {key: domain.name for key, domain in self.catalogue.domains.items()},
            "sector": {key: sector.name for key, sector in self.catalogue.sectors.items()},
        }

    def _named(self, words: Names, parts: Mapping[str, str]) -> Names:
        """Return words with the names that a measure's own name has in it."""
        return {
            language: _fill(
                words[language],
                {k: v if k == "number" else clean(shown(self._names[k][v], language)[0]) for k, v in parts.items()},
            )
            for language in LANGUAGES
        }

    def _filled(self, words: Names) -> Names:
        """Return words that say what the numbers of people count."""
        said = {
            language: {section: str(text(language)[section][self.weights]) for section in ("weights", "the_weights")}
            for language in LANGUAGES
        }
        return {language: _fill(words[language], said[language]) for language in LANGUAGES}


def _label(measure: str, language: str) -> str:
    """Return the label of a measure; empty where the texts have none."""
    texts = text(language)
    labelled = (*texts["measures"].values(), texts["not_computed"])
    return next((str(labels[measure]) for labels in labelled if measure in labels), "")


def _longest_first(keys: Iterable[str]) -> list[str]:
    return sorted(keys, key=len, reverse=True)


def _fill(words: str, names: Mapping[str, str]) -> str:
    for key, name in names.items():
        words = words.replace(f"{{{key}}}", name)
    return words


def _joined(between: str, first: Names, second: Names) -> Names:
    """Return words one after the other; an Arabic comma between Arabic ones."""
    commas = {"ar": between.replace(",", "،")}
    return {language: first[language] + commas.get(language, between) + second[language] for language in LANGUAGES}


def _unit(column: str, kind: str, words: Names) -> Names:
    """Return the unit of a column: by its name's end, else people where its words begin with whom a run counts."""
    units: Mapping[str, Names] = _read()["units"]
    bare = re.sub("_(low|high)$", "", column)
    if kind not in (NUMBER, COUNT) or bare.endswith("_reason"):
        return units[{FLAG: "flag", SHAPE: "geometry"}.get(kind, "text")]
    ends = sorted((end for end in units if bare.endswith(end)), key=len)
    counts = bare.startswith(("people", "beyond")) or words["en"].startswith("{weights}")
    return units[ends[-1] if ends else "people" if counts and not bare.startswith("people_per") else "number"]


def _page(table: str, column: str) -> str:
    pages = _read()["pages"]
    if table in pages["tables"]:
        return str(pages["tables"][table])
    return next((str(page) for begins, page in pages["measures"].items() if re.match(begins, column)), "")


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(files("geokehila.catalogue").joinpath("columns.toml").read_text(encoding="utf-8"))
