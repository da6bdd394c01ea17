"""``python -m manual`` writes the tables anew; a test says where a page has fallen behind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from manual import catalogue, commands

DOCS = Path(__file__).parents[1] / "docs"
#: What stands between two marks of a page; all around it is written by hand.
MARKED = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def pages() -> Mapping[Path, str]:
    """Return what each page should hold."""
    parts: Mapping[str, Mapping[str, Sequence[str]]] = {"cli.md": commands.parts(), "catalogue.md": catalogue.parts()}
    return {DOCS / name: _filled((DOCS / name).read_text(encoding="utf-8"), part) for name, part in parts.items()}


def _filled(text: str, parts: Mapping[str, Sequence[str]]) -> str:
    return MARKED.sub(lambda found: f"{found[1]}\n{chr(10).join(parts[found[2]]).strip()}\n\n{found[3]}", text)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
