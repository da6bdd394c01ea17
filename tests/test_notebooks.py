"""The notebooks of the documentation run from end to end, are committed without outputs, and stand in the nav."""

import json
import re
import shutil
from pathlib import Path

import pytest

import geokehila
from geokehila import Run
from manual import executed, notebooks
from manual.notebooks import NOTEBOOKS, ORDER, ROOT, Cell, cells, execute

LINK = re.compile(r"\]\(([^)#:]+)(#[^)]*)?\)")


def kept(folder: Path, *texts: str) -> Path:
    """Write a notebook of these code cells."""
    path = folder / "toy.ipynb"
    rows = [{"cell_type": "code", "source": text.splitlines(keepends=True)} for text in texts]
    path.write_text(json.dumps({"cells": rows}), encoding="utf-8")
    return path


def shown(folder: Path, *texts: str) -> list[list[str]]:
    return [told for _, told in execute(kept(folder, *texts), folder)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, raw_neve_or: Path, neve_or: Run) -> Path:
    """A folder as it is after `geokehila.demo()`."""
    desk = tmp_path_factory.mktemp("desk")
    shutil.copytree(raw_neve_or, desk / "data" / "raw")
    shutil.copytree(neve_or.path.parent, desk / "data" / "processed" / "neve-or")
    return desk


@pytest.mark.parametrize("name", ORDER)
def test_a_notebook_runs_and_shows_what_its_words_speak_of(
    name: str, desk: Path, neve_or: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geokehila, "demo", lambda: neve_or, raising=False)  # it takes a while, and is tested elsewhere
    told = [*execute(NOTEBOOKS / f"{name}.ipynb", desk)]
    everything = "".join(part for _, parts in told for part in parts)
    assert "<table" in everything
    assert "<img" in everything
    assert "fictional" in told[0][0].text, "says first that its town is none"


def test_the_argument_for_a_hub_rests_on_what_the_run_says(neve_or: Run) -> None:
    hubs = neve_or.tables["hubs"].set_index("rank")
    others = neve_or.tables["hub_alternatives"].set_index(["site_id", "rank"])
    assert hubs.loc[1, "kind"] == "own" and hubs.loc[1, "chosen_share"] > 0.9 and hubs.loc[3, "chosen_share"] < 0.1
    instead = others.loc[(hubs.loc[1, "site_id"], 1)]
    kinds = neve_or.tables["candidates"].set_index("site_id")["kind"]
    assert kinds[instead["alternative_id"]] == "plan_open" and instead["people_lost"] == 0


def test_every_notebook_is_run_and_is_in_the_nav() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert sorted(ORDER) == sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    assert tuple(re.findall(r"notebooks/(\w+)\.md", nav)) == ORDER


@pytest.mark.parametrize("name", ORDER)
def test_no_output_is_committed(name: str) -> None:
    notebook = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.parametrize("name", ORDER)
def test_links_lead_somewhere(name: str) -> None:
    words = "\n".join(cell.text for cell in cells(NOTEBOOKS / f"{name}.ipynb") if cell.kind == "markdown")
    links = [target for target, _ in LINK.findall(words)]
    assert links
    assert not [target for target in links if not (NOTEBOOKS / target).resolve().is_file()]


def test_what_a_cell_raises_is_raised_and_names_the_cell(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as fault:
        shown(tmp_path, "a = 1", "a / 0")
    assert "toy.ipynb, cell 2" in str(fault.traceback[-1].path)


def test_what_is_shown(tmp_path: Path) -> None:
    first, second, third, fourth, fifth = shown(
        tmp_path,
        "print('a < b')\n1 + 1",
        "x = 5",
        "x;",
        "from matplotlib import pyplot\npyplot.figure().add_subplot().set_title('A & B')\nNone",
        "class Html:\n    def _repr_html_(self):\n        return '<b>'\nHtml()",
    )
    assert first == ['<pre class="output">a &lt; b</pre>', '<pre class="output">2</pre>']
    assert (second, third) == ([], [])
    assert len(fourth) == 1
    assert 'alt="A &amp; B"' in fourth[0]
    assert fifth == ['<div class="output">\n<b>\n</div>']


def test_a_page_has_words_code_and_outputs_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, "2 + 3")
    code = notebooks.cells(path)
    monkeypatch.setattr(notebooks, "cells", lambda _: [Cell("markdown", "# Sum"), *code])
    told = '# Sum\n\n<a href="toy.ipynb" download>Download this notebook</a>\n\n'
    assert notebooks.page(path, tmp_path) == told + '```python\n2 + 3\n```\n\n<pre class="output">5</pre>\n'


def test_links_to_notebooks_lead_to_their_pages_on_the_site() -> None:
    said = "[a](two_years.ipynb), [b](../notebooks/two_years.ipynb#what-differs), [c](x.md), `two_years.ipynb`"
    led = "[a](two_years.md), [b](../notebooks/two_years.md#what-differs), [c](x.md), `two_years.ipynb`"
    assert executed.on_page_markdown(said) == led


def test_tables_look_as_the_site_says(tmp_path: Path) -> None:
    (told,) = shown(tmp_path, "import pandas as pd\npd.DataFrame({'a': [1]})")[0]
    assert re.findall(r"<(style|table)([^>]*)>", told) == [("table", "")]


def test_a_notebook_writes_where_it_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "from_here").mkdir()
    monkeypatch.chdir(tmp_path / "from_here")
    shown(tmp_path, "from pathlib import Path\nPath('made.txt').write_text('x')")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["from_here", "made.txt", "toy.ipynb"]
    assert [*Path().iterdir()] == []
