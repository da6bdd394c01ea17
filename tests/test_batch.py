"""Many cities in one go: which they are, what becomes of each, what is skipped, and what a death costs."""

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import osmium
import psutil
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from typer.testing import CliRunner

from geokehila import pipeline, sample_town
from geokehila.batch import DONE, FAILED, SKIPPED, Crew, Drawing, Outcome, Task, Wish, order
from geokehila.batch.order import named
from geokehila.catalogue import LANGUAGES, cities
from geokehila.draw import atlas, city_page
from geokehila.draw.page.data import page_data
from geokehila.draw.plots.words import Words
from geokehila.errors import RunError, StudyError
from geokehila.load.population.national import Library
from geokehila.load.roles import find
from geokehila.region import Region, of_region, write
from geokehila.study import Study
from geokehila_cli.app import app

SIZE = 1_600


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw folders of fictional towns in the places of Lakiya and Metulla, and of Yeruham one that cannot be read."""
    raw = tmp_path_factory.mktemp("batch") / "raw"
    for slug in ("lakiya", "metulla"):
        sample_town.generate(raw / slug, SIZE, city=cities()[slug])
    (raw / "yeruham").mkdir()
    (raw / "yeruham" / "osm.osm.pbf").write_bytes(b"no map")
    return raw


@pytest.fixture(scope="session")
def batch(two: Path) -> Path:
    """A finished batch of them: its standard output beside its results."""
    out = two.parent / "out"
    told = CliRunner().invoke(
        app, ["batch", "--cities", "lakiya,metulla,yeruham", "--data", str(two), "--out", str(out)]
    )
    out.mkdir(exist_ok=True)
    (out / "told.txt").write_text(f"{told.exit_code}\n{told.stdout}", encoding="utf-8")
    return out


def test_cities_are_named_by_region_by_list_by_file_or_all(tmp_path: Path) -> None:
    negev = {slug for slug, city in cities().items() if city.programme_region == "negev"}
    assert {*named(region="negev")} == negev and len(negev) == 22
    assert len(named(region="galilee")) == 46 and len(named(every=True)) == 71
    assert named(listed=["arad", "dimona", "arad"]) == ["arad", "dimona"]
    (tmp_path / "some.toml").write_text('studies = ["dimona", "mine/study.toml"]', encoding="utf-8")
    assert named(file=tmp_path / "some.toml") == ["dimona", str(tmp_path / "mine" / "study.toml")]


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "no city is named"), ("studies = 3", "names no studies"), ("studies = [", "cannot be read")],
)
def test_what_names_no_city_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "some.toml"
    if text:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        named(file=file if text else None)
    with pytest.raises(StudyError, match="unknown region"):
        named(region="sharon")


def test_a_failure_stops_nothing_else_and_is_told(batch: Path) -> None:
    code, told = (batch / "told.txt").read_text(encoding="utf-8").split("\n", 1)
    assert code == "1"
    assert [line.split()[:2] for line in told.splitlines()[1:4]] == [
        ["lakiya", DONE], ["metulla", DONE], ["yeruham", FAILED],
    ]  # fmt: skip
    assert "osm.osm.pbf" in told.splitlines()[3] and "3 cities: 2 done, 1 failed" in told
    record = unfinished(batch, "yeruham")
    assert record["state"] == "failed" and record["error"] in told.splitlines()[3]


def test_a_batch_leaves_what_single_runs_leave(two: Path, batch: Path, tmp_path: Path) -> None:
    alone = pipeline.run(Study.read(two / "metulla" / "study.toml"), two, tmp_path)
    together = batch / alone.path.relative_to(tmp_path)
    for path in sorted(p for p in alone.path.rglob("*") if p.is_file() and p.name != "journal.json"):
        assert (together / path.relative_to(alone.path)).read_bytes() == path.read_bytes(), path.name
    assert (batch / alone.page.relative_to(tmp_path)).read_bytes() == alone.page.read_bytes()


def test_what_is_finished_is_skipped_until_its_inputs_or_choices_change(two: Path, batch: Path) -> None:
    def states(wish: Wish) -> dict[str, str]:
        tasks, _ = order(["lakiya", "metulla"], wish)
        return {task.city: kept.state if (kept := task.kept()) else "due" for task in tasks}

    wish = Wish(two, batch)
    assert states(wish) == {"lakiya": SKIPPED, "metulla": SKIPPED}
    changed = batch.parent / "changed"
    shutil.copytree(two, changed)
    study = changed / "metulla" / "study.toml"
    study.write_text(study.read_text(encoding="utf-8") + "[cutoff_min]\nclinic = 9\n", encoding="utf-8")
    assert states(replace(wish, data=changed)) == {"lakiya": SKIPPED, "metulla": "due"}
    (batch / "maps" / "lakiya" / "index.html").rename(batch / "away.html")
    assert states(wish)["lakiya"] == "due"
    (batch / "away.html").rename(batch / "maps" / "lakiya" / "index.html")


def test_the_outcome_of_a_skipped_city_is_that_of_its_run(two: Path, batch: Path) -> None:
    line = ["batch", "--cities", "metulla", "--data", str(two), "--out", str(batch)]
    told = CliRunner().invoke(app, [*line, "--json"])
    (outcome,) = json.loads(told.stdout)
    folder = batch / "data" / "processed" / "metulla" / outcome["run_id"]
    warnings = json.loads((folder / "run.json").read_text(encoding="utf-8"))["warnings"]
    assert told.exit_code == 0 and outcome["state"] == SKIPPED
    assert outcome["warnings_count"] == len(warnings) and outcome["seconds"] > 0 and outcome["memory_mb"] > 0
    row = CliRunner().invoke(app, line).stdout.splitlines()[1].split()
    assert row == ["metulla", SKIPPED, "-", "-", str(len(warnings))], "of this batch it took nothing"


def test_two_studies_of_one_city_are_refused(two: Path, tmp_path: Path) -> None:
    other = tmp_path / "study.toml"
    shutil.copy(two / "metulla" / "study.toml", other)
    with pytest.raises(StudyError, match="two studies of metulla"):
        order(["metulla", str(other)], Wish(two, tmp_path))


def test_a_process_that_is_killed_costs_its_own_city_only(two: Path, tmp_path: Path) -> None:
    tasks, _ = order(["lakiya", "metulla"], Wish(two, tmp_path))
    killed: list[str] = []

    def kill(city: str, stage: str) -> None:
        if not killed and stage == "walks":
            killed.append(city)
            for child in psutil.Process().children(recursive=True):
                if "spawn_main" in " ".join(child.cmdline()):
                    child.kill()

    found = {outcome.city: outcome for outcome in Crew(jobs=1).work(tasks, kill)}
    (dead,) = killed
    (other,) = {*found} - {dead}
    assert found[dead].state == FAILED and "ended from outside" in found[dead].why
    assert found[other].state == DONE
    assert unfinished(tmp_path, dead)["state"] == "at work", "nobody was left to say more"
    assert [path.parent.name for path in (tmp_path / "data" / "processed").glob("*/latest")] == [other]


def test_a_batch_that_is_interrupted_leaves_what_an_interrupted_run_leaves(two: Path, tmp_path: Path) -> None:
    tasks, _ = order(["lakiya"], Wish(two, tmp_path))
    workers: list[psutil.Process] = []

    def interrupt(city: str, stage: str) -> None:
        if stage == "walks":
            workers.extend(one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        [*Crew(jobs=1).work(tasks, interrupt)]
    _, alive = psutil.wait_procs(workers, 60)
    assert workers and not alive
    assert unfinished(tmp_path, "lakiya")["state"] == "interrupted"
    left = {path.name for path in (tmp_path / "data" / "processed" / "lakiya").iterdir()}
    assert left == {"unfinished"}, "neither a lock nor a desk that nobody clears"


def test_a_script_without_its_guard_is_told_of_it(two: Path, tmp_path: Path) -> None:
    script = tmp_path / "many.py"
    call = f"print(geokehila.run_batch(['yeruham'], {str(two)!r}, {str(tmp_path)!r})['why'].iloc[0])"
    said = {}
    for guard in ("", "if __name__ == '__main__': "):
        script.write_text(f"import geokehila\n{guard}{call}\n", encoding="utf-8")
        said[guard] = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True)
    bare, guarded = said.values()
    assert "ended before it began" in bare.stdout and "below `if __name__ == '__main__':`" in bare.stdout
    assert "StudyError: run_batch: every process reads the script anew: call it below `if" in bare.stderr
    assert "osm.osm.pbf" in guarded.stdout and "guard" not in guarded.stderr and "Traceback" not in guarded.stderr


def test_cities_at_a_time_are_as_many_as_the_budget_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[tuple[str, ...]] = []
    at_work: list[str] = []

    class Quick:
        def __init__(self, task: Task) -> None:
            self.task, self.turns = task, 3
            at_work.append(task.city)
            seen.append(tuple(at_work))
            self.future = self

        @classmethod
        def begin(cls, task: Task) -> "Quick":
            return cls(task)

        def listen(self, tell: object) -> None:
            self.turns -= 1

        def done(self) -> bool:
            return self.turns <= 0

        def end(self) -> Outcome:
            at_work.remove(self.task.city)
            return Outcome(self.task.city, DONE)

    from geokehila.batch import crew

    monkeypatch.setattr(crew, "_Worker", Quick)
    monkeypatch.setattr(crew, "wait", lambda *_: None)
    need = {"arad": 300.0, "dimona": 200.0, "eilat": 900.0, "rahat": 100.0}
    monkeypatch.setattr(Task, "memory_mb", property(lambda task: need[task.city]))
    tasks = [Task(Study.of(slug), find(Study.of(slug), tmp_path, tmp_path), tmp_path) for slug in need]
    ended = [outcome.city for outcome in Crew(jobs=3, budget_mb=600).work(tasks, lambda *_: None)]
    assert {*ended} == {*need}
    assert seen[0] == ("eilat",), "what is beyond the budget goes alone, the largest first"
    assert all(len(some) <= 3 and (sum(need[c] for c in some) <= 600 or len(some) == 1) for some in seen)
    assert max(map(len, seen)) == 3


def test_a_batch_that_is_killed_resumes_to_the_same_bytes(two: Path, batch: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "geokehila_cli", "batch", "--cities", "lakiya,metulla", "--data", str(two)]
    for seconds in (4.0, 9.0):
        group = subprocess.Popen([*command, "--out", str(tmp_path)], start_new_session=True)
        time.sleep(seconds)
        os.killpg(group.pid, signal.SIGKILL) if hasattr(os, "killpg") else group.kill()
        group.wait()
    assert subprocess.run([*command, "--out", str(tmp_path)], check=False).returncode == 0
    ours = files(tmp_path)
    theirs = {path: content for path, content in files(batch).items() if "lakiya" in path or "metulla" in path}
    assert ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == []


@pytest.mark.skipif(sys.platform == "win32", reason="a process that is made cannot be kept from Ctrl-C there")
@pytest.mark.parametrize("seconds", [0.1, 1.0])
def test_ctrl_c_while_the_processes_of_a_batch_begin_is_one_line(two: Path, tmp_path: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "geokehila_cli", "batch", "--cities", "lakiya,metulla", "--data", str(two)]
    batch = subprocess.Popen(
        [*command, "--out", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever starts the tests in the background hands down that SIGINT is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not any("spawn_main" in " ".join(one.cmdline()) for one in psutil.Process(batch.pid).children()):
        time.sleep(0.02)
    time.sleep(seconds)
    os.killpg(batch.pid, signal.SIGINT)
    _, said = batch.communicate()
    assert batch.returncode == 130
    assert said.splitlines()[-1] == "geokehila: interrupted: the last good run is untouched"
    assert "Traceback" not in said


def files(out: Path) -> dict[str, bytes]:
    """Everything below a folder but the journals, and what is told of runs that did not come to their end."""
    found = [path for path in out.rglob("*") if path.is_file() and path.name not in ("journal.json", "told.txt")]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in found if "unfinished" not in path.parts}


def unfinished(out: Path, city: str) -> dict[str, Any]:
    """What is told of a city's run that did not come to its end."""
    path = out / "data" / "processed" / city / "unfinished" / "run.json"
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def test_a_map_of_the_country_is_cut_once_and_gives_what_an_extract_gives(two: Path, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    shutil.copytree(two, raw)
    (raw / "national").mkdir()
    join([raw / slug / "osm.osm.pbf" for slug in ("lakiya", "metulla")], raw / "national" / "osm.osm.pbf")
    for slug in ("lakiya", "metulla"):
        (raw / slug / "osm.osm.pbf").unlink()
    (task, other), fallen = order(["lakiya", "metulla"], Wish(raw, out))
    extracts = sorted((out / "data" / "processed" / ".extracts").iterdir())
    assert not fallen and [path.name.rsplit("-", 1)[0] for path in extracts] == ["lakiya", "metulla"]
    assert {*task.inputs.files["osm"], *other.inputs.files["osm"]} == {*extracts}
    before = extracts[0].stat().st_mtime_ns
    order(["lakiya", "metulla"], Wish(raw, out))
    assert extracts[0].stat().st_mtime_ns == before, "what is cut is not cut again"
    assert task.do().state == DONE


def test_a_city_that_nobody_draws_keeps_no_other_from_its_extract(two: Path, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    (raw / "national").mkdir(parents=True)
    shutil.copytree(two / "metulla", raw / "metulla")
    (raw / "metulla" / "osm.osm.pbf").rename(raw / "national" / "osm.osm.pbf")
    (raw / "arad").mkdir()
    (raw / "arad" / "study.toml").write_text('[study]\nname = "Arad"\ncode = 2560\n[zones]\nkind = "hexagons"\n')
    tasks, fallen = order(["arad", "dimona", "metulla"], Wish(raw, out))
    assert [task.city for task in tasks] == ["metulla"]
    assert {outcome.city: outcome.state for outcome in fallen} == {"arad": FAILED, "dimona": FAILED}
    assert "hexagons are drawn where the map is" in {o.city: o.why for o in fallen}["arad"]


def join(parts: list[Path], whole: Path) -> None:
    """Write extracts as one sorted file, ids of each apart from those of the others."""
    header = osmium.io.Header()
    header.set("sorting", "Type_then_ID")
    with osmium.SimpleWriter(str(whole), header=header, overwrite=True) as out:
        thing: osmium.osm.Node | osmium.osm.Way
        for kind in (osmium.osm.NODE, osmium.osm.WAY):
            for i, part in enumerate(parts):
                for thing in osmium.FileProcessor(str(part), kind):
                    far = i * 10_000_000
                    if isinstance(thing, osmium.osm.Node):
                        out.add_node(thing.replace(id=thing.id + far))
                    elif isinstance(thing, osmium.osm.Way):
                        out.add_way(thing.replace(id=thing.id + far, nodes=[node.ref + far for node in thing.nodes]))


@pytest.mark.shared
def test_rows_lent_from_national_files_give_what_the_files_give(shared: Path, tmp_path: Path) -> None:
    study = Study.of("beer-sheva")
    (tmp_path / "national").mkdir()
    shutil.copy(shared / "national" / "census_2022_by_statistical_area.xlsx", tmp_path / "national" / "census.xlsx")
    layer = shared / "national" / "statistical_areas_2011_simplified.geojson"
    shutil.copy(layer, tmp_path / "national" / "statistical_areas.geojson")
    inputs = find(study, tmp_path / "none", tmp_path / "national")
    from geokehila.load.population import localities

    alone, lent = localities.resolve(study, inputs), localities.resolve(study, Library().lend(study, inputs))
    assert alone.zones.equals(lent.zones) and alone.people.equals(lent.people)
    assert [ledger.counts() for ledger in alone.ledgers] == [ledger.counts() for ledger in lent.ledgers]
    assert [ledger.notices for ledger in alone.ledgers] == [ledger.notices for ledger in lent.ledgers]


def test_a_region_shows_every_locality_and_who_lives_outside(batch: Path, tmp_path: Path) -> None:
    lines = [
        "name_he,name_en,residents,lon,lat",
        "כפר מומצא,Made-up hamlet,1200,34.80,31.20",
        "ללא מניין,Uncounted,,35.3,33.0",
    ]
    (tmp_path / "outside.csv").write_text("\n".join(lines), encoding="utf-8")
    town = of_region("negev", batch, tmp_path)
    negev = {slug for slug, city in cities().items() if city.programme_region == "negev"}
    (hamlet,) = {*town.zones["zone_id"]} - negev
    assert {*town.zones["zone_id"]} >= negev and hamlet.startswith("outside:")
    assert town.record["apart"].keys() == {*town.zones["zone_id"]} - {"lakiya"}
    scores = town.tables["zone_scores"]
    counted = scores[(scores["measure"] == "people") & (scores["group"] == "total") & (scores["profile"] == "adult")]
    people = counted.set_index(["zoning", "zone_id"])["value"]
    assert people["zone", hamlet] == 1200
    registered = sum(cities()[slug].population for slug in negev - {"lakiya"})
    placed = json.loads((kept_run(batch, "lakiya") / "run.json").read_text(encoding="utf-8"))["facts"]["people_placed"]
    assert people["city", ""] == pytest.approx(registered + placed + 1200)
    called = town.tables["hubs"]["name_he"].dropna()
    assert len(called) and called.str.startswith(f"{cities()['lakiya'].name['he']}: ").all()
    assert not {"changes", "survey", "readiness"} & {*town.tables}
    html = city_page.html(town)
    assert all(name in html for name in ("Made-up hamlet", "Mitzpe Ramon", "../lakiya/index.html"))
    assert "Uncounted" in city_page.html(of_region("galilee", batch, tmp_path))


def test_an_atlas_is_a_step_of_its_own_that_is_done_once(two: Path, batch: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(batch, out)
    words = ["batch", "--cities", "metulla", "--data", str(two), "--out", str(out), "--atlas", "en", "--json"]
    first, again = (json.loads(CliRunner().invoke(app, words).stdout) for _ in range(2))
    assert [(row["step"], row["state"]) for row in first] == [("run", SKIPPED), ("atlas", DONE)]
    assert [(row["step"], row["state"]) for row in again] == [("run", SKIPPED), ("atlas", SKIPPED)]
    assert first[1]["seconds"] > 0 and first[1]["memory_mb"] > 0
    path = out / "maps" / "metulla" / "atlas-en.pdf"
    assert atlas.run_of(path) == first[0]["run_id"] == first[1]["run_id"]
    assert not [*out.rglob(".*")]
    drawing = Drawing(Study.read(two / "metulla" / "study.toml"), out, ("en",))
    whole = path.read_bytes()
    path.write_bytes(whole[:-1000])
    assert drawing.kept() is None, "half a file is no atlas"
    path.write_bytes(whole.replace(f"run {first[0]['run_id']}".encode(), b"run 0000000000"))
    assert drawing.kept() is None, "an atlas of another run is not this one's"
    # What a killed drawing leaves is cleared away by the next.
    dead = path.parent / ".work-0"
    dead.mkdir()
    (dead / "atlas-en.pdf").touch()
    single = ["atlas", "metulla", "--language", "en", "--data", str(two), "--out", str(out)]
    assert CliRunner().invoke(app, single).exit_code == 0
    assert path.read_bytes() == whole and not [*out.rglob(".*")]


def test_what_a_drawing_takes_grows_with_the_tables_it_reads(two: Path, batch: Path) -> None:
    drawing = Drawing(Study.read(two / "metulla" / "study.toml"), batch, ("he",))
    size = sum(path.stat().st_size for path in kept_run(batch, "metulla").glob("*.parquet"))
    assert drawing.memory_mb == pytest.approx(400 + 7 * size / 1e6)


def test_an_atlas_of_no_language_is_refused_before_anything_is_run(two: Path, tmp_path: Path) -> None:
    words = ["batch", "--cities", "metulla", "--data", str(two), "--out", str(tmp_path / "out"), "--atlas", "he,hebrew"]
    told = CliRunner().invoke(app, words)
    assert isinstance(told.exception, StudyError) and "unknown language" in str(told.exception)
    assert not (tmp_path / "out").exists()


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_atlas_that_was_there(
    two: Path, batch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(batch, tmp_path / "out")
    path = tmp_path / "out" / "maps" / "metulla" / "atlas-en.pdf"
    path.write_bytes(b"older")
    before = files(tmp_path)
    monkeypatch.setattr("matplotlib.backends.backend_pdf.PdfPages.savefig", full)
    outcome = Drawing(Study.read(two / "metulla" / "study.toml"), tmp_path / "out", ("en",)).do()
    assert outcome.state == FAILED and "No space left" in outcome.why and "free space" in outcome.why
    assert files(tmp_path) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
def test_what_cannot_be_written_is_told_of_each_city_and_a_later_batch_resumes(
    two: Path, batch: Path, tmp_path: Path
) -> None:
    """No file may become as large as the largest of the one; in the place of the other's folder stands a file."""
    import resource

    out = tmp_path / "out"
    (out / "maps").mkdir(parents=True)
    (out / "maps" / "lakiya").write_text("no folder", encoding="utf-8")
    largest = max(path.stat().st_size for path in kept_run(batch, "metulla").iterdir()) - 1
    command = [sys.executable, "-m", "geokehila_cli", "batch", "--data", str(two), "--out", str(out), "--cities"]
    told = subprocess.run(
        [*command, "lakiya,metulla"], capture_output=True, encoding="utf-8", check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)),
    )  # fmt: skip
    lines = {line.split()[0]: line for line in told.stdout.splitlines()}
    assert told.returncode == 1 and "Traceback" not in told.stderr
    assert all(FAILED in lines[city] and "cannot be written" in lines[city] for city in ("lakiya", "metulla"))
    assert files(out) == {"maps/lakiya": b"no folder"} and not [*out.rglob(".*")]
    (out / "maps" / "lakiya").unlink()
    assert subprocess.run([*command, "metulla"], check=False, capture_output=True).returncode == 0
    theirs = {path: content for path, content in files(batch).items() if "metulla" in path}
    assert files(out) == theirs


def test_where_extracts_cannot_be_written_only_cities_that_need_one_fail(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    (raw / "national").mkdir(parents=True)
    for slug in ("lakiya", "metulla"):
        shutil.copytree(two / slug, raw / slug)
    (raw / "metulla" / "osm.osm.pbf").rename(raw / "national" / "osm.osm.pbf")
    with monkeypatch.context() as patch:
        patch.setattr("geokehila.batch.country.cut.cut", full)
        tasks, (fallen,) = order(["lakiya", "metulla"], Wish(raw, out))
    assert [task.city for task in tasks] == ["lakiya"]
    assert fallen.city == "metulla" and "No space left" in fallen.why and "free space" in fallen.why
    assert files(out) == {} and unfinished(out, "metulla")["error"] == fallen.why
    tasks, fallen_now = order(["lakiya", "metulla"], Wish(raw, out))
    assert [task.city for task in tasks] == ["lakiya", "metulla"] and not fallen_now


def test_a_region_says_which_localities_failed_and_which_were_not_run(batch: Path, tmp_path: Path) -> None:
    shutil.copytree(batch / "data", tmp_path / "data")
    line = ["region", "negev", "--out", str(tmp_path), "--data", str(tmp_path)]
    told = json.loads(CliRunner().invoke(app, [*line, "--json"]).stdout)
    assert told["measured"] == ["lakiya"] and [*told["failed"]] == ["yeruham"] and told["apart"] == {}
    assert "osm.osm.pbf" in told["failed"]["yeruham"] and len(told["not_run"]) == 20 and told["not_placed"] == {}
    assert Path(told["page"]).is_file() and told["atlas"] == []
    said = CliRunner().invoke(app, line).stdout.splitlines()[0]
    assert re.fullmatch(r"measured 1, failed 1 \(yeruham: .*osm\.osm\.pbf.*\), not run 20", said), said


def test_a_region_is_written_with_its_atlas_or_not_at_all(
    batch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    shutil.copytree(batch, out)
    before = files(out)
    for writer in ("tables.write_parquet", "tables.write_json", "city_page.write", "atlas.write"):
        with monkeypatch.context() as patch, pytest.raises(RunError, match=r"No space left.*free space"):
            patch.setattr(f"geokehila.region.join.{writer}", full)
            write("negev", out, tmp_path, ["en"])
        assert files(out) == before and not [*out.rglob(".*")], writer
    folder, page = write("negev", out, tmp_path, ["en"])
    assert atlas.run_of(page.with_name("atlas-en.pdf")) == folder.name


@pytest.fixture(scope="session")
def negev(batch: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """The Negev with one locality that was run, and a hamlet outside recognised localities."""
    national = tmp_path_factory.mktemp("national")
    lines = ["name_he,name_en,residents,lon,lat", "כפר מומצא,Made-up hamlet,1200,34.80,31.20"]
    (national / "outside.csv").write_text("\n".join(lines), encoding="utf-8")
    return of_region("negev", batch, national)


def said(figure: Figure) -> str:
    """All that is written on a sheet."""
    found = figure.findobj(match=lambda artist: hasattr(artist, "get_text"))
    return " ".join(re.sub("[\u200e\u200f]", "", text.get_text()) for text in found)


def test_the_atlas_of_a_region_names_every_locality_and_hatches_who_is_not_measured(negev: Region) -> None:
    assert atlas.sheets(negev) == (
        *("cover", "overview", "localities", "domains", "equity", "hubs", "waves", "method"),
    )  # fmt: skip
    names = {city.name["en"] for city in cities().values() if city.programme_region == "negev"}
    assert len(names) == 22
    for sheet in ("localities", "hubs", "waves"):
        words = said(atlas.figure(negev, sheet, "en"))
        assert [name for name in names if name not in words] == []
        assert words.count("not measured yet") == 21
        assert words.count("Outside recognised localities (1)") == 1
        assert not any(city.name["en"] in words for city in cities().values() if city.programme_region == "reference")
    overview = atlas.figure(negev, "overview", "en")
    there = said(overview).replace("Segev Shalom", "").split()
    assert {"Dimona", "Eilat", "Lakiya", "Rahat", "hamlet"} <= {*there}
    assert "1,200 residents in 1 places" in said(overview)
    hatched = [patch for patch in overview.findobj(PathPatch) if patch.get_hatch()]
    # Each circle is one ring: 21 localities without a run, and the hamlet.
    assert sum(len(patch.get_path().to_polygons()) for patch in hatched) == 22


def test_page_and_atlas_of_a_region_tell_alike_of_whom_nothing_is_known(negev: Region) -> None:
    """21 localities that were not run, and a hamlet: nothing of them is believed, nobody there surely has a hub."""
    registered = [city.population for city in cities().values() if city.programme_region == "negev"]
    left, placed = 1_200 + sum(registered) - cities()["lakiya"].population, negev.record["facts"]["people_placed"]
    measured = {"localities": 1, "people": pytest.approx(placed), "people_not_measured": left}
    told = page_data(negev)
    assert negev.record["hubs"]["measured"] == measured == told["hubs"]["record"]["measured"]
    cover = said(atlas.figure(negev, "cover", "en"))
    for key, name in (("mapping", "Mapping of places"), ("network", "Streets and paths")):
        believed = told["areas"]["believed"][key]
        assert believed <= placed / (placed + left) + 1e-5
        assert (
            f"{name}: cannot be fully believed for {Words(negev, 'en').percent(1 - believed)} of the residents" in cover
        )
    assert "not all residents are measured: " in cover and "Nothing here is doubted" not in cover
    assert "Hubs and waves are of the localities that are measured." in cover


def test_who_is_counted_and_on_no_map_is_named_on_page_and_atlas_of_a_region(negev: Region) -> None:
    partly = replace(negev, record={**negev.record, "not_placed": {"lakiya": 55_373.6}})
    told = page_data(partly)["areas"]
    assert [(key, left) for key, left in zip(told["ids"], told["not_placed"], strict=True) if left] == [
        ("lakiya", 55_373.6)
    ]
    left = (
        "Counted by the source, but outside the data of the map of their locality, in areas that its layer lacks, "
        "or in houses whose area has no count"
    )
    for sheet in ("cover", "overview", "localities"):
        words = " ".join(said(atlas.figure(partly, sheet, "en")).split())
        assert f"{left}: Lakiya (55,374)." in words
        assert ("Counted, but on no map" in words) == (sheet == "localities")
    assert left not in " ".join(said(atlas.figure(negev, "overview", "en")).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_region_lies_on_the_paper(negev: Region, language: str) -> None:
    for key in atlas.sheets(negev):
        figure = atlas.figure(negev, key, language)
        renderer, paper = FigureCanvasAgg(figure).get_renderer(), figure.bbox.padded(0.5)
        for text in figure.texts:
            if text.get_gid() != "name":
                box = text.get_window_extent(renderer)
                assert paper.x0 <= box.x0 and box.x1 <= paper.x1, (key, text.get_text())
                assert paper.y0 <= box.y0 and box.y1 <= paper.y1, (key, text.get_text())


def kept_run(out: Path, city: str) -> Path:
    place = out / "data" / "processed" / city
    return place / (place / "latest").read_text(encoding="utf-8").strip()
