"""Many cities in one go: a process for each within a memory budget, what is finished skipped, what fails told."""

from geokehila.batch.cluster import Cluster
from geokehila.batch.crew import Crew
from geokehila.batch.order import Wish, order
from geokehila.batch.task import DONE, FAILED, SKIPPED, Outcome, Task

__all__ = ["DONE", "FAILED", "SKIPPED", "Cluster", "Crew", "Outcome", "Task", "Wish", "order"]
