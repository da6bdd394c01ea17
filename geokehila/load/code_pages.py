"""Text of Shapefiles whose code page GDAL would spoil, or stop at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeVar
from zipfile import ZipFile

import pandas as pd
from pandas.api.types import is_object_dtype, is_string_dtype

T = TypeVar("T")
Frame = TypeVar("Frame", bound=pd.DataFrame)
#: What Hebrew is written in on Windows, and what all else is written in; none: GDAL has read the text.
HEBREW, UTF_8, READ = "cp1255", "utf-8", ""


def asked(call: Callable[..., T], path: Path, layer: str | None, **how: Any) -> tuple[T, str]:
    """Ask pyogrio for a layer so that no letter is lost, and return with the answer what its text is still in.

    GDAL loses the last letter of each Hebrew text of a Shapefile that declares code page 1255, for a point might follow
    it; and stops at text that is not of the page declared, such as a name cut amid a letter. Of both it then gives the
    bytes, each as a Latin-1 letter.
    """
    if is_hebrew(path, layer):
        return call(path, layer=layer, ENCODING="", **how), HEBREW
    try:
        return call(path, layer=layer, **how), READ
    except UnicodeDecodeError:
        return call(path, layer=layer, ENCODING="", **how), UTF_8


def is_hebrew(path: Path, layer: str | None) -> bool:
    """Tell whether a layer is a Shapefile that declares code page 1255."""
    if path.suffix.lower() not in ("", ".shp", ".zip"):
        return False
    name = f"{layer or path.stem}.cpg".lower()
    if path.suffix.lower() == ".zip":
        with ZipFile(path) as archive:
            inside = (part for part in archive.namelist() if PurePosixPath(part).name.lower() == name)
            return any(_says_hebrew(archive.open(part)) for part in inside)
    folder = path if path.is_dir() else path.parent
    return any(_says_hebrew(part.open("rb")) for part in folder.iterdir() if part.name.lower() == name)


def _says_hebrew(declared: IO[bytes]) -> bool:
    """Tell whether a declaration of a code page, a line at most, names 1255."""
    with declared:
        return b"1255" in declared.read(100)


def decoded(frame: Frame, page: str) -> Frame:
    """Return a table with the bytes in its texts, and in its columns' names, read as of a page; others stay."""
    if page == READ:
        return frame
    texts = [i for i, kind in enumerate(frame.dtypes) if is_string_dtype(kind) or is_object_dtype(kind)]
    made = frame.copy()
    for i in texts:
        cells = frame.iloc[:, i].map(lambda cell: _text(cell, page) if isinstance(cell, str) else cell)
        made.isetitem(i, cells.to_numpy())
    made.columns = pd.Index([_text(str(name), page) for name in frame.columns])
    return made


def _text(text: str, page: str) -> str:
    """Return the bytes of a text read; UTF-8 without the half of a letter that a table cuts off at its end."""
    try:
        raw = text.encode("latin-1")
        whole = raw.decode(page, errors="replace" if page == HEBREW else "strict")
    except UnicodeDecodeError as fault:
        return text[: fault.start].encode("latin-1").decode(page) if fault.end == len(raw) else text
    except UnicodeEncodeError:
        return text
    return whole
