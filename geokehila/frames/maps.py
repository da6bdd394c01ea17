"""Files of OpenStreetMap as GeoDataFrames."""

from __future__ import annotations

from pathlib import Path

from geokehila.arguments import as_path
from geokehila.catalogue import Catalogue
from geokehila.crs import projected
from geokehila.errors import StudyError
from geokehila.load import osm
from geokehila.schema import ISRAEL_TM


def read_map(*files: Path | str, crs: str = ISRAEL_TM) -> osm.OsmData:
    """Read OpenStreetMap files by the rules that every run reads them by.

    Parameters
    ----------
    files
        ``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``, Overpass ``.json`` or OSMnx ``.graphml``; overlaps are read
        once.
    crs
        Projected, metres, that the tables come out in.

    Returns
    -------
    OsmData
        GeoDataFrames: `streets` (what can be walked), `places` (with their `categories`), `buildings` and others.

    Raises
    ------
    InputError
        A file that is no OpenStreetMap data, is cut, or is empty.
    StudyError
        No file is named, what is named is no path, or the CRS is none that is projected, in metres.

    Notes
    -----
    Which tags make a place of which category, :class:`geokehila.catalogue.Catalogue` says. Data © OpenStreetMap
    contributors, ODbL.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from geokehila.sample_town import generate
    >>> with TemporaryDirectory() as folder:
    ...     generate(Path(folder), residents=1_500)
    ...     town = read_map(Path(folder) / "osm.osm.pbf")
    >>> "grocery" in {*town.places["categories"].explode()}
    True
    """
    facts = Catalogue.read()
    paths = [as_path(file, "read_map: a file") for file in files]
    if not paths:
        raise StudyError("read_map: no file is named: give one or several, read_map('map.osm.pbf')")
    metric = projected(crs, "read_map")
    return osm.read(paths, facts.categories.values(), metric, facts.walkers.values(), facts.sectors)
