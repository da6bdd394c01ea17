"""An OpenStreetMap file being written: where the disk does not take it, that is one line, as of any other writer."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import osmium

from geokehila.errors import RunError

#: How osmium begins what it says of a disk.
FAILED = "Write failed: "


@contextmanager
def writing(path: Path, header: osmium.io.Header | None = None, form: str = "") -> Iterator[osmium.SimpleWriter]:
    """Give a writer of a file, over what is there.

    Parameters
    ----------
    header
        What the file says of itself; None: nothing.
    form
        As osmium tells forms, such as ``pbf``; empty: by the name of the file.

    Raises
    ------
    RunError
        The disk did not take all of it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, writing(Path(folder) / "one.osm.pbf") as writer:
    ...     writer.add_node(osmium.osm.mutable.Node(id=1, location=(35.0, 31.0)))
    """
    file = osmium.io.File(str(path), form)
    try:
        writer = osmium.SimpleWriter(file, header=header or osmium.io.Header(), overwrite=True)
    except RuntimeError as refused:
        raise _full(path, str(refused)) from refused
    try:
        yield writer
    except BaseException as raised:
        if fault := _closed(writer):
            raise _full(path, f"{raised} {fault}") from raised
        raise
    if fault := _closed(writer):
        raise _full(path, fault)


def _closed(writer: osmium.SimpleWriter) -> str:
    """Close a writer, and return what is wrong with it, "" where nothing is.

    One that failed must never be taken down: osmium would end the whole process. So it is held for good.
    """
    try:
        writer.close()
    except (RuntimeError, ValueError) as fault:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))
        return str(fault)
    return ""


def _full(path: Path, said: str) -> RunError:
    reason = said.partition(FAILED)[2].partition(" Can not write")[0] or said
    return RunError(f"{path}: cannot be written ({reason}): free space there")
