"""Where the files of a folder came from: a small manifest beside them, written when one is fetched or carried in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from geokehila.errors import InputError

MANIFEST = "sources.json"


@dataclass(frozen=True)
class Provenance:
    """Where one file came from.

    Attributes
    ----------
    source, role
        The key of its source, and the role it plays.
    how
        ``fetched`` or ``carried``.
    url
        Where the source lies; of a file that was carried, its name.
    fetched, asked
        When it came, and when the source was last asked, ISO with the hour (UTC).
    sha256, size
        Of the whole file; its size in bytes.
    etag, modified
        How the server marks it, "" where it does not.
    date
        What the data speak of, ISO; "" where nobody tells.
    """

    source: str
    role: str
    how: str
    url: str
    fetched: str
    asked: str
    sha256: str
    size: int
    etag: str = ""
    modified: str = ""
    date: str = ""
    licence: str = ""
    credit: str = ""


def read(folder: Path, name: str = MANIFEST) -> dict[str, Provenance]:
    """Return what is told of the files of a folder, by their names; empty where nothing is.

    Raises
    ------
    InputError
        The manifest is there and cannot be understood.
    """
    path = folder / name
    if not path.is_file():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {_plain(file): _one(row) for file, row in sorted(told.items())}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(
            f"{path}: cannot be understood: delete it, the files beside it count as your own then"
        ) from None


def _plain(name: str) -> str:
    """Return the name of a file of this folder; raise `ValueError` for one that leads out of it."""
    if Path(name).name != name or "\\" in name:
        raise ValueError(name)
    return name


def _one(row: Mapping[str, object]) -> Provenance:
    texts = {field.name: str(row[field.name])[:500] for field in fields(Provenance) if field.name != "size"}
    return Provenance(size=int(str(row["size"])), **texts)
