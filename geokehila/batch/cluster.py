"""The same batch on a cluster: Dask `distributed` hands cities to workers that reach the same folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from geokehila.batch.task import Outcome, Step
from geokehila.errors import RunError, StudyError

#: [s] Until a scheduler that does not answer is given up.
PATIENCE_S = 20


@dataclass(frozen=True)
class Cluster:
    """A scheduler of Dask, whose workers have GeoKehila of the same version and see inputs and results by equal paths.

    A city is done by one worker at a time. Where that dies the scheduler gives the city to another, and results appear
    whole or not at all. What the dead one left is cleared away by the next on the same computer; from another nobody
    can see that it is dead, so its lock stays, and the city fails with a message that says how to remove it.

    Attributes
    ----------
    address
        ``tcp://host:8786``.

    Raises
    ------
    StudyError
        The extra ``cluster`` is not installed, or the address is none.
    """

    address: str

    def __post_init__(self) -> None:
        """See that there can be a scheduler, before a city is looked at."""
        if find_spec("distributed") is None:
            raise StudyError("--scheduler: Dask is not installed: pip install geokehila[cluster]")
        if "://" not in self.address:
            raise StudyError(
                f"--scheduler {self.address}: no address: write tcp://HOST:PORT, as `dask scheduler` tells"
            )

    def work(self, tasks: Sequence[Step], tell: Callable[[str, str], None]) -> Iterator[Outcome]:
        """Yield the outcome of each task as it is known.

        Parameters
        ----------
        tell
            Called with a city and ``"handed to the cluster"``: of its stages a cluster tells nothing.

        Raises
        ------
        RunError
            No scheduler answers at the address.
        """
        from distributed import Client, as_completed

        if not tasks:
            return
        try:
            client = Client(self.address, timeout=PATIENCE_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise RunError(f"{self.address}: no scheduler answers ({error}): start `dask scheduler`, name it") from None
        with client:
            waiting = {}
            for task in tasks:
                waiting[client.submit(_do, task, pure=False)] = task
                tell(task.city, "handed to the cluster")
            for future in as_completed(waiting, loop=client.loop):
                yield _outcome(future, waiting[future])


def _do(task: Step) -> Outcome:
    """Do a step in a worker, unless one that died after its work did so already."""
    return task.kept() or task.do()


def _outcome(future: object, task: Step) -> Outcome:
    error = future.exception()  # type: ignore[attr-defined]
    if error is None:
        found: Outcome = future.result()  # type: ignore[attr-defined]
        return found
    return Outcome.unforeseen(task.city, error)
