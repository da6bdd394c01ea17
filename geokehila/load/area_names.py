"""What areas are called in the layer that draws them: neighbourhoods, and zones of one's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from geokehila.load.municipal import columns
from geokehila.names import LANGUAGES, NAME_COLUMNS, names

#: What a column of neighbourhoods' names is called beside what any such column is; a Shapefile cuts at ten letters.
_WORDS = ("neighbourhood", "neighborhood", "neighbourhood name", "neighborhood name", "neighbourh", "neighborho",
          "hood", "שכונה", "שם שכונה", "שם השכונה", "shchuna", "shem shchuna", "schn name", "quarter", "quarter name",
          "רובע", "שם רובע", "שם הרובע", "الحي", "حي", "اسم الحي", "الحارة", "حارة", "اسم الحارة")  # fmt: skip


def read(table: pd.DataFrame, towns: Collection[str] = ()) -> pd.DataFrame:
    """Return the names of a layer's areas by language, rows as in `table`; missing where a language has none.

    Parameters
    ----------
    table
        The columns of the layer.
    towns
        What their town is called: it is taken from before their names.

    Examples
    --------
    >>> read(pd.DataFrame({"שם שכונה": ["עוז/רמות"]}), ["עוז"])["name_he"].tolist()
    ['רמות']
    """
    chosen = columns_of(table)
    tags = {name: "name" if name == "name" else f"name:{name[5:]}" for name in chosen}
    rows = []
    for _, row in table.iterrows():
        known = {columns.as_text(cell) for cell in row} | {*towns}
        rows.append(names({tags[name]: _short(columns.as_text(row[column]), known) for name, column in chosen.items()}))
    return pd.DataFrame(rows, table.index, [*NAME_COLUMNS], dtype=object)


def _short(name: str, towns: set[str]) -> str:
    """Return "Town/Quarter" as "Quarter" where the town is known."""
    town, _, own = name.partition("/")
    return own if own and town.strip() in towns else name


def columns_of(table: pd.DataFrame) -> Mapping[str, str]:
    """Return a layer's columns of the names of areas, by the words for neighbourhoods before those for anything.

    Examples
    --------
    >>> columns_of(pd.DataFrame(columns=["رقم", "اسم الحارة"]))
    {'name': 'اسم الحارة'}
    """
    spelled = {columns.plain(str(name)): str(name) for name in reversed([*table.columns])}
    found = {name: column for name, column in columns.find(table).items() if name in ("name", *NAME_COLUMNS)}
    for name, tail in {"name": "", **{f"name_{language}": f" {language}" for language in LANGUAGES}}.items():
        if column := next(
            (spelled[word] for word in (columns.plain(w + tail) for w in _WORDS) if word in spelled), None
        ):
            found[name] = column
    return found
