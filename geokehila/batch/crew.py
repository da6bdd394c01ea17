"""Processes of this machine that run cities: the largest first, as many at a time as memory holds."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from _thread import interrupt_main
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from threading import Event, Thread
from typing import Any

from geokehila import memory
from geokehila.batch.task import MEGA, Outcome, Step

#: Share of the memory that is free now which a batch may take where nothing is stated.
FREE_SHARE = 0.8
#: [s] How often stages are looked at.
TICK_S = 0.5
#: [s] How long a city that is stopped has to clear its desk and to tell that it was interrupted.
GRACE_S = 10
#: What a worker tells before any stage: what it reads to begin with is read.
BEGUN = ""
#: What is said of a process that ended, by whether it had begun.
ENDED = {
    True: "its process was ended from outside, perhaps for lack of memory: one city at a time (--jobs 1, jobs=1)",
    False: "its process ended before it began, what it wrote says why: a script calls run_batch below "
    "`if __name__ == '__main__':`, for every process reads the script anew",
}


@dataclass(frozen=True)
class Crew:
    """How many processes at most, and how much memory for all of them together [MB].

    Attributes
    ----------
    jobs
        0: one for each processor.
    budget_mb
        0: four fifths of what is free.
    """

    jobs: int = 0
    budget_mb: float = 0.0

    def work(self, tasks: Sequence[Step], tell: Callable[[str, str], None]) -> Iterator[Outcome]:
        """Yield the outcome of each task as it is known.

        A city that alone needs more than the budget is run alone. A process that dies takes nothing with it but its
        own city.

        Parameters
        ----------
        tell
            Called with a city and the name of a stage as it begins.
        """
        jobs = self.jobs or os.cpu_count() or 1
        budget = self.budget_mb or FREE_SHARE * memory.free_bytes() / MEGA
        waiting = sorted(tasks, key=lambda task: (-task.memory_mb, task.city))
        at_work: list[_Worker] = []
        try:
            while waiting or at_work:
                for task in [*waiting]:
                    taken = sum(worker.task.memory_mb for worker in at_work)
                    if not at_work or (len(at_work) < jobs and taken + task.memory_mb <= budget):
                        waiting.remove(task)
                        at_work.append(_Worker.begin(task))
                wait([worker.future for worker in at_work], TICK_S, FIRST_COMPLETED)
                done = [worker for worker in at_work if worker.future.done()]
                for worker in at_work:
                    worker.listen(tell)
                for worker in done:
                    at_work.remove(worker)
                    yield worker.end()
        finally:
            for worker in at_work:
                worker.stop()


@dataclass
class _Worker:
    """A process of its own for one city, and the wire that it tells its stages by."""

    task: Step
    pool: ProcessPoolExecutor
    future: Future[Outcome]
    wire: Any = field(repr=False)
    has_begun: bool = False

    @classmethod
    def begin(cls, task: Step) -> _Worker:
        spawning = multiprocessing.get_context("spawn")
        ours, theirs = spawning.Pipe()
        pool = ProcessPoolExecutor(1, mp_context=spawning, initializer=_enter, initargs=(theirs,))
        with _undisturbed():
            future = pool.submit(_do, task)
        theirs.close()
        return cls(task, pool, future, ours)

    def listen(self, tell: Callable[[str, str], None]) -> None:
        with suppress(EOFError, OSError):
            while self.wire.poll():
                stage = self.wire.recv()
                self.has_begun = True
                if stage != BEGUN:
                    tell(self.task.city, stage)

    def end(self) -> Outcome:
        self.pool.shutdown()
        error = self.future.exception()
        if error is None:
            return self.future.result()
        if isinstance(error, BrokenProcessPool):
            return Outcome.fallen(self.task.city, ENDED[self.has_begun])
        return Outcome.unforeseen(self.task.city, error)

    def stop(self) -> None:
        """Close the wire, whose other end interrupts its city and ends its process by that."""
        self.wire.close()
        self.pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back while a process is made: the process keeps it held back, and reads its modules undisturbed.

    Windows has nothing to hold it back with: there a process that is interrupted so early tells where it was.
    """
    if sys.platform == "win32":
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


#: The end of the wire in a worker's process, and whether no city is at work there.
_wire: list[Connection[Any, Any]] = []
_idle = Event()


def _enter(wire: Connection[Any, Any]) -> None:
    """Begin in a worker's process: hold the wire, and end when nobody holds the other end.

    A terminal sends Ctrl-C to every process: a city is interrupted by it or by the wire, once.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _idle.set()
    _wire.append(wire)
    try:
        wire.send(BEGUN)
    except OSError:  # the batch ended meanwhile
        os._exit(1)
    Thread(target=_listen, daemon=True).start()


def _listen() -> None:
    """Wait for the wire to be cut: the batch was stopped or killed, and nobody would take the answer."""
    with suppress(EOFError, OSError):
        _wire[0].recv()
    interrupt_main()
    _idle.wait(GRACE_S)
    os._exit(1)


def _do(task: Step) -> Outcome:
    def tell(stage: str) -> None:
        with suppress(OSError):  # where the wire is cut the interrupt is on its way
            _wire[0].send(stage)

    _idle.clear()
    signal.signal(signal.SIGINT, _stop_once)
    try:
        return task.do(tell)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _idle.set()


def _stop_once(*_: object) -> None:
    """Interrupt the city, and let nothing interrupt what it still has to tell."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
