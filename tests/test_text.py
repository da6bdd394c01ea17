"""The words of the product say the same in Hebrew, Arabic and English, each in its own letters, and read right."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geokehila import catalogue, hubs
from geokehila.candidates import REASONS
from geokehila.hubs.unpriced import NO_PRICE
from geokehila.study import ROLES

TEXTS = Path(catalogue.__file__).parent / "text"
#: Names of things that are written in Latin letters in Hebrew and Arabic too; FICTIONAL warns every reader.
LATIN = {
    "GeoKehila",
    "OpenStreetMap",
    "ODbL",
    "GTFS",
    "Leaflet",
    "ANGSt",
    "FICTIONAL",
    "run.json",
    "candidates.xlsx",
    "HiGHS",
    "m",
    "km",
}
#: Written in the letters of the language that it names, whatever language it stands in.
SWITCH = "page.switch"
#: Named by the catalogue where nothing else is said here, so a language may lack any of them.
OPTIONAL = "category."
#: Numbers that a Hebrew and an Arabic noun say by themselves.
IN_WORDS = {"minutes.one", "minutes.two"}
#: The page sets this whole range apart from left to right.
ISOLATED = "legend.class"
#: Their 3-30-300 stays as it is after a Hebrew letter, where a hyphen joins figures; after an Arabic one it would not.
RULES = {"measures.open_space.rule_300_share", "not_computed.rule_3_state", "not_computed.rule_30_state"}
HEBREW, ARABIC = "[\u0590-\u05ff\ufb1d-\ufb4f]", "[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"
#: Marks, embeddings, overrides and isolates: whoever fills a text sets figures apart, so no text needs any.
DIRECTIONS = "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
RANGE = r"(?:\}|\d) ?[-\u2010-\u2015] ?(?:\{|\d)"


def leaves(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield path + key, value


TREES = {language: tomllib.loads((TEXTS / f"{language}.toml").read_text("utf-8")) for language in ("he", "ar", "en")}
WORDS = {language: dict(leaves(tree)) for language, tree in TREES.items()}
ENGLISH = WORDS["en"]
others = pytest.mark.parametrize("language", ["he", "ar"])


def slots(words: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", words))


def without_slots(words: str) -> str:
    return re.sub(r"\{\w+\}", "", words)


def found(language: str, pattern: str) -> dict[str, str]:
    """The texts of a language in which a pattern is found, but for the words of the switch."""
    return {key: words for key, words in WORDS[language].items() if key != SWITCH and re.search(pattern, words)}


def test_there_is_a_file_of_words_for_every_language_of_the_product() -> None:
    assert {path.stem for path in TEXTS.glob("*.toml")} == {*catalogue.LANGUAGES} == {*WORDS}


@others
def test_keys_are_equal_and_in_one_order(language: str) -> None:
    needed = [key for key in ENGLISH if not key.startswith(OPTIONAL)]
    assert [key for key in WORDS[language] if not key.startswith(OPTIONAL)] == needed
    assert WORDS[language].keys() <= ENGLISH.keys()
    assert [*TREES[language]] == [*TREES["en"]], "so are the sections"


@others
def test_placeholders_are_equal(language: str) -> None:
    said = {key: words for key, words in WORDS[language].items() if key not in IN_WORDS}
    assert {key: words for key, words in said.items() if slots(words) != slots(ENGLISH[key])} == {}
    assert all(slots(WORDS[language][key]) <= slots(ENGLISH[key]) for key in IN_WORDS)


@pytest.mark.parametrize("language", WORDS)
def test_every_brace_is_of_a_placeholder(language: str) -> None:
    assert [key for key, words in WORDS[language].items() if re.search("[{}]", without_slots(words))] == []


def test_every_reason_against_a_site_has_a_word() -> None:
    words = catalogue.text("en")["words"]
    assert {*REASONS, hubs.NO_WAY, NO_PRICE} <= {*words}


@pytest.mark.parametrize("language", WORDS)
def test_no_text_is_empty(language: str) -> None:
    assert all(isinstance(words, str) for words in WORDS[language].values())
    assert [key for key, words in WORDS[language].items() if not words.strip()] == []


@others
def test_a_text_begins_and_ends_with_a_blank_where_the_english_one_does(language: str) -> None:
    def blanks(words: str) -> tuple[bool, bool]:
        return words[:1].isspace(), words[-1:].isspace()

    said = WORDS[language]
    assert [key for key in said if blanks(said[key]) != blanks(ENGLISH[key])] == []
    assert found(language, "  ") == {}, "two blanks"


@others
def test_no_text_is_left_in_english(language: str) -> None:
    said = {key: without_slots(words) for key, words in WORDS[language].items() if key != SWITCH}
    latin = {key: {*re.findall(r"[A-Za-z]+(?:\.[A-Za-z]+)?", words)} - LATIN for key, words in said.items()}
    assert {key: words for key, words in latin.items() if words} == {}


def test_hebrew_and_arabic_letters_do_not_mix() -> None:
    assert found("he", ARABIC) == {}
    assert found("ar", HEBREW) == {}
    assert found("en", f"{HEBREW}|{ARABIC}") == {}


@others
def test_every_text_is_in_the_letters_of_its_language(language: str) -> None:
    own = {"he": HEBREW, "ar": ARABIC}[language]
    worded = {key for key, words in ENGLISH.items() if re.search("[A-Za-z]", without_slots(words))}
    assert [key for key, words in WORDS[language].items() if key in worded and not re.search(own, words)] == []


@pytest.mark.parametrize("language", WORDS)
def test_no_text_turns_the_direction_of_what_follows(language: str) -> None:
    assert found(language, DIRECTIONS) == {}


def test_ranges_are_said_in_words_for_a_dash_would_be_read_backwards() -> None:
    assert {*found("he", RANGE)} == {ISOLATED, *RULES}
    assert {*found("ar", RANGE)} == {ISOLATED}


def test_arabic_has_marks_and_figures_of_its_own() -> None:
    assert found("ar", r"[,;?](?!\d)") == {}, "write \u060c \u061b \u061f"
    assert found("ar", "[\u0660-\u0669\u06f0-\u06f9]") == {}, "figures are those of the numbers that are filled in"


def test_every_role_of_an_input_has_a_word() -> None:
    assert [role for role in ROLES if role not in TREES["en"]["roles"]] == []


@others
def test_ages_are_of_nobody_in_particular(language: str) -> None:
    gendered = {"he": r"\b(?:בני|בנות|גילאי) \d", "ar": r"\b(?:أبناء|بنات) \d"}[language]
    assert found(language, gendered) == {}


#: Words for a hub, and those of a community centre, which is a kind of building that can be one.
HUB = {"he": "מוקד(?!ם|מ)", "ar": "مركز|مراكز|المركز"}
CENTRE = {"he": 'מרכז קהילתי|מתנ["״]', "ar": "جماهير"}


@others
def test_one_word_stands_for_a_hub(language: str) -> None:
    columns = tomllib.loads((TEXTS.parent / "columns.toml").read_text("utf-8"))
    told = {path: node for part in ("columns", "tables", "measures") for path, node in trios(columns[part], part)}
    told |= {key: {one: WORDS[one].get(key, "") for one in WORDS} for key in ENGLISH}
    domains = tomllib.loads((TEXTS.parent / "domains.toml").read_text("utf-8"))
    told |= dict(trios(domains, "domains"))
    of_hubs = {key: words for key, words in told.items() if re.search(r"\b[Hh]ubs?\b", words["en"]) and words[language]}
    assert len(of_hubs) > 40
    assert [key for key, words in of_hubs.items() if not re.search(HUB[language], words[language])] == []
    centres = {key for key, words in told.items() if re.search(CENTRE[language], words[language])}
    assert centres == {"hub_kinds.community_centre"}


def trios(node: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text in three languages below a node."""
    if all(isinstance(node.get(language), str) for language in ("he", "ar", "en")):
        yield path, node
        return
    for key, inner in node.items():
        if isinstance(inner, dict):
            yield from trios(inner, f"{path}.{key}")


def test_a_rule_that_is_no_law_is_not_called_a_standard() -> None:
    """In Hebrew a standard binds; tables, columns and cards name what areas are compared with alike."""
    columns = tomllib.loads((TEXTS.parent / "columns.toml").read_text("utf-8"))
    told = dict(trios(columns, "")) | {key: {one: WORDS[one].get(key, "") for one in WORDS} for key in ENGLISH}
    binding = {"he": r"\bה?תקן\b|\bה?תקנים\b|בתקנים", "ar": "معيار|معايير"}
    assert [key for key, words in told.items() for one in binding if re.search(binding[one], words.get(one, ""))] == []
    assert columns["tables"]["compliance"] == {one: WORDS[one]["card.rules"] for one in WORDS}
