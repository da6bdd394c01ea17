"""Names by language, with an explicit fall-back and no transliteration; text that a wrong code page spoiled, mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LANGUAGES = ("he", "ar", "en", "ru")
NAME_COLUMNS = tuple(f"name_{language}" for language in LANGUAGES)
#: What is shown where a name in the language is not known: the language most of its readers read next.
FALLBACK: Mapping[str, tuple[str, ...]] = {
    "he": ("he", "en", "ar", "ru"),
    "ar": ("ar", "he", "en", "ru"),
    "en": ("en", "he", "ar", "ru"),
    "ru": ("ru", "en", "he", "ar"),
}
SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "he": re.compile(r"[\u0590-\u05ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "en": re.compile(r"[A-Za-z]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
}
QUOTES = str.maketrans(dict.fromkeys("\"'`´’‘“”„‟′″״׳", ""))
#: Final letters of Hebrew, and the letters of Arabic that are written for one another; tatweel only stretches a word.
LETTERS = str.maketrans("ךםןףץ\u0649\u0629\u0671", "כמנפצ\u064a\u0647\u0627", "\u0640")
#: Marks that turn the direction of the text around them or join it unseen, and controls that have no place in a name.
MARKS = re.compile(r"[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
CONTROLS = re.compile(r"[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]")
#: No name of a place is longer; what follows is cut.
LONGEST_NAME = 200
#: The letters of cp1255 Hebrew as Western code pages show them: "ùìåí" for "שלום".
_HEBREW_AS_LATIN = re.compile(r"[à-ú]")
#: So many of them in a text, and so large a share of its letters, are not there by chance.
_HEBREW_LETTERS, _HEBREW_SHARE = 3, 0.7


def names(tags: Mapping[str, str]) -> dict[str, str | None]:
    """Return ``name_he``, ``name_ar``, ``name_en``, ``name_ru``: the name in the language, else the local name in
    its script.

    None means that no name in that language is known; nothing is transliterated.

    Examples
    --------
    >>> names({"name": "מתנ\\"ס", "name:en": "Centre"})
    {'name_he': 'מתנ"ס', 'name_ar': None, 'name_en': 'Centre', 'name_ru': None}
    """
    local = clean(tags.get("name", ""))
    return {
        f"name_{language}": clean(tags.get(f"name:{language}", "")) or (local if script.search(local) else None)
        for language, script in SCRIPTS.items()
    }


def shown(known: Mapping[str, str | None], language: str) -> tuple[str, str]:
    """Return the name to show to readers of `language`, and the language it is in; both empty where none is known.

    Examples
    --------
    >>> shown({"he": "דימונה", "ar": None, "en": "Dimona"}, "ar")
    ('דימונה', 'he')
    """
    found = ((name, other) for other in FALLBACK[language] if (name := known.get(other)))
    return next(found, ("", ""))


def matching_key(name: str | None) -> str:
    """Return what spellings of one name share: no quotes, marks, case, punctuation, final letters or Arabic variants.

    Examples
    --------
    >>> matching_key("מתנ״ס  הדרים") == matching_key('מתנ"ס הדרימ')
    True
    >>> matching_key("مدرسة الأمل") == matching_key("مدرسه الامل")
    True
    """
    plain = unicodedata.normalize("NFKD", (name or "").translate(QUOTES)).translate(LETTERS)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters.lower()))


def clean(name: str, longest: int = LONGEST_NAME) -> str:
    """Return a name without controls, marks that turn its direction, or needless blanks, and not endless.

    Examples
    --------
    >>> clean("  Old\\u202e  Town\\x00 ")
    'Old Town'
    """
    # A name is first cut generously, so that a million letters cost no time.
    bare = " ".join(CONTROLS.sub(" ", MARKS.sub("", name[: 20 * longest])).split())
    return bare if len(bare) <= longest else bare[: longest - 1] + "…"


def repaired(text: str, is_misread_table: bool = False) -> str:
    """Return text as it was before a wrong code page spoiled it; sound text comes back as it is.

    Two slips are undone: UTF-8 that was read as a Western, Hebrew or Arabic code page and saved again ("×©×œ×•×",
    "׳©׳׳•׳"), and Hebrew of code page 1255 read as Western ("ùìåí"). The first cannot be taken for sound text: bytes of
    another code page are no UTF-8. The second is undone in texts of which `is_misread` says so; of a table that has one
    in all.

    Examples
    --------
    >>> repaired("ùìåí"), repaired("שלום"), repaired("café"), repaired("ùí"), repaired("ùí", is_misread_table=True)
    ('שלום', 'שלום', 'café', 'ùí', 'שם')
    """
    if text.isascii():
        return text
    for page in ("cp1252", "cp1255", "cp1256"):
        try:
            before = _bytes(text, page).decode("utf-8")
        except ValueError:
            continue
        if not before.isascii():
            return repaired(before, is_misread_table)
    if is_misread(text) or is_misread_table:
        return _bytes(text, "cp1252").decode("cp1255", errors="replace") if _is_western(text) else text
    return text


def is_misread(text: str) -> bool:
    """Tell whether nearly all letters of a text are what Hebrew of code page 1255 is in a Western one.

    Examples
    --------
    >>> is_misread("ùìåí"), is_misread("déjà vu")
    (True, False)
    """
    if text.isascii():
        return False
    share = _HEBREW_SHARE * sum(c.isalpha() for c in text)
    return len(_HEBREW_AS_LATIN.findall(text)) >= max(_HEBREW_LETTERS, share)


def _bytes(text: str, page: str) -> bytes:
    """Return the bytes that a code page shows as this text; bytes that it has no letter for are shown as controls."""
    return b"".join(c.encode("latin-1") if "\x80" <= c <= "\x9f" else _byte(c, page) for c in text)


def _byte(letter: str, page: str) -> bytes:
    try:
        return letter.encode(page)
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _is_western(text: str) -> bool:
    try:
        _bytes(text, "cp1252")
    except UnicodeEncodeError:
        return False
    return True
