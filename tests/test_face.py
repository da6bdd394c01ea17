"""The Python face: few names, each found, told and tried; importing it loads nothing; the steps are those of a run."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import geokehila
from geokehila import Run

NAMES = [*geokehila.__all__]


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_what_is_listed_is_what_completion_offers() -> None:
    shown = [name for name in dir(geokehila) if not name.startswith("_")]
    assert shown == sorted(NAMES) and len(NAMES) == len({*NAMES}) and 12 <= len(NAMES) <= 18


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there_and_told_with_an_example(name: str) -> None:
    told = inspect.getdoc(getattr(geokehila, name)) or ""
    assert ">>> " in told.partition("Examples\n--------\n")[2], f"{name} has no example"


@pytest.mark.parametrize("name", [name for name in NAMES if name[0].islower()])
def test_every_argument_is_typed_and_told(name: str) -> None:
    function = getattr(geokehila, name)
    arguments = [*inspect.signature(function).parameters]
    told = inspect.getdoc(function) or ""
    words = {word for line in told.splitlines() if not line.startswith(" ") for word in line.split(", ")}
    assert {*arguments} <= words, f"{name} does not tell of { ({*arguments} - words) }"
    assert {*function.__annotations__} == {*arguments, "return"}


def test_checkers_of_types_see_the_same_names() -> None:
    """What is imported for them stands word by word in ``__all__``."""
    text = Path(geokehila.__file__).read_text(encoding="utf-8")
    imported = text.split("if TYPE_CHECKING:")[1].split("\n\n")[0]
    names = [
        name.split(" as ")[-1]
        for line in imported.strip().splitlines()
        for name in line.split("import ")[1].split(", ")
    ]
    assert sorted(names) == sorted(NAMES)


def test_a_name_that_is_not_there_is_an_error_and_rooms_are_modules() -> None:
    with pytest.raises(AttributeError, match="no attribute 'walk'"):
        geokehila.walk  # noqa: B018
    from geokehila import locate

    assert inspect.ismodule(locate)


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


def test_what_there_is_not_is_named(town: tuple[Path, Run]) -> None:
    out, _ = town
    with pytest.raises(geokehila.GeoKehilaError, match="did you mean 'walkability'"):
        geokehila.analyse("generated-1500", "walkable", data=out / "data" / "raw")
    with pytest.raises(geokehila.GeoKehilaError, match="make one with `geokehila run dimona`"):
        geokehila.last_run("dimona", out / "data" / "raw", out)


def test_a_scenario_and_a_comparison_in_one_line_each(town: tuple[Path, Run], tmp_path: Path) -> None:
    out, made = town
    corner = made.origins.geometry.iloc[0]
    edits = tmp_path / "clinic.toml"
    edits.write_text(f"[[place]]\ndo = 'add'\ncategory = 'clinic'\nat_m = [{corner.x}, {corner.y}]\n", encoding="utf-8")
    found = geokehila.run_scenario("generated-1500", edits, out / "data" / "raw", out)
    assert (made.path / "scenarios" / "clinic" / "index.html").is_file() and found.edits.name == "clinic"
    assert geokehila.compare_runs(made.path, made.path).table.empty


def test_a_batch_skips_what_is_done_and_tells_what_cannot_begin(town: tuple[Path, Run], tmp_path: Path) -> None:
    out, made = town
    raw = out / "data" / "raw"
    ended = geokehila.run_batch(["generated-1500", "no-such-city"], raw, out)
    # Without tries of other hubs a batch's run is another one than that of `demo`.
    assert ended["city"].tolist() == ["generated-1500", "no-such-city"]
    assert ended["state"].tolist() == ["done", "failed"] and "unknown city" in ended["why"].iloc[1]
    again = geokehila.run_batch(["generated-1500"], raw, out)
    assert again["state"].tolist() == ["skipped"] and again["run_id"].tolist() == ended["run_id"].tolist()[:1]
    assert made.path.is_dir()
