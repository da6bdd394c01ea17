"""Block and parcels out of the words of a plan's name: "גוש 999001 חלקות 1-12"."""

from __future__ import annotations

import re

#: Numbers with commas, dashes or "and" between.
_AND = r"\s*(?:,|-|–|\bו-?)\s*"
_BLOCK = re.compile(rf"\b[והלבמ]{{0,2}}גוש(?:ים)?\s*:?\s*(\d{{3,6}}(?:{_AND}\d{{3,6}}\b)*)")
_PARCELS = re.compile(rf"\b[והלבמ]{{0,2}}חלק(?:ה|ות)\s*:?\s*(\d+(?:{_AND}\d+)*)")
_BETWEEN = re.compile(_AND)


def block_and_parcels(words: str) -> tuple[str | None, str | None]:
    """Return the blocks (gush) and parcels (helka) that words name, as text; None where they name none.

    Parcels without a block are none: every block has a parcel 1. Of several mentions all are returned, ``;`` between.

    Examples
    --------
    >>> block_and_parcels("העיר הוותיקה, גוש 999001 חלקות 1-12 (בדיוני)")
    ('999001', '1-12')
    >>> block_and_parcels("הוספת שימוש בחלקה 147 בגוש 30130"), block_and_parcels("איחוד חלקות 9,16")
    (('30130', '147'), (None, None))
    """
    blocks, parcels = (_mentions(pattern, words) for pattern in (_BLOCK, _PARCELS))
    return (blocks, parcels) if blocks else (None, None)


def _mentions(pattern: re.Pattern[str], words: str) -> str | None:
    found = (_BETWEEN.sub(_mark, numbers) for numbers in pattern.findall(words))
    return "; ".join(dict.fromkeys(found)) or None


def _mark(between: re.Match[str]) -> str:
    return "-" if between[0].strip() in "-–" else ", "
