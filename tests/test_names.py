"""Names by language, and the key under which two spellings are one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geokehila.names import clean, matching_key, names, repaired, shown


def four(**tags: str) -> tuple[str | None, ...]:
    return tuple(names({key.replace("_", ":"): value for key, value in tags.items()}).values())


def test_the_language_comes_before_the_local_name() -> None:
    every = four(name="רהט", name_he="העיר רהט", name_ar="رهط", name_en="Rahat", name_ru="Рахат")
    assert every == ("העיר רהט", "رهط", "Rahat", "Рахат")


def test_the_local_name_serves_its_own_script_only() -> None:
    assert four(name="מתנ״ס") == ("מתנ״ס", None, None, None)
    assert four(name="مركز جماهيري") == (None, "مركز جماهيري", None, None)
    assert four(name="Super-Pharm", name_he="סופר-פארם") == ("סופר-פארם", None, "Super-Pharm", None)
    assert four(name="רהט رهط") == ("רהט رهط", "רהט رهط", None, None)
    assert four(name="Клуб 7") == (None, None, None, "Клуб 7")


def test_nothing_is_made_up() -> None:
    assert four() == (None, None, None, None)
    assert four(name="  ", name_he=" ") == (None, None, None, None)
    assert four(name="גן", name_he="") == ("גן", None, None, None)


@pytest.mark.parametrize(
    ("known", "language", "expected"),
    [
        ({"he": "רהט", "ar": "رهط"}, "ar", ("رهط", "ar")),
        ({"he": "רהט", "ar": "رهط"}, "en", ("רהט", "he")),
        ({"en": "Rahat", "ar": "رهط"}, "he", ("Rahat", "en")),
        ({"he": None, "ar": "", "ru": "Рахат"}, "he", ("Рахат", "ru")),
        ({}, "he", ("", "")),
    ],
)
def test_the_fall_back_is_explicit(known: dict[str, str | None], language: str, expected: tuple[str, str]) -> None:
    assert shown(known, language) == expected


def seen_through(page: str, text: str) -> str:
    """UTF-8 bytes as a program shows them that takes them for another code page; bytes without a letter as controls."""

    def letter(byte: int) -> str:
        try:
            return bytes([byte]).decode(page)
        except UnicodeDecodeError:
            return chr(byte)

    return "".join(map(letter, text.encode("utf-8")))


@pytest.mark.parametrize("page", ["cp1252", "latin-1", "cp1255", "cp1256"])
@pytest.mark.parametrize("text", ["מתנ\"ס הדרים א'", "جامع النور", "Ашдод школа", "שלום Dimona 7"])
def test_utf8_read_in_a_wrong_code_page_is_mended_once_and_twice(page: str, text: str) -> None:
    assert repaired(seen_through(page, text)) == text
    assert repaired(seen_through(page, seen_through(page, text))) == text


def test_cp1255_read_as_western_is_mended() -> None:
    assert repaired("בית ספר א'".encode("cp1255").decode("cp1252")) == "בית ספר א'"


@pytest.mark.parametrize("sound", ["École élémentaire", "São Paulo", "שָׁלוֹם", "مَدْرَسَة", "Größe", "", "7", "é", "àé"])
def test_sound_text_is_left_alone(sound: str) -> None:
    assert repaired(sound) == sound


@given(st.text(alphabet="אבגדהוזחטיכלמנסעפצקרשתםןץףך אבג'\"0123456789abc-", max_size=30))
def test_mending_undoes_the_slip_and_touches_no_hebrew(text: str) -> None:
    assert repaired(text) == text
    if not text.isascii():
        assert repaired(seen_through("cp1252", text)) == text


@given(st.text(max_size=400))
def test_a_clean_name_is_short_and_has_no_controls(text: str) -> None:
    name = clean(text)
    assert len(name) <= 200 and name == name.strip() and clean(name) == name
    assert not {"\u202e", "\u2066", "\x00", "\n", "\ufeff"} & {*name}


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
