"""What the words of cells mean, in each language: a sheet for readers of one of them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from geokehila.catalogue import LANGUAGES, Names, text
from geokehila.catalogue.columns import Columns
from geokehila.draw.town import Town

#: Sections of the texts that tell what the words of cells mean.
SECTIONS = (
    "words", "verdicts", "reasons", "belief", "hub_kinds", "functions", "groups", "profiles", "facts", "standards",
    "rule_sources",
)  # fmt: skip
#: Groups are told in the texts by what they are groups of; cells have it in a column of its own.
KINDS = ("society_", "religion_")
#: Tables whose column `measure` names measures in the rows.
MEASURED = ("equity", "compliance")
#: Standards by which a group is too small to tell of, and that by which a walk is too long.
FEW, LONG = ("equity_group_people", "diversity_people"), "horizon"


def words(town: Town, columns: Columns) -> pd.DataFrame:
    """Return what the words of cells mean: key, and each language a column; of two with one key the first."""
    rows = [*_of_texts(), *_of_the_study(town), *_with_numbers(town), *_measures(town, columns)]
    keys = pd.Index([key for key, _ in rows], name="key")
    table = pd.DataFrame([said for _, said in rows], keys, columns=[*LANGUAGES]).reset_index()
    is_plain = ~table["en"].str.contains("{", regex=False)
    return table[is_plain].drop_duplicates("key").sort_values("key", ignore_index=True)


def _of_texts() -> Iterator[tuple[str, Names]]:
    told = {language: {**text(language), **text(language)["card"]} for language in LANGUAGES}
    for section in SECTIONS:
        for key in told["en"][section]:
            said = {language: told[language][section][key] for language in LANGUAGES}
            yield key, said
            yield from ((key.removeprefix(kind), said) for kind in KINDS if key.startswith(kind))


def _of_the_study(town: Town) -> Iterator[tuple[str, Names]]:
    yield from ((key, category.name) for key, category in town.catalogue.categories.items())
    yield from ((key, domain.name) for key, domain in town.catalogue.domains.items())


def _with_numbers(town: Town) -> Iterator[tuple[str, Names]]:
    """Yield reasons that a standard of the study stands in."""
    standards = town.catalogue.standards
    minutes = standards[LONG].value / 60
    yield f"> {minutes:g} min", _filled("longer_than", minutes)
    for key in FEW:
        yield f"fewer than {standards[key].value:g} people", _filled("fewer_than", standards[key].value)


def _filled(key: str, number: float) -> Names:
    return {language: text(language)["words"][key].format(number=f"{number:g}") for language in LANGUAGES}


def _measures(town: Town, columns: Columns) -> Iterator[tuple[str, Names]]:
    for name in MEASURED:
        for measure in sorted(town.tables[name]["measure"].unique()) if name in town.tables else ():
            if columns.knows(name, measure):
                yield measure, columns.of(name, measure).meaning
