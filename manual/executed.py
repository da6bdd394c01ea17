"""What MkDocs asks of the notebooks: pages of what they show when executed, and links that lead to these."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

#: What ``python -m manual.notebooks`` writes.
PAGES = Path(__file__).parents[1] / "build" / "notebooks"
#: In the repository links lead to a notebook, on the site to its page.
LINK = re.compile(r"(\]\([^)\s]*)\.ipynb(?=[)#])")


def on_files(files: Any, config: Any) -> Any:
    """Put the pages beside those that are written by hand."""
    from mkdocs.structure.files import File

    for page in sorted(PAGES.glob("*.md")):
        files.append(File.generated(config, f"notebooks/{page.name}", content=page.read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Lead to pages."""
    return LINK.sub(r"\1.md", markdown)
