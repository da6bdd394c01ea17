"""Likely mistakes of a first user: each is answered by one line that names what to type next, and by its code."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import manuals
import pytest

from geokehila_cli import batch, doctor, failure, fetch
from geokehila_cli.app import main
from manual import commands

CITY = {"slug": "arad", "code": 2560, "name": {"en": "Arad"}}
RECORD = {"city": CITY, "fictional": True, "weights": "residents", "run_id": "1", "version": "1", "dates": {}}
NO_RUN, NO_MAP = "no run of dimona is kept here: make one with `geokehila run dimona`", "`geokehila fetch dimona`"
NO_CITY, NOT_WRITTEN = "unknown city 'dimonna': did you mean 'dimona'?", "file.txt: cannot be written"
EXTRA = "unexpected extra argument"

#: Command line, exit code, and what the line holds. Beside `file.txt` there is a run of Arad that holds no table.
MISTAKES = (
    ("rnu dimona", 2, "did you mean 'run'? (next: `geokehila --help`)"),
    ("--verison", 2, "--version"),
    ("help", 2, "(next: `geokehila --help`)"),
    ("run dimonna", 2, NO_CITY),
    ("run dimonna", 2, "(next: `geokehila run dimona`)"),
    ("run Atlantis", 2, "`geokehila cities` lists all, `geokehila init` begins another; a folder with a study.toml is"),
    ("run Atlantis --data nowhere", 2, "is sought in nowhere, name another as data (--data)"),
    ("run dimona --since nowhere", 2, "--since nowhere: holds no run.json: name the folder of a finished run, as in"),
    ("compare dimonna arad", 3, "no run of dimonna is kept here: make one with `geokehila run dimona`"),
    ("run dimona", 3, NO_MAP),
    ("run absent/study.toml", 2, "check the path, or begin with `geokehila init`"),
    ("run dimona --out file.txt", 4, "name another --out"),
    ("run", 2, "missing argument 'city|study.toml' (next: `geokehila run --help`)"),
    ("demo dimona", 2, EXTRA),
    ("demo --residents many", 2, "(next: `geokehila demo --help`)"),
    ("demo --residents 10", 2, "from 1500 to 1000000"),
    ("demo --out file.txt", 4, "name another --out"),
    ("demo --city dimona", 2, "(next: `geokehila demo --help`)"),
    ("cities negev", 2, EXTRA),
    ("cities --region negv", 2, "(next: `geokehila cities --region negev`)"),
    ("cities --region sharon", 2, "known: galilee, negev, reference"),
    ("cities --chek", 2, "--check"),
    ("cities --region", 2, "(next: `geokehila cities --help`)"),
    ("fetch dimonna", 2, NO_CITY),
    ("fetch dimona --only osmm", 2, "(next: `geokehila fetch dimona --only osm`)"),
    ("fetch dimona --from osm", 2, "--from osm=dimona.osm.pbf"),
    ("fetch dimona --from osm=absent.pbf", 3, "there is no absent.pbf: check the path"),
    ("fetch dimona --offline --data file.txt", 4, "name another --data"),
    ("doctor dimona --verbose", 2, "(next: `geokehila doctor --help`)"),
    ("doctor dimona arad", 2, EXTRA),
    ("init", 2, "(next: `geokehila init --help`)"),
    ("init dimona arad", 2, EXTRA),
    ("inventory", 2, "(next: `geokehila inventory --help`)"),
    ("inventory dimona", 3, NO_MAP),
    ("inventory dimona --out places.shp", 2, "unknown format of an inventory '.shp'"),
    ("inventory dimona --out file.txt/places.xlsx", 4, "name another --out"),
    ("inventory dimona --format xlsx", 2, "(next: `geokehila inventory --help`)"),
    ("gaps dimonna", 2, NO_CITY),
    ("gaps dimona", 3, NO_MAP),
    ("gaps dimona --category clinik", 2, "(next: `geokehila gaps dimona --category clinic`)"),
    ("gaps dimona --zoning zones", 2, "(next: `geokehila gaps dimona --zoning zone`)"),
    ("gaps dimona --zoning hexagon", 2, "[zonings] hexagon_edge_m = 250"),
    ("gaps dimona --zoning neighbourhood", 2, "no file neighbourhoods.*"),
    ("gaps dimona --language hebrew", 2, "(next: `geokehila gaps dimona --language he`)"),
    ("gaps dimona --top none", 2, "(next: `geokehila gaps --help`)"),
    ("gaps dimona --csv gaps.xlsx", 2, "name one, such as gaps.csv"),
    ("gaps dimona --csv file.txt/gaps.csv", 4, "name another --csv"),
    ("hubs dimonna", 2, NO_CITY),
    ("hubs dimona", 3, NO_MAP),
    ("hubs dimona --objective mclpp", 2, "(next: `geokehila hubs dimona --objective mclp`)"),
    ("hubs dimona --minutes 90", 2, "minutes is 90: give a number from 0 to 60"),
    ("hubs dimona --profile wheelchiar", 2, "(next: `geokehila hubs dimona --profile wheelchair`)"),
    ("hubs dimona --need money", 2, "known: age, cluster, deficit"),
    ("hubs dimona --equity weighted", 2, "name some of cluster, age, deficit"),
    ("cards dimonna", 2, NO_CITY),
    ("cards dimona", 3, NO_RUN),
    ("cards dimona arad", 2, EXTRA),
    ("cards dimona --to file.txt", 4, NOT_WRITTEN),
    ("cards dimona --language he", 2, "(next: `geokehila cards --help`)"),
    ("atlas dimonna", 2, NO_CITY),
    ("atlas dimona", 3, NO_RUN),
    ("atlas dimona --language hebrew", 2, "(next: `geokehila atlas dimona --language he`)"),
    ("atlas dimona --language he,xx", 2, "known: ar, en, he"),
    ("atlas dimona arad", 2, EXTRA),
    ("compare dimona", 2, "`geokehila compare dimona --all`"),
    ("compare dimona arad", 3, NO_RUN),
    ("compare dimona arad --all", 2, "--all is of one city alone"),
    ("compare dimona --all --marks marks.csv", 2, "--all is of one city alone"),
    ("compare kept kept --language xx", 2, "known: ar, en, he"),
    ("compare kept kept --marks absent.csv", 3, "absent.csv: cannot be read"),
    ("compare kept kept --to file.txt", 4, NOT_WRITTEN),
    ("compare kept kept --inputs-of-a absent", 3, "there is no such folder: check the path"),
    ("compare kept other/run", 3, "name the folder of a finished run"),
    ("scenario dimona", 2, "missing argument 'edits...'"),
    ("scenario dimonna edits.toml", 2, NO_CITY),
    ("scenario dimona edits.toml", 3, NO_RUN),
    ("scenario dimona edits.toml --profile adlt", 2, "(next: `geokehila scenario dimona edits.toml --profile adult`)"),
    ("scenario dimona edits.toml sub/edits.toml", 2, "rename one file"),
    ("carry dimona needs.csv", 2, "missing option '--key'"),
    ("carry dimona needs.csv --key STAT11", 2, "name columns by --sum, --mean or --largest"),
    ("carry dimona needs.csv --key STAT11 --sum pupils", 3, NO_RUN),
    ("carry kept needs.csv --key STAT11 --sum pupils", 3, "give statistical_areas_2011.*"),
    ("carry kept needs.csv --key STAT11 --sum pupils --to needs.xlsx", 2, "name one, such as needs.csv"),
    ("carry kept needs.csv --key STAT11 --sum pupils --to file.txt/a.csv", 4, "name another --to"),
    ("batch", 2, "no city is named: give --region negev, --all, --cities"),
    ("batch dimona", 2, "`geokehila batch --cities dimona`"),
    ("batch dimona arad --jobs 2", 2, "(next: `geokehila batch --cities dimona,arad --jobs 2`)"),
    ("batch absent.toml", 2, "`geokehila batch --cities dimona,arad`"),
    ("batch --region negv", 2, "(next: `geokehila batch --region negev`)"),
    ("batch --cities dimona --all", 2, "named by --all and by --cities: give one of these"),
    ("batch --cities arad,dimonna", 2, "(next: `geokehila batch --cities arad,dimona`)"),
    ("batch --cities arad,absent/study.toml", 2, "absent/study.toml: cannot be read"),
    ("batch --cities dimona --jobs 0", 2, "(next: `geokehila batch --help`)"),
    ("batch --cities dimona --atlas he,xx", 2, "known: ar, en, he"),
    ("batch --cities dimona --scheduler 10.0.0.1:8786", 2, "write tcp://host:port"),
    ("batch --cities dimona --out file.txt", 4, "name another --out"),
    ("region", 2, "missing argument 'negev|galilee'"),
    ("region negv", 2, "(next: `geokehila region negev`)"),
    ("region negev", 3, "`geokehila batch --region negev`"),
    ("region negev --atlas hebrew", 2, "(next: `geokehila region negev --atlas he`)"),
    ("region negev --out file.txt", 4, "name another --out"),
    ("reference", 2, "(next: `geokehila reference --help`)"),
    ("reference biuld", 2, "did you mean 'build'?"),
    ("reference build", 3, "`geokehila batch --all`"),
    ("reference build --to file.txt", 3, "a reference is frozen; name another file"),
    ("reference build --to file.txt/reference.toml", 4, "name another --to"),
    ("site", 3, "`geokehila run city`"),
    ("site dimona", 2, EXTRA),
    ("site --language he", 2, "(next: `geokehila site --help`)"),
    ("publish dimona", 2, "missing option '--to'"),
    ("publish dimona --to plans", 2, "postgresql://user@host/database"),
    ("publish dimonna --to postgresql://a@b/c", 2, NO_CITY),
    ("publish dimona --to postgresql://a@b/c", 3, NO_RUN),
    ("publish dimona --to postgresql://a@b/c --run kept", 3, "is a run of arad, not of dimona"),
)  # fmt: skip
Told = tuple[int, str, str]
#: What tells a reader what to do: a command, an option, a word of the help.
NEXT = ("`geokehila", "name another --", "--scheduler")


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[str], Told]:
    """Type a line into the program, in this process: its exit code, standard output and standard error."""
    (tmp_path / "file.txt").write_text("", encoding="utf-8")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "run.json").write_text(json.dumps(RECORD), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def type_in(line: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["geokehila", *line.split()])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return type_in


@pytest.mark.parametrize(("line", "code", "words"), MISTAKES, ids=[line for line, *_ in MISTAKES])
def test_a_mistake_is_answered_by_one_line_that_names_what_to_type(
    line: str, code: int, words: str, typed: Callable[[str], Told], tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    returned, out, err = typed(line)
    assert (returned, out) == (code, "")
    assert words.lower() in err.lower() and err.startswith("geokehila: ") and err.count("\n") == 1
    assert any(sign in err for sign in NEXT)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for path in after if "unfinished" not in path.parts} == {*before}, "a mistake leaves no file"


def test_every_command_has_mistakes_in_the_table() -> None:
    tried = [line for line, *_ in MISTAKES]
    assert {
        name for name, _ in commands.every() if not any(f"geokehila {line}".startswith(name) for line in tried)
    } == set()


def test_who_mends_a_file_gives_the_same_command_again(typed: Callable[[str], Told], tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_text("place,real\nx,yes\n", encoding="utf-8")
    code, _, err = typed("compare kept kept --marks marks.csv")
    assert code == 3 and "(next: once that is mended, `geokehila compare kept kept --marks marks.csv`)" in err


def test_for_edits_that_are_not_there_the_doctor_is_not_sent() -> None:
    """It looks at a city's files alone; of the study of the city it knows."""
    words = ["scenario", "dimona", "edit.toml"]
    for reason, next_ in (("edit.toml: cannot be read", "scenario --help"), ("[zones] kind", "doctor dimona")):
        assert failure._with_next(reason, failure.INPUT, words).endswith(f"(next: `geokehila {next_}`)")


