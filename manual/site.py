"""What MkDocs asks while it builds the site: files of the repository that are pages of it, too."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
#: A line of a page in whose place a whole file stands, and a link.
INCLUDED = re.compile(r'^--8<-- "([\w./]+)"$', re.MULTILINE)
LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
#: Pages of the site by the file that stands in them.
PAGES = {ROOT / found[1]: page for page in DOCS.glob("*.md") for found in INCLUDED.finditer(page.read_text("utf-8"))}


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put the files in their place, their links led to where they stand in the site; others are words."""
    return INCLUDED.sub(lambda found: _led(ROOT / found[1]), markdown)


def _led(file: Path) -> str:
    return LINK.sub(lambda found: _link(found, file), file.read_text(encoding="utf-8"))


def _link(found: re.Match[str], file: Path) -> str:
    words, path, anchor = found[1], found[2], found[3] or ""
    if path.startswith("https://"):
        return found[0]
    target = (file.parent / path).resolve()
    page = PAGES.get(target, target)
    return f"[{words}]({page.relative_to(DOCS).as_posix()}{anchor})" if DOCS in page.parents else words
