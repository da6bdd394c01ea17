"""What the municipality hands over beside its shelters: sites for hubs, counts of its neighbourhoods, a survey."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from geokehila.sample_town.plan import lonlat, on_earth

FICTIONAL = "FICTIONAL, בדיוני"
SITES_HEADER = (
    "מספר", "שם", "שם בערבית", "long", "lat", "קיבולת", "מחיר", "חובה/אפשרי/לעולם לא", 'שטח במ"ר', "ניתן להרחבה", "גוש",
    "חלקה", "מספר תכנית", "הערה",
)  # fmt: skip
# Hebrew, Arabic, x, y, people, price [NIS], choice, m2, extendable, block, parcel, plan; the last one's price is a slip
SITES = (
    ("מגרש ציבורי א-זייתון", "قطعة عامة الزيتون", 602, -975, 3_000, 5_200_000, "חובה", 600, "", 999003, 21,
     "999-0000005"),
    ("מועדון הגבעה", "نادي التلة", 575, 470, 2_500, 2_400_000, "אפשרי", 350, "כן", 999002, 5, "999-0000002"),
    ("מועדון נוער הארז", "نادي الشبيبة هآرز", -330, 560, 1_200, 900_000, "אפשרי", 180, "לא", 999001, 7, ""),
    ("ביתן גן הגביש", "جناح حديقة البلور", -690, -755, 2_000, 1_800_000, "", 300, "", "", "", ""),
    ("אגף בספרייה העירונית", "جناح في المكتبة البلدية", 103, 35, "", 700_000, "אפשרי", 220, "כן", 999001, 2, ""),
    ("מקלט 14 עילי", "ملجأ 14 فوق الأرض", 350, 531, 400, "", "", 90, "לא", "", "", ""),
    ("אולם מרכז הספורט", "قاعة المركز الرياضي", -65, 445, 1_500, 1_000_000, "לעולם לא", 500, "לא", 999001, 4, ""),
    ("מחסן העירייה", "مخزن البلدية", -80, -20, 800, -1, "אפשרי", 250, "", "", "", ""),
)  # fmt: skip
READINESS_HEADER = (
    "zone_id", "שכונה", "פעילים", "מתנדבים", "אירועים בשנה", "יוזמות בשנה", "האב פעיל", "שלב", "הערה",
)  # fmt: skip
# statistical area, name, activists, volunteers, events and initiatives a year, active hub, stage; blank: nobody told
READINESS = (
    ("9996-1", "העיר הוותיקה", 7, 140, 12, 3, "כן", "9–24"),
    ("9996-2", "ליד העיר הוותיקה", 5, 100, 10, 2, "כן", ""),
    ("9996-3", "ליד שכונת האבן", 3, 40, 4, 1, "לא", "0–3"),
    ("9996-4", "שכונת האבן", 6, 85, 11, 2, "לא", ""),
    ("9996-5+6", "שכונת הגבעה", 4, "", 6, "", "כן", "3–6"),
    ("9996-7", "א-זייתון", 9, 120, 14, 4, "כן", ""),
    ("9996-8", "ליד א-זייתון", "", "", "", "", "", ""),
)

SURVEY_HEADER = ("zone_id", "שכונה", "תחום", "מספר משיבים", "מספר מרוצים", "הערה")
# statistical area, name, domain, answers, satisfied. Health in the old town: near, and few are satisfied; of the seven
# answers on education nothing may be shown. Of housing and security the map says nothing.
SURVEY = (
    ("9996-1", "העיר הוותיקה", "בריאות", 75, 30),
    ("9996-1", "העיר הוותיקה", "דיור", 75, 41),
    ("9996-4", "שכונת האבן", "חינוך", 52, 17),
    ("9996-4", "שכונת האבן", "ביטחון אישי", 50, 31),
    ("9996-4", "שכונת האבן", "מרחב קהילתי", 40, 9),
    ("9996-5+6", "שכונת הגבעה", "מרחב קהילתי", 120, 53),
    ("9996-7", "א-זייתון", "חינוך", 70, 21),
    ("9996-7", "א-זייתון", "סביבה", 66, 18),
    ("9996-7", "א-זייתון", "ביטחון אישי", 66, 29),
    ("9996-8", "ליד א-זייתון", "חינוך", 7, 2),
)


def write_candidates(path: Path) -> None:
    """Write one row a site, with what a municipality knows of it; the price of the last is none that can be."""
    spots = lonlat([on_earth((x, y)) for _, _, x, y, *_ in SITES])
    rows = (
        (number, he, ar, *spot, *known, FICTIONAL)
        for number, ((he, ar, _, _, *known), spot) in enumerate(zip(SITES, spots, strict=True), start=1)
    )
    _write(path, SITES_HEADER, rows)


def write_readiness(path: Path) -> None:
    """Write one row a neighbourhood, counts alone; what nobody counted is blank."""
    _write(path, READINESS_HEADER, ((*row, FICTIONAL) for row in READINESS))


def write_survey(path: Path) -> None:
    """Write one row a neighbourhood and domain of life, with how many answered and how many of them are satisfied."""
    _write(path, SURVEY_HEADER, ((*row, FICTIONAL) for row in SURVEY))


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV in UTF-8 with a byte order mark, as Excel leaves it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(header)
        out.writerows(rows)
