"""Tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a table; what would end a cell is taken for a letter."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in line)} |" for line in lines]


def code(text: object) -> str:
    """Return a text as code; a bar in it stays a bar also inside a table, and lines may break behind it."""
    word = str(text)
    if "|" not in word:
        return f"`{word}`"
    plain = word.translate({ord(letter): f"&#{ord(letter)};" for letter in "[]*_"})
    return f"<code>{plain.replace('|', '&#124;<wbr>')}</code>"
