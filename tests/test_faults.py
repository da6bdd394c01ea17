"""Every command that writes does so whole or not at all: full disks, read-only folders, kills, two at once, clocks."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import osmium
import pytest
import small_town
from small_town import last_good, told, tree
from typer.testing import CliRunner

from geokehila import osm_file, pipeline, reference
from geokehila.batch import FAILED, SKIPPED, Task, Wish, order
from geokehila.errors import GeoKehilaError, InputError, RunError
from geokehila.load.roles import find
from geokehila.scenario import keeping
from geokehila.store import keep, kept
from geokehila.study import Study
from geokehila_cli.app import app

EDITS = '[[place]]\nid = "n3"\ndo = "close"\n'
#: By name the words of each command that writes; {} is a folder with inputs, results and what else the command takes.
COMMANDS = {
    "cards": "cards town --data {}/raw --out {}/out",
    "cards elsewhere": "cards town --data {}/raw --out {}/out --to {}/handout",
    "atlas": "atlas town --language en --data {}/raw --out {}/out",
    "site": "site --out {}/out",
    "compare": "compare {}/out/data/processed/town/RUN town --to {}/compared --data {}/raw --out {}/out",
    "line": "compare town --all --to {}/line --language en --out {}/out",
    "init": "init town --force --data {}/raw",
    "reference": "reference build --to {}/reference.toml --out {}/out",
    "scenario": "scenario town {}/edits.toml --data {}/raw --out {}/out",
    "scenarios": "scenario town {}/edits.toml {}/others.toml --data {}/raw --out {}/out",
    **{f"inventory {kind}": f"inventory town --data {{}}/raw --out {{}}/places.{kind}"
       for kind in ("xlsx", "csv", "gpkg", "geojson")},
}  # fmt: skip
#: What refuses to write over a file: it is taken away before the command is given again.
ONCE = {"reference": "reference.toml", **{f"inventory {k}": f"places.{k}" for k in ("xlsx", "csv", "gpkg", "geojson")}}


@pytest.fixture
def place(small_town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Inputs and a run of the smallest town, edits of it, and a reference of no locality at all."""
    for name in ("raw", "out"):
        shutil.copytree(small_town / name, tmp_path / name)
    for name in ("edits", "others"):
        (tmp_path / f"{name}.toml").write_text(EDITS, encoding="utf-8")
    frozen = reference.Frozen("2024-01-01", False, tuple(f"nowhere-{number}" for number in range(40)), {})
    monkeypatch.setattr(reference, "build", lambda runs: frozen)
    return tmp_path


def give(name: str, place: Path) -> BaseException | None:
    """Give a command, and return what it raised."""
    run = kept.newest(place / "out", "town").name
    words = [word.replace("{}", str(place)).replace("RUN", run) for word in COMMANDS[name].split()]
    return CliRunner().invoke(app, words).exception


@contextmanager
def full_disk() -> Iterator[None]:
    """Files may grow to a few bytes: enough for a lock."""
    import resource

    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (250, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


@contextmanager
def read_only() -> Iterator[None]:
    """No folder can be made."""

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        yield


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
@pytest.mark.parametrize("name", COMMANDS)
def test_what_cannot_be_written_is_one_line_and_leaves_what_was_there(name: str, place: Path) -> None:
    assert give(name, place) is None
    if name in ONCE:
        (place / ONCE[name]).unlink()
    before = tree(place)
    for fault, said in (
        (full_disk, "File too large|disk I/O error|only a part|disk is full"),
        (read_only, "Read-only"),
    ):
        with fault():
            raised = give(name, place)
        with pytest.raises(RunError, match=rf"^[^\n]*cannot be written \(.*({said}).*\): free space[^\n]*$"):
            raise raised or AssertionError(f"{name} says nothing")
        assert tree(place) == before


def test_a_town_that_cannot_be_drawn_leaves_nothing(tmp_path: Path) -> None:
    with read_only():
        raised = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "out")]).exception
    assert isinstance(raised, RunError) and "Read-only" in str(raised)
    assert tree(tmp_path) == {}


# Killed


FILLER = """
import sys
from pathlib import Path
from time import sleep
from geokehila.store import keep
with keep.filling(Path("folder")) as work:
    (work / "new.txt").write_text("half")
    Path("reached").touch()
    sleep(600)
"""


