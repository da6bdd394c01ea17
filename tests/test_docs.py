"""The documentation: links lead somewhere, blocks run or are read, and every option, key, name and source is told."""

import doctest
import importlib
import inspect
import re
import shlex
import shutil
import tomllib
from pathlib import Path
from typing import Any

import manuals
import pytest
from manuals import DOCS, PAGES, ROOT
from typer.testing import CliRunner

import geokehila
from geokehila import pipeline, steps
from geokehila.catalogue import Catalogue
from geokehila.gathered import Gathered
from geokehila.study import ROLES, Study
from geokehila_cli.app import app
from manual import commands, site
from manual.__main__ import pages

COMMANDS = dict(commands.every())
OF_VALUES = [
    (f"{name} {param.opts[0]}", param)
    for name, command in COMMANDS.items()
    for param in command.params
    if param.param_type_name == "option" and not param.is_flag
]
#: What a number of the command line counts or measures.
UNITS = {"N", "MIN", "METRES", "PEOPLE", "SECONDS", "GB", "PRICE"}
METHODS = [page for page in sorted((DOCS / "methods").glob("*.md")) if page.name != "CHANGELOG.md"]
#: What these show needs live sources, or is shown where it is tested.
ELSEWHERE = ("geokehila.fetch.", "geokehila.begin.", "geokehila.pipeline.")
NAMES = re.findall(r"^::: (\S+)$", manuals.text(DOCS / "api.md"), re.MULTILINE)
#: How the last line of a page begins.
ONWARD = ("**Next:** ", "**להמשך:** ", "**للمزيد:** ")


def identify(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, raw_neve_or: Path, neve_or: pipeline.Run) -> Path:
    """A folder as a reader has it after `geokehila run dimona`, but that Dimona is the fictional town."""
    desk = tmp_path_factory.mktemp("desk")
    shutil.copytree(raw_neve_or, desk / "data" / "raw")
    for other in ("data/raw/dimona", "try/data/raw/neve-or", "try/data/raw/generated-1500"):
        shutil.copytree(raw_neve_or / "neve-or", desk / other)
    for city in ("dimona", "neve-or"):
        shutil.copytree(neve_or.path.parent, desk / "data" / "processed" / city)
        shutil.copytree(neve_or.page.parent, desk / "maps" / city)
    record = desk / "data" / "processed" / "dimona" / neve_or.path.name / "run.json"
    told = record.read_text(encoding="utf-8")
    record.write_text(told.replace('"slug": "neve-or"', '"slug": "dimona"'), encoding="utf-8")
    return desk


@pytest.fixture(scope="module")
def read(raw_neve_or: Path) -> Gathered:
    return geokehila.read_city("neve-or", raw_neve_or)


