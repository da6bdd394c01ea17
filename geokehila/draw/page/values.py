"""Names and numbers from tables, fit for JSON and for showing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geokehila import names

#: Names are cut to this many letters for display.
LONGEST_NAME = 80
#: A row of a table by column.
Row = Mapping[Any, Any]


def clean(text: object, longest: int = LONGEST_NAME) -> str:
    """Return a text from the data fit to show; what is missing or no text is empty.

    Examples
    --------
    >>> clean("abc\\u202edef\\n g"), clean(float("nan")), len(clean("x" * 10_000))
    ('abcdef g', '', 80)
    """
    return names.clean(text, longest) if isinstance(text, str) else ""


def number(value: Any) -> float | None:
    """Return a number rounded to 1e-5, None where it is missing or infinite.

    Examples
    --------
    >>> number(2.0), number(1 / 3), number(float("nan"))
    (2, 0.33333, None)
    """
    if value is None or value is pd.NA or not math.isfinite(value):
        return None
    rounded = round(float(value), 5)
    return int(rounded) if rounded.is_integer() else rounded


def named(row: Row) -> list[str]:
    """Return what a row is called in each language of :data:`geokehila.names.LANGUAGES`; "" where not known.

    Examples
    --------
    >>> named({"name_he": "דימונה", "name_ar": None, "name_en": "Dimona", "name_ru": None})
    ['דימונה', '', 'Dimona', '']
    """
    return [clean(row[column]) for column in names.NAME_COLUMNS]


def all_named(frame: pd.DataFrame) -> list[list[str]]:
    """Return what each row is called in each language; "" where not known."""
    return [named(row) for row in frame[[*names.NAME_COLUMNS]].to_dict("records")]