def test_what_a_killed_command_left_goes_with_the_next_and_what_one_at_work_has_stays(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", FILLER], cwd=tmp_path)
    small_town.wait_for((tmp_path / "reached").exists)
    folder = tmp_path / "folder"
    with keep.filling(folder) as work:
        (work / "mine.txt").write_text("whole", encoding="utf-8")
    assert len([*folder.glob(f"{keep.WORK}*")]) == 1, "the other is at work"
    process.kill()
    process.wait()
    with keep.filling(folder) as work:
        (work / "more.txt").write_text("whole", encoding="utf-8")
    assert sorted(tree(folder)) == ["mine.txt", "more.txt"]


def test_a_scenario_whose_successor_was_killed_before_it_came_is_there_again(place: Path) -> None:
    """Between the two renames nothing stands in its place."""
    assert give("scenario", place) is None
    scenarios = kept.newest(place / "out", "town") / keeping.FOLDER
    before = tree(scenarios)
    (scenarios / "edits").rename(scenarios / f"{keeping.OLD}edits")
    (scenarios / f"{keep.WORK}0").mkdir()
    with full_disk():
        assert isinstance(give("scenario", place), RunError)
    assert tree(scenarios) == before


def test_an_extract_that_the_disk_does_not_take_is_an_error_and_not_the_end_of_the_process(tmp_path: Path) -> None:
    """osmium's own writer ends the whole process when it is taken down after that."""
    code = """
import osmium, resource
from pathlib import Path
from geokehila import osm_file
from geokehila.errors import RunError
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
for count in (9_000, 300_000):
    try:
        with osm_file.writing(Path("a.osm.pbf")) as writer, osm_file.writing(Path("b.osm.pbf")):
            for i in range(1, count):
                writer.add_node(osmium.osm.mutable.Node(id=i, location=(34 + i * 7919 % 1000 / 1e4, 31), version=i))
    except RunError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == 2 * "a.osm.pbf: cannot be written (File too large): free space there\n"


def test_what_is_wrong_with_the_content_of_an_extract_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="as it is"), osm_file.writing(tmp_path / "a.osm.pbf") as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(34, 31)))
        raise InputError("as it is")
    with pytest.raises(RunError, match=r"a\.osm\.pbf: cannot be written \(.*No such file or directory\)"):
        osm_file.writing(tmp_path / "none" / "a.osm.pbf").__enter__()


# Two at once, and clocks


def test_while_a_city_is_run_nobody_else_runs_it_and_nothing_of_it_is_touched(place: Path) -> None:
    """Of the same process another thread, of a batch its task, on the command line another process."""
    out, refused = place / "out", "another run of this city is at work"
    before = last_good(out)
    seen: list[object] = []

    def meanwhile(stage: str) -> None:
        if stage == "walks":
            study = Study.read(place / "raw" / "town" / "study.toml")
            task = Task(study, find(study, place / "raw" / "town", place / "national"), out)
            with ThreadPoolExecutor(1) as other:
                seen.append(other.submit(small_town.run, place, out).exception())
            seen.append(task.do())
            seen.append(give("cards", place))
            words = [sys.executable, "-m", "geokehila_cli", "run", "town", "--data", str(place / "raw")]
            seen.append(subprocess.run([*words, "--out", str(out)], capture_output=True, encoding="utf-8", check=False))
            seen.append(told(out))

    small_town.run(place, out, meanwhile)
    thread, task, cards, process, record = seen
    assert isinstance(thread, RunError) and refused in str(thread)
    assert task.state == FAILED and refused in task.why  # type: ignore[attr-defined]
    assert isinstance(cards, RunError) and refused in str(cards)
    assert process.returncode == 4 and refused in process.stderr  # type: ignore[attr-defined]
    assert len(process.stderr.splitlines()) == 1  # type: ignore[attr-defined]
    assert (record["state"], record["stage"]) == ("at work", "walks")  # type: ignore[index]
    assert without_journals(last_good(out)) == without_journals(before) and told(out) == {}


def test_a_file_that_is_fetched_anew_while_it_is_read_ends_the_run(place: Path) -> None:
    """Else what was read of the new one would stand under the checksum of the old."""

    def fetch(stage: str) -> None:
        if stage == "people":
            new = place / "raw" / "town" / ".new"
            shutil.copy(place / "raw" / "town" / "osm.osm", new)
            new.replace(place / "raw" / "town" / "osm.osm")

    before = last_good(place / "out")
    with pytest.raises(InputError, match=r"osm: .*osm\.osm was changed while it was being read: run the city again"):
        small_town.run(place, place / "out", fetch)
    assert last_good(place / "out") == before and told(place / "out")["state"] == "failed"


def without_journals(files: dict[str, bytes | None]) -> dict[str, bytes | None]:
    return {name: found for name, found in files.items() if not name.endswith("journal.json")}


@pytest.mark.parametrize("year", [1970, 2100])
def test_nothing_depends_on_the_clock(year: int, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It jumps in the middle of a run; what was written before it was set is of the future, or very old."""
    moment = datetime(year, 1, 2, tzinfo=UTC)
    other = datetime(2170 - year + 1900, 1, 2, tzinfo=UTC)
    for path in sorted(place.rglob("*")):
        os.utime(path, (other.timestamp(),) * 2)
    before = without_journals(last_good(place / "out"))

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return moment

    def jump(stage: str) -> None:
        if stage == "walks":
            monkeypatch.setattr("time.time", moment.timestamp)
            monkeypatch.setattr("geokehila.journal.datetime", Clock)

    made = small_town.run(place, place / "out", jump)
    assert without_journals(last_good(place / "out")) == before
    journal = json.loads((made.path / "journal.json").read_text(encoding="utf-8"))
    assert all(stage["seconds"] >= 0 for stage in journal["stages"])
    (task,), _ = order([str(place / "raw" / "town" / "study.toml")], Wish(place / "raw", place / "out"))
    assert (kept_one := task.kept()) and kept_one.state == SKIPPED


# What is told of a run that did not come to its end


def test_a_failed_run_tells_its_inputs_its_choices_its_stage_and_its_error(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = place / "out"
    good, before = kept.record(kept.newest(out, "town")), last_good(out)
    (place / "raw" / "town" / "zones.geojson").write_text("no layer", encoding="utf-8")
    with pytest.raises(InputError) as error:
        small_town.run(place, out)
    record = told(out)
    assert (record["state"], record["stage"]) == ("failed", "streets, buildings and places")
    assert record["error"] == str(error.value)
    for key in ("city", "crs", "fictional", "parameters", "version"):
        assert record[key] == good[key], key
    assert {row["file"]: len(row["sha256"]) for row in record["inputs"]} == {"osm.osm": 64, "zones.geojson": 64}
    assert record["inputs"][0] == good["inputs"][0] and record["inputs"][1] != good["inputs"][1]
    assert record["categories"]["clinic"]["required"] and record["parameters"]["zones"]["kind"] == "polygons"
    assert all(good["categories"][key].items() >= facts.items() for key, facts in record["categories"].items())
    journal = json.loads((out / "data/processed/town/unfinished/journal.json").read_text(encoding="utf-8"))
    assert [stage["stage"] for stage in journal["stages"]] == ["inputs"]
    assert last_good(out) == before
    first = (out / "data/processed/town/unfinished/run.json").read_bytes()
    with pytest.raises(InputError):
        small_town.run(place, out)
    assert (out / "data/processed/town/unfinished/run.json").read_bytes() == first, "equal failures, equal bytes"


def test_a_fault_of_the_program_is_told_and_raised(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise KeyError("zone_id")

    monkeypatch.setattr(pipeline, "believe", fault)
    with pytest.raises(KeyError):
        small_town.run(place, place / "out")
    record = told(place / "out")
    assert (record["state"], record["stage"], record["error"]) == ("defect", "belief", "KeyError: 'zone_id'")


def test_a_city_that_cannot_begin_is_told_alike_alone_and_in_a_batch(place: Path) -> None:
    (place / "raw" / "town" / "osm.pbf").touch()
    with pytest.raises(InputError, match="osm: two files") as error:
        small_town.run(place, place / "out")
    alone = told(place / "out")
    assert (alone["state"], alone["stage"], alone["error"]) == ("failed", "inputs", str(error.value))
    tasks, (fallen,) = order([str(place / "raw" / "town" / "study.toml")], Wish(place / "raw", place / "more"))
    assert tasks == [] and fallen.why == str(error.value)
    batch = told(place / "more")
    assert {key: batch[key] for key in ("state", "stage", "error")} == {
        key: alone[key] for key in ("state", "stage", "error")
    }


def test_a_file_that_cannot_be_opened_is_named_without_a_checksum(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("geokehila.load.roles.sha256_of", closed)
    with pytest.raises((GeoKehilaError, OSError)):
        small_town.run(place, place / "more")
    assert told(place / "more")["inputs"] == [
        {"role": "osm", "file": "osm.osm"}, {"role": "zones", "file": "zones.geojson"},
    ]  # fmt: skip
