"""The Python face: few names, each found, told and tried; importing it loads nothing; the steps are those of a run."""

import ast
import builtins
import doctest
import inspect
import json
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import geokehila
from geokehila import Run, Study
from geokehila.brief import Brief
from geokehila.catalogue import City
from geokehila.compare import Comparison, Side
from geokehila.doctor import Finding
from geokehila.frames import OwnWalks
from geokehila.gathered import Gathered
from geokehila.load.osm import OsmData
from geokehila.people import People
from geokehila.pipeline import choose
from geokehila.places import Places
from geokehila.scenario import Found
from geokehila.store.kept import KeptTables

NAMES = [*geokehila.__all__]
ROOMS = ("compare", "fetch", "locate", "reach", "scenario")


#: What they return, and what these hold.
NOUNS = (Run, Study, City, Gathered, OsmData, Places, People, OwnWalks, Comparison, Side, Found, Finding, KeptTables)


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_what_is_listed_is_what_completion_offers() -> None:
    shown = [name for name in dir(geokehila) if not name.startswith("_")]
    assert shown == sorted([*NAMES, *ROOMS]) and len(NAMES) == len({*NAMES}) and 12 <= len(NAMES) <= 18


def test_checkers_of_types_see_the_same_names_and_no_other() -> None:
    """Mypy reads what stands below TYPE_CHECKING; a `__getattr__` that it saw would let every misspelt name pass."""
    top = ast.parse(inspect.getsource(geokehila)).body
    (seen,) = (one for one in top if isinstance(one, ast.If) and ast.unparse(one.test) == "TYPE_CHECKING")
    names = {name.asname or name.name for one in seen.body if isinstance(one, ast.ImportFrom) for name in one.names}
    assert names == {*NAMES, *ROOMS}
    assert "__getattr__" not in {one.name for one in top if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there_and_told_with_an_example(name: str) -> None:
    told = inspect.getdoc(getattr(geokehila, name)) or ""
    assert ">>> " in told.partition("Examples\n--------\n")[2], f"{name} has no example"


def examples() -> dict[str, str]:
    """The code of each example of a public name, and of what a class among them does, by name."""
    told = {name: getattr(geokehila, name) for name in NAMES}
    for name, thing in [*told.items()]:
        if isinstance(thing, type):
            told |= {f"{name}.{own}": getattr(thing, own) for own in vars(thing) if not own.startswith("_")}
    parsed = {name: doctest.DocTestParser().get_examples(inspect.getdoc(thing) or "") for name, thing in told.items()}
    return {name: "".join(example.source for example in several) for name, several in parsed.items() if several}


EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_as_it_is_printed(name: str) -> None:
    """Every name in it is imported or made in it, or is a public one, called as it is called from outside."""
    nodes = [*ast.walk(ast.parse(EXAMPLES[name]))]
    made = {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    made |= {one.asname or one.name.partition(".")[0] for one in nodes if isinstance(one, ast.alias)}
    made |= {one.name for one in nodes if isinstance(one, ast.ExceptHandler) and one.name}
    used = {one.id for one in nodes if isinstance(one, ast.Name)}
    assert used - made - {*NAMES} - {*dir(builtins)} == set()


@pytest.mark.parametrize("name", [name for name in NAMES if name[0].islower()])
def test_every_argument_is_typed_and_told(name: str) -> None:
    function = getattr(geokehila, name)
    arguments = [*inspect.signature(function).parameters]
    told = inspect.getdoc(function) or ""
    words = {word for line in told.splitlines() if not line.startswith(" ") for word in line.split(", ")}
    assert {*arguments} <= words, f"{name} does not tell of { ({*arguments} - words) }"
    assert {*function.__annotations__} == {*arguments, "return"}


def sections(told: str) -> set[str]:
    return {*re.findall(r"^(\w+)\n-+$", told, re.MULTILINE)}


def listed(told: str, section: str) -> set[str]:
    """The names that a section of a docstring tells of."""
    text = re.split(r"\n\n(?=\w+\n-+\n)", told.partition(f"{section}\n{'-' * len(section)}\n")[2])[0]
    return {word for line in text.splitlines() if not line.startswith(" ") for word in line.split(", ")}


@pytest.mark.parametrize("name", [name for name in NAMES if name[0].islower()])
def test_every_function_tells_what_it_takes_gives_and_raises(name: str) -> None:
    function = getattr(geokehila, name)
    wanted = {"Returns", "Raises", "Examples"} | ({"Parameters"} if inspect.signature(function).parameters else set())
    assert wanted <= sections(inspect.getdoc(function) or "")


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: f"{noun.__module__}.{noun.__name__}")
def test_every_noun_that_is_returned_tells_what_it_holds_and_does(noun: type) -> None:
    told = inspect.getdoc(noun) or ""
    assert {field.name for field in fields(noun) if not field.name.startswith("_")} == listed(told, "Attributes")
    assert ">>> " in told
    for name, one in vars(noun).items():
        if name.startswith("_") or name in {field.name for field in fields(noun)}:
            continue
        said = inspect.getdoc(getattr(noun, name)) or ""
        assert said, name
        if not isinstance(one, property):
            arguments = {*inspect.signature(getattr(noun, name)).parameters} - {"self"}
            assert arguments <= listed(said, "Parameters") and ">>> " in said, name


def test_a_name_that_is_not_there_is_an_error_and_rooms_are_modules() -> None:
    with pytest.raises(AttributeError, match="no attribute 'walk': did you mean 'walks'"):
        geokehila.walk  # noqa: B018
    code = f"import geokehila; print([hasattr(getattr(geokehila, room), '__all__') for room in {ROOMS}])"
    assert python(code).strip() == str([True] * len(ROOMS)), "each is at hand without an import of its own"


def test_importing_it_loads_none_of_its_own_rooms_and_nothing_heavy() -> None:
    before = "import sys, importlib, typing; before = {*sys.modules}; import geokehila, json; "
    loaded = json.loads(python(before + "print(json.dumps(sorted({*sys.modules} - before)))"))
    assert [name for name in loaded if not name.startswith("json") and name != "_json"] == ["geokehila"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """A small town with a run of it, made by the face alone."""
    out = tmp_path_factory.mktemp("face")
    return out, geokehila.demo(out, residents=1_500)


def plain(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """The frame with one word for what is missing, which a file does not tell apart."""
    return pd.DataFrame(frame).astype(object).where(frame.notna(), None)


def test_a_kept_run_is_read_as_it_was_made(town: tuple[Path, Run]) -> None:
    out, made = town
    kept = geokehila.last_run("generated-1500", out / "data" / "raw", out)
    assert (kept.path, kept.page, kept.study, kept.summary["run_id"]) == (
        made.path,
        made.page,
        made.study,
        made.path.name,
    )
    for one, other in ((kept.origins, made.origins), (kept.zones, made.zones), (kept.places, made.places)):
        assert isinstance(one, gpd.GeoDataFrame) and one.crs == other.crs
        pd.testing.assert_frame_equal(plain(one), plain(other), check_dtype=False)
    assert len(kept.tables["gaps"]) > 100 and "gaps" in [*made.tables]


def test_a_run_shows_itself_in_a_notebook(town: tuple[Path, Run]) -> None:
    _, made = town
    assert made.figure().get_root().render() == made.page.read_text(encoding="utf-8")


def test_a_city_is_read_without_walking(town: tuple[Path, Run]) -> None:
    out, made = town
    read = geokehila.read_city("generated-1500", out / "data" / "raw")
    assert read.homes.origins["people"].sum() == pytest.approx(made.origins["people"].sum())
    assert [*read.places.places["place_id"]] == [*made.places["place_id"]]


@pytest.mark.parametrize(("analysis", "profile"), [("fifteen_minute", "child"), ("mixed_use", "adult")])
def test_an_analysis_by_itself_is_the_same_as_in_a_run(town: tuple[Path, Run], analysis: str, profile: str) -> None:
    out, made = town
    alone = geokehila.analyse("generated-1500", analysis, profile, out / "data" / "raw")
    whole = made.tables[f"scores_{profile}"].set_index("origin_id")
    own = [column for column in alone if column in whole]
    assert own and [*alone["origin_id"]] == [*made.origins["origin_id"]]
    pd.testing.assert_frame_equal(alone.set_index("origin_id")[own], whole[own], check_dtype=False)


def test_an_analysis_in_metres_alone_needs_no_profile_and_names_the_one_it_has(town: tuple[Path, Run]) -> None:
    out, made = town
    raw = out / "data" / "raw"
    alone = geokehila.analyse("generated-1500", "transit", data=raw)
    whole = made.tables["scores_distance"].set_index("origin_id")["bus_stop_m"]
    pd.testing.assert_series_equal(alone.set_index("origin_id")["bus_stop_m"], whole, check_dtype=False)
    with pytest.raises(geokehila.GeoKehilaError, match="profile of transit: 'adult': known: distance"):
        geokehila.analyse("generated-1500", "transit", "adult", raw)


def test_what_there_is_not_is_named(town: tuple[Path, Run]) -> None:
    out, made = town
    raw = out / "data" / "raw"
    with pytest.raises(geokehila.GeoKehilaError, match="did you mean 'walkability'"):
        geokehila.analyse("generated-1500", "walkable", data=raw)
    with pytest.raises(geokehila.GeoKehilaError, match="make one with `geokehila run dimona`"):
        geokehila.last_run("dimona", raw, out)
    with pytest.raises(KeyError) as raised:
        made.tables["gap"]
    assert isinstance(raised.value, geokehila.GeoKehilaError)
    assert str(raised.value) == f"{made.path}: no table 'gap': did you mean 'gaps'?"
    assert "gap" not in made.tables and made.tables.get("gap") is None


MISTAKES = {
    "a code": (lambda: geokehila.run(2200), "unknown city 2200: did you mean 'dimona'?"),
    "a list": (lambda: geokehila.run(["dimona"]), "unknown city a list: give its slug"),
    "no city": (lambda: geokehila.last_run(None), "unknown city None: give its slug"),
    "a folder that is none": (lambda: geokehila.run("data/raw/dimona"), "give the slug 'dimona' with data='data/raw'"),
    "data": (lambda: geokehila.read_city("dimona", 5), "data is 5: give a path"),
    "out": (lambda: geokehila.demo(["try"]), "out is a list: give a path"),
    "a word for people": (
        lambda: geokehila.demo("x", residents="viel"),
        "residents is 'viel': give a whole number from",
    ),
    "half a person": (
        lambda: geokehila.demo("x", residents=1500.5),
        "residents is 1500.5: give a whole number from 1500",
    ),
    "two people": (
        lambda: geokehila.demo("x", residents=2),
        "residents is 2: give a whole number from 1500 to 1000000",
    ),
    "a path for a city": (lambda: geokehila.Study.of("x/study.toml"), "is a path, no city: Study.read('x/study.toml')"),
    "a number for a file": (lambda: geokehila.Study.read(5), "path of a study is 5: give a path"),
    "no cities": (lambda: geokehila.run_batch(None), "a city is None: give its slug, or the path of a study.toml"),
    "a wrong slug": (lambda: geokehila.cities()["dimonna"], "did you mean 'dimona'?"),
    "numbers for runs": (lambda: geokehila.compare_runs(1, 2), "run 1: give a Run, the folder of one, or the slug"),
    "slugs of no run": (lambda: geokehila.compare_runs("dimona", "arad"), "make one with `geokehila run dimona`"),
    "text for runs": (lambda: geokehila.compare.runs_of(".", "dimona"), "make one with `geokehila run dimona`"),
    "no place of runs": (lambda: geokehila.compare.runs_of(None, "dimona"), "out is None: give a path"),
    "no runs": (lambda: geokehila.compare.trend([]), "no run is named"),
    "a number for edits": (lambda: geokehila.run_scenario("dimona", 5), "edits is 5: give a path"),
    "a folder of findings": (lambda: geokehila.examine(data=5), "data is 5: give a path"),
    "degrees": (lambda: geokehila.read_map("a.osm", crs="EPSG:4326"), "'EPSG:4326' is not in metres: .* 'EPSG:2039'"),
    "no crs": (lambda: geokehila.read_map("a.osm", crs="metres"), "crs 'metres' is not known: .* 'EPSG:2039'"),
    "Web Mercator": (lambda: geokehila.read_map("a.osm", crs=3857), "is Web Mercator"),
    "no map": (lambda: geokehila.read_map(), "no file is named"),
    "maps in a list": (lambda: geokehila.read_map(["a.osm"]), "a file is a list: give a path"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_likely_mistake_is_one_line_with_what_to_do(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    do, said = MISTAKES[mistake]
    with pytest.raises(geokehila.GeoKehilaError, match=re.escape(said).replace(r"\.\*", ".*")) as raised:
        do()
    assert "\n" not in str(raised.value)


def test_a_study_is_named_by_its_file_its_folder_or_itself(town: tuple[Path, Run]) -> None:
    out, made = town
    folder = out / "data" / "raw" / "generated-1500"
    named = [folder, folder / "study.toml", str(folder), made.study, "generated-1500", Path("generated-1500")]
    assert all(choose(one, folder.parent) == made.study for one in named)


def test_runs_are_named_by_themselves_their_folder_or_their_city(
    town: tuple[Path, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, made = town
    monkeypatch.chdir(out)
    assert all(Side.read(one).slug == "generated-1500" for one in (made, made.path, str(made.path), "generated-1500"))
    for some in (made, "generated-1500", [made.path], [str(made.path)]):
        assert geokehila.compare.trend(some)["run_id"].tolist() == [made.path.name]
    latest = made.path.with_name("latest")
    assert {Side.read(one).record["run_id"] for one in (latest, str(latest), latest.parent)} == {made.path.name}
    for one in (made.path, str(latest)):
        kept = geokehila.last_run(one, "data/raw")
        assert (kept.path, kept.page.resolve(), len(kept.zones)) == (made.path, made.page.resolve(), len(made.zones))
    with pytest.raises(KeyError, match=r"a layer of generated-1500\.gpkg; its table is origins"):
        made.tables["homes"]
    with pytest.raises(geokehila.GeoKehilaError, match="no run of generated-150 is kept here: did you mean"):
        geokehila.compare.runs_of(out, "generated-150")


def nouns_of(thing: object, seen: dict[int, object]) -> dict[int, object]:
    """What is of GeoKehila's own kinds in a noun, however deep; of many of a kind in a list the first."""
    is_own = type(thing).__module__.startswith("geokehila")
    if id(thing) in seen or not (is_own or isinstance(thing, tuple)):
        return seen
    if is_own:
        seen[id(thing)] = thing
    inner = [getattr(thing, f.name) for f in fields(thing)] if is_dataclass(thing) else [*thing][:1]  # type: ignore[call-overload]
    for one in inner:
        nouns_of(one, seen)
    return seen


def test_what_is_returned_shows_itself_in_ten_lines(town: tuple[Path, Run], tmp_path: Path) -> None:
    out, made = town
    raw = out / "data" / "raw"
    read = geokehila.read_city("generated-1500", raw)
    edits = tmp_path / "nearer.toml"
    edits.write_text("[cutoff_min]\nschool = 10\n", encoding="utf-8")
    returned = {
        "Run": made,
        "Gathered": read,
        "Comparison": geokehila.compare_runs(made, made),
        "Found": geokehila.run_scenario("generated-1500", edits, raw, out),
        "Study": made.study,
        "cities": geokehila.cities(),
        "City": geokehila.cities()["dimona"],
        "OsmData": geokehila.read_map(*raw.glob("generated-1500/osm.*")),
        "KeptTables": made.tables,
        "findings": geokehila.examine("generated-1500", raw, out),
    }
    for name, thing in returned.items():
        shown = repr(thing)
        assert 1 <= len(shown.splitlines()) <= 10 and len(shown) <= 1_000, f"{name}: {shown[:3000]}"
        assert "<table>" in thing._repr_html_(), name
    deep: dict[int, object] = {}
    for thing in returned.values():
        nouns_of(thing, deep)
    long = {type(thing).__qualname__: len(repr(thing)) for thing in deep.values() if isinstance(thing, Brief)}
    assert len(long) > 12 and max(long.values()) <= 1_000, long
    assert "generated-1500" in repr(made) and made.path.name in repr(made)
    assert "origins" in dir(made) and not [name for name in dir(made) if name.startswith("title")]


def test_what_a_file_tells_is_no_markup_in_a_notebook() -> None:
    city = replace(geokehila.cities()["dimona"], name={"en": "<script>", "he": "א"}, slug="<b>")
    assert "<script>" not in city._repr_html_() and "&lt;b&gt;" in city._repr_html_()


def test_a_scenario_and_a_comparison_in_one_line_each(town: tuple[Path, Run], tmp_path: Path) -> None:
    out, made = town
    corner = made.origins.geometry.iloc[0]
    edits = tmp_path / "clinic.toml"
    edits.write_text(f"[[place]]\ndo = 'add'\ncategory = 'clinic'\nat_m = [{corner.x}, {corner.y}]\n", encoding="utf-8")
    found = geokehila.run_scenario("generated-1500", edits, out / "data" / "raw", out)
    assert found.page == made.path / "scenarios" / "clinic" / "index.html" and found.page.is_file()
    assert "scenarios/clinic/index.html" in Path(repr(found)).as_posix()
    head = {"zoning": "city", "zone_id": "", "profile": "adult", "group": "total", "gained_high": 1_250.0}
    gains = [head | {"measure": "category_clinic", "gained_low": 40.0}, head | {"measure": "x", "gained_low": 7.0}]
    told = [repr(replace(found, gains=pd.DataFrame(some, columns=[*gains[0]]))).splitlines()[0] for some in (gains, [])]
    assert told[0] == "Scenario clinic of Generated 1500: 40 to 1,250 people newly reach category_clinic"
    assert told[1] == "Scenario clinic of Generated 1500: nobody gains"
    assert geokehila.compare_runs(made, str(made.path)).table.empty


def test_a_batch_skips_what_is_done_and_tells_what_cannot_begin(town: tuple[Path, Run], tmp_path: Path) -> None:
    out, made = town
    raw = out / "data" / "raw"
    ended = geokehila.run_batch(["generated-1500", "arad"], raw, out)
    assert ended["city"].tolist() == ["generated-1500", "arad"]
    assert ended["state"].tolist() == ["skipped", "failed"] and "no file osm" in ended["why"].iloc[1]
    assert ended["run_id"].iloc[0] == made.path.name
    with pytest.raises(geokehila.GeoKehilaError, match="unknown city 'no-such-city'"):
        geokehila.run_batch(["generated-1500", "no-such-city"], raw, out)
