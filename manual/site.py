"""What MkDocs asks while it builds the site: pages read as GitHub reads them, and files of the repository as pages."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
#: A line of a page in whose place a whole file stands, and a link.
INCLUDED = re.compile(r'^--8<-- "([\w./]+)"$', re.MULTILINE)
LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
#: What docstrings call names by, for readers in an editor.
ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):(?=<code>|<a |`)")
#: How lists and rows of tables begin; inside a list with an indent.
MARK = re.compile(r"(- |\d+\. |\|)")
NESTED = re.compile(r"^ {2,3}(?=- |\d+\. )")
#: Pages of the site by the file that stands in them.
PAGES = {ROOT / found[1]: page for page in DOCS.glob("*.md") for found in INCLUDED.finditer(page.read_text("utf-8"))}


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put the files in their place, their links led to where they stand in the site; others are words."""
    return as_github(INCLUDED.sub(lambda found: _led(ROOT / found[1]), markdown))


def on_page_content(html: str, **_: object) -> str:
    """Take away the words by which docstrings call a name a function or a class."""
    return ROLE.sub("", html)


def as_github(markdown: str) -> str:
    """Set blank lines where a list or a table begins right below a text, which MkDocs would take for its words."""
    lines: list[str] = []
    is_code, below = False, ""
    for line in markdown.splitlines():
        mark = MARK.match(line)
        if line.startswith("```"):
            is_code, below = not is_code, "code"
        elif not is_code:
            if mark and below in ("code", "text"):
                lines.append("")
            below = _kind(line, bool(mark), below)
        lines.append(line if is_code else NESTED.sub("    ", line))
    return "\n".join(lines) + "\n"


def _kind(line: str, is_marked: bool, below: str) -> str:
    """Return what the next line stands below; a line without a mark goes on with what it stands below itself."""
    if not line.strip() or line.startswith("#"):
        return ""
    return "marked" if is_marked else below if below == "marked" else "text"


def _led(file: Path) -> str:
    return LINK.sub(lambda found: _link(found, file), file.read_text(encoding="utf-8"))


def _link(found: re.Match[str], file: Path) -> str:
    words, path, anchor = found[1], found[2], found[3] or ""
    if path.startswith("https://"):
        return found[0]
    target = (file.parent / path).resolve()
    page = PAGES.get(target, target)
    return f"[{words}]({page.relative_to(DOCS).as_posix()}{anchor})" if DOCS in page.parents else words
