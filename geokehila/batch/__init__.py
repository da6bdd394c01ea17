"""Many cities in one go: a process for each within a memory budget, what is finished skipped, what fails told."""

from geokehila.batch.cluster import Cluster
from geokehila.batch.crew import Crew
from geokehila.batch.drawing import Drawing
from geokehila.batch.order import Wish, order
from geokehila.batch.task import DONE, FAILED, SKIPPED, Outcome, Step, Task
from geokehila.batch.whole import run_batch

__all__ = [
    "DONE",
    "FAILED",
    "SKIPPED",
    "Cluster",
    "Crew",
    "Drawing",
    "Outcome",
    "Step",
    "Task",
    "Wish",
    "order",
    "run_batch",
]
