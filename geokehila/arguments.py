"""What is handed over from outside, of the kind that is asked for: else one line that says what to give."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isfinite
from numbers import Integral
from pathlib import Path

from geokehila.errors import StudyError


def as_path(given: object, name: str, kind: str = "a path, as text or as a Path") -> Path:
    """Return what names a file or a folder as a path; `kind` is what else to give.

    Raises
    ------
    StudyError
        It is neither text nor a path.

    Examples
    --------
    >>> as_path("data/raw", "data").name
    'raw'
    >>> as_path(5, "data")
    Traceback (most recent call last):
    geokehila.errors.StudyError: data is 5: give a path, as text or as a Path
    """
    if not isinstance(given, str | Path):
        raise StudyError(f"{name} is {quoted(given)}: give {kind}")
    return Path(given)


def as_number(given: object, name: str, low: float, high: float) -> float:
    """Return a number of a range.

    Raises
    ------
    StudyError
        It is no number, or out of the range.

    Examples
    --------
    >>> as_number(15, "minutes", 0, 68)
    15.0
    >>> as_number(90, "minutes", 0, 68)
    Traceback (most recent call last):
    geokehila.errors.StudyError: minutes is 90: give a number from 0 to 68
    """
    try:
        number = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = float("nan")
    if isinstance(given, str | bool) or not isfinite(number) or not low <= number <= high:
        raise StudyError(f"{name} is {quoted(given)}: give a number from {low:g} to {high:g}")
    return number


def as_count(given: object, name: str, low: int = 0, high: float = inf) -> int:
    """Return a whole number of a range, not negative where nothing else is said.

    Raises
    ------
    StudyError
        It is none.

    Examples
    --------
    >>> as_count(3, "add")
    3
    >>> as_count(2.5, "add")
    Traceback (most recent call last):
    geokehila.errors.StudyError: add is 2.5: give a whole number, 0 or more
    """
    if isinstance(given, bool) or not isinstance(given, Integral) or not low <= int(given) <= high:
        among = f", {low} or more" if high == inf else f" from {low} to {high}"
        raise StudyError(f"{name} is {quoted(given)}: give a whole number{among}")
    return int(given)


def as_list(given: object) -> list[object]:
    """Return several as a list, and one by itself as a list of one; text is one.

    Examples
    --------
    >>> as_list("dimona"), as_list(5), as_list(("dimona", "arad"))
    (['dimona'], [5], ['dimona', 'arad'])
    """
    return [given] if isinstance(given, str) or not isinstance(given, Iterable) else [*given]


def quoted(given: object) -> str:
    """Return a value as an error quotes it: what is plain as it is, else its kind.

    Examples
    --------
    >>> quoted("dimona"), quoted(2200), quoted([]), quoted(None)
    ("'dimona'", '2200', 'a list', 'None')
    """
    is_plain = given is None or isinstance(given, str | bool | int | float | Path)
    return repr(given) if is_plain else f"a {type(given).__name__}"
