"""The fictional census as plain tables: who lives in each statistical area of a town and of its made-up neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CODE = 9996
NAME_HE = "נווה אור"

Cell = str | float | None

BANDS = ("0_9", "10_19", "20_29", "30_39", "40_49", "50_59", "60_69", "70_79", "80")
BANDS_HE = ("9-0", "19-10", "29-20", "39-30", "49-40", "59-50", "69-60", "79-70", "80+")

# Hebrew and English header of each column, as in the real workbook
LEAD = (
    ("שם יישוב", "LocNameHeb"),
    ("סמל יישוב", "LocalityCode"),
    ("אזור סטטיסטי", "StatArea"),
    ("שם אזור סטטיסטי", "StatAreaCmb"),
    ("סמל מחוז", "DistrictCode"),
    ("מחוז", "DistrictHeb"),
    ("אוכלוסייה – סך הכל", "pop_approx"),
    ("גיל חציוני", "age_median"),
    ("סמל דת עיקרית", "religion"),
    ("דת עיקרית", "ReligionHeb"),
    ("אחוז דת עיקרית", "religion_pcnt"),
)
TAIL = (
    ("משקי בית – סך הכל\nתוקן ב-25.9.24", "hh_total_approx"), ("ממוצע נפשות למשק בית", "size_avg"),
    ("אחוז משקי בית עם בני 65+", "hh65_pcnt"), ("אחוז משקי בית שלשימושם מכונית אחת לפחות", "Vehicle1up_pcnt"),
)  # fmt: skip

# ages of men and of women, percent of all people, ten years a band
AGES = {
    "mixed": ((8.4, 7.6, 7.0, 6.4, 6.0, 5.2, 4.6, 2.7, 1.3), (8.0, 7.2, 6.8, 6.4, 6.2, 5.6, 5.2, 3.5, 1.9)),
    "old": ((6.2, 6.0, 6.6, 5.8, 5.6, 5.8, 6.2, 4.4, 2.2), (5.8, 5.7, 6.4, 5.9, 5.8, 6.3, 7.0, 5.2, 3.1)),
    "family": ((10.6, 9.4, 5.2, 6.0, 7.6, 5.4, 3.2, 1.6, 0.6), (10.2, 9.0, 5.2, 6.6, 7.8, 5.4, 3.4, 1.9, 0.9)),
    "young": ((12.8, 11.2, 8.6, 6.6, 5.2, 3.4, 2.0, 0.8, 0.3), (12.2, 10.8, 8.3, 6.7, 5.0, 3.2, 1.9, 0.7, 0.3)),
}


@dataclass(frozen=True)
class Row:
    """One row: locality, area and its published name, people, ages, median age, religion, households, cars."""

    locality: str
    code: int
    area: int | None
    label: str | int | None
    people: int
    ages: str | None
    median: int
    religion: str
    religion_share: float
    household: float
    over65: float
    cars: float | None


TOWN = (
    Row(NAME_HE, CODE, 1, 1, 3_120, "mixed", 31, "יהודים", 94.1, 3.1, 27.0, 71.5),
    Row(NAME_HE, CODE, 2, 2, 3_340, "mixed", 32, "יהודים", 92.8, 3.0, 28.4, 70.2),
    Row(NAME_HE, CODE, 3, 3, 2_760, "old", 39, "יהודים", 90.3, 2.5, 38.9, 58.0),
    Row(NAME_HE, CODE, 4, 4, 2_480, "family", 29, "יהודים", 97.0, 4.0, 19.6, 95.1),
    Row(NAME_HE, CODE, 5, "5+6", 4_010, "mixed", 30, "יהודים", 93.5, 3.3, 24.7, 76.4),
    Row(NAME_HE, CODE, 7, 7, 2_230, "young", 22, "מוסלמים", 99.2, 4.7, 13.1, 80.6),
    Row(NAME_HE, CODE, 8, 8, 2_060, "young", 21, "מוסלמים", 99.5, 4.9, 11.8, None),
)
NEIGHBOURS = (
    Row("מעלה הרוחות", 9993, None, None, 1_870, "family", 28, "יהודים", 96.0, 3.8, 17.2, 90.0),
    Row("עין השקד", 9994, None, None, 6_260, "mixed", 33, "יהודים", 95.0, 3.0, 29.0, 74.0),
    Row("עין השקד", 9994, 1, 1, 3_400, "mixed", 33, "יהודים", 95.2, 3.0, 28.6, 75.0),
    Row("עין השקד", 9994, 2, 2, 2_860, None, 34, "יהודים", 94.7, 3.0, 29.5, 73.0),
    Row("ואדי א-ריחאן", 9995, None, None, 4_150, "young", 20, "מוסלמים", 99.8, 5.1, 10.4, None),
)
RELIGIONS = {"יהודים": 1, "מוסלמים": 2}


def rows(town: Sequence[Row]) -> Iterator[list[Cell]]:
    """The workbook's rows: two of headers, the country (all of them together), then one per area or locality.

    ``town`` are the rows of one locality's areas; its neighbours stand beside them.
    """
    ages = [
        (f"אחוז {he} בני {band_he}", f"{sex}_age{band}_pcnt")
        for sex, he in (("m", "זכרים"), ("w", "נקבות"))
        for band, band_he in zip(BANDS, BANDS_HE, strict=True)
    ]
    headers = [*LEAD, *ages, *TAIL]
    yield [he for he, _ in headers]
    yield [en for _, en in headers]
    people = sum(row.people for row in (*town, *(row for row in NEIGHBOURS if row.area is None)))
    yield [
        "כלל ארצי",
        *[None] * 5,
        people,
        30,
        1,
        "יהודים",
        71.0,
        *[None] * 18,
        round(people / 3.3, -1),
        3.3,
        24.0,
        74.0,
    ]
    for row in sorted((*town, *NEIGHBOURS), key=lambda row: row.locality):
        yield _cells(row)


def _cells(row: Row) -> list[Cell]:
    ages: list[Cell] = [share for sex in AGES[row.ages] for share in sex] if row.ages else [None] * 18
    lead: list[Cell] = [row.locality, row.code, row.area, row.label, 6, "מחוז הדרום", row.people, row.median]
    faith: list[Cell] = [RELIGIONS[row.religion], row.religion, row.religion_share]
    return [*lead, *faith, *ages, round(row.people / row.household, -1), row.household, row.over65, row.cars]
