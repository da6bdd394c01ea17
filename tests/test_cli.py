"""The command line: what it prints, where, and what it returns."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from geokehila_cli import demo
from geokehila_cli.app import app


def geokehila(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "geokehila_cli", *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=cwd)


def test_help_names_every_command() -> None:
    done = geokehila("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("run", "demo", "cities", "doctor", "init"))


@pytest.mark.parametrize("command", ["run", "demo", "cities", "doctor", "init", "reference build"])
def test_help_of_every_command_has_an_example(command: str) -> None:
    assert f"geokehila {command}" in geokehila(*command.split(), "--help").stdout


def test_cities_of_a_region() -> None:
    rows = json.loads(geokehila("cities", "--region", "negev", "--json").stdout)
    assert len(rows) == 22
    assert {"eilat", "sderot", "rahat"} <= {row["slug"] for row in rows}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["cities", "--region", "negv"], 2, "unknown region 'negv': did you mean 'negev'?"),
        (["run", "dimonna"], 2, "unknown city 'dimonna': did you mean 'dimona'? `geokehila cities` lists all"),
        (["run", "absent/study.toml"], 2, "cannot be read"),
        (["run", "dimona"], 3, "osm: no file osm.* in data/raw/dimona, which holds no other file: give"),
        (["run"], 2, "Missing argument"),
        (["reference", "build"], 3, "0 real localities, 20 are needed: run more cities first"),
    ],
)
def test_a_failure_is_one_line_and_its_code(words: list[str], code: int, said: str, tmp_path: Path) -> None:
    done = geokehila(*words, cwd=tmp_path)
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_city_that_nobody_knows_is_told_where_it_could_stand(tmp_path: Path) -> None:
    """By its spelling among the user's own folders, too; a folder is no city's name."""
    (tmp_path / "data" / "raw" / "new-town").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "new-town" / "study.toml").write_text('[study]\nname = "New Town"\n', encoding="utf-8")
    (tmp_path / "elsewhere" / "old-town").mkdir(parents=True)
    assert "did you mean 'new-town'?" in geokehila("run", "newtwon", cwd=tmp_path).stderr
    said = geokehila("run", "elsewhere/old-town", cwd=tmp_path).stderr
    assert "unknown city 'elsewhere/old-town', a folder: write old-town and data (--data) elsewhere" in said
    (tmp_path / "data" / "processed" / "new-town").mkdir(parents=True)
    (tmp_path / "data" / "processed" / "new-town" / "latest").write_text("0123456789", encoding="utf-8")
    assert (
        "no run of newtown is kept here: did you mean 'new-town'?"
        in geokehila("gaps", "newtown", "--category", "clinic", cwd=tmp_path).stderr
        + geokehila("compare", "newtown", "dimona", cwd=tmp_path).stderr
    )


def test_demo_prints_where_the_page_is_and_is_strict_when_asked(tmp_path: Path) -> None:
    done = geokehila("demo", "--json", cwd=tmp_path)
    result = json.loads(done.stdout)
    assert done.returncode == 0
    assert (tmp_path / result["page"]).is_file()
    assert result["facts"]["people_placed"] == result["facts"]["people_source"]
    again = geokehila("run", "neve-or", "--quiet", "--strict", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (1, "")
    # A reference is built of the newest runs, once: it is frozen.
    built = geokehila("reference", "build", cwd=tmp_path)
    assert built.returncode == 0 and "1 localities" in built.stdout
    assert "FICTIONAL" in (tmp_path / "reference.toml").read_text(encoding="utf-8")
    twice = geokehila("reference", "build", cwd=tmp_path)
    assert twice.returncode == 3 and "is there already" in twice.stderr


@pytest.mark.parametrize(("residents", "warned", "said"), [(None, 2, 1), (None, 0, 0), (5_000, 2, 0)])
def test_that_the_errors_of_neve_or_are_on_purpose_is_said_once_above_the_warnings(
    residents: int | None, warned: int, said: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"warnings": [{"where": "a.csv", "text": "is cut"}] * warned, "city": {"slug": "neve-or"}, "run_id": "0"}
    made = SimpleNamespace(summary=told, page=Path("nowhere/index.html"))
    monkeypatch.setattr("geokehila.steps.demo", lambda *_: made)
    monkeypatch.setattr("geokehila_cli.show._lines", lambda _: [])
    demo.command(residents)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [demo.FAULTY] * said + ["warning: a.csv: is cut"] * warned


def test_an_unwritable_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder should be", encoding="utf-8")
    done = geokehila("demo", "--out", str(tmp_path / "out"), cwd=tmp_path)
    assert done.returncode in (3, 4)
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("said", "asked", "drawn"),
    [("", [], ("he",)), ('language = "ar"\n', [], ("ar",)), ("crs = 32721\n", [], ("en",)),
     ("crs = 32721\n", ["--language", "he,ar"], ("he", "ar"))],
)  # fmt: skip
def test_an_atlas_is_drawn_in_the_language_of_the_study_unless_one_is_asked_for(
    said: str, asked: list[str], drawn: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = []
    monkeypatch.setattr(
        "geokehila.batch.drawing.draw", lambda study, out, languages, tell: wanted.append(languages) or []
    )
    study = tmp_path / "study.toml"
    study.write_text(f'[study]\nname = "Town"\n{said}[zones]\nkind = "hexagons"\n', encoding="utf-8")
    assert CliRunner().invoke(app, ["atlas", str(study), *asked]).exit_code == 0
    assert wanted == [drawn]
