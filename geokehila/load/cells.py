"""Cells as people write them in tables: found by their column's name, amounts with units, yes and no, nothing told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from geokehila.load.municipal.columns import is_personal, plain
from geokehila.load.municipal.coordinates import number
from geokehila.load.municipal.rows import cells
from geokehila.names import matching_key

#: A Shapefile cuts the names of columns at ten letters, which in UTF-8 are ten bytes: five letters of Hebrew.
_WIDTHS, _BYTES = (None, 10), 10
#: A cell with one of these tells as little as a blank one, or one with a dash alone.
_UNTOLD = frozenset(map(matching_key, ("", "unknown", "not known", "n/a", "na", "nan", "none", "null", "לא ידוע",
                                       "אין נתון", "אין מידע", "غير معروف")))  # fmt: skip
_YES = frozenset(map(matching_key, ("yes", "y", "1", "true", "כן", "יש", "קיים", "פעיל", "نعم", "يوجد", "да")))
_NO = frozenset(map(matching_key, ("no", "n", "0", "false", "לא", "אין", "לא קיים", "לא פעיל", "لا", "لا يوجد", "нет")))
#: What is written beside an amount and is no part of it.
_UNIT = re.compile(
    r"₪|שקלים|שקל|ש\"ח|ש״ח|שח|\bnis\b|\bils\b|מ\"ר|מ״ר|\bsqm\b|\bm2\b|m²|יח\"ד|יח״ד|יחידות דיור|אנשים|איש|\bpeople\b"
)


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
    untold = [text for text in texts.unique() if matching_key(text) in _UNTOLD]
    return texts.mask(texts.isin(untold), "").astype("str")


def amounts(texts: pd.Series) -> pd.Series:
    """Return the number in each text, float64; missing where it is blank, or says anything but a number and its unit.

    Examples
    --------
    >>> amounts(pd.Series(["1,200,000 ₪", '80 מ"ר', "-5", "about 7", ""])).tolist()
    [1200000.0, 80.0, -5.0, nan, nan]
    """
    found = texts.map(lambda text: number(_UNIT.sub("", text.lower()).strip())).astype("float64")
    return found.where(np.isfinite(found))


def answers(texts: pd.Series) -> pd.Series:
    """Return 1 for yes and 0 for no, float64; missing where a text is neither.

    Examples
    --------
    >>> answers(pd.Series(["יש", "no", "", "perhaps"])).tolist()
    [1.0, 0.0, nan, nan]
    """
    keys = texts.map(matching_key)
    return pd.Series(np.select([keys.isin(_YES), keys.isin(_NO)], [1.0, 0.0], np.nan), texts.index)