@pytest.fixture
def at_desk(desk: Path, neve_or: pipeline.Run, read: Gathered, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written runs there; a run is the one that was made, and files are read once, for both take a while."""
    monkeypatch.chdir(desk)
    made = {"neve-or": neve_or, "dimona": neve_or}
    monkeypatch.setattr(geokehila, "run", lambda city: made[pipeline.choose(city, Path("data/raw")).city.slug])
    monkeypatch.setattr(geokehila, "demo", lambda out, residents=None: neve_or)
    monkeypatch.setattr(steps, "gather", lambda *files: read)


# Pages


@pytest.mark.parametrize(
    "page",
    [*PAGES, *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/README.md"))],
    ids=identify,
)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in manuals.LINK.findall(manuals.prose(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        if DOCS in page.parents:
            assert DOCS in target.parents, f"{link} leads out of the site"
        assert not anchor or anchor in manuals.anchors(target), link


def test_every_page_has_its_place_in_the_site_and_no_other_is_named() -> None:
    listed = re.findall(r"[\w/]+\.md", manuals.text(ROOT / "mkdocs.yml").partition("\nnav:")[2])
    there = [*DOCS.rglob("*.md"), *(notebook.with_suffix(".md") for notebook in DOCS.rglob("*.ipynb"))]
    assert sorted(listed) == sorted(page.relative_to(DOCS).as_posix() for page in there)


@pytest.mark.parametrize("page", METHODS, ids=lambda page: page.stem)
def test_a_page_of_method_has_its_five_parts_in_their_order(page: Path) -> None:
    """Formula or rules; and at its end sources, assumptions and limits, an example that can be reckoned on paper."""
    asked, *parts = re.split(r"^## ", manuals.FENCE.sub("", manuals.text(page)), flags=re.MULTILINE)
    heads, told = zip(*(part.split("\n", 1) for part in parts), strict=True)
    assert "**Question.**" in asked
    assert any(re.match("(Formula|Rule)s?\\b", head) for head in heads[:-3])
    assert heads[-3].lower().endswith("sources")
    assert heads[-2:] == ("Assumptions and limits", "Worked by hand")
    assert all(len(part.split()) > 15 for part in told[-3:])
    assert len(re.findall(r"\d+", told[-1])) > 9, "an example has figures"


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in ("README.md", "index.md")], ids=identify)
def test_every_page_ends_with_where_to_go_next(page: Path) -> None:
    last = manuals.text(page).rstrip().removesuffix("</div>").rstrip().splitlines()[-1]
    assert last.startswith(ONWARD) and manuals.LINK.findall(last)


@pytest.mark.parametrize("page", pages(), ids=identify)
def test_what_is_written_from_the_code_is_what_the_code_says(page: Path) -> None:
    assert manuals.text(page) == pages()[page], f"{page.name} has fallen behind: run `python -m manual`"


def test_the_data_guide_tells_of_every_role_and_every_source() -> None:
    guide = manuals.text(DOCS / "data_guide.md")
    sources = tomllib.loads((ROOT / "geokehila" / "catalogue" / "sources.toml").read_text(encoding="utf-8"))
    assert [word for word in (*ROLES, "places_<category>", *sources) if f"`{word}`" not in guide] == []


@pytest.mark.parametrize("page", ["planners.md", "methods/scenario.md"])
def test_the_clinic_of_the_pages_on_what_if_is_a_gain_in_the_fictional_town(
    desk: Path, tmp_path: Path, page: str
) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", manuals.text(DOCS / page), re.DOTALL)
    (example,) = (block for block in blocks if "[[place]]" in block)
    (tmp_path / "clinic.toml").write_text(example, encoding="utf-8")
    gains = geokehila.run_scenario("neve-or", tmp_path / "clinic.toml", desk / "data" / "raw", desk).gains
    of_quarter = gains[(gains["zone_id"] == "9996-4") & (gains["measure"] == "category_clinic")]
    assert of_quarter["gained_low"].max() > 1000


def test_every_key_of_a_run_is_told(neve_or: pipeline.Run) -> None:
    told = manuals.text(DOCS / "outputs.md").partition("\n## run.json\n")[2]
    assert [key for key in neve_or.summary if f"`{key}`" not in told] == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["he", "ar"])
@pytest.mark.parametrize("guide", ["planners", "municipalities"])
def test_the_built_page_is_read_from_the_right_and_asks_no_host(browser: Any, guide: str, language: str) -> None:
    tab, asked = _opened(browser, f"{language}/{guide}.html")
    direction = "els => els.map(el => getComputedStyle(el).direction)"
    assert {*tab.eval_on_selector_all("article :is(h1, h2, p, li, td)", direction)} == {"rtl"}
    assert {*tab.eval_on_selector_all("article pre", direction)} == {"ltr"}
    assert [url for url in asked if not url.startswith("file:")] == []
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("page", ["index", "he/planners", "ar/municipalities", "cli", "outputs", "methods/equity"])
def test_a_built_page_is_no_wider_than_a_telephone_and_cuts_no_text(browser: Any, page: str) -> None:
    tab, _ = _opened(browser, f"{page}.html")
    tab.set_viewport_size({"width": 390, "height": 800})
    wider = "els => els.filter(el => el.scrollWidth > el.clientWidth + 2).map(el => el.textContent.slice(0, 60))"
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.eval_on_selector_all("article :is(h1, h2, h3, p, li)", wider) == []
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("word", ["shelters", "פער", "فجوة"])
def test_the_site_is_searched_without_a_server_in_every_language(browser: Any, word: str) -> None:
    tab, asked = _opened(browser, "index.html")
    tab.click("input.md-search__input")
    tab.keyboard.type(word)
    tab.keyboard.press("End")
    tab.wait_for_selector("a.md-search-result__link")
    assert [url for url in asked if not url.startswith("file:")] == []
    tab.close()


def _opened(browser: Any, page: str) -> tuple[Any, list[str]]:
    """A page of the built site from its file, and what it asks for."""
    built = ROOT / "site" / page
    if not built.is_file():
        pytest.skip("the site is not built: make docs")
    tab, asked = browser.new_page(), []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(built.as_uri())
    return tab, asked


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Of it:\n- a\n  b\n- c\n", "Of it:\n\n- a\n  b\n- c\n"),
        ("```\n- a\n```\n| x |\n| - |\n", "```\n- a\n```\n\n| x |\n| - |\n"),
        ("1. a\n   - b\n", "1. a\n    - b\n"),
        ("## Head\n- a\n\nText\n", "## Head\n- a\n\nText\n"),
    ],
)
def test_lists_and_tables_begin_where_github_begins_them(written: str, read: str) -> None:
    assert site.as_github(written) == read


def test_files_of_the_repository_lead_to_where_their_links_stand_in_the_site() -> None:
    built = site.on_page_markdown('--8<-- "benchmarks/README.md"\n')
    assert built.startswith("# The engine beside other libraries")
    assert "[mixed use](methods/mixed_use.md)" in built
    assert site.on_page_content("<p>:func:<code>run</code></p>") == "<p><code>run</code></p>"
    assert "](../" not in site.on_page_markdown('--8<-- "SECURITY.md"\n')


# Blocks


@pytest.mark.parametrize("page", [page for page in PAGES if manuals.blocks(page, "python")], ids=identify)
def test_every_block_of_python_runs(page: Path, at_desk: None) -> None:
    from numpy import array
    from scipy.sparse import csr_array

    names = {"walks_s": csr_array(array([[60.0]])), "people": array([3.0])}
    for block in manuals.blocks(page, "python"):
        exec(compile(block, page.name, "exec"), names)


@pytest.mark.parametrize("page", [page for page in PAGES if manuals.blocks(page, "toml")], ids=identify)
def test_every_block_of_toml_is_what_its_reader_takes(page: Path, tmp_path: Path) -> None:
    for block in manuals.blocks(page, "toml"):
        _read(block, tmp_path)


def _read(block: str, folder: Path) -> None:
    from geokehila import scenario
    from geokehila.fetch import sources

    tables = tomllib.loads(block)
    if {"place", "hub", "street"} & {*tables}:
        (folder / "edits.toml").write_text(block, encoding="utf-8")
        assert len(scenario.read(folder / "edits.toml", Study.of("dimona"))) > 0
    elif {"urls", "options"} & {key for table in tables.values() for key in table}:
        (folder / "sources.toml").write_text(block, encoding="utf-8")
        assert {*tables} <= {*sources.read(folder, _clients(), {*Catalogue.read().categories})}
    else:
        head = "" if "study" in tables else '[study]\nname = "Example"\n'
        (folder / "study.toml").write_text(head + block, encoding="utf-8")
        assert Study.read(folder / "study.toml").city.slug


def _clients() -> set[str]:
    from geokehila.fetch.clients import CLIENTS

    return {*CLIENTS}


@pytest.mark.parametrize("page", [page for page in PAGES if manuals.commands(page)], ids=identify)
def test_every_command_that_is_written_can_be_typed(page: Path) -> None:
    for words in manuals.commands(page):
        _typed(words)


def _typed(words: list[str]) -> None:
    """Take a command line apart as the program does; an option that there is not, or a word too many, raises."""
    length = 2 if " ".join(["geokehila", *words[:2]]) in COMMANDS else 1
    name = " ".join(["geokehila", *words[:length]])
    if not words[0].startswith("-"):
        COMMANDS[name].make_context(name, words[length:])


@pytest.mark.parametrize("line", ["cities", "cities --region negev", "site", "compare dimona --all", "init arad"])
def test_cheap_commands_do_what_is_written(line: str, at_desk: None) -> None:
    done = CliRunner().invoke(app, line.split())
    assert done.exit_code in (0, 3) and done.output.strip(), done.output


# Commands


@pytest.mark.parametrize("name", COMMANDS)
def test_help_tells_every_option_and_has_examples_that_can_be_typed(name: str) -> None:
    shown = CliRunner().invoke(app, [*name.split()[1:], "--help"]).output
    _, examples = commands.told(COMMANDS[name])
    lines = [line for line in examples if line.startswith("geokehila ")]
    assert any(line.startswith(name) for line in lines)
    for line in lines:
        assert line in re.sub(r"\s+", " ", shown)
        _typed(shlex.split(line)[1:])
    for param in COMMANDS[name].params:
        assert param.help, f"{name}: nothing is said of {param.name}"


@pytest.mark.parametrize(("name", "option"), OF_VALUES, ids=[name for name, _ in OF_VALUES])
def test_an_option_tells_what_is_written_in_which_unit_and_what_holds_without_it(name: str, option: Any) -> None:
    assert option.metavar, f"{name}: only what type of Python it is"
    assert option.required or option.default not in (None, "") or "[default: " in option.help
    if re.search("int|float", str(option.type_descriptor.annotation)):
        assert option.metavar in UNITS


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("run dimona", "or `geokehila fetch dimona`"),
        ("cards dimona", "make one with `geokehila run dimona`"),
        ("region negev", "`geokehila batch --region negev`"),
        ("gaps absent/study.toml", "check the path, or begin with `geokehila init`"),
        ("scenario dimona edits.toml", "`geokehila run dimona`"),
        ("run empty/study.toml", "(next: `geokehila doctor empty/study.toml`)"),
    ],
)
def test_an_error_names_the_next_command(
    line: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from geokehila_cli.app import main

    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "study.toml").write_text('[study]\nname = "Empty"\n[inputs]\nosm = "a.osm"', encoding="utf-8")
    (tmp_path / "empty" / "a.osm").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["geokehila", *line.split()])
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr().err
    assert said in shown
    assert len(shown.splitlines()) == 1


# Names


def found(name: str) -> Any:
    words = name.split(".")
    for end in range(len(words) - 1, 0, -1):
        try:
            thing: Any = importlib.import_module(".".join(words[:end]))
        except ModuleNotFoundError:
            continue
        for word in words[end:]:
            thing = getattr(thing, word)
        return thing
    raise LookupError(name)


def described(thing: Any) -> list[Any]:
    """A name, and where it is a class its public methods."""
    inner = [getattr(thing, name) for name in vars(thing) if not name.startswith("_")] if inspect.isclass(thing) else []
    return [thing, *(one for one in inner if callable(one) or isinstance(one, property))]


def test_the_page_of_names_has_all_of_the_package() -> None:
    assert {f"geokehila.{name}" for name in geokehila.__all__} <= {*NAMES}
    assert len(NAMES) == len({*NAMES})


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_says_what_it_is_and_has_an_example(name: str) -> None:
    thing = found(name)
    said = [inspect.getdoc(one) or "" for one in described(thing)]
    assert all(said)
    if not (inspect.isclass(thing) and issubclass(thing, Exception)):
        assert any(">>>" in one for one in said), "no example"


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(ELSEWHERE)])
def test_examples_that_need_a_run_run(name: str, request: pytest.FixtureRequest) -> None:
    """Examples that the doctests of every day leave out, for they need files, are run where these are."""
    shown = [said for one in described(found(name)) if "# doctest: +SKIP" in (said := inspect.getdoc(one) or "")]
    if not shown:
        return
    request.getfixturevalue("at_desk")
    names = vars(importlib.import_module(found(name).__module__)) | {"run": geokehila.run, "demo": geokehila.demo}
    names |= _laid() if "scenario" in name else {}
    flags = doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    for said in shown:
        text = said.replace("# doctest: +SKIP", "")
        test, told = doctest.DocTestParser().get_doctest(text, dict(names), name, None, None), []
        doctest.DocTestRunner(optionflags=flags).run(test, out=told.append)
        assert "".join(told) == ""


def _laid() -> dict[str, Any]:
    """A shorter walk to schools laid over the run, as the examples have it at hand."""
    from geokehila import scenario
    from geokehila.load.roles import find

    study = pipeline.choose("dimona", Path("data/raw"))
    base = scenario.of_run(study, find(study, Path("data/raw/dimona"), Path("data/raw/national")), Path())
    Path("nearer.toml").write_text("[cutoff_min]\nschool = 10\n", encoding="utf-8")
    edits = scenario.read(Path("nearer.toml"), study)
    return {"base": base, "edits": edits, "found": scenario.answer(base, edits)}
