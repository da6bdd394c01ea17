"""Which category the word of a list means: a name of the catalogue's, a word of one, or what people usually call it.

A meaning is proposed, for who made the list to look at; rows are read by what a study states alone. That words name
other categories than the list is handed over as is told.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geokehila.catalogue import Category
from geokehila.catalogue.lists import ListChoice, by_name
from geokehila.load.municipal.columns import ARTICLE, KIND, classes
from geokehila.names import matching_key

#: What lists call places of each category beside its name. A word of several stands with each, the likeliest first.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "grocery": ("סופר", "סופרמרקט", "מכולת", "מינימרקט", "מרכול", "צרכנייה", "צרכניה", "חנות מזון", "بقالة", "دكان",
                "دكانة", "حانوت", "سوبرماركت", "ميني ماركت", "supermarket", "minimarket", "convenience store"),
    "pharmacy": ("סופר פארם", "صيدلة", "chemist", "drugstore"),
    "post_office": ("סניף דואר", "סוכנות דואר", "مكتب بريد", "وكالة بريد", "post"),
    "bank": ("סניף בנק", "فرع بنك", "مصرف"),
    "eating": ("מסעדה", "בית קפה", "קפה", "مطعم", "مقهى", "قهوة"),
    "kindergarten": ("גן", "גנים", "גן חובה", "גן טרום חובה", "מעון", "מעון יום", "פעוטון", "روضة", "روضات", "حضانة",
                     "بستان", "nursery", "preschool", "day care"),
    "school": ("ביס", "בית ספר יסודי", "בית ספר תיכון", "יסודי", "תיכון", "חטיבת ביניים", "תלמוד תורה", "مدارس",
               "ابتدائية", "اعدادية", "ثانوية", "مدرسة ابتدائية", "مدرسة اعدادية", "مدرسة ثانوية", "primary school",
               "elementary school", "high school"),
    "library": ("ספרייה ציבורית", "ספריה", "ספריה ציבורית", "مكتبة عامة", "public library"),
    "clinic": ("קופת חולים", "קופח", "מרפאת", "מרפאה ראשונית", "عيادات", "صندوق المرضى", "مركز صحي", "health centre"),
    "bus_stop": ("תחנה", "אוטובוס", "موقف باص", "موقف حافلات", "محطة باص", "باص", "bus"),
    "rail_station": ("תחנת רכבת", "רכבת", "רכבת קלה", "محطة قطار", "قطار", "train station", "railway station"),
    "sport": ("מגרש", "מגרש ספורט", "מגרש כדורגל", "מגרש כדורסל", "אולם ספורט", "בריכה", "בריכת שחייה", "אצטדיון",
              "ملعب", "ملعب كرة قدم", "ملعب رياضي", "قاعة رياضية", "مسبح", "pitch", "football", "gym", "stadium"),
    "playground": ("גן", "מגרש", "גן משחקים", "מגרש משחקים", "מתקני משחק", "ملعب", "العاب", "حديقة العاب"),
    "park": ("גן", "גן ציבורי", "גינה", "גינה ציבורית", "פארק", "منتزه", "حديقة", "حديقة عامة", "public garden"),
    "community_garden": ("גינה", "حديقة"),
    "emergency_station": ("תחנת משטרה", "כיבוי אש", "תחנת כיבוי", "מדא", "مركز شرطة", "اطفائية", "نجمة داود الحمراء",
                          "fire station", "police station"),
    "shelter": ("מקלט", "מקלטים", "מיגונית", "ملجأ", "ملاجئ", "public shelters"),
    "community_centre": ("מתנס", "מועדון", "מועדון קהילתי", "בית עם", "مركز", "نادي", "ديوان", "club",
                         "community center"),
    "worship": ("בית כנסת", "בית מדרש", "כולל", "מסגד", "כנסייה", "مسجد", "جامع", "كنيسة", "خلوة", "mosque", "church",
                "synagogue"),
}  # fmt: skip
#: Words of names that tell nothing by themselves have no more letters than this: או, أو, or, of.
_SHORTEST = 3


def meant(word: str, categories: Mapping[str, Category]) -> tuple[str, ...]:
    """Return the keys of the categories that a list's word can mean, the nearest first; none where nothing tells.

    A name of a category says it alone. Else it is what people usually call it; else the categories with the word, or
    the words in their order, in a name, one that says little more first.

    Examples
    --------
    >>> from geokehila.catalogue import Catalogue
    >>> shipped = Catalogue.read().categories
    >>> meant("بقالة", shipped), meant("ملعب", shipped), meant("عيادة متنقلة", shipped)
    (('grocery',), ('sport', 'playground'), ())
    """
    spelled = matching_key(word)
    bare = ARTICLE.sub("", spelled)
    named = by_name(categories)
    if key := named.get(spelled) or named.get(bare):
        return (key,)
    usual = [
        key for key, words in _USUAL.items() if key in categories and {spelled, bare} & {*map(matching_key, words)}
    ]
    return tuple(usual) or _of_names((spelled, bare), categories)


def told(rows: pd.DataFrame, categories: Mapping[str, Category]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the column that says of which kind each row is, if there is one, and what each of its words can mean."""
    return {column: {word: meant(word, categories) for word in words} for column, words in classes(rows, KIND).items()}


def others(
    kinds: Mapping[str, Mapping[str, tuple[str, ...]]], category: str, choice: ListChoice, is_read: bool
) -> tuple[str, ...]:
    """Return the words of a column of kinds that mean categories, but not the one that the list is handed over as.

    None where the column of categories is read, or where a study says by the column of kinds which rows are kept.

    Examples
    --------
    >>> kinds = {"النوع": {"مدرسة": ("school",), "مسجد": ("worship",), "أخرى": ()}}
    >>> others(kinds, "school", ListChoice(), is_read=False)
    ('مسجد',)
    """
    if is_read or not {*kinds}.isdisjoint(choice.where):
        return ()
    return tuple(word for words in kinds.values() for word, keys in words.items() if keys and category not in keys)


def _of_names(spellings: tuple[str, str], categories: Mapping[str, Category]) -> tuple[str, ...]:
    """Return the categories in a name of which one of the spellings stands as a word, the shortest names first."""
    told = {spelled for spelled in spellings if len(spelled) >= _SHORTEST}
    names = ((key, matching_key(name)) for key, one in categories.items() for name in one.name.values())
    found = sorted((len(name.split()), key) for key, name in names if any(f" {one} " in f" {name} " for one in told))
    return tuple(dict.fromkeys(key for _, key in found))
