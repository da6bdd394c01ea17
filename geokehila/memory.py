"""What still fits into memory: said in one line before a step begins, not by a machine that swaps or kills."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil

from geokehila.errors import RunError, StudyError

#: In the environment: how much a process may have [GB], where the user states it.
BUDGET = "GEOKEHILA_MEMORY_GB"
GIGA = 1e9
#: Where Linux tells of control groups, and which this process is in.
GROUPS, MINE = Path("/sys/fs/cgroup"), Path(getattr(psutil, "PROCFS_PATH", ""), "self", "cgroup")
#: By what controls a group: the files of its limit and its use, and in `memory.stat` the part of that which is let go
#: when somebody needs it.
_FILES = {
    "": ("memory.max", "memory.current", "inactive_file"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def must_fit(what: str, size_bytes: float, remedy: str) -> None:
    """See that a step fits into the memory that is left.

    Parameters
    ----------
    what
        What is about to be done, of how much.
    size_bytes
        What it takes beside what is in use, estimated from sizes that are known: rather too much than too little.
    remedy
        What to do where it does not fit.

    Raises
    ------
    RunError
        It does not.
    StudyError
        The budget that is stated is no number.

    Examples
    --------
    >>> must_fit("walks of 1 home", 1e15, "take a smaller map")
    Traceback (most recent call last):
    geokehila.errors.RunError: walks of 1 home: take about 1,000,000.0 GB of memory, ... is free: take a smaller map
    """
    has = free_bytes()
    if size_bytes > has:
        told = f"{max(has, 0) / GIGA:,.1f} GB is {'free' if BUDGET not in os.environ else f'left of {BUDGET}'}"
        raise RunError(f"{what}: take about {size_bytes / GIGA:,.1f} GB of memory, {told}: {remedy}")


def free_bytes() -> float:
    """Return what this process can still take: of the machine, of its control groups, and of the user's budget.

    Memory that files are kept in for speed counts as free; space on disk that stands in for memory does not.
    """
    return min([psutil.virtual_memory().available, *_left_by_groups(), *_left_by_user()])


def _left_by_user() -> Iterator[float]:
    if stated := os.environ.get(BUDGET):
        try:
            budget = float(stated) * GIGA
        except ValueError:
            raise StudyError(f"{BUDGET} is {stated!r}: set it to a number of GB, or not at all") from None
        yield budget - psutil.Process().memory_info().rss


def _left_by_groups() -> Iterator[float]:
    """Yield what each control group that this process is in leaves, from the innermost out; nothing off Linux."""
    try:
        lines = MINE.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for _, controllers, path in (line.split(":", 2) for line in lines):
        if controllers in _FILES:
            root = GROUPS / controllers
            group = root / path.lstrip("/")
            for folder in (group, *group.parents):
                if folder.is_relative_to(root):
                    yield _left(folder, *_FILES[controllers])


def _left(group: Path, limit: str, used: str, dropped: str) -> float:
    """Return what a group leaves; infinite where it is not limited, or does not tell."""
    try:
        most, has = (float((group / name).read_text(encoding="ascii")) for name in (limit, used))
        stat = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
        return most - has + float(stat.get(dropped, 0))
    except (OSError, ValueError):
        return float("inf")
