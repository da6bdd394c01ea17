"""The municipality's own list of public shelters, with the columns and the gaps that such lists have."""

from __future__ import annotations

import csv
from pathlib import Path

from geokehila.sample_town import places
from geokehila.sample_town.plan import lonlat, on_earth

HEADER = ("long", "lat", "שם", "מספר", 'שטח במ"ר', "חשמל")
#: A shelter that the list names and does not place.
UNPLACED = "מקלט 26 (בבנייה)"


def write(path: Path) -> None:
    """Write one row per shelter, UTF-8 with a byte order mark as Excel leaves it; the last has no coordinates."""
    spots = lonlat([on_earth((x, y)) for _, x, y in places.SHELTERS])
    rows = [
        (lon, lat, name, number, 40 + number * 7 % 60, "יש" if number % 5 else "אין")
        for number, ((lon, lat), (name, _, _)) in enumerate(zip(spots, places.SHELTERS, strict=True), start=1)
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(HEADER)
        out.writerows([*rows, ("", "", UNPLACED, len(rows) + 1, "", "")])
