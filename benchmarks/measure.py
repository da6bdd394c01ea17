"""Measuring: each library in a fresh process of its own, asked in turns."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.works import Work

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Took:
    """Seconds of one call: of processor time in all threads, and of the clock."""

    cpu_s: float
    wall_s: float


@dataclass
class Measured:
    """What was measured of one library on one task.

    Attributes
    ----------
    build
        Making the library ready.
    runs
        Each call of the task.
    peak_mb
        Most memory the process held from when the work stood in it, the work and the interpreter included.
    """

    name: str
    origins: int
    build: Took
    runs: list[Took] = field(default_factory=list)
    peak_mb: float = 0.0

    @property
    def cpu_s(self) -> float:
        """[s] The median."""
        return median(run.cpu_s for run in self.runs)

    @property
    def wall_s(self) -> float:
        """[s] The median."""
        return median(run.wall_s for run in self.runs)

    @property
    def per_origin(self) -> float:
        """[s] Processor time an origin."""
        return self.cpu_s / self.origins


class Worker:
    """A process in which one library is ready for one work.

    Parameters
    ----------
    library
        Where its class is, such as ``"benchmarks.libraries.scipy:ScipyWhole"``: imported in the new process only.
    work
        The work, or what makes it, which is then called in the new process.
    settings
        Attributes set on the library, such as ``origins``.
    """

    def __init__(self, library: str, work: Work | Callable[[], Work], **settings: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, library, work, settings), daemon=True)
        self._process.start()
        theirs.close()
        self.name, self.twin, self.slack, self.rounds, self.nodes, self.sample, self.build = self._received()

    def answer(self, method: str, *args: Any) -> Any:
        """Return the outcome of a method; its time is not measured."""
        self._connection.send((method, args, True))
        return self._received()[0]

    def took(self, method: str) -> Took:
        """Measure a method; what it returns is dropped in its process."""
        self._connection.send((method, (), False))
        return self._received()[1]

    def ended(self) -> float:
        """End the process and return the most memory it held [MB]."""
        self._connection.send(None)
        peak_mb = self._received()
        self._process.join()
        return peak_mb

    def _received(self) -> Any:
        found = self._connection.recv()
        if isinstance(found, BaseException):
            raise found
        return found


def in_turns(workers: Sequence[Worker], task: str, rounds: int | None = None) -> list[Measured]:
    """Measure a task by all workers in turns, so that what else the machine does falls on all alike.

    Parameters
    ----------
    rounds
        How often; None: as often as each library says.
    """
    measured = [Measured(w.name, w.sample if w.sample and task == "counts" else w.nodes, w.build) for w in workers]
    many = [rounds or worker.rounds for worker in workers]
    for number in range(max(many)):
        for worker, found, most in zip(workers, measured, many, strict=True):
            if number < most:
                found.runs.append(worker.took(task))
                tell(f"  {task} {number + 1} of {most}: {worker.name}: {found.runs[-1].cpu_s:.3f} s CPU")
    return measured


def tell(line: str) -> None:
    """Print a line of progress."""
    print(line, file=sys.stderr, flush=True)


def _serve(connection: Connection, library: str, work: Work | Callable[[], Work], settings: dict[str, Any]) -> None:
    """Make a library ready and do what is asked until None is asked."""
    os.environ["CITYSEER_QUIET_MODE"] = "true"
    # What libraries print while they work is not for the table.
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    try:
        module, name = library.split(":")
        chosen = getattr(importlib.import_module(module), name)
        made = work() if callable(work) else work
        _forget_peak()
        ready, build = _timed(chosen, made)
        for setting, value in settings.items():
            setattr(ready, setting, value)
        nodes = made.nodes
        # A library that is done with the work shall not be charged for it.
        made = work = None
        connection.send((chosen.name, ready.twin, ready.slack, ready.rounds, nodes, ready.origins, build))
        while (asked := connection.recv()) is not None:
            method, args, wanted = asked
            found, took = _timed(getattr(ready, method), *args)
            connection.send((found if wanted else None, took))
            del found
        connection.send(_peak_mb())
    except Exception as error:
        connection.send(error)


def _timed(call: Callable[..., Any], *args: Any) -> tuple[Any, Took]:
    cpu, wall = process_time(), perf_counter()
    found = call(*args)
    return found, Took(process_time() - cpu, perf_counter() - wall)


def _forget_peak() -> None:
    """Let the peak of memory count from now on, where the system knows how (Linux)."""
    if CLEAR.exists():
        CLEAR.write_text("5")


def _peak_mb() -> float:
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6
