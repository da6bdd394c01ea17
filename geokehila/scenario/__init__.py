"""What if: edits laid over a finished run, walks looked for again where they are touched, and who gains or loses."""

from __future__ import annotations

from geokehila.scenario.base import Base, of_run
from geokehila.scenario.edits import Edit, Edits, read
from geokehila.scenario.found import Found, answer
from geokehila.scenario.gains import Turns
from geokehila.scenario.keeping import record, write, write_together
from geokehila.scenario.whole import run_scenario

__all__ = [
    "Base",
    "Edit",
    "Edits",
    "Found",
    "Turns",
    "answer",
    "of_run",
    "read",
    "record",
    "run_scenario",
    "write",
    "write_together",
]
