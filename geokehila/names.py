"""Names by language, with an explicit fall-back and no transliteration."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

SCRIPTS = {"he": re.compile(r"[\u0590-\u05ff]"), "ar": re.compile(r"[\u0600-\u06ff]"), "en": re.compile(r"[A-Za-z]")}
QUOTES = str.maketrans(dict.fromkeys("\"'`´’‘“”„‟′″״׳", ""))
#: Final letters of Hebrew, and the letters of Arabic that are written for one another; tatweel only stretches a word.
LETTERS = str.maketrans("ךםןףץىة", "כמנפצيه", "ـ")


def names(tags: Mapping[str, str]) -> dict[str, str | None]:
    """Return ``name_he``, ``name_ar``, ``name_en``: the name in the language, else the local name in its script.

    None means that no name in that language is known; nothing is transliterated.

    Examples
    --------
    >>> names({"name": "מתנ\\"ס", "name:en": "Centre"})
    {'name_he': 'מתנ"ס', 'name_ar': None, 'name_en': 'Centre'}
    """
    local = tags.get("name", "").strip()
    return {
        f"name_{lang}": tags.get(f"name:{lang}", "").strip() or (local if script.search(local) else None)
        for lang, script in SCRIPTS.items()
    }


def matching_key(name: str | None) -> str:
    """Return what spellings of one name share: no quotes, marks, case, punctuation, final letters or Arabic variants.

    Examples
    --------
    >>> matching_key("מתנ״ס  הדרים") == matching_key('מתנ"ס הדרימ')
    True
    """
    plain = unicodedata.normalize("NFKD", (name or "").translate(QUOTES)).translate(LETTERS)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters.lower()))
