"""The short form of ``make fuzz``: spoiled inputs of every loader, and the machinery that finds faults."""

import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from fuzz import crew
from fuzz.crew import NOTICED, READ, REFUSED, Job
from fuzz.seeds import Seed, every
from geokehila.errors import InputError
from geokehila.ledger import Ledger

#: Of each of the loaders.
INPUTS = 6
#: Inputs once found: 180,000 columns, most of one name, took minutes to be refused; a cell in a row of 40 digits ended
#: the process.
FOUND_ONCE = [Job("dwellings csv", 74, 4), Job("corrections xlsx", 91, 4), Job("overpass", 193, 5)]
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the limits of workers are those of Linux")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seed]:
    return every(tmp_path_factory.mktemp("seeds"))


def test_every_seed_is_sound_and_the_same_each_time(seeds: dict[str, Seed], tmp_path: Path) -> None:
    again = every(tmp_path)
    for name, seed in seeds.items():
        assert seed.files == again[name].files, name
        assert Job(name, 1, 1).files(seeds) == Job(name, 1, 1).files(again), name
        assert crew.read(seed, seed.files, tmp_path / "read")[0] in (READ, NOTICED), name


@needs_linux
def test_spoiled_inputs_are_read_or_refused_in_one_line(seeds: dict[str, Seed]) -> None:
    jobs = [Job(loader, number, 7) for number in range(INPUTS) for loader in seeds] + FOUND_ONCE
    results = [*crew.run(jobs, 2)]
    assert len(jobs) >= 250
    assert not [(result.job, result.finding) for result in results if result.finding]
    became = Counter(result.outcome for result in results)
    assert min(became[kind] for kind in (READ, NOTICED, REFUSED)) >= 10, "inputs too broken, or too whole, find nothing"


# --- what is a finding -----------------------------------------------------------------------------------------------


def two_lines(_: Path) -> list[Ledger]:
    fault = InputError()
    fault.args = ("a\nb",)
    raise fault


def unbalanced(_: Path) -> list[Ledger]:
    ledger = Ledger("a.csv")
    ledger.read("row")
    return [ledger]


@pytest.mark.parametrize(
    ("load", "outcome"),
    [(two_lines, "badly told"), (unbalanced, "badly told"), (lambda _: {}["a"], "KeyError"), (lambda _: [], READ),
     (lambda path: exec("import warnings; warnings.warn('a')"), "UserWarning")],
)  # fmt: skip
def test_anything_else_is_a_finding(tmp_path: Path, load: crew.Any, outcome: str) -> None:
    found, why = crew.read(Seed({"a.csv": b""}, load), {"a.csv": b""}, tmp_path / "read")
    assert found == outcome and bool(why) == (outcome != READ)


@needs_linux
def test_who_is_at_a_job_for_too_long_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "WAIT_S", -1.0)
    worker = crew.Worker(tmp_path / "work")
    worker.give(Job("study", 0, 1))
    time.sleep(0.01)
    assert worker.hangs()
    worker.stop()
    assert not worker.is_fit()
