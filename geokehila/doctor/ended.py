"""How a city's last run ended, where that was not well, and who is at work in its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from geokehila.doctor.findings import LOOK, Finding
from geokehila.journal import AT_WORK, FAILED, INTERRUPTED
from geokehila.store import kept, lock

SUBJECT = "last run"
#: What to do about a run that was ended from outside: nobody is left to say why.
KILLED = "run it again; where memory was short, close what else runs, or set GEOKEHILA_MEMORY_GB"


def examine(out: Path, slug: str) -> Iterator[Finding]:
    """Look at the lock of a city's results, and at what a run left that did not come to its end."""
    place = out / "data" / "processed" / slug
    owner = lock.Owner.of(place / lock.LOCK)
    if owner and owner.is_alive():
        found = f"process {owner.pid} on {owner.host} is at work since {owner.since}"
        yield Finding(SUBJECT, LOOK, found, f"wait for it; if it no longer runs, delete {place / lock.LOCK}")
        return
    try:
        told = json.loads((place / kept.UNFINISHED / kept.RECORD).read_text(encoding="utf-8"))
        state, stage, error = (str(told[key]) for key in ("state", "stage", "error"))
    except (OSError, ValueError, LookupError, TypeError):
        return
    what, _, remedy = error.rpartition(": ")
    yield {
        AT_WORK: Finding(SUBJECT, LOOK, f"was ended from outside at stage {stage!r}", KILLED),
        INTERRUPTED: Finding(SUBJECT, LOOK, f"was interrupted at stage {stage!r}", "run it again"),
        FAILED: Finding(SUBJECT, LOOK, f"failed at stage {stage!r}: {what or error}", remedy),
    }.get(state) or Finding(
        SUBJECT, LOOK, f"broke off at stage {stage!r}: {error}", "run it with GEOKEHILA_TRACEBACK=1 and report it"
    )
