"""What a map layer is by its first bytes, held against its name: a reader of many forms believes neither of them.

GDAL opens a file by what it holds. One called ``zones.geojson`` could be a list of other files, or of addresses.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from urllib.request import pathname2url
from zipfile import BadZipFile, ZipFile

from geokehila.errors import InputError

#: [bytes] How much of a file GDAL looks at to tell its form.
_HEAD = 32_768
#: [bytes] What the parts of a packed Shapefile may take when they are unpacked.
MOST_UNPACKED = 1 << 30
_SHAPEFILE = frozenset(".shp .shx .dbf .prj .cpg .sbn .sbx .qix .qmd .qpj .xml".split())
_SQLITE, _SHP, _FGB = b"SQLite format 3\0", b"\x00\x00\x27\x0a", b"fgb\x03"
#: What of GDAL's own languages would lead it elsewhere.
_ELSEWHERE = (b"<OGR", b"<VRT", b"<GDAL", b"gdal_streamed_alg")


def must_be_a_layer(path: Path) -> None:
    """Refuse a file that is not of the form its name says, or of none that is read: what lies elsewhere is not fetched.

    Raises
    ------
    InputError
        Not a GeoPackage, GeoJSON, Shapefile (alone, in a folder or packed), FlatGeobuf, KML or FileGDB of that suffix.

    Examples
    --------
    >>> must_be_a_layer(Path("https://example.org/zones.geojson"))
    Traceback (most recent call last):
    geokehila.errors.InputError: zones.geojson: cannot be read as a map layer (no such file): export it as GeoJSON ...
    """
    is_right, form = FORMS.get(path.suffix.lower(), (None, ""))
    if path.is_dir() and is_right is None:
        is_right, form = _is_folder_of_shapefiles, "folder of Shapefiles"
    if not path.exists():
        why = "no such file"
    elif is_right is None:
        why = f"not of the forms {', '.join(FORMS)}"
    else:
        try:
            why = "" if is_right(path) else f"it is no {form}, whatever its name"
        except (OSError, ValueError, RuntimeError, NotImplementedError, BadZipFile, sqlite3.Error) as fault:
            why = f"no whole {form}: {str(fault)[:200]}"
    if why:
        raise InputError(f"{path.name}: cannot be read as a map layer ({why}): export it as GeoJSON or GeoPackage")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _is_json(path: Path) -> bool:
    head = _head(path).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    return head.startswith(b"{") and not any(word in head for word in _ELSEWHERE)


def _is_kml(path: Path) -> bool:
    head = _head(path)
    return b"<kml" in head and not any(word in head for word in _ELSEWHERE)


def _is_geopackage(path: Path) -> bool:
    """Tell whether tables alone hold its layers: a view computes its rows, and may have no end of them."""
    if not _head(path).startswith(_SQLITE):
        return False
    base = sqlite3.connect(f"file:{pathname2url(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
    try:
        held = {str(name): str(kind) for name, kind in base.execute("SELECT lower(name), type FROM sqlite_master")}
    finally:
        base.close()
    if views := sorted(name for name, kind in held.items() if kind == "view"):
        raise ValueError(f"{views[0]!r} is a view, export it as a table")
    return held.get("gpkg_contents") == "table"


def _is_packed_shapefile(path: Path) -> bool:
    with ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.filename.endswith("/")]
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise ValueError(f"it unpacks to more than {MOST_UNPACKED >> 30} GB")
    suffixes = [PurePosixPath(part.filename).suffix.lower() for part in parts]
    return ".shp" in suffixes and {*suffixes} <= _SHAPEFILE


def _is_folder_of_shapefiles(path: Path) -> bool:
    files = [file for file in path.iterdir() if file.is_file()]
    shapes = [file for file in files if file.suffix.lower() == ".shp"]
    return bool(shapes) and all(_head(file).startswith(_SHP) for file in shapes)


def _is_file_geodatabase(path: Path) -> bool:
    return (path / "a00000001.gdbtable").is_file()


#: By suffix: whether a file is what it is called, and what that is.
FORMS: Mapping[str, tuple[Callable[[Path], bool], str]] = {
    ".gpkg": (_is_geopackage, "GeoPackage"),
    ".geojson": (_is_json, "GeoJSON"),
    ".json": (_is_json, "GeoJSON"),
    ".shp": (lambda path: _head(path).startswith(_SHP), "Shapefile"),
    ".zip": (_is_packed_shapefile, "packed Shapefile"),
    ".fgb": (lambda path: _head(path).startswith(_FGB), "FlatGeobuf"),
    ".kml": (_is_kml, "KML"),
    ".gdb": (_is_file_geodatabase, "FileGDB"),
}
