"""The pages of the documentation as tests read them: blocks, links, headings."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
FENCE = re.compile(r"^```(\S*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+?)$", re.MULTILINE)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its blocks and words of code."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text(page)))


def blocks(page: Path, *languages: str) -> list[str]:
    return [body for language, body in FENCE.findall(text(page)) if language in languages]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them; a page may hold another file."""
    said = re.sub(r'^--8<-- "([\w./]+)"$', lambda found: text(ROOT / found[1]), text(page), flags=re.MULTILINE)
    headings = HEADING.findall(FENCE.sub("", said))
    plain = (re.sub(r"`|\*|\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in plain}


def commands(page: Path) -> list[list[str]]:
    """The words of every line that calls the program; what is said behind a # is left out."""
    lines = (line for block in blocks(page, "", "sh", "console", "bash") for line in block.splitlines())
    called = (re.sub(r"^(\$ )?([A-Z]+=\S+ )?", "", line) for line in lines)
    return [shlex.split(line, comments=True)[1:] for line in called if line.startswith("geokehila ")]
