"""A run is kept whole or not at all: interrupts, full disks, read-only folders, dead runs, two runs at once."""

import errno
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pytest
import small_town
from pyogrio.errors import DataSourceError
from small_town import last_good, told, tree, wait_for

import geokehila
from geokehila import measuring
from geokehila.doctor import ended
from geokehila.errors import RunError
from geokehila.store import keep, lock

STAGES = [
    *("inputs", "streets, buildings and places", "people", "walks", "belief"),
    *measuring.ANALYSES,
    *("zones", "sheets", "gaps", "sites for hubs", "hubs: walks to the sites", "hubs: choosing"),
    *("hubs: trying again with other numbers", "what it would take", "waves", "writing", "done"),
]


@pytest.fixture(scope="session")
def town(small_town: Path) -> Path:
    """The town; the last good run lies in ``out``."""
    return small_town


@pytest.fixture
def out(town: Path, tmp_path: Path) -> Path:
    """The last good run, as it stands before another."""
    shutil.copytree(town / "out", tmp_path / "out")
    return tmp_path / "out"


def run(out: Path, town: Path, stages: list[str] | None = None, interrupt_at: str = "") -> geokehila.Run:
    def progress(stage: str) -> None:
        if stages is not None:
            stages.append(stage)
        if stage == interrupt_at:
            raise KeyboardInterrupt

    return small_town.run(town, out, progress)


def hidden(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.name.startswith(".")]


# Interrupts


def test_the_stages_are_the_ones_that_are_interrupted_here(town: Path, out: Path) -> None:
    stages: list[str] = []
    run(out, town, stages)
    assert stages == STAGES


@pytest.mark.parametrize("stage", STAGES)
def test_an_interrupt_at_any_stage_leaves_the_last_good_run(stage: str, town: Path, out: Path) -> None:
    before = tree(out)
    with pytest.raises(KeyboardInterrupt):
        run(out, town, interrupt_at=stage)
    assert last_good(out) == before
    # At the first stage nothing was begun.
    assert told(out).get("state") == (None if stage == "inputs" else "interrupted")
    assert told(out).get("stage") == (None if stage == "inputs" else stage)


@pytest.mark.parametrize("stage", ["inputs", "walks", "writing", "done"])
def test_an_interrupt_of_a_first_run_leaves_nothing_but_its_record(stage: str, town: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "new", town, interrupt_at=stage)
    record = [] if stage == "inputs" else ["", "/journal.json", "/run.json"]
    place = "data/processed/town"
    above = ["data", "data/processed", place] if record else []
    assert sorted(tree(tmp_path / "new")) == [*above, *(f"{place}/unfinished{name}" for name in record)]


#: The command line, which at the stage of the first word does what the second says, before the rest is its own.
AT_STAGE = """
import signal
import sys
from pathlib import Path
from time import sleep
from geokehila.journal import Journal
import geokehila_cli.app
# Whoever starts the tests in the background hands down that SIGINT is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
name, deed = sys.argv[1:3]
sys.argv = ["geokehila", *sys.argv[3:]]
begin = Journal.stage
def stage(self, at):
    begin(self, at)
    if at == name:
        exec(deed)
Journal.stage = stage
geokehila_cli.app.main()
"""


