"""The 71 localities of the catalogue as one batch, on fictional towns of their sizes in their places; and kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import numpy as np
import psutil

from benchmarks.measure import tell
from geokehila import sample_town
from geokehila.catalogue import cities

MEMORY_GB, JOBS, KILLS = 6, 2, 20
#: Towns that are killed again and again; and the moments [s] from which on and until which.
SMALL, FROM_S, UNTIL_S = ("lehavim", "metulla", "rosh-pina", "umm-batin"), 2.0, 25.0
#: What may differ between two equal runs.
CLOCKED = "journal.json"


def batch(small: bool) -> str:
    """Run the batch twice, then kill a small one again and again; return the table of what was measured."""
    named = SMALL if small else tuple(cities())
    with TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        began = time.perf_counter()
        with ProcessPoolExecutor(JOBS) as pool:
            largest = sorted(named, key=lambda slug: -cities()[slug].population)
            sizes = [*pool.map(_town, [raw] * len(named), largest)]
        made_s = time.perf_counter() - began
        first_s, peak_mb, end = _watched(_command(raw, out, named))
        again_s, _, _ = _watched(_command(raw, out, named))
        size_mb = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
        kills = _killed(raw, Path(folder), 3 if small else KILLS)
    rows = [
        ("localities, residents", f"{len(named)}, {sum(sizes):,}"),
        ("drawing the towns", f"{made_s:.0f} s"),
        ("batch", f"{first_s / 60:.1f} min, exit {end}"),
        ("most memory of all processes", f"{peak_mb:.0f} MB"),
        ("written", f"{size_mb:.0f} MB"),
        ("the same batch again", f"{again_s:.1f} s"),
        ("killed, then resumed", kills),
    ]
    return "\n".join(["| | |", "| --- | ---: |", *(f"| {what} | {value} |" for what, value in rows)])


def _town(raw: Path, slug: str) -> int:
    city = cities()[slug]
    sample_town.generate(raw / slug, city.population, seed=city.code, city=city)
    return city.population


def _command(raw: Path, out: Path, named: tuple[str, ...]) -> list[str]:
    wishes = ["--cities", ",".join(named), "--jobs", str(JOBS), "--memory", str(MEMORY_GB)]
    return [sys.executable, "-m", "geokehila_cli", "batch", *wishes, "--data", str(raw), "--out", str(out)]


def _watched(command: list[str]) -> tuple[float, float, int]:
    """Run a command; return its seconds, the most memory of it and its processes [MB], and its exit code."""
    began, over, peak = time.perf_counter(), Event(), [0.0]
    process = subprocess.Popen(command, stdout=sys.stderr)  # noqa: S603

    def watch() -> None:
        while not over.wait(0.25):
            peak[0] = max(peak[0], _held_mb(process.pid))

    watcher = Thread(target=watch)
    watcher.start()
    end = process.wait()
    over.set()
    watcher.join()
    return time.perf_counter() - began, peak[0], end


def _held_mb(pid: int) -> float:
    total = 0.0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return total
    for member in family:
        try:
            total += member.memory_info().rss / 1e6
        except psutil.NoSuchProcess:
            continue
    return total


def _killed(raw: Path, folder: Path, kills: int) -> str:
    """Kill a batch at random moments, the last time not; tell whether it ends as an undisturbed one."""
    moments, kept = np.random.default_rng(20261122).uniform(FROM_S, UNTIL_S, kills), 0
    undisturbed = folder / "undisturbed"
    _watched(_command(raw, undisturbed, SMALL))
    for number, seconds in enumerate(moments):
        out = folder / f"killed-{number}"
        group = subprocess.Popen(_command(raw, out, SMALL), start_new_session=True, stdout=sys.stderr)  # noqa: S603
        time.sleep(float(seconds))
        os.killpg(group.pid, signal.SIGKILL)
        group.wait()
        _watched(_command(raw, out, SMALL))
        same = _bytes(out) == _bytes(undisturbed)
        kept += same
        tell(f"killed after {seconds:.1f} s: {'the same bytes' if same else 'OTHER BYTES'}")
    return f"{kept} of {kills} times the same bytes"


def _bytes(out: Path) -> dict[str, bytes]:
    files = [path for path in out.rglob("*") if path.is_file() and path.name != CLOCKED]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}
