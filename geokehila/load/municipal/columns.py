"""Which columns of a list say what: found by the words people use for them in Hebrew, Arabic and English.

A column about persons is never one of them: lists hold names and telephones of people, which are nobody's business.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from geokehila.catalogue.lists import COLUMNS
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.municipal.dates import iso_date
from geokehila.names import matching_key

#: What each column is called, the surest word first.
WORDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "מזהה", "identifier", "סמל מוסד", "symbol", "global id", "globalid", "osm id", "מספר מקלט",
           "מס מקלט", "מספר אתר", "מספר נכס", "מס נכס", "מספר", "מס", "מסד", "number", "no", "code", "קוד",
           "الرقم", "رقم", "المعرف", "رقم العقار", "رقم المبنى"),
    "name": ("name", "שם", "שם המקום", "שם מקום", "שם המוסד", "שם מוסד", "שם המקלט", "שם מקלט", "שם האתר", "שם אתר",
             "שם בית הספר", "שם הגן", "שם גן", "שם המתקן", "שם מתקן", "title", "الاسم", "اسم", "اسم المكان"),
    "name_he": ("name he", "שם בעברית", "שם עברית", "שם עברי", "hebrew name", "name hebrew", "الاسم بالعبرية"),
    "name_ar": ("name ar", "שם בערבית", "שם ערבית", "arabic name", "name arabic", "الاسم بالعربية", "اسم عربي"),
    "name_en": ("name en", "שם באנגלית", "שם אנגלית", "שם לועזי", "english name", "name english", "الاسم بالانجليزية"),
    "name_ru": ("name ru", "שם ברוסית", "russian name", "name russian"),
    "lon": ("lon", "long", "longitude", "lng", "קו אורך", "אורך גאוגרפי", "אורך גיאוגרפי", "خط الطول"),
    "lat": ("lat", "latitude", "קו רוחב", "רוחב גאוגרפי", "רוחב גיאוגרפי", "خط العرض"),
    "x": ("x", "x itm", "itm x", "itmx", "easting", "east", "point x", "x coord", "coord x", "xcoord",
          "קואורדינטה x", "קואורדינטת x", "קורדינטה x", "נ צ x", "נצ x", "ציר x", "מזרח", "إحداثيات x", "x إحداثي"),
    "y": ("y", "y itm", "itm y", "itmy", "northing", "north", "point y", "y coord", "coord y", "ycoord",
          "קואורדינטה y", "קואורדינטת y", "קורדינטה y", "נ צ y", "נצ y", "ציר y", "צפון", "إحداثيات y", "y إحداثي"),
    "sector": ("sector", "מגזר", "קופה", "קופת חולים", "שם הקופה", "fund", "health fund", "דת", "religion",
               "denomination", "القطاع", "قطاع", "الوسط", "صندوق المرضى", "الديانة"),
    "stream": ("stream", "זרם", "זרם חינוכי", "סוג זרם", "פיקוח", "סוג פיקוח", "סוג הפיקוח", "supervision",
               "school stream", "التيار", "نوع الإشراف"),
    "capacity": ("capacity", "people", "persons", "number of people", "max people", "occupancy", "קיבולת", "תפוסה",
                 "קיבולת אנשים", "קיבולת נפשות", "מספר אנשים", "כמות אנשים", "מספר נפשות", "السعة", "سعة", "سعة الملجا",
                 "القدرة الاستيعابية", "الطاقة الاستيعابية", "عدد الاشخاص"),
    "date": ("date", "תאריך", "תאריך עדכון", "עדכון אחרון", "updated", "last update", "تاريخ", "التاريخ",
             "opening date", "date of opening", "תאריך פתיחה", "تاريخ الافتتاح"),
}  # fmt: skip
#: One column that holds both coordinates.
BOTH = ("נ צ", "נצ", "נקודת ציון", "קואורדינטות", "coordinates", "coords", "location", "point", "إحداثيات")
STATUS = ("status", "סטטוס", "מצב", "סטאטוס", "phase", "stage", "שלב", "الحالة", "حالة", "المرحلة", "مرحلة")
KIND = ("type", "category", "kind", "סוג", "קטגוריה", "סוג מוסד", "סוג המוסד", "סיווג", "النوع", "نوع", "صنف", "الصنف",
        "الفئة", "فئة")  # fmt: skip
RESIDENTS = ("residents", "population", "people", "number of residents", "inhabitants", "תושבים", "מספר תושבים",
             "אוכלוסייה", "אוכלוסיה", "נפשות", "מספר נפשות", "السكان", "عدد السكان", "عدد الافراد", "عدد الانفار",
             "الانفار")  # fmt: skip
#: Words of a status that say that nothing stands there yet, or no more.
_NOT_THERE = ("plan", "request", "propos", "future", "closed", "cancel", "construction", "abandon", "derelict",
              "disused", "demolish", "ruin", "out of order", "out of use", "out of service", "not in use",
              "not in service", "not active", "inactive", "not operat", "not exist", "not fit", "unfit", "unusable",
              "מתוכננ", "עתידי", "מוצע", "בבנייה", "בבניה", "בהקמה", "בתכנונ", "סגור", "מבוטל", "בקשה", "נטוש", "הרוס",
              "נהרס", "הריסה", "מושבת", "לא תקינ", "לא פעיל", "לא כשיר", "לא שמיש", "לא קיימ", "לא בשימוש",
              "אינו פעיל", "אינו תקינ", "אינו כשיר", "אינו קיימ", "אינה פעיל", "אינה תקינ", "יצא משימוש", "יצאה משימוש",
              "مخطط", "مغلق", "مقترح", "مهجور", "مهدوم", "متروك", "معطل", "ملغى", "قيد الانشاء", "قيد البناء",
              "غير صالح", "غير فعال", "غير عامل", "غير نشط", "غير مستخدم", "غير موجود", "خارج الخدمة")  # fmt: skip
_ABOUT_PERSONS = ("contact", "person", "owner", "manager", "principal", "director", "tel", "cell", "mobile", "fax",
                  "אנשי קשר", "איש קשר", "רכז", "רכזת", "מנהל", "מנהלת", "אחראי", "אחראית", "גננת", "בעלים",
                  "נייד", "פקס", "דואל", "מייל", "תז", "ת ז", "مدير", "مسؤول", "جوال", "بريد")  # fmt: skip
_PARTS = ("phone", "mail", "טלפונ", "هاتف", "contact")
#: A column whose name starts so holds names, unless it goes on with who, or with an address.
_NAME_WORDS = ("שם", "name", "names", "اسم", "الاسم")
_NO_NAMES = ("מנהל", "אחרא", "רכז", "גננ", "בעל", "נציג", "ממונ", "מפקח", "מזכיר", "מורה", "הורה", "ילד", "תלמיד",
             "עובד", "תושב", "מדווח", "סוקר", "עורכ", "מעדכנ", "משתמש", "מלא", "פרטי", "משפחה", "אב בית", "אנש", "איש",
             "רחוב", "עיר", "ישוב", "יישוב", "רשות", "שכונ", "שכבה", "first", "last", "family", "full", "user",
             "editor", "person", "staff", "teacher", "parent", "child", "resident", "street", "city", "town",
             "locality", "layer", "شارع", "مدينة", "بلد", "الحي", "عائلة", "شخص")  # fmt: skip
#: Free words, of which nothing is read.
_REMARKS = ("note", "notes", "remark", "remarks", "comment", "comments", "הערה", "הערות", "ملاحظة", "ملاحظات")
#: The article of Hebrew and of Arabic before a word.
ARTICLE = re.compile(r"\b(?:ה|ال)(?=\w)")
#: One row in so many may repeat an id, and in a short list one in fewer: a slip. With more repeats it is no id.
ROWS_A_REPEAT, SHORT_LIST = 20, 4
#: More words than this in a column are no classes, and of columns that are not read so many are named.
MOST_CLASSES, MOST_NAMED = 12, 12


def find(rows: pd.DataFrame) -> dict[str, str]:
    """Return the columns of a table known by their names; an `id` only where it tells rows apart, but for slips."""
    by_word = {plain(str(name)): str(name) for name in reversed([*rows.columns]) if not is_personal(str(name))}
    found: dict[str, str] = {}
    for key, words in WORDS.items():
        named = (by_word[plain(word)] for word in words if plain(word) in by_word)
        if column := next((c for c in named if c not in found.values() and _fits(key, rows[c])), None):
            found[key] = column
    both = next((by_word[plain(word)] for word in BOTH if plain(word) in by_word), None)
    if both and not ({"lon", "lat"} <= {*found} or {"x", "y"} <= {*found}):
        found |= {"lon": both, "lat": both}
    return found


def choose(rows: pd.DataFrame, stated: Mapping[str, str], file: str) -> dict[str, str]:
    """Return the columns that a study states over those that are found; an empty name says that there is none.

    Raises
    ------
    InputError
        A stated column that is absent or about persons.
    """
    found = find(rows)
    if {"lon", "lat", "x", "y"} & {*stated}:
        found = {key: column for key, column in found.items() if key not in ("lon", "lat", "x", "y")}
    chosen = over(rows, found, stated, file)
    if not {"name", "name_he"} & ({*chosen} | {*stated}) and (column := _like_a_name(rows, {*chosen.values()})):
        chosen["name"] = column
    return {key: column for key in COLUMNS if (column := chosen.get(key))}


def over(rows: pd.DataFrame, found: Mapping[str, str], stated: Mapping[str, str], file: str) -> dict[str, str]:
    """Return the columns that are stated over those that are found; an empty name says that there is none.

    Raises
    ------
    InputError
        A stated column that is absent or about persons.
    """
    own = {key: existing(rows, column, file) for key, column in stated.items() if column}
    return {key: column for key, column in found.items() if column not in own.values() and key not in stated} | own


def warn_of_unread(rows: pd.DataFrame, read: Collection[str], role: str, ledger: Ledger) -> None:
    """Name the columns that nothing is read from, so that one that says what is asked for can be stated.

    Those about persons and free remarks, which are never read, are not among them.
    """
    remarks = {*map(plain, _REMARKS)}
    names = [name for name in unread(rows, read) if plain(name) not in remarks]
    if names:
        seen = ", ".join(names[:MOST_NAMED]) + ", …" * (len(names) > MOST_NAMED)
        text = f"columns that are not read: {seen}: state one that holds what is asked for in [lists.{role}]"
        ledger.warn("columns_not_read", text)


def _like_a_name(rows: pd.DataFrame, taken: Collection[str]) -> str | None:
    """Return the first column that starts with the word name, is filled, and names neither persons nor addresses."""
    first, others = (
        {plain(word) for word in _NAME_WORDS},
        tuple(p for w in _NO_NAMES for p in (plain(w), ARTICLE.sub("", plain(w)))),
    )
    for column in map(str, rows.columns):
        word, _, about = plain(column).partition(" ")
        about = ARTICLE.sub("", re.sub("^((of|the|של) )+", "", about))
        is_of_places = word in first and not about.startswith(others) and not is_personal(column)
        if is_of_places and column not in taken and rows[column].map(as_text).any():
            return column
    return None


def unread(rows: pd.DataFrame, read: Collection[str]) -> list[str]:
    """Return the columns that are not read, but for those about persons and the shapes of a layer."""
    names = [str(name) for name in rows.columns if name != getattr(rows, "_geometry_column_name", None)]
    return [name for name in names if name not in read and not is_personal(name)]


def existing(rows: pd.DataFrame, column: str, file: str) -> str:
    """Return a stated column as the file spells it; raise `InputError` where it is absent or about persons."""
    if is_personal(column):
        raise InputError(f"{file}: column {column!r} is about persons, which is not read: state another in [lists]")
    spelled = {plain(str(name)): str(name) for name in rows.columns} | {str(name): str(name) for name in rows.columns}
    at = spelled.get(column) or spelled.get(plain(column))
    if at is None:
        seen = ", ".join(str(name) for name in rows.columns if not is_personal(str(name)))
        raise InputError(f"{file}: no column {column!r} among {seen}: mend [lists] in study.toml")
    return at


def classes(rows: pd.DataFrame, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the first column of these names that sorts rows into a few classes, and its words; else nothing."""
    known = {plain(word) for word in words}
    for column in rows.columns:
        texts = (
            sorted({text for cell in rows[column] if (text := as_text(cell))}) if plain(str(column)) in known else []
        )
        if 1 <= len(texts) <= MOST_CLASSES:
            return {str(column): tuple(texts)}
    return {}


