"""Words of lists for kinds of places, in Hebrew, Arabic and English."""

import tomllib
from dataclasses import replace

import pytest

from geokehila.catalogue import Catalogue, Names
from geokehila.catalogue.lists import ListChoice
from geokehila.load.municipal.kinds import _USUAL, meant, others
from geokehila.load.municipal.proposal import Proposal
from geokehila.names import matching_key

SHIPPED = Catalogue.read().categories


@pytest.mark.parametrize(
    ("word", "keys"),
    [
        # a name of the catalogue's, and what a building of its kind is called
        ("روضة أطفال", ("kindergarten",)),
        ("مركز جماهيري", ("community_centre",)),
        # one word of a name, also with its article and in another spelling
        ("بقالة", ("grocery",)),
        ("الروضة", ("kindergarten",)),
        ("מכולת", ("grocery",)),
        ("רכבת", ("rail_station",)),
        # usual words, of one category and of several
        ('בי"ס', ("school",)),
        ("כולל", ("worship",)),
        ("מתנ״ס", ("community_centre",)),
        ("מגרש", ("sport", "playground")),
        ("ملعب", ("sport", "playground")),
        ("גן", ("kindergarten", "playground", "park")),
        # a word of several names that nobody uses by itself: of bus stop and station, the shorter name first
        ("محطة", ("bus_stop", "rail_station")),
        # neither a name nor a word of one
        ("عيادة متنقلة", ()),
        ("או", ()),
        ("אחר", ()),
        ("", ()),
    ],
)
def test_a_word_means_the_category_it_names(word: str, keys: tuple[str, ...]) -> None:
    assert meant(word, SHIPPED) == keys


def test_a_category_of_a_study_is_known_by_its_words() -> None:
    name: Names = {"he": "מרפאה ניידת (יומיים בשבוע)", "ar": "عيادة متنقلة (يومان في الأسبوع)", "en": "Mobile clinic"}
    own = {**SHIPPED, "mobile_clinic": replace(SHIPPED["clinic"], key="mobile_clinic", name=name)}
    assert meant("عيادة متنقلة", own) == ("mobile_clinic",)
    assert meant("عيادة", own) == ("clinic",)


def test_usual_words_are_of_the_catalogue_and_no_name_of_another_category() -> None:
    assert {*_USUAL} <= {*SHIPPED}
    names = {matching_key(name): key for key, one in SHIPPED.items() for name in one.name.values()}
    for key, words in _USUAL.items():
        assert len({*map(matching_key, words)}) == len(words), key
        for word in words:
            assert names.get(matching_key(word), key) == key, word


def test_what_is_proposed_is_toml_and_says_what_else_a_word_can_be() -> None:
    kinds = {"النوع": {"روضة": ("kindergarten",), "ملعب": ("sport", "playground"), "أخرى": ()}}
    text = Proposal("places_school.csv", 3, 3, {"name": "الاسم"}, kinds=kinds).as_toml()
    (line,) = (line for line in text.splitlines() if line.startswith("# categories"))
    assert tomllib.loads(line[2:]) == {"categories": {"روضة": "kindergarten", "ملعب": "sport", "أخرى": "..."}}
    assert '#   "ملعب" can also be playground' in text.splitlines()


def test_words_of_other_kinds_are_named_until_the_study_speaks_of_them() -> None:
    kinds = {"סוג": {"מסגד": ("worship",), "מגרש": ("sport", "playground"), "אחר": ()}}
    assert others(kinds, "school", ListChoice(), is_read=False) == ("מסגד", "מגרש")
    assert others(kinds, "playground", ListChoice(), is_read=False) == ("מסגד",), "a word can mean the list's own"
    assert others(kinds, "school", ListChoice(), is_read=True) == ()
    assert others(kinds, "school", ListChoice(where={"סוג": ("מגרש",)}), is_read=False) == ()
    assert others({}, "school", ListChoice(), is_read=False) == ()


def test_what_is_proposed_for_a_list_of_several_kinds_can_be_pasted() -> None:
    kinds = {"النوع": {"مدرسة": ("school",), "مسجد": ("worship",)}}
    text = Proposal("places_school.csv", 3, 3, {"name": "الاسم"}, kinds=kinds, others=("مسجد",)).as_toml()
    said = tomllib.loads(text)["lists"]["places_school"]
    assert said["columns"] == {"name": "الاسم", "category": "النوع"}
    assert said["categories"] == {"مدرسة": "school", "مسجد": "worship"}
