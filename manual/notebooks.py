"""``python -m manual.notebooks`` executes the notebooks, and writes of each a page of what its cells say and show."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
#: Where they stand, and what receives the pages: the site takes them from there.
NOTEBOOKS, PAGES = ROOT / "docs" / "notebooks", ROOT / "build" / "notebooks"
#: They are executed in one folder, in the order in which they are read: what one keeps another may open.
ORDER = ("a_city_in_ten_lines", "own_neighbourhoods", "siting_a_hub", "two_years", "a_city_outside_israel")
#: How pandas wants a table to look; here the site says it.
LOOKS = re.compile(r'<style.*?</style>| border="1"| class="dataframe"', re.DOTALL)
#: Dots of a picture to the inch.
DOTS = 110


@dataclass(frozen=True)
class Cell:
    """A cell: its kind, markdown or code, and its text."""

    kind: str
    text: str


def cells(path: Path) -> list[Cell]:
    """Read a notebook."""
    told = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [Cell(cell["cell_type"], "".join(cell["source"])) for cell in told]


def execute(path: Path, folder: Path) -> Iterator[tuple[Cell, list[str]]]:
    """Execute a notebook in a folder and yield each cell with what it shows, as Markdown or HTML.

    As in Jupyter the names of a cell are known to those after it, what it prints is shown, then the value of an
    expression that stands last without a semicolon, then the figures that it drew. What a cell raises is raised.
    """
    import matplotlib

    matplotlib.use("agg")
    known: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.chdir(folder):
        for number, cell in enumerate(cells(path), 1):
            where = f"{path.name}, cell {number}"
            yield cell, (_shown(cell.text, where, known) if cell.kind == "code" else [])


def _shown(text: str, where: str, known: dict[str, Any]) -> list[str]:
    body = ast.parse(text, where).body
    last = body.pop() if _is_shown(text, body) else None
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(ast.Module(body, []), where, "exec"), known)  # noqa: S102
        value = eval(compile(ast.Expression(last.value), where, "eval"), known) if last else None  # noqa: S307
    told = [_plain(said.getvalue())] if said.getvalue() else []
    return [*told, *_value(value), *_figures()]


def _is_shown(text: str, body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Expr) and not text.rstrip().endswith(";")


def _value(value: Any) -> list[str]:
    """Return a value as HTML where it knows how to be that, else as text."""
    from matplotlib.figure import Figure

    if value is None:
        return []
    if isinstance(value, Figure):
        return [_picture(value)]
    if hasattr(value, "_repr_html_"):
        return [f'<div class="output">\n{LOOKS.sub("", value._repr_html_())}\n</div>']
    return [_plain(repr(value))]


def _plain(text: str) -> str:
    return f'<pre class="output">{escape(text.rstrip())}</pre>'


def _figures() -> list[str]:
    """Return the figures that stand open, and close them."""
    from matplotlib import pyplot

    shown = [_picture(pyplot.figure(number)) for number in pyplot.get_fignums()]
    pyplot.close("all")
    return shown


def _picture(figure: Any) -> str:
    """Return a figure as an image that is called as the figure is."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DOTS, bbox_inches="tight")
    called = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    name, data = escape("; ".join(filter(None, called))), base64.b64encode(drawn.getvalue()).decode("ascii")
    return f'<img class="output" alt="{name}" src="data:image/png;base64,{data}">'


def page(path: Path, folder: Path) -> str:
    """Execute a notebook and return it as Markdown, with a link to the notebook itself."""
    parts = [f'<a href="{path.name}" download>Download this notebook</a>']
    for cell, shown in execute(path, folder):
        parts += [cell.text if cell.kind == "markdown" else f"```python\n{cell.text}\n```", *shown]
    return "\n\n".join([parts[1], parts[0], *parts[2:]]) + "\n"


if __name__ == "__main__":
    PAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as desk:
        for name in ORDER:
            executed = page(NOTEBOOKS / f"{name}.ipynb", Path(desk))
            (PAGES / f"{name}.md").write_text(executed, encoding="utf-8", newline="\n")