def at_stage(name: str, deed: str, town: Path, out: Path, cwd: Path) -> subprocess.Popen[str]:
    words = [name, deed, "run", "town", "--data", str(town / "raw"), "--out", str(out)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.Popen([sys.executable, "-c", AT_STAGE, *words], cwd=cwd, **pipes)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole groups of processes")
@pytest.mark.parametrize("stage", ["inputs", "walks", "writing"])
def test_ctrl_c_is_one_line_and_130(stage: str, town: Path, out: Path, tmp_path: Path) -> None:
    before = tree(out)
    process = at_stage(stage, "Path('reached').touch(); sleep(600)", town, out, tmp_path)
    wait_for((tmp_path / "reached").exists)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate()
    assert (process.returncode, said) == (130, "")
    assert complained.splitlines()[-1] == "geokehila: interrupted: the last good run is untouched"
    assert "Traceback" not in complained
    assert last_good(out) == before
    assert told(out).get("state") == (None if stage == "inputs" else "interrupted")


def test_a_killed_run_is_cleaned_up_by_the_next(town: Path, out: Path, tmp_path: Path) -> None:
    before = tree(out)
    process = at_stage("done", "Path('reached').touch(); sleep(600)", town, out, tmp_path)
    wait_for((tmp_path / "reached").exists)
    process.kill()
    process.communicate()
    assert len([p for p in hidden(out) if p.name.startswith((lock.LOCK, keep.WORK))]) == 3
    assert {name: found for name, found in last_good(out).items() if "/." not in name} == before
    assert (told(out)["state"], told(out)["stage"]) == ("at work", "done")
    (finding,) = ended.examine(out, "town")
    assert finding.found == "was ended from outside at stage 'done'"
    run(out, town)
    assert hidden(out) == [] and told(out) == {}
    assert [*ended.examine(out, "town")] == []


# What cannot be written


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fails(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("writer", "fail", "said"),
    [
        ("tables.write_parquet", full, "No space left"),
        ("tables.write_parquet", fails(pa.ArrowException("the disk\nis gone")), "the disk is gone"),
        ("tables.write_geopackage", fails(DataSourceError("Failed to commit transaction")), "Failed to commit"),
        ("tables.write_json", full, "No space left"),
        ("city_page.write", full, "No space left"),
    ],
)
def test_a_full_disk_leaves_the_last_good_run(
    writer: str, fail: Callable[..., None], said: str, town: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(out)
    monkeypatch.setattr(f"geokehila.pipeline.{writer}", fail)
    with pytest.raises(RunError, match=f"{said}.*: free space, close .*, or name another --out") as error:
        run(out, town)
    assert len(str(error.value).splitlines()) == 1
    assert last_good(out) == before
    assert told(out).get("error", str(error.value)) == str(error.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
@pytest.mark.parametrize("file", ["zones.parquet", "town.gpkg", "index.html"])
def test_a_file_that_cannot_grow_leaves_the_last_good_run(file: str, town: Path, out: Path, tmp_path: Path) -> None:
    """Files may grow to one byte less than this one needs, so that it is its very end that fails."""
    before = tree(out)
    limit = next(len(found) for name, found in before.items() if found and name.endswith(f"/{file}")) - 1
    deed = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    process = at_stage("writing", deed, town, out, tmp_path)
    said, complained = process.communicate()
    assert (process.returncode, said) == (4, "")
    assert "cannot be written" in complained.splitlines()[-1]
    assert "Traceback" not in complained
    assert last_good(out) == before
    assert told(out)["stage"] == "writing"


@pytest.mark.parametrize("blocked", ["data", "data/processed/town", "maps", "maps/town", ""])
def test_a_file_in_place_of_a_folder_is_told_before_anything_is_computed(
    blocked: str, town: Path, tmp_path: Path
) -> None:
    at = tmp_path / "out" / blocked
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text("no folder", encoding="utf-8")
    before, stages = tree(tmp_path), []
    with pytest.raises(RunError, match=r"cannot be written \(.*\): free space, close"):
        run(tmp_path / "out", town, stages)
    assert stages == ["inputs"]
    assert tree(tmp_path) == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may write everywhere")
@pytest.mark.parametrize("place", ["data/processed/town", "maps/town"])
def test_a_read_only_folder_is_told_before_anything_is_computed(place: str, town: Path, out: Path) -> None:
    before, stages = tree(out), []
    (out / place).chmod(0o500)
    try:
        with pytest.raises(RunError, match=r"cannot be written \(Permission denied\)"):
            run(out, town, stages)
    finally:
        (out / place).chmod(0o700)
    assert stages == ["inputs"]
    assert tree(out) == before


# The instant of putting in place


def put(out: Path, run_id: str, content: str) -> tuple[Path, Path]:
    with keep.alone(out, "town") as desk:
        for name in ("a.parquet", "town.gpkg", "run.json"):
            (desk.run / name).write_text(content, encoding="utf-8")
        (desk.page / "cards").mkdir()
        for page in ("cards/a.html", "index.html"):
            (desk.page / page).write_text(content, encoding="utf-8")
        return desk.publish(run_id)


def test_what_is_put_in_place_is_whole_and_latest_names_it(tmp_path: Path) -> None:
    path, page = put(tmp_path, "1", "old")
    assert {p.name for p in path.iterdir()} == {"a.parquet", "town.gpkg", "run.json"}
    assert page == tmp_path / "maps" / "town" / "index.html"
    assert (page.parent / "cards" / "a.html").read_text(encoding="utf-8") == "old"
    assert (path.parent / "latest").read_text(encoding="utf-8") == "1\n"
    assert hidden(tmp_path) == []


def whole(out: Path) -> bool:
    """Is the run that `latest` names whole, and the page, too?"""
    processed, page = out / "data" / "processed" / "town", out / "maps" / "town" / "index.html"
    latest = (processed / (processed / "latest").read_text(encoding="utf-8").strip()).iterdir()
    texts = {path.name: path.read_text(encoding="utf-8") for path in latest}
    return {"a.parquet", "town.gpkg", "run.json"} <= texts.keys() and page.read_text(encoding="utf-8") in ("old", "new")


@pytest.mark.parametrize("run_id", ["1", "2"], ids=["the same run again", "another run"])
def test_at_every_instant_a_whole_run_and_a_whole_page_are_there(
    run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every move is watched, and at every one of them a run breaks off."""
    put(tmp_path, "1", "old")
    moves = {name: getattr(Path, name) for name in ("rename", "replace", "unlink", "write_text")}
    left = [0]

    def watched(name: str) -> Callable[..., Any]:
        def move(path: Path, *words: Any, **more: Any) -> Any:
            assert whole(tmp_path)
            left[0] -= 1
            if left[0] == 0:
                raise OSError(errno.EACCES, "open elsewhere")
            made = moves[name](path, *words, **more)
            assert whole(tmp_path)
            return made

        return move

    for name in moves:
        monkeypatch.setattr(Path, name, watched(name))
    broke_off = 0
    for step in range(1, 100):
        left[0] = step
        try:
            put(tmp_path, run_id, "new")
        except (RunError, OSError):
            broke_off += 1
        if left[0] > 0:
            break
        left[0] = -1
        assert whole(tmp_path)
    assert broke_off >= 10
    assert hidden(tmp_path) == []
    assert (tmp_path / "maps" / "town" / "index.html").read_text(encoding="utf-8") == "new"


def test_a_run_again_leaves_what_a_user_saved_beside_it_but_not_an_open_files_changes(tmp_path: Path) -> None:
    path, _ = put(tmp_path, "1", "old")
    (path / "mine.qgz").touch()
    (path / "town.gpkg-wal").touch()
    put(tmp_path, "1", "new")
    assert {p.name for p in path.iterdir()} == {"a.parquet", "town.gpkg", "run.json", "mine.qgz"}


def test_cards_of_areas_that_are_no_more_go_away(tmp_path: Path) -> None:
    cards = put(tmp_path, "1", "old")[1].parent / "cards"
    for name in ("zone-7.html", "notes.html"):
        (cards / name).touch()
    put(tmp_path, "2", "new")
    assert {card.name for card in cards.iterdir()} == {"a.html", "notes.html"}


# One run at a time


def lock_of(out: Path, **changes: Any) -> None:
    """A lock as this process would write it, but for the changes."""
    at = out / "data" / "processed" / "town" / lock.LOCK
    at.mkdir(parents=True)
    owner = lock.Owner.me().__dict__ | changes
    (at / lock.OWNER).write_text(json.dumps(owner), encoding="utf-8")


@pytest.mark.parametrize(
    "changes",
    [{}, {"host": "another-computer", "pid": 2**22 + 1}],
    ids=["alive", "on another computer, out of sight"],
)
def test_a_living_owner_keeps_its_lock(changes: dict[str, Any], town: Path, tmp_path: Path) -> None:
    lock_of(tmp_path, **changes)
    before, stages = tree(tmp_path), []
    owner = {"pid": os.getpid(), "host": platform.node(), **changes}
    with pytest.raises(
        RunError, match=rf"process {owner['pid']} on {owner['host']} since 20.* UTC: wait for it .*, delete "
    ):
        run(tmp_path, town, stages)
    assert stages == ["inputs"]
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "changes",
    [{"pid": 2**22 + 1}, {"began": lock.Owner.me().began - 60}, {"pid": "?"}],
    ids=["no such process", "its number is another's now", "not an owner"],
)
def test_a_dead_owner_loses_its_lock(changes: dict[str, Any], tmp_path: Path) -> None:
    lock_of(tmp_path, **changes)
    put(tmp_path, "1", "new")
    assert hidden(tmp_path) == []


@pytest.mark.skipif(not psutil.LINUX, reason="others keep when a process began as it was told then")
@pytest.mark.parametrize("jump_s", [-86_400, 3_600])
def test_a_clock_that_is_set_takes_no_lock_from_its_owner(
    jump_s: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux tells when the computer started by the clock of the moment."""
    with keep.alone(tmp_path, "town"):
        began = psutil._pslinux.boot_time()
        monkeypatch.setattr("psutil._pslinux.boot_time", lambda: began + jump_s)
        with pytest.raises(RunError, match="another run of this city is at work"):
            put(tmp_path, "1", "new")
    put(tmp_path, "1", "new")


def test_a_lock_that_a_power_cut_left_empty_has_a_dead_owner(tmp_path: Path) -> None:
    lock_of(tmp_path)
    (tmp_path / "data" / "processed" / "town" / lock.LOCK / lock.OWNER).write_bytes(b"")
    put(tmp_path, "1", "new")
    assert hidden(tmp_path) == []


def test_two_cities_run_at_once_and_one_city_does_not(tmp_path: Path) -> None:
    refused = pytest.raises(RunError, match="another run of this city is at work")
    with keep.alone(tmp_path, "town"), keep.alone(tmp_path, "village"), refused:
        put(tmp_path, "1", "new")
    assert tree(tmp_path) == {}
    put(tmp_path, "1", "new")


RACER = """
import sys
from pathlib import Path
from time import sleep
from geokehila.errors import RunError
from geokehila.store import keep
out, me = Path(sys.argv[1]), sys.argv[2]
Path(me + ".ready").touch()
while not Path("go").exists():
    pass
try:
    with keep.alone(out, "town"):
        Path(me + ".won").touch()
        while not Path("stop").exists():
            sleep(0.01)
except RunError as error:
    print(error)
    Path(me + ".lost").touch()
"""


@pytest.mark.parametrize("had_owner", [False, True], ids=["no lock", "a dead owner's lock"])
def test_of_many_that_start_at_once_one_wins(had_owner: bool, tmp_path: Path) -> None:
    out, racers = tmp_path / "out", 4
    if had_owner:
        lock_of(out, pid=2**22 + 1)
    words = [[sys.executable, "-c", RACER, str(out), str(number)] for number in range(racers)]
    processes = [subprocess.Popen(w, cwd=tmp_path, stdout=subprocess.PIPE, encoding="utf-8") for w in words]
    wait_for(lambda: len(list(tmp_path.glob("*.ready"))) == racers)
    (tmp_path / "go").touch()
    wait_for(lambda: len([*tmp_path.glob("*.won"), *tmp_path.glob("*.lost")]) == racers)
    winners = list(tmp_path.glob("*.won"))
    (tmp_path / "stop").touch()
    said = [process.communicate()[0] for process in processes]
    assert len(winners) == 1
    assert sum("another run of this city is at work" in text for text in said) == racers - 1
    assert {process.returncode for process in processes} == {0}
    assert not out.exists() or hidden(out) == []
