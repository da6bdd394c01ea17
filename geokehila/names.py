"""Names by language, with an explicit fall-back and no transliteration."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

SCRIPTS = {"he": re.compile(r"[\u0590-\u05ff]"), "ar": re.compile(r"[\u0600-\u06ff]"), "en": re.compile(r"[A-Za-z]")}
QUOTES = str.maketrans(dict.fromkeys("\"'`´’‘“”״׳", ""))
FINALS = str.maketrans("ךםןףץ", "כמנפצ")


def names(tags: Mapping[str, str]) -> dict[str, str | None]:
    """Return ``name_he``, ``name_ar``, ``name_en``: the name in the language, else the local name in its script.

    None means that no name in that language is known; nothing is transliterated.

    Examples
    --------
    >>> names({"name": "מתנ\\"ס", "name:en": "Centre"})
    {'name_he': 'מתנ"ס', 'name_ar': None, 'name_en': 'Centre'}
    """
    local = tags.get("name", "")
    return {
        f"name_{lang}": tags.get(f"name:{lang}") or (local if script.search(local) else None)
        for lang, script in SCRIPTS.items()
    }


def matching_key(name: str | None) -> str:
    """Return what two spellings of one name share: no quotes, marks, case, final letters or punctuation.

    Examples
    --------
    >>> matching_key("מתנ״ס  הדרים") == matching_key('מתנ"ס הדרימ')
    True
    """
    plain = unicodedata.normalize("NFKD", name or "").translate(QUOTES).translate(FINALS)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters.lower()))
