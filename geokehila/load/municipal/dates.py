"""Dates as lists carry them, made ISO."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_ISO = re.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2})(?:[ T].*)?)?)?")
#: In Israel the day is written first.
_DAY_FIRST = re.compile(r"(?:(\d{1,2})[-./])?(\d{1,2})[-./](\d{4}|\d{2})(?: .*)?")
_MILLISECONDS = re.compile(r"\d{12,13}")
#: What Excel shows of a date in a cell marked as text or as a number: days since :data:`_EXCEL`, of 1954 to 2091.
_DAYS = re.compile(r"([2-6]\d{4})(?:\.\d+)?")
_EXCEL = date(1899, 12, 30)


def iso_date(text: str | None) -> str | None:
    """Return a date as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; None where it is blank or no date.

    Days are read before months, two digits of a year as of this century, twelve digits and more as milliseconds since
    1970, which web maps export, five as the days that Excel counts.

    Examples
    --------
    >>> iso_date("31/5/2024"), iso_date("05.2024"), iso_date("45443"), iso_date("soon")
    ('2024-05-31', '2024-05', '2024-05-31', None)
    """
    text = (text or "").strip()
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC).date().isoformat()
    if found := _DAYS.fullmatch(text):
        return (_EXCEL + timedelta(days=int(found[1]))).isoformat()
    if found := _ISO.fullmatch(text):
        return _iso(*found.groups())
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
        return _iso(year if len(year) == 4 else f"20{year}", month, day)
    return None


def _iso(year: str, month: str | None, day: str | None) -> str | None:
    try:
        whole = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return None
    return whole if day else whole[:7] if month else whole[:4]
