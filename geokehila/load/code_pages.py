"""Text of Shapefiles whose code page GDAL would spoil, or stop at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from zipfile import ZipFile

import pandas as pd
from pandas.api.types import is_object_dtype, is_string_dtype

T = TypeVar("T")
Frame = TypeVar("Frame", bound=pd.DataFrame)
#: What Hebrew is written in on Windows.
HEBREW = "cp1255"


def asked(call: Callable[..., T], path: Path, layer: str | None, **how: Any) -> T:
    """Ask pyogrio for a layer so that no letter is lost.

    GDAL loses the last letter of each Hebrew text of a Shapefile that declares code page 1255, for a point might follow
    it; and stops at text that is not of the page declared. Of both it then gives the bytes, each as a Latin-1 letter.
    """
    if is_hebrew(path, layer):
        return call(path, layer=layer, ENCODING="", **how)
    try:
        return call(path, layer=layer, **how)
    except UnicodeDecodeError:
        return call(path, layer=layer, ENCODING="", **how)


def is_hebrew(path: Path, layer: str | None) -> bool:
    """Tell whether a layer is a Shapefile that declares code page 1255."""
    if path.suffix.lower() not in ("", ".shp", ".zip"):
        return False
    name = f"{layer or path.stem}.cpg".lower()
    if path.suffix.lower() == ".zip":
        with ZipFile(path) as archive:
            inside = (part for part in archive.namelist() if PurePosixPath(part).name.lower() == name)
            return any(b"1255" in archive.read(part) for part in inside)
    folder = path if path.is_dir() else path.parent
    return any(b"1255" in part.read_bytes() for part in folder.iterdir() if part.name.lower() == name)


def read_as_hebrew(frame: Frame) -> Frame:
    """Return a table with the bytes in its texts read as code page 1255, columns' names included."""
    texts = [i for i, kind in enumerate(frame.dtypes) if is_string_dtype(kind) or is_object_dtype(kind)]
    made = frame.copy()
    for i in texts:
        made.isetitem(i, frame.iloc[:, i].map(lambda cell: _hebrew(cell) if isinstance(cell, str) else cell).to_numpy())
    made.columns = pd.Index([_hebrew(str(name)) for name in frame.columns])
    return made


def _hebrew(text: str) -> str:
    return text.encode("latin-1", errors="replace").decode(HEBREW, errors="replace")