def test_the_doctor_is_sent_where_the_files_are(typed: Callable[[str], Told], tmp_path: Path) -> None:
    (tmp_path / "raw" / "arad").mkdir(parents=True)
    (tmp_path / "raw" / "arad" / "study.toml").write_text('[study]\nname = "Arad"\ncolour = 3\n', encoding="utf-8")
    code, _, err = typed("hubs arad --add 3 --data raw")
    assert code == 2 and "(next: `geokehila doctor arad --data raw`)" in err


def test_what_is_written_as_next_can_be_typed(typed: Callable[[str], Told]) -> None:
    """The mended command is not refused for what it was mended of."""
    _, _, err = typed("gaps dimona --category clinik --language he")
    _, _, again = typed(err.rpartition("`geokehila ")[2].removesuffix("`)\n"))
    assert "unknown" not in again and NO_MAP in again


@pytest.mark.parametrize(
    "line", ["run dimona", "gaps dimonna", "hubs dimona --add x", "compare dimona", "cities --region x"]
)
def test_under_json_a_failure_is_an_object_that_says_what_the_line_says(
    line: str, typed: Callable[[str], Told]
) -> None:
    code, out, err = typed(f"{line} --json")
    assert json.loads(out) == {"error": err.removeprefix("geokehila: ").strip(), "exit": code}
    assert code in (2, 3)


