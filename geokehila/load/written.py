"""What people write into cells: numbers, amounts with their units, yes and no, and that nothing is told."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from geokehila.names import matching_key

#: Digits of Arabic and Persian, their point and their commas, as those that are computed with.
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬،", "01234567890123456789.,,")
#: Marks of a box that is ticked or crossed, as the letters that stand for them.
_MARKS = _DIGITS | str.maketrans("✓✔☑√✗✘☒✖×", "vvvvxxxxx")


def key(text: str) -> str:
    """Return what spellings of one word share; a tick is a V and a cross an X.

    Examples
    --------
    >>> key("✓"), key("Yes!")
    ('v', 'yes')
    """
    return matching_key(text.translate(_MARKS))


_YES = frozenset(map(key, ("yes", "y", "1", "1.0", "true", "t", "v", "כן", "יש", "קיים", "פעיל", "אמת", "نعم", "يوجد",
                           "صح", "да")))  # fmt: skip
_NO = frozenset(map(key, ("no", "n", "0", "0.0", "false", "f", "לא", "אין", "לא קיים", "לא פעיל", "لا", "لا يوجد",
                          "خطأ", "שקר", "нет")))  # fmt: skip
_CROSS = "x"
#: A cell with one of these tells as little as a blank one, or one with a dash alone.
_UNTOLD = frozenset(map(key, ("", "unknown", "not known", "n/a", "na", "nan", "none", "null", "לא ידוע", "אין נתון",
                              "אין מידע", "غير معروف")))  # fmt: skip
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
#: What is written beside an amount and is no part of it; of ``מלש״ח``, millions of shekels, the millions stay.
_UNIT = re.compile(
    r"₪|שקלים|שקל|ש״ח|שח|\bnis\b|\bils\b|מ״ר|\bsqm\b|\bm2\b|m²|יח״ד|יחידות דיור|אנשים|איש|נפשות|נפש|תושבים|"
    r"\bpeople\b|\bpersons\b|\bresidents\b|أشخاص|نفوس|(?:شخص|نفس|ساكن)(?:ًا|اً|ا)?|نسمة|سكان|شواكل|شيكل|شاقل",
    re.IGNORECASE,
)
_MINUS = re.compile(r"^[-−–]\s*(?=\d)")
#: What says before a number that it is about as much.
_ABOUT = re.compile(
    r"^(?:~|≈|כ ?[-־–]?|בערך|בסביבות|(?:about|around|approx(?:imately)?|circa|ca)\b\.?|كـ|ك|نحو|حوالي|تقريبا)\s*(?=\d)",
    re.IGNORECASE,
)
#: Words behind a number that make it thousands or millions, as the power of ten; an M is a million, an m a metre.
_TIMES = {
    "e3": re.compile(r"(?<=\d)\s*(?:אלפים|אלפי|אלף|אל|(?i:thousand|k)|ألف|الف|آلاف|الاف)$"),
    "e6": re.compile(r"(?<=\d)\s*(?:מיליוני|מיליון|מליון|מיל['׳]|מל|M|(?i:millions?|mln|mn)|مليون|ملايين)$"),
}
#: Millions in words alone, as councils write them; about so many is taken as so many.
_MILLIONS = {
    f"{words}מיליון{half}": (count + bool(half) / 2) * 1e6
    for count, words in enumerate(("", "שני ", "שלושה ", "ארבעה ", "חמישה "), 1)
    for half in ("", " וחצי")
}
_ABOUT_WORDS = re.compile(r"^(?:כ[-־–]?|בערך )(?=\S)")
#: Gershayim as people type them.
_GERSHAYIM = re.compile("[\"”“„]|['׳’‘´`]{2}")


def number(cell: object) -> float:
    """Return the number in a cell; thousands may be set apart, a sign of degrees may follow. NaN: none, or several."""
    text = _THOUSANDS.sub("", str(cell).translate(_DIGITS))
    found, rest = numbers(text), _NUMBER.sub("", text).strip(" \u00a0°")
    return found[0] if len(found) == 1 and not rest else np.nan


def numbers(text: str) -> list[float]:
    """Return every number of a text such as ``31.25, 34.79``.

    Examples
    --------
    >>> numbers("٣١٫٢٥، ٣٤٫٧٩")
    [31.25, 34.79]
    """
    return [float(found) for found in _NUMBER.findall(text.translate(_DIGITS))]


def amounts(texts: pd.Series) -> pd.Series:
    """Return the number in each text, float64; missing where it is blank, or says anything but a number and its unit.

    Thousands and millions may be words, digits those of Arabic, and what is said to be about so much is taken as so
    much.

    Examples
    --------
    >>> amounts(pd.Series(["1,200,000 ₪", '80 מ"ר', "350 מ''ר", "-5", "about 7", ""])).tolist()
    [1200000.0, 80.0, 350.0, -5.0, 7.0, nan]
    >>> amounts(pd.Series(['כ-3.1 מיליון ש"ח', "900 אלף", "1.8M", "نحو 2 مليون", "2 to 3 million"])).tolist()
    [3100000.0, 900000.0, 1800000.0, 2000000.0, nan]
    >>> amounts(pd.Series(['כמיליון וחצי ש"ח', "שני מיליון", "שני מיליון ומאה אלף"])).tolist()
    [1500000.0, 2000000.0, nan]
    >>> amounts(pd.Series(["١٢٠ نفسًا", "٦ نفوس", "١٬٢٠٠٫٥", "۴۵", "12 נפש"])).tolist()
    [120.0, 6.0, 1200.5, 45.0, 12.0]
    """
    found = texts.map(_amount).astype("float64")
    return found.where(np.isfinite(found))


def _amount(text: str) -> float:
    """Return the number in a text without its unit, thousands and millions counted; NaN: none, or several."""
    bare = _ABOUT.sub("", _UNIT.sub("", _GERSHAYIM.sub("״", text.translate(_DIGITS))).strip())
    if in_words := _MILLIONS.get(_ABOUT_WORDS.sub("", bare)):
        return in_words
    bare = _MINUS.sub("-", bare)
    for power, words in _TIMES.items():
        bare = words.sub(power, bare)
    return number(bare)


def answers(texts: pd.Series) -> pd.Series:
    """Return 1 for yes and 0 for no, float64; missing where a text is neither.

    A tick is yes. A cross is no in a column that says yes elsewhere and no nowhere; in others it may as well be a tick,
    and is neither.

    Examples
    --------
    >>> answers(pd.Series(["יש", "no", "", "perhaps"])).tolist()
    [1.0, 0.0, nan, nan]
    >>> answers(pd.Series(["V", "X"])).tolist(), answers(pd.Series(["", "X"])).tolist()
    ([1.0, 0.0], [nan, nan])
    """
    keys = texts.map(key)
    is_yes, is_no = keys.isin(_YES), keys.isin(_NO)
    if is_yes.any() and not is_no.any():
        is_no = keys == _CROSS
    return pd.Series(np.select([is_yes, is_no], [1.0, 0.0], np.nan), texts.index)


def tells_nothing(text: str) -> bool:
    """Tell whether a cell is blank, or says in words that nothing is known.

    Examples
    --------
    >>> tells_nothing("-"), tells_nothing("לא ידוע"), tells_nothing("0")
    (True, True, False)
    """
    return key(text) in _UNTOLD
