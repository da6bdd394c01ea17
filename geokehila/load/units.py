"""A row of units below the names of the columns, as people write it into tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geokehila.names import matching_key

#: What a column may be said to hold, commas between.
_WORDS = """
m, metre, metres, meter, meters, m2, m², sqm, km, km2, dunam, ha, min, minutes, s, years, degrees, deg, people, persons,
residents, dwellings, units, unit, number, count, text, date, yes/no, nis, ils, percent, per cent,
מ, מטר, מטרים, מ"ר, ק"מ, קמ"ר, דונם, דקות, שנים, מעלות, אנשים, נפשות, תושבים, יח"ד, יחידות, יחידה,
מספר, טקסט, תאריך, כן/לא, שקל, שקלים, ש"ח, אחוז, אחוזים,
متر, م, م2, كم, دونم, دقائق, درجات, أشخاص, سكان, عدد, نص, تاريخ, نعم/لا, شيكل, نسبة, وحدة
"""
_UNITS = frozenset(map(matching_key, _WORDS.split(",")))
_SIGNS = frozenset("%٪°₪")
_IN_BRACKETS = re.compile(r"\((.*)\)", re.DOTALL)
_IN_SQUARE_BRACKETS = re.compile(r"\[.*\]", re.DOTALL)


def are(row: Sequence[str | None]) -> bool:
    """Tell whether the filled cells of a row, two at least, hold units and nothing else: in brackets, or by their word.

    Examples
    --------
    >>> are([None, "[people]", "m2"]), are(["Club", "80", "m2"]), are(["[m]", None])
    (True, False, False)
    """
    filled = [cell for cell in row if cell]
    return len(filled) > 1 and all(map(_is_unit, filled))


def _is_unit(cell: str) -> bool:
    bare = _IN_BRACKETS.sub(r"\1", cell).strip()
    return bare in _SIGNS or matching_key(bare) in _UNITS or bool(_IN_SQUARE_BRACKETS.fullmatch(cell))
