"""What differs between two equal runs: how long each stage took, how much memory was in use, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import psutil


class Journal:
    """A run's diary; it alone holds seconds, memory and wall time."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._began = datetime.now(UTC)
        self._marks: list[tuple[str, float, int]] = []

    def stage(self, name: str) -> None:
        """Begin a stage, and with it end the last."""
        self._marks.append((name, perf_counter(), psutil.Process().memory_info().rss))
        self._progress(name)

    def content(self) -> dict[str, Any]:
        """Return the stages so far with their seconds and the memory in use at their ends [MB]."""
        stages = [
            {"stage": name, "seconds": round(after - before, 3), "memory_mb": round(memory / 1e6)}
            for (name, before, _), (_, after, memory) in zip(self._marks, self._marks[1:], strict=False)
        ]
        return {"began": self._began.isoformat(timespec="seconds"), "stages": stages}
