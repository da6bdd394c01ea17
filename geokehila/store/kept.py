"""A finished run, read back from its folder: table by table, only what is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from geokehila.errors import InputError

#: What tells of a run, in its folder.
RECORD = "run.json"


@dataclass(frozen=True)
class KeptTables(Mapping[str, pd.DataFrame]):
    """The tables of a run by name, each read when it is first asked for.

    Attributes
    ----------
    folder
        ``data/processed/<slug>/<run_id>``.
    """

    folder: Path
    _read: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table, with its geometry where it has one."""
        if name not in self._read:
            path = self.folder / f"{name}.parquet"
            if not path.is_file():
                raise KeyError(name)
            has_shape = b"geo" in (pq.read_schema(path).metadata or {})
            self._read[name] = gpd.read_parquet(path) if has_shape else pd.read_parquet(path)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(sorted(path.stem for path in self.folder.glob("*.parquet")))

    def __len__(self) -> int:
        """Return how many there are."""
        return len([*iter(self)])


def newest(out: Path, slug: str) -> Path:
    """Return the folder of a city's last good run.

    Raises
    ------
    InputError
        There is none; the message says how to make one.
    """
    place = out / "data" / "processed" / slug
    latest = place / "latest"
    if not latest.is_file():
        raise InputError(f"{place}: no run of {slug} is kept here: make one with `geokehila run {slug}`")
    return place / latest.read_text(encoding="utf-8").strip()


def record(folder: Path) -> dict[str, Any]:
    """Return the content of ``run.json``.

    Raises
    ------
    InputError
        The folder holds no whole run.
    """
    path = folder / RECORD
    if not path.is_file():
        raise InputError(f"{folder}: holds no {RECORD}: name the folder of a finished run")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
