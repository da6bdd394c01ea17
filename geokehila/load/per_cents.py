"""Shares as people write them: as counts, per cents or parts of one; refused where it cannot be told which."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from geokehila.errors import InputError
from geokehila.load.municipal.columns import plain
from geokehila.load.written import amounts

#: Marks go to 10 at most, and no survey's margin is wider than half of everybody.
MARKS, WIDEST = 10.0, 0.5
_SIGN = re.compile(r"\s*[%٪]\s*")
_SAYS_COUNT = re.compile(r"\b(?:count|number|מספר|عدد)\b")
_SAYS_PER_CENT = re.compile(r"%|٪|\bper ?cent|\bpct\b|\bאחוז|\bنسبه\b")


def shares(texts: pd.Series, answers: pd.Series, column: str, file: str) -> pd.Series:
    """Return the share of the answers that each text tells, float64; missing where blank or none.

    Parameters
    ----------
    texts
        Cells of one column. With a sign they are per cents. Else the column's name says what they are, or they do: all
        at most 1 and some between are shares (as workbooks keep per cents), others with fractions per cents, and whole
        ones counts where some are above 100 and none above its answers.
    answers
        How many there are; missing: not told.
    column, file
        Their names.

    Raises
    ------
    InputError
        They may be counts, per cents or marks.

    Examples
    --------
    >>> told, answers = pd.Series(["31", "8", ""]), pd.Series([62.0, 10.0, 10.0])
    >>> shares(told, answers, "number satisfied", "survey.csv").tolist()
    [0.5, 0.8, nan]
    """
    values, is_signed = _numbers(texts)
    name = f"{column} {plain(column)}"
    says, plainly = bool(_SAYS_PER_CENT.search(name)), values[~is_signed]
    are_whole = not (plainly % 1 > 0).any()
    are_counts = are_whole and bool((plainly > 100).any()) and not (plainly > answers[~is_signed]).any()
    if _SAYS_COUNT.search(name) or (are_counts and not says):
        return _of_counts(values, answers).where(~is_signed, values / 100)
    return _parts(values, is_signed, says, says or not are_whole, f"column {column!r}", file)


def of_columns(texts: pd.Series, file: str) -> pd.Series:
    """Return the shares that cells of columns of per cents tell, as :func:`shares` does.

    Raises
    ------
    InputError
        They may be counts or marks: some are above 100, or none is above 10.

    Examples
    --------
    >>> of_columns(pd.Series(["62", "8 %", ""]), "survey.csv").tolist()
    [0.62, 0.08, nan]
    """
    return _parts(*_numbers(texts), False, True, "the columns of domains", file)


def margins(texts: pd.Series) -> pd.Series:
    """Return margins as parts of one, float64; they are per cents where any has a sign or is above one half.

    Examples
    --------
    >>> margins(pd.Series(["4.5", "12", ""])).tolist()
    [0.045, 0.12, nan]
    """
    values, is_signed = _numbers(texts)
    are_per_cents = bool((values > WIDEST).any())
    return values / np.where(is_signed | are_per_cents, 100, 1)


def _numbers(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the number of each text, and whether a sign of per cent stands beside it."""
    is_signed = texts.str.contains(_SIGN)
    return amounts(texts.str.replace(_SIGN, "", regex=True)), is_signed


def _of_counts(values: pd.Series, answers: pd.Series) -> pd.Series:
    """Return counts as shares of the answers, 0 of none; missing where no count, or more than there are answers."""
    is_count = (values >= 0) & (values % 1 == 0) & ~(values > answers)
    return (values / answers.where(answers > 0, 1.0)).where(is_count & answers.notna())


def _parts(
    values: pd.Series, is_signed: pd.Series, says: bool, are_per_cents: bool, where: str, file: str
) -> pd.Series:
    """Return values as parts of one; raise where it is open what they are.

    Parameters
    ----------
    says
        The name of the column says that they are per cents.
    are_per_cents
        They are no counts: per cents, if they are no marks.
    """
    plainly = values[~is_signed].dropna()
    top = plainly.max()
    if plainly.empty or (top <= 1 and (plainly % 1 > 0).any()):
        return values / np.where(is_signed, 100, 1)
    if (says and top > 1) or (are_per_cents and MARKS < top <= 100):
        return values / 100
    raise InputError(
        f"{file}: {where} may hold counts, per cents or marks, {top:g} at most: write a % sign beside each value"
    )
