"""Workers that read spoiled inputs, each in a process of its own: what fails, hangs or takes too much is a finding."""

from __future__ import annotations

import os
import sys
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from fuzz.mutations import Files, mutated
from fuzz.seeds import Seed, every
from geokehila.errors import GeoKehilaError

#: [s] An input on which a worker computes longer, or waits longer, hangs.
#: [bytes] One that takes more memory is a finding; far more is refused by the system.
LIMIT_S, WAIT_S, LIMIT_BYTES = 10.0, 60.0, 1 << 30
#: A worker reads so many inputs, then another takes its place: what a library never gives back adds up.
LIFE = 1_000
READ, REFUSED, NOTICED = "read", "refused", "read with a notice"


@dataclass(frozen=True)
class Job:
    """One input: the `number`-th of a loader, spoiled in the way that these and the `seed` tell."""

    loader: str
    number: int
    seed: int

    def files(self, seeds: Mapping[str, Seed]) -> Files:
        """Return what is read, the same every time."""
        rng = Random(f"{self.seed} {self.loader} {self.number}")
        others = [one.files[one.name] for one in seeds.values()]
        return mutated(seeds[self.loader].files, rng, others)


@dataclass(frozen=True)
class Result:
    """What became of an input: an `outcome` of those allowed, else `finding` says what is wrong, in full.

    `taken` is the most memory [bytes] that its worker has taken so far, beyond what it began with.
    """

    job: Job
    outcome: str
    finding: str = ""
    taken: int = 0


def run(jobs: Iterable[Job], workers: int) -> Iterator[Result]:
    """Yield what became of each job, in any order."""
    todo = iter(jobs)
    crew: dict[Connection, Worker] = {}
    with TemporaryDirectory() as folder:
        for number in range(workers):
            if job := next(todo, None):
                worker = Worker(Path(folder) / str(number))
                crew[worker.line] = worker
                worker.give(job)
        while crew:
            for line in wait([*crew], 0.5):
                worker = crew[line]  # type: ignore[index]
                yield worker.answer()
                _next(worker, todo, crew)
            for worker in [one for one in crew.values() if one.hangs()]:
                yield Result(worker.job, "hang", f"hang: over {LIMIT_S:g} s of computing, or {WAIT_S:g} s of waiting")
                worker.stop()
                _next(worker, todo, crew)


def _next(worker: Worker, todo: Iterator[Job], crew: dict[Connection, Worker]) -> None:
    """Give a worker its next job, or another in its place, or let it go."""
    del crew[worker.line]
    job = next(todo, None)
    if job is None or not worker.is_fit():
        worker.stop()
        worker = Worker(worker.folder)
    if job is not None:
        crew[worker.line] = worker
        worker.give(job)
    else:
        worker.stop()


class Worker:
    """A process that reads one input after the other."""

    def __init__(self, folder: Path) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(["fuzz.crew", "rasterio", "osmium", "pyogrio", "python_calamine", "h3"])
        self.line, theirs = context.Pipe()
        self.folder, self.done = folder, 0
        self.process = context.Process(target=_work, args=(theirs, folder), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, job: Job) -> None:
        """Hand it a job; time to start up is not counted."""
        self.job = job
        if not self.done and not (self.line.poll(120) and self.line.recv() == "ready"):
            raise RuntimeError("a worker does not start")
        self.since, self.used_s = time.monotonic(), self._computed_s()
        self.line.send(job)

    def hangs(self) -> bool:
        """Tell whether it is at its job for too long; a busy machine counts for nothing."""
        return self._computed_s() - self.used_s > LIMIT_S or time.monotonic() - self.since > WAIT_S

    def _computed_s(self) -> float:
        try:
            return sum(psutil.Process(self.process.pid).cpu_times()[:2])
        except psutil.Error:  # it has just ended, which its line tells
            return 0.0

    def answer(self) -> Result:
        """Return what became of the job."""
        self.done += 1
        try:
            outcome, finding, taken = self.line.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            return Result(self.job, "crash", f"crash: the process ended with {self.process.exitcode}")
        if finding:
            self.done = LIFE
        return Result(self.job, outcome, finding, taken)

    def is_fit(self) -> bool:
        """Tell whether it may go on."""
        return self.done < LIFE and self.process.is_alive()

    def stop(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.join()
        self.line.close()


def _work(line: Connection, folder: Path) -> None:
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    os.dup2(sys.stdout.fileno(), 1)
    os.dup2(sys.stdout.fileno(), 2)
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ""
    seeds = every(_empty(folder))
    base = _limited()
    line.send("ready")
    while True:
        job: Job = line.recv()
        outcome, finding = read(seeds[job.loader], job.files(seeds), folder)
        taken = _most_bytes() - base
        if not finding and taken > LIMIT_BYTES:
            outcome, finding = "memory", f"memory: {taken / 1e9:.1f} GB"
        line.send((outcome, finding, taken))


def read(seed: Seed, files: Files, folder: Path) -> tuple[str, str]:
    """Let a loader read files, the first of them, in `folder`; return an allowed outcome, or another and why."""
    place = _empty(folder)
    for name, content in files.items():
        (place / name).write_bytes(content)
    try:
        with warnings.catch_warnings(action="error"):
            ledgers = [*seed.load(place / seed.name)]
            notices = [str(notice) for ledger in ledgers for notice in ledger.balance().notices]
    except GeoKehilaError as fault:
        text = str(fault)
        told = _fault_of(text) or ("books" if "this is a fault of GeoKehila" in text else "")
        return ("badly told", f"{told}: {text[:500]}") if told else (REFUSED, "")
    except BaseException as fault:  # of Rust a panic is no Exception
        return type(fault).__name__, "".join(traceback.format_exception(fault))[-6_000:]
    if wrong := next((notice for notice in notices if _fault_of(notice)), ""):
        return "badly told", f"{_fault_of(wrong)}: {wrong[:500]!r}"
    return (NOTICED if notices else READ), ""


def _fault_of(text: str) -> str:
    """Return what is wrong with a message; empty where it is one line of some length that a terminal shows as it is."""
    if not text or len(text.splitlines()) > 1:
        return "not one line"
    return "too long" if len(text) > 2_000 else ""


def _empty(folder: Path) -> Path:
    if folder.exists():
        rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def _limited() -> int:
    """Let the system refuse what is far beyond the limit, and return the memory [bytes] taken so far."""
    import resource

    held = next(int(row.split()[1]) for row in Path("/proc/self/status").read_text().splitlines() if "VmData" in row)
    most = (held << 10) + 3 * LIMIT_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    return _most_bytes()


def _most_bytes() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def again(seeds: Mapping[str, Seed], loader: str, files: Files, folder: Path) -> Any:
    """Read a kept input in this very process, so that its traceback is seen."""
    place = _empty(folder)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return [*seeds[loader].load(place / seeds[loader].name)]
