"""Names by language, and the key under which two spellings are one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geokehila.names import matching_key, names


def three(**tags: str) -> tuple[str | None, ...]:
    return tuple(names({key.replace("_", ":"): value for key, value in tags.items()}).values())


def test_the_language_comes_before_the_local_name() -> None:
    assert three(name="רהט", name_he="העיר רהט", name_ar="رهط", name_en="Rahat") == ("העיר רהט", "رهط", "Rahat")


def test_the_local_name_serves_its_own_script_only() -> None:
    assert three(name="מתנ״ס") == ("מתנ״ס", None, None)
    assert three(name="مركز جماهيري") == (None, "مركز جماهيري", None)
    assert three(name="Super-Pharm", name_he="סופר-פארם") == ("סופר-פארם", None, "Super-Pharm")
    assert three(name="רהט رهط") == ("רהט رهط", "רהט رهط", None)


def test_nothing_is_made_up() -> None:
    assert three() == (None, None, None)
    assert three(name="Клуб 7", name_ru="Клуб") == (None, None, None)
    assert three(name="  ", name_he=" ") == (None, None, None)
    assert three(name="גן", name_he="") == ("גן", None, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("מתנ״ס הדרים", 'מתנ"ס  הדרים'),
        ("מתנ´ס", "מתנ׳ס"),
        ("בֵּית סֵפֶר", "בית ספר"),
        ("תל אביב־יפו", "תל אביב-יפו"),
        ("שלום", "שלומ"),
        ("أحمد", "احمد"),
        ("مدرسة", "مدرسه"),
        ("مستشفى", "مستشفي"),
        ("مـركـز", "مركز"),
        ("Café Greg", "cafe greg"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert matching_key(one) == matching_key(other) != ""


def test_other_names_stay_apart() -> None:
    keys = {matching_key(n) for n in ("בית ספר א", "בית ספר ב", "בית ספר", "مدرسة", "School 1", "School 11")}
    assert len(keys) == 6
    assert matching_key(None) == matching_key("") == matching_key('"-"') == ""


@given(st.text("אבםמן״׳\"'-־ ֵּaBé1 ةأى", max_size=12))
def test_a_key_is_its_own_key(name: str) -> None:
    assert matching_key(matching_key(name)) == matching_key(name)
    assert matching_key(f" {name}. ") == matching_key(name)
