"""What a file is by its first bytes, and whether its reader can open it: only then may it take a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from geokehila.errors import FetchError
from geokehila.study import EDITIONS, Study

PAGE, JSON, XML, ZIP, NOTHING, TEXT, BINARY = (
    "a web page", "JSON", "XML", "a zip archive", "nothing", "text", "bytes of an unknown kind",
)  # fmt: skip
#: First bytes by kind.
_MAGIC: Mapping[str, tuple[bytes, ...]] = {
    ZIP: (b"PK\x03\x04", b"PK\x05\x06"),
    "a GeoPackage": (b"SQLite format 3\x00",),
    "a TIFF": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "an old workbook": (bytes.fromhex("d0cf11e0a1b11ae1"),),
    "a gzip archive": (b"\x1f\x8b",),
    "a bzip2 archive": (b"BZh",),
    "a 7z archive": (b"7z\xbc\xaf\x27\x1c",),
    "a PDF": (b"%PDF",),
}
OSM_PBF = "an OpenStreetMap extract"
#: Kinds that a suffix may hold, the longest suffix first.
KINDS: Mapping[str, tuple[str, ...]] = {
    ".osm.pbf": (OSM_PBF,), ".osm.gz": ("a gzip archive",), ".osm.bz2": ("a bzip2 archive",), ".osm": (XML,),
    ".pbf": (OSM_PBF,), ".gpkg": ("a GeoPackage",), ".geojson": (JSON,), ".json": (JSON,), ".csv": (TEXT,),
    ".tsv": (TEXT,), ".txt": (TEXT,), ".xlsx": (ZIP,), ".ods": (ZIP,), ".xls": ("an old workbook",), ".zip": (ZIP,),
    ".tif": ("a TIFF",), ".tiff": ("a TIFF",),
}  # fmt: skip
_HEAD = 512


def kind_of(head: bytes) -> str:
    """Return what first bytes are of, in words.

    Examples
    --------
    >>> kind_of(b"  <!DOCTYPE html><html>"), kind_of(b'{"features": []}'), kind_of(b"semel,name")
    ('a web page', 'JSON', 'text')
    """
    for kind, starts in _MAGIC.items():
        if head.startswith(starts):
            return kind
    if b"OSMHeader" in head[:32]:
        return OSM_PBF
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return TEXT
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        return NOTHING
    if text[:1] in (b"{", b"["):
        return JSON
    if text[:1] == b"<":
        low = text.lower()
        return PAGE if low.startswith((b"<!doctype html", b"<html")) or b"<html" in low else XML
    return BINARY if b"\x00" in head else TEXT


def suffix_of(path: Path) -> str:
    """Return the suffix that a file is known by, ``.osm.pbf``; "" where none of them is."""
    return next((suffix for suffix in KINDS if path.name.lower().endswith(suffix)), "")


def must_be_its_kind(path: Path) -> None:
    """Refuse a file whose first bytes are not what its suffix promises.

    Raises
    ------
    FetchError
        Something else, such as a web page that says why there is no file.
    """
    expected = KINDS.get(suffix_of(path), ())
    with path.open("rb") as file:
        kind = kind_of(file.read(_HEAD))
    if kind not in expected:
        wanted = " or ".join(expected) or "no such file"
        raise FetchError(
            f"{path.name}: is {kind} where {wanted} is expected: not kept; look at the source in a browser"
        )


def must_be_readable(path: Path, role: str, study: Study) -> None:
    """Refuse a file that the reader of its role cannot open; roles without an opener are taken as they are.

    Raises
    ------
    InputError
        As the reader of the role.
    """
    if role == "shelters" or role.startswith("places_"):
        _must_be_a_list(path, role, study)
    elif opener := _openers().get(role):
        opener(path, study)


def _must_be_a_list(path: Path, role: str, study: Study) -> None:
    """Refuse a list of places of which a run could read none, by the columns that the study states, if it does."""
    from geokehila.catalogue.lists import category_of
    from geokehila.load import municipal

    category = category_of(role, study.catalogue.categories)
    municipal.read(path, category, study.crs, study.lists.get(category, municipal.DEFAULT), None, study.catalogue)


def _openers() -> Mapping[str, Callable[[Path, Study], object]]:
    """Return by role what opens its file; they are read late, for most of them bring much with them."""
    from geokehila.load import alerts
    from geokehila.load.osm.files import one_source
    from geokehila.load.population import census, outlines, socioeconomic, statistical_areas
    from geokehila.load.timetable.feed import Feed

    def of_areas(path: Path, study: Study) -> None:
        statistical_areas.localities(statistical_areas.opened(path, study.crs))

    def of_map(path: Path) -> None:
        with one_source([path]):
            return

    return {
        "osm": lambda path, study: of_map(path),
        **dict.fromkeys(("statistical_areas", *EDITIONS.values()), of_areas),
        "localities": lambda path, study: outlines.opened(path, study.crs),
        "census": lambda path, study: census.opened(path),
        "socioeconomic": lambda path, study: socioeconomic.opened(path),
        "alerts": lambda path, study: alerts.of_file(path, study.city),
        "gtfs": lambda path, study: Feed([path]).lacks("stops.txt"),
    }