def is_personal(column: str) -> bool:
    """Tell whether a column is about persons by its name.

    Examples
    --------
    >>> is_personal("Contact_person"), is_personal("טלפון בבית הספר"), is_personal("שם")
    (True, True, False)
    """
    words = plain(column)
    # "שם המנהל" is about the manager as "שם מנהל" is.
    texts = f" {words} ", f" {ARTICLE.sub('', words)} "
    return any(part in words for part in _PARTS) or any(
        f" {plain(word)} " in text for word in _ABOUT_PERSONS for text in texts
    )


def is_not_there(status: str) -> bool:
    """Tell whether a status says that nothing stands there yet, or no more.

    Examples
    --------
    >>> is_not_there("Planned 2027"), is_not_there("קיים")
    (True, False)
    """
    words = matching_key(status)
    return any(matching_key(part) in words for part in _NOT_THERE)


def plain(name: str) -> str:
    """Return the words of a column's name without case, marks and underscores."""
    return matching_key(name.replace("_", " "))


def as_text(cell: object) -> str:
    """Return a cell of a table or a layer as text, empty where it is blank; a whole number has no point."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and pd.isna(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _fits(key: str, cells: pd.Series) -> bool:
    """An id is filled in half of the rows at least, and few are equal to another; of dates most are ones."""
    texts = cells.map(as_text)
    filled = texts[texts != ""]
    if key == "id":
        slips = max(len(filled) // ROWS_A_REPEAT, int(len(filled) >= SHORT_LIST))
        return len(filled) > 0 and 2 * len(filled) >= len(texts) and int(filled.duplicated().sum()) <= slips
    return key != "date" or 2 * sum(iso_date(text) is not None for text in filled) > len(filled)
