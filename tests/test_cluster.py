"""A batch on a real scheduler of Dask with three workers on this machine, one of which is killed at work."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import psutil
import pytest

from geokehila import sample_town
from geokehila.batch import DONE, Cluster, Drawing, Wish, order
from geokehila.catalogue import cities
from geokehila.draw import atlas
from geokehila.errors import RunError

SLUGS = ("lehavim", "metulla", "rosh-pina")
SIZE, WORKERS, PATIENCE_S = 1_600, 3, 300.0


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Address of a scheduler with three workers, all ended after the test."""
    file = tmp_path / "scheduler.json"
    plain = ["--no-dashboard", "--scheduler-file", str(file)]
    dask = [sys.executable, "-m", "dask"]
    started = [subprocess.Popen([*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *plain])]
    wait_for(file.is_file)
    worker = [*dask, "worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", *plain]
    started += [
        subprocess.Popen([*worker, "--local-directory", str(tmp_path / str(i))], env={**os.environ, "WORKER": str(i)})
        for i in range(WORKERS)
    ]
    yield json.loads(file.read_text(encoding="utf-8"))["address"]
    for process in reversed(started):
        process.kill()
        process.wait()


def wait_for(is_so: object) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)


def test_a_worker_that_dies_costs_only_the_time_of_its_city(address: str, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for slug in SLUGS:
        sample_town.generate(raw / slug, SIZE, city=cities()[slug])
    tasks, fallen = order(SLUGS, Wish(raw, out))
    assert not fallen
    outcomes = Cluster(address).work(tasks, lambda city, stage: None)
    killed: list[int] = []

    def kill_the_first_at_work() -> bool:
        for owner in out.glob("data/processed/*/.work-*"):
            pid = int(owner.name.removeprefix(".work-"))
            if psutil.pid_exists(pid):
                psutil.Process(pid).kill()
                killed.append(pid)
                return True
        return False

    killer = Thread(target=wait_for, args=(kill_the_first_at_work,))
    killer.start()
    found = {outcome.city: outcome for outcome in outcomes}
    killer.join()
    assert len(killed) == 1
    assert {city: outcome.state for city, outcome in found.items()} == dict.fromkeys(SLUGS, DONE), found
    assert not [*out.rglob(".work-*")] and not [*out.rglob(".lock")]
    assert {task.city: task.kept() is not None for task in tasks} == dict.fromkeys(SLUGS, True)

    # The workers that are left draw the atlas of a city, as a process of this machine does.
    drawing = Drawing(tasks[0].study, out, ("en",))
    (drawn,) = Cluster(address).work([drawing], lambda city, stage: None)
    file = out / "maps" / drawn.city / atlas.file_name("en")
    assert (drawn.state, drawn.run_id) == (DONE, atlas.run_of(file))
    drawn_there = file.read_bytes()
    file.unlink()
    drawing.do()
    assert file.read_bytes() == drawn_there


def test_where_no_scheduler_answers_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geokehila.batch.cluster.PATIENCE_S", 1)
    sample_town.generate(tmp_path / "metulla", SIZE, city=cities()["metulla"])
    tasks, _ = order(["metulla"], Wish(tmp_path, tmp_path))
    with pytest.raises(RunError, match="no scheduler answers"):
        [*Cluster("tcp://127.0.0.1:9").work(tasks, lambda city, stage: None)]
