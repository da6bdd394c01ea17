"""What is said as HTML: escaped, and figures and names set apart by elements rather than by invisible letters.

Letters would stay in the text of a printed sheet, and nobody would find "1,350 residents" in it.
"""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

from geokehila.catalogue.phrases import LEFT_TO_RIGHT, OWN_DIRECTION, POP
from geokehila.draw.cards.voice import WORD_JOINER

_PREFIXED = re.compile(f"(\\w+-){WORD_JOINER}({LEFT_TO_RIGHT}[^{POP}]*{POP})")
_ELEMENTS = {LEFT_TO_RIGHT: '<bdi dir="ltr">', OWN_DIRECTION: "<bdi>", POP: "</bdi>", WORD_JOINER: ""}
_SPECIAL = re.compile(f"[{''.join(_ELEMENTS)}]")


class Plain(str):
    """Text where no element can stand: an attribute, a title, a word in a drawing."""


def plain(said: str) -> Plain:
    """Return what is said as it is."""
    return Plain(said)


def marked(said: Any) -> Any:
    """Return what is said as HTML; what is no text, and what has its marks already, as it is.

    Examples
    --------
    >>> marked("\\u2066<5%\\u2069 \\u05de-\\u2060\\u206612\\u2069")
    Markup('<bdi dir="ltr">&lt;5%</bdi> <span class="whole">מ-<bdi dir="ltr">12</bdi></span>')
    """
    if type(said) is not str or _SPECIAL.search(said) is None:
        return said
    apart = _PREFIXED.sub(r'<span class="whole">\1\2</span>', str(escape(said)))
    # Escaped above; what is put in are elements of our own.
    return Markup(_SPECIAL.sub(lambda letter: _ELEMENTS[letter[0]], apart))  # noqa: S704
