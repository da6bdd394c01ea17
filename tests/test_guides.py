"""The guides that stand in three languages, and the glossary: the same content in each, in the words of the product."""

import re
from dataclasses import fields
from pathlib import Path

import manuals
import pytest
from manuals import DOCS

from geokehila.catalogue import LANGUAGES, Catalogue, text
from geokehila.catalogue.areas import ZoneChoice
from geokehila.catalogue.choices import HubChoice
from geokehila.catalogue.themes import themes
from geokehila.hubs import fates
from geokehila.schema import TABLES
from geokehila.study import ROLES

GUIDES = ("planners", "municipalities")
#: Each leads to the two other languages.
OTHERS = {f"{guide}.md" for guide in GUIDES}
RIGHT_TO_LEFT = {"he": r"[\u0590-\u05ff]", "ar": r"[\u0600-\u06ff]"}


@pytest.mark.parametrize("language", ["he", "ar"])
def test_words_of_the_glossary_are_those_of_the_product(language: str) -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \| [^|]*\|$", manuals.text(DOCS / "glossary.md"), re.MULTILINE
    )
    column = {"he": 1, "ar": 2}[language]
    said = str(text(language)) + manuals.text(DOCS / "catalogue.md")
    words = {
        word for row in rows if row[0] not in ("English", "---") for word in re.split("[,،] ", row[column].strip())
    }
    assert len(words) > 30
    assert {word for word in words if word not in said} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_has_who_walks_what_counts_and_every_subject_of_the_map(language: str) -> None:
    said, glossary = text(language), manuals.text(DOCS / "glossary.md").lower()
    subjects = [said["theme"][key] for key in themes(Catalogue.read())]
    shown = [*said["profiles"].values(), *said["weights"].values(), said["cell"]["unknown"], said["cell"]["edge"]]
    assert [word for word in [*subjects, *shown] if word.lower() not in glossary] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("guide", GUIDES)
def test_what_a_guide_quotes_the_page_says(guide: str, language: str) -> None:
    quoted = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", manuals.prose(_guide(guide, language)))
    assert quoted
    assert [words for words in quoted if words not in str(text(language))] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_files_tables_and_columns_that_a_guide_names_are_there(guide: str) -> None:
    lists = {f"places_{category}" for category in Catalogue.read().categories}
    columns = {column for table in TABLES.values() for column in table.columns}
    named = {name for name in _shape(_guide(guide, "en"))["names"] if re.fullmatch("[a-z_]+", name)}
    keys = {"language", *(field.name for choice in (ZoneChoice, HubChoice) for field in fields(choice))}
    assert named - {"fetch", "init", "doctor"} <= {*TABLES, *columns, *ROLES, *lists, *keys, *fates.COLUMNS}
    assert len(named) > 5


@pytest.mark.parametrize("language", ["he", "ar"])
@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_says_the_same_in_every_language(guide: str, language: str) -> None:
    """The same steps, commands, rows of tables and names of files and columns; the example is another town."""
    assert _shape(_guide(guide, language)) == _shape(_guide(guide, "en"))


def _guide(guide: str, language: str) -> Path:
    return DOCS / ("" if language == "en" else language) / f"{guide}.md"


def _shape(page: Path) -> dict[str, list[str]]:
    said = re.sub(r"rahat|dimona", "CITY", manuals.text(page))
    said = re.sub(r"atlas-\w\w|--language \w\w", "LANGUAGE", said)
    lines = manuals.FENCE.sub("", said).splitlines()
    return {
        "headings": [line.split()[0] for line in lines if line.startswith("#")],
        "commands": manuals.FENCE.findall(said),
        "rows": [str(line.count("|")) if line.startswith("|") else "" for line in lines if line[:1] in ("|", "#")],
        "names": sorted({*re.findall(r"`([^`]+)`", "\n".join(lines))}),
        "links": sorted({Path(link.partition("#")[0]).name for link in manuals.LINK.findall(said)} - OTHERS),
    }


@pytest.mark.parametrize("language", ["he", "ar"])
@pytest.mark.parametrize("guide", GUIDES)
def test_a_page_in_hebrew_or_arabic_is_read_from_the_right(guide: str, language: str) -> None:
    page = manuals.text(_guide(guide, language))
    opened, closed = f'<div dir="rtl" lang="{language}" markdown>\n', "\n</div>\n"
    assert page.startswith(opened) and page.endswith(closed)
    assert len(re.findall(RIGHT_TO_LEFT[language], page)) > 500
