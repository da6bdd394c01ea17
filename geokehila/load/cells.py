"""Cells of tables that are handed over, found by their column's name or by what a study states of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

import pandas as pd

from geokehila.catalogue.lists import ListChoice
from geokehila.load.municipal.columns import is_personal, over, plain
from geokehila.load.municipal.rows import cells
from geokehila.load.written import tells_nothing

#: A Shapefile cuts the names of columns at ten letters, which in UTF-8 are ten bytes: five letters of Hebrew.
_WIDTHS, _BYTES = (None, 10), 10


def find(rows: pd.DataFrame, words: Mapping[str, Sequence[str]], taken: Collection[str] = ()) -> dict[str, str]:
    """Return the columns called by some words, whole or cut to ten letters or bytes; the surest word first.

    Parameters
    ----------
    rows
        A table or a layer.
    words
        What each column may be called, in any case and punctuation.
    taken
        Columns that say something else already. None about persons is ever found.

    Examples
    --------
    >>> find(pd.DataFrame(columns=["מספר תכנית", "last_updat"]), {"date": ("last_update_date",), "price": ("price",)})
    {'date': 'last_updat'}
    """
    spelled = {plain(str(name)): str(name) for name in reversed([*rows.columns]) if not is_personal(str(name))}
    found: dict[str, str] = {}
    for key, own in words.items():
        whole = (spelled.get(plain(word[:width])) for width in _WIDTHS for word in own)
        named = (name for name in chain(whole, _cut(spelled, own)) if name)
        free = (name for name in named if name not in taken and name not in found.values())
        if column := next(free, None):
            found[key] = column
    return found


def choose(
    rows: pd.DataFrame,
    words: Mapping[str, Sequence[str]],
    choice: ListChoice,
    file: str,
    taken: Collection[str] = (),
) -> dict[str, str]:
    """Return the columns that a study states over those that :func:`find` finds; an empty name: the file has none.

    Raises
    ------
    InputError
        A stated column that is absent or about persons.
    """
    stated = {key: column for key, column in choice.columns.items() if key in words}
    return over(rows, find(rows, words, taken), stated, file)


def _cut(spelled: Mapping[str, str], words: Sequence[str]) -> Iterator[str]:
    """Yield columns as long as a cut leaves them, and called as a word that is cut, half a letter lost."""
    for word in words:
        name = spelled.get(plain(word.encode()[:_BYTES].decode(errors="ignore")))
        if name and len(name.encode()) >= _BYTES - 1:
            yield name


def told(rows: pd.DataFrame, column: str | None) -> pd.Series:
    """Return a column as text, empty where it tells nothing or there is no such column.

    Examples
    --------
    >>> told(pd.DataFrame({"price": ["70", "-", None, "לא ידוע", 5.0]}), "price").tolist()
    ['70', '', '', '', '5']
    """
    texts = cells(rows, column)
    untold = [text for text in texts.unique() if tells_nothing(text)]
    return texts.mask(texts.isin(untold), "").astype("str")
