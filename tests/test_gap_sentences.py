"""What is said of gaps in three languages, letter by letter."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geokehila.catalogue import LANGUAGES, Catalogue, City, text
from geokehila.errors import StudyError
from geokehila.gaps.sentences import Sentences
from geokehila.names import NAME_COLUMNS
from geokehila.study import Study

NAN = float("nan")
STUDY = Study(City("neve-or", 0, {"he": "נווה אור", "ar": "نفيه أور", "en": "Neve Or"}))
ROW = {"zoning": "zone", "zone_id": "a", "category": "clinic", "group_by": "", "group": "total", "people": 4100.0,
       "cutoff_s": 900.0, "beyond_low": 1200.0, "beyond_high": 1200.0, "walk_s": 1260.0, "next_m": 1584.0,
       "likely_low": NAN, "likely_high": NAN, "reliability": "measured", "doubt": "", "reason": ""}  # fmt: skip
#: Names in Hebrew, Arabic and English.
UNITS = {
    "a": ("נווה אור", "نفيه أور", "Neve Or"),
    "b": ("ליד רמות", "قرب راموت", "near Ramot"),
    "c": (None, None, None),
    "d": (None, None, "Old Core"),
    "e": ("העיר העתיקה", None, None),
}
UP_TO = {"beyond_high": 1350.0}
EVERYBODY = {"beyond_high": 4100.0}
POSSIBLE = {"beyond_low": 0.0, "beyond_high": 1350.0, "walk_s": NAN, "next_m": NAN}
UNKNOWN = POSSIBLE | EVERYBODY
NONE = POSSIBLE | {"beyond_high": 0.0}
FEW = {"beyond_low": 3.0, "beyond_high": 9.4}
TOO_FEW = {"people": 9.4, "beyond_low": 9.4, "beyond_high": 9.4}
FAR = {"walk_s": NAN, "next_m": NAN, "reason": "> 60 min"}
OF_CITY = {"zoning": "city", "zone_id": ""}


def say(language: str, weights: str = "residents", **told: Any) -> str:
    columns = {"name_he": 0, "name_ar": 1, "name_en": 2}
    frame = pd.DataFrame({"zoning": "zone", "zone_id": [*UNITS], "name_ru": None})
    frame = frame.assign(**{name: [unit[i] for unit in UNITS.values()] for name, i in columns.items()})
    return Sentences(STUDY, frame, weights, language).of(ROW | told)


def plain(text: str) -> str:
    """Return a text without the marks that keep its figures together."""
    return text.translate(dict.fromkeys((0x2066, 0x2068, 0x2069)))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (UP_TO,
         "1,200 to 1,350 of the 4,100 residents of Neve Or: for half of these the nearest is within 21 min (1.6 km)"),
        ({}, "1,200 of the 4,100 residents of Neve Or: for half of these the nearest is within 21 min (1.6 km)"),
        ({"beyond_low": 1199.8, "beyond_high": 1200.2, "next_m": NAN},
         "1,200 of the 4,100 residents of Neve Or: for half of these the nearest is within 21 min"),
        (EVERYBODY | FAR, "at least 1,200 of the 4,100 residents of Neve Or: none is within a walk of 60 min"),
        (EVERYBODY | FAR | {"reason": "edge"},
         "at least 1,200 of the 4,100 residents of Neve Or: none in the data is within a walk of 60 min"),
        (EVERYBODY | {"beyond_low": 4100.0, "walk_s": 900.4, "next_m": 996.0},
         "all 4,100 residents of Neve Or: for half of these the nearest is within 16 min (1.0 km)"),
        (UP_TO | {"beyond_low": 4.0, "next_m": 994.0, "reason": "edge"},
         "at most 1,350 of the 4,100 residents of Neve Or: for half of these the nearest in the data is within 21 min "
         "(990 m)"),
        (FEW | {"reason": "edge", "next_m": NAN},
         "fewer than 10 of the 4,100 residents of Neve Or: for half of these the nearest in the data is within 21 min"),
        ({"zone_id": "b", "walk_s": NAN}, "1,200 of the 4,100 residents near Ramot"),
        ({"zone_id": "c", "walk_s": NAN}, "1,200 of the 4,100 residents of area c"),
        ({"zone_id": "7-rest", "walk_s": NAN}, "1,200 of the 4,100 residents in the rest of the locality"),
        ({"zone_id": "elsewhere", "walk_s": NAN}, "1,200 of the 4,100 residents outside the outlined areas"),
        (OF_CITY | {"group_by": "ses_cluster", "group": "3", "walk_s": NAN},
         "1,200 of the 4,100 residents of Neve Or in areas of socio-economic cluster 3"),
        (OF_CITY | {"group_by": "ses_cluster", "group": "unknown", "walk_s": NAN},
         "1,200 of the 4,100 residents of Neve Or of whom no source tells the group"),
        (OF_CITY | {"group_by": "society", "group": "bedouin", "walk_s": NAN},
         "1,200 of the 4,100 residents of Neve Or in Bedouin localities"),
        (OF_CITY | {"group_by": "society", "group": "new", "walk_s": NAN},
         "1,200 of the 4,100 residents of Neve Or (new)"),
        ({"zone_id": "e", "group_by": "age", "group": "0-19", "walk_s": NAN},
         "1,200 of the 4,100 residents of \u2068העיר העתיקה\u2069 aged 0 to 19"),
        ({"reliability": "thin", "doubt": "list", "walk_s": 901.0, "next_m": NAN},
         "1,200 of the 4,100 residents of Neve Or, as far as the lists of places can be believed: for half of these "
         "the nearest is within 16 min"),
        ({"reliability": "unknown", "doubt": "network", "walk_s": NAN},
         "1,200 of the 4,100 residents of Neve Or, as far as the map of ways can be believed"),
        ({"reliability": "few people", "doubt": "population", "walk_s": NAN},
         "1,200 of the 4,100 residents of Neve Or"),
        ({"reliability": "partial", "doubt": "population", "walk_s": NAN},
         "1,200 of the 4,100 residents of Neve Or. Only those inside the data are counted"),
        ({"reliability": "partial", "doubt": "list", "walk_s": NAN},
         "1,200 of the 4,100 residents of Neve Or, as far as the lists of places can be believed. Only those inside "
         "the data are counted"),
    ],
)  # fmt: skip
def test_certain_gaps_in_english(told: dict[str, Any], said: str) -> None:
    assert say("en", **told) == f"A gap of a clinic for {said}."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "1,200 of the 4,100 residents of Neve Or, likely for 700 to 900 (two lists): for half of these"),
        ("he", "מתוך 4,100 תושבי נווה אור, וככל הנראה בין 700 ל-900 (שתי רשימות); למחצית מאלה"),
        ("ar", "والأرجح بين 700 و900 (قائمتان)؛ لنصف هؤلاء أقرب"),
    ],
)
def test_for_how_many_a_gap_is_likely_stands_beside_what_the_map_shows(language: str, said: str) -> None:
    assert said in plain(say(language, likely_low=700.0, likely_high=900.0))
    for unsaid in (UNKNOWN, NONE, {"likely_high": NAN, "likely_low": NAN}, {"likely_low": 2.0, "likely_high": 9.0}):
        assert "two lists" not in say("en", **({"likely_low": 700.0, "likely_high": 900.0} | unsaid))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (POSSIBLE, "A possible gap of a clinic for at most 1,350 of the 4,100 residents of Neve Or; the map shows no "
                   "certain one."),
        (POSSIBLE | {"beyond_high": 9.0, "reliability": "thin", "doubt": "list"},
         "A possible gap of a clinic for fewer than 10 of the 4,100 residents of Neve Or; the map shows no certain "
         "one."),
        (UNKNOWN, "It is not known for how many of the 4,100 residents of Neve Or there is a gap of a clinic."),
        (NONE | {"category": "park", "cutoff_s": 600.0},
         "No gap of a park or garden: within a walk of 10 min for all 4,100 residents of Neve Or."),
        (TOO_FEW, "No number is told of a gap of a clinic for fewer than 10 residents of Neve Or."),
        ({"people": NAN, "beyond_low": NAN, "beyond_high": NAN, "group_by": "age", "group": "65+"},
         "It is not known whether there is a gap of a clinic for an unknown number of residents of Neve Or aged 65 and "
         "over."),
    ],
)  # fmt: skip
def test_what_is_not_certain_in_english(told: dict[str, Any], said: str) -> None:
    assert say("en", **told) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (UP_TO,
         "פער ל-1,200 עד 1,350 מתוך 4,100 תושבי נווה אור; "
         "למחצית מאלה המקום הקרוב ביותר נמצא במרחק של עד 21 דקות הליכה (1.6 ק\"מ)."),
        ({"next_m": 850.0},
         "פער ל-1,200 מתוך 4,100 תושבי נווה אור; "
         "למחצית מאלה המקום הקרוב ביותר נמצא במרחק של עד 21 דקות הליכה (850 מ')."),
        (EVERYBODY | FAR, "פער לכל הפחות ל-1,200 מתוך 4,100 תושבי נווה אור; אין מקום כזה במרחק של עד 60 דקות הליכה."),
        (EVERYBODY | FAR | {"reason": "edge"},
         "פער לכל הפחות ל-1,200 מתוך 4,100 תושבי נווה אור; אין בנתונים מקום כזה במרחק של עד 60 דקות הליכה."),
        (EVERYBODY | {"beyond_low": 4100.0, "walk_s": NAN}, "פער לכל 4,100 תושבי נווה אור."),
        (FEW | {"walk_s": NAN}, "פער עבור פחות מ-10 מתוך 4,100 תושבי נווה אור."),
        (POSSIBLE, "פער אפשרי לכל היותר ל-1,350 מתוך 4,100 תושבי נווה אור; המפה אינה מראה פער ודאי."),
        (UNKNOWN, "לא ידוע לכמה מתוך 4,100 תושבי נווה אור יש פער."),
        (NONE | {"zone_id": "b"}, "במרחק של עד 15 דקות הליכה לכל 4,100 תושבים ליד רמות, ללא פער."),
        (TOO_FEW, "לא נמסר מספר עבור פחות מ-10 תושבי נווה אור."),
        ({"reliability": "thin", "doubt": "list", "walk_s": 60.0, "next_m": NAN},
         "פער ל-1,200 מתוך 4,100 תושבי נווה אור, ככל שאפשר לסמוך על רשימות המקומות; "
         "למחצית מאלה המקום הקרוב ביותר נמצא במרחק של עד דקה אחת הליכה."),
        ({"group_by": "age", "group": "80+", "walk_s": 120.0, "next_m": NAN, "reason": "edge"},
         "פער ל-1,200 מתוך 4,100 תושבי נווה אור בגיל 80 ומעלה; "
         "למחצית מאלה המקום הקרוב ביותר שבנתונים נמצא במרחק של עד שתי דקות הליכה."),
        ({"zone_id": "7-rest", "walk_s": NAN}, "פער ל-1,200 מתוך 4,100 תושבים בשאר היישוב."),
    ],
)  # fmt: skip
def test_sentences_in_hebrew(told: dict[str, Any], said: str) -> None:
    assert plain(say("he", **told)) == f"מרפאה: {said}"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (UP_TO,
         "فجوة لدى ما بين 1,200 و1,350 من سكان نفيه أور (عددهم: 4,100)؛ "
         "لنصف هؤلاء أقرب مكان على مسافة لا تزيد على 21 دقيقة مشيًا (1.6 كم)."),
        ({"walk_s": 600.0, "next_m": 850.0},
         "فجوة لدى 1,200 من سكان نفيه أور (عددهم: 4,100)؛ "
         "لنصف هؤلاء أقرب مكان على مسافة لا تزيد على 10 دقائق مشيًا (850 م)."),
        ({"walk_s": 120.0, "next_m": NAN},
         "فجوة لدى 1,200 من سكان نفيه أور (عددهم: 4,100)؛ لنصف هؤلاء أقرب مكان على مسافة لا تزيد على دقيقتين مشيًا."),
        (EVERYBODY | FAR,
         "فجوة لدى 1,200 على الأقل من سكان نفيه أور (عددهم: 4,100)؛ لا يوجد مكان كهذا ضمن مسافة 60 دقيقة مشيًا."),
        (EVERYBODY | {"beyond_low": 4100.0, "walk_s": NAN}, "فجوة لدى جميع سكان نفيه أور (عددهم: 4,100)."),
        (FEW | {"walk_s": NAN}, "فجوة لدى أقل من 10 من سكان نفيه أور (عددهم: 4,100)."),
        (POSSIBLE, "فجوة محتملة لدى 1,350 على الأكثر من سكان نفيه أور (عددهم: 4,100)؛ لا تُظهر الخريطة فجوة مؤكدة."),
        (UNKNOWN, "لا يُعرف لدى كم من سكان نفيه أور (عددهم: 4,100) توجد فجوة."),
        (NONE, "ضمن مسافة 15 دقيقة مشيًا لجميع سكان نفيه أور (عددهم: 4,100)، بلا فجوة."),
        (TOO_FEW, "لا يُذكر عدد بشأن سكان نفيه أور (عددهم: أقل من 10)."),
        ({"reliability": "thin", "doubt": "population", "walk_s": NAN, "group_by": "age", "group": "65+"},
         "فجوة لدى 1,200 من سكان نفيه أور في سن 65 فأكثر (عددهم: 4,100)، بقدر ما يمكن الاعتماد على التعداد."),
        ({"zone_id": "b", "walk_s": NAN}, "فجوة لدى 1,200 من السكان قرب راموت (عددهم: 4,100)."),
    ],
)  # fmt: skip
def test_sentences_in_arabic(told: dict[str, Any], said: str) -> None:
    assert plain(say("ar", **told)) == f"عيادة: {said}"


def test_figures_are_set_apart_where_text_runs_from_right_to_left() -> None:
    assert "ל-\u20661,200\u2069 עד \u20661,350\u2069 מתוך \u20664,100\u2069 תושבי" in say("he", **UP_TO)
    assert "بين \u20661,200\u2069 و\u20661,350\u2069 من" in say("ar", **UP_TO)
    assert "\u2066" not in say("en")
    assert "תושבי \u2068Old Core\u2069;" in say("he", zone_id="d"), "so are names of another direction"
    assert "\u2068" not in say("en", zone_id="d") and "\u2068" not in say("ar", zone_id="e")


def test_what_is_counted_may_be_voters_or_dwellings() -> None:
    assert "of the 4,100 eligible voters of Neve Or:" in say("en", "voters")
    assert "of the 4,100 dwellings near Ramot:" in say("en", "dwellings", zone_id="b")
    assert "مساكن نفيه أور (عددها: 4,100)" in plain(say("ar", "dwellings"))
    assert "4,100 בעלי זכות הבחירה של נווה אור" in plain(say("he", "voters"))


@pytest.mark.parametrize(
    ("language", "weights", "people", "said"),
    [
        ("en", "residents", 1015.0,
         "1,015 residents are in areas of fewer than 100, whose gaps are not ranked. In the whole city:"),
        ("en", "dwellings", 7.0,
         "fewer than 10 dwellings are in areas of fewer than 100, whose gaps are not ranked. In the whole city:"),
        ("he", "residents", 1015.0,
         "מספר התושבים באזורים שבכל אחד מהם פחות מ-100, ולכן הפערים בהם אינם מדורגים: 1,015. ביישוב כולו:"),
        ("ar", "residents", 1015.0,
         "عدد السكان في مناطق يقلّ العدد في كل منها عن 100، ولذلك لا تُرتَّب فجواتها: 1,015. في البلدة كلها:"),
    ],
)  # fmt: skip
def test_how_many_are_in_areas_too_small_to_be_ranked(language: str, weights: str, people: float, said: str) -> None:
    told = Sentences(STUDY, pd.DataFrame(columns=["zoning", "zone_id", *NAME_COLUMNS]), weights, language)
    assert plain(told.of_small_areas(people, 100)) == said


def test_a_category_of_ones_own_is_called_by_its_name() -> None:
    name = {"he": "מקווה", "en": "Mikveh"}
    own = Catalogue.read({"categories": {"mikveh": {"name": name, "any_of": "amenity=bath", "domain": "culture"}}})
    frame = pd.DataFrame({"zoning": ["zone"], "zone_id": ["a"], **dict.fromkeys(NAME_COLUMNS)})
    for language, said in (("en", "A gap of Mikveh for"), ("he", "מקווה: פער"), ("ar", "מקווה: فجوة")):
        told = Sentences(Study(STUDY.city, catalogue=own), frame, "residents", language)
        assert told.of(ROW | {"category": "mikveh"}).startswith(said)


@given(st.floats(0, 30), st.floats(0, 30), st.floats(0, 30), st.sampled_from(LANGUAGES))
def test_no_number_of_fewer_than_ten_people_is_told(a: float, b: float, c: float, language: str) -> None:
    low, high, people = sorted((a, b, c))
    told = plain(say(language, beyond_low=low, beyond_high=high, people=people, walk_s=NAN, zone_id="c"))
    figures = "".join(letter if letter.isdigit() else " " for letter in told).split()
    assert {str(number) for number in range(10)}.isdisjoint(figures)


def test_the_three_languages_say_the_same_things() -> None:
    first, *others = (text(language) for language in LANGUAGES)
    for other in others:
        assert [*other] == [*first]
        assert all(other[section].keys() == first[section].keys() for section in first if section != "category")
    with pytest.raises(StudyError, match="unknown language 'xx': known: ar, en, he"):
        Sentences(STUDY, pd.DataFrame(), "residents", "xx").of(ROW)


def test_every_shipped_name_is_told_in_arabic() -> None:
    shipped = STUDY.catalogue
    for facts in (shipped.domains, shipped.categories):
        assert all(any("\u0600" <= letter <= "\u06ff" for letter in fact.name["ar"]) for fact in facts.values())
    assert {*text("en")["category"]} == {*shipped.categories}


@pytest.mark.parametrize(
    ("name", "said"),
    [({"fr": "Mikvé"}, "language in .* 'fr'"), ({"ar": 5}, 'ar is 5: write it as text, ar = "..."')],
)
def test_a_name_in_a_wrong_language_is_named(name: dict[str, Any], said: str) -> None:
    over = {"categories": {"clinic": {"name": {"he": "מרפאה", "en": "Clinic"} | name}}}
    with pytest.raises(StudyError, match=said):
        Catalogue.read(over)


def test_units_of_one_name_are_told_apart_whatever_they_are() -> None:
    keys = [("zone", "9996-5+6"), ("community", "c4"), ("zone", "9996-1"), ("plots", "p7"), ("zone", "9996-2")]
    named = ["Hill Quarter", "Hill Quarter", "Old Core", "Hill Quarter", "Neve Or"]
    frame = pd.DataFrame(keys, columns=["zoning", "zone_id"]).assign(**dict.fromkeys(NAME_COLUMNS) | {"name_en": named})
    told = Sentences(STUDY, frame, "residents", "en")
    names = [told.name({"zoning": zoning, "zone_id": zone_id}) for zoning, zone_id in keys]
    assert names == [
        "Hill Quarter (area 5+6)", "Hill Quarter (community c4)", "Old Core", "Hill Quarter (plots p7)", "Neve Or"
    ]  # fmt: skip
    assert "of the 4,100 residents of Hill Quarter (community c4)" in told.of(
        ROW | dict(zip(("zoning", "zone_id"), keys[1], strict=True))
    )
    hebrew = Sentences(STUDY, frame.assign(name_he="הגבעה"), "residents", "he")
    assert plain(hebrew.name({"zoning": "community", "zone_id": "c4"})) == "הגבעה (קהילה c4)"
