"""What was measured on: the machine, the versions, the commit."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("numpy", "numba", "scipy", "networkx", "igraph", "pandana", "cityseer")


def machine() -> str:
    """Return a paragraph for the page."""
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    system = f"{memory:.0f} GiB, {platform.system()} {platform.machine()}"
    return f"{_processor()}, {system}; Python {platform.python_version()}, {versions}."


def conditions() -> str:
    """Return what is measured and what else the machine does, as of now."""
    load = os.getloadavg()[0]
    return f"Commit {_commit()}; {_processor()}; load of the machine before: {load:.1f}."


def _processor() -> str:
    cores = f", {os.cpu_count()} cores"
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return (platform.processor() or platform.machine()) + cores
    fields = dict(line.split(":", 1) for line in info.read_text().splitlines() if ":" in line)
    named = {key.strip(): value.strip() for key, value in fields.items()}
    clock = f" at {float(named['cpu MHz']) / 1000:.2f} GHz" if "cpu MHz" in named else ""
    return named.get("model name", platform.machine()) + clock + cores


def _commit() -> str:
    """Return the commit, and whether the package differs from it; outside a repository the version."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603, S607

    try:
        changed = " with changes" if git("status", "--porcelain", "--", "geokehila") else ""
        return git("rev-parse", "--short=10", "HEAD") + changed
    except (OSError, subprocess.CalledProcessError):
        from geokehila import __version__

        return f"unknown (GeoKehila {__version__})"
