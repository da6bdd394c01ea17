"""Cells of statutory plans as GeoJSON with the properties of Xplan; every plan, block and parcel is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shapely.geometry import LineString, Polygon

from geokehila.sample_town.plan import along, lonlat, on_earth, outline

#: What the codes of the land uses are called.
USES = {
    60: "מגורים ב'", 140: "מגורים ד'", 230: "תעשיה", 400: "מבנים ומוסדות ציבור",
    410: "מבנים ומוסדות ציבור לחינוך", 670: "שטח ציבורי פתוח", 1000: "מגורים ומסחר",
}  # fmt: skip
APPROVED, DEPOSITED = (3010, "אישור"), (2040, "הפקדה להתנגדויות/השגות")
# number, name, station, last update [ms since 1970], cells: land use, outline
PLANS = (
    ("999-0000001", "העיר הוותיקה, גוש 999001 חלקות 1-12 (בדיוני)", APPROVED, 1_262_304_000_000, (
        (400, "-352,396 -264,480"), (400, "-240,300 -132,476"), (670, "-355,98 -278,178"),
        (60, "-355,298 -272,376"), (1000, "444,64 518,122"),
    )),
    ("999-0000002", "שכונת הגבעה, גוש 999002 חלקות 3-9 (בדיוני)", APPROVED, 1_451_606_400_000, (
        (410, "490,500 570,585"), (670, "860,300 940,295 950,360 905,385 862,362"), (140, "600,340 680,410"),
    )),
    ("999-0000003", "א-זייתון, גוש 999003 חלקות 1-20 (בדיוני)", APPROVED, 1_356_998_400_000, (
        (60, "560,-1020 690,-915"), (410, "245,-838 332,-738"), (670, "395,-970 436,-900"),
    )),
    ("999-0000004", "אזור התעשייה, גוש 999004 חלקה 1 (בדיוני)", APPROVED, 1_325_376_000_000, (
        (230, "-1170,450 -960,610"),
    )),
    ("999-0000005", "מבנה ציבור בא-זייתון, גוש 999003 חלקה 21 (בדיוני)", APPROVED, 1_717_200_000_000, (
        (400, "580,-1000 625,-950"),
    )),
    ("999-0000006", "פארק הוואדי, גוש 999005 חלקה 2 (בדיוני)", DEPOSITED, 1_730_419_200_000, (
        (670, "-480,-300 -120,-262 -120,-225 -480,-225"),
    )),
)  # fmt: skip


def write(path: Path) -> None:
    """Write one feature per cell, degrees; the newer plan 999-0000005 lies over a cell of 999-0000003."""
    cells = [(plan, cell) for plan, (*_, cells) in enumerate(PLANS, start=1) for cell in cells]
    features = [_feature(number, plan, *cell) for number, (plan, cell) in enumerate(cells, start=1)]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    content = {"type": "FeatureCollection", "crs": crs, "features": features}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def _feature(number: int, plan: int, use: int, rim: str) -> dict[str, Any]:
    corners = outline(rim)
    ring = [on_earth(point) for point in along([*corners, corners[0]])]
    geometry = {"type": "Polygon", "coordinates": [[list(spot) for spot in lonlat(ring)]]}
    return {"type": "Feature", "id": number, "geometry": geometry, "properties": _properties(number, plan, use, ring)}


def _properties(number: int, plan: int, use: int, ring: list[tuple[float, float]]) -> dict[str, Any]:
    """The properties of Xplan in its order; areas [m2] and lengths [m]."""
    code, name, (station, words), updated, _ = PLANS[plan - 1]
    area, length = round(Polygon(ring).area, 3), round(LineString(ring).length, 3)
    ids = {"group_id": 999_000 + plan, "last_update_date": updated, "layer_id": 999_100 + plan}
    land = {"legal_area": round(area), "mavat_code": use, "mavat_name": USES[use]}
    head = {"mp_id": 9_990_000_000 + plan, "num": str(number), "objectid": number, "pl_id": 9_990_000_100 + plan}
    words_of = {"pl_name": name, "pl_number": code, "pl_order_print_version": 1, "pl_tasrit_prn_version": 1}
    return ids | land | head | words_of | {
        "shape_area": area, "shape_length": length, "station": station, "station_desc": words
    }  # fmt: skip