@pytest.mark.parametrize("fault", [MemoryError("no room"), KeyboardInterrupt(), PermissionError(13, "denied", "x")])
def test_what_nobody_foresaw_is_one_line_and_its_code(
    fault: BaseException, typed: Callable[[str], Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: Any, **__: Any) -> None:
        raise fault

    monkeypatch.delenv("GEOKEHILA_TRACEBACK", raising=False)
    monkeypatch.setattr("geokehila.catalogue.cities", fall)
    code, out, err = typed("cities --json")
    assert err.count("\n") == 1 and json.loads(out)["exit"] == code
    assert code == (130 if isinstance(fault, KeyboardInterrupt) else 4)


def test_who_types_nothing_is_shown_the_commands_in_the_order_of_work(typed: Callable[[str], Told]) -> None:
    alone, asked = typed(""), typed("--help")
    assert alone == asked and alone[0] == 0 and not alone[2]
    heads = [line.strip(":") for line in alone[1].splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert heads == ["Begin", "Run", "Read", "Compare", "Many cities", "Publish", "Options"]
    shown = [line.split()[0] for line in alone[1].splitlines() if line.startswith("  ") and line[2] != " "]
    assert [name for name in shown if f"geokehila {name}" in dict(commands.every())] == [
        name.split()[1] for name, _ in commands.every() if name != "geokehila reference build"
    ]
    assert "..." not in alone[1].partition("Begin:")[2], "a line is cut"


def test_the_version_is_told(typed: Callable[[str], Told]) -> None:
    from geokehila import __version__

    assert typed("--version") == (0, f"geokehila {__version__}\n", "")


@pytest.mark.parametrize("page", ["cli.md", "when_things_go_wrong.md"])
def test_the_codes_are_those_that_the_pages_promise(page: str) -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", manuals.text(manuals.DOCS / page), re.MULTILINE)}
    assert codes == {0, 1, failure.USAGE, failure.INPUT, failure.FAILED, failure.INTERRUPTED}
    assert {code for _, code, _ in MISTAKES} < codes and {batch.SOME_FAILED, fetch.LACKING, doctor.STOPPED} < codes
