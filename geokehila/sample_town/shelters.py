"""The municipality's own list of public shelters, as a table of longitudes, latitudes and names."""

from __future__ import annotations

import csv
from pathlib import Path

from geokehila.sample_town import places
from geokehila.sample_town.plan import lonlat, on_earth


def write(path: Path) -> None:
    """Write ``lon,lat,name``, one row per shelter, UTF-8."""
    spots = lonlat([on_earth((x, y)) for _, x, y in places.SHELTERS])
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("lon", "lat", "name"))
        out.writerows((lon, lat, name) for (lon, lat), (name, _, _) in zip(spots, places.SHELTERS, strict=True))
