"""The catalogue: its facts agree with each other and with their source; a study's changes are held to them."""

import csv
from collections import Counter
from math import inf
from pathlib import Path

import pytest

from geokehila import catalogue
from geokehila.catalogue import LANGUAGES, OWN_CHOICE, SLOPES, Catalogue, text
from geokehila.catalogue.tags import TagFilter
from geokehila.errors import StudyError

SHIPPED = Catalogue.read()


def test_localities() -> None:
    cities = catalogue.cities()
    assert Counter(c.programme_region for c in cities.values()) == {"negev": 22, "galilee": 46, "reference": 3}
    assert len({c.code for c in cities.values()}) == 71
    for slug, city in cities.items():
        assert slug == city.slug and slug.isascii() and slug == slug.lower() and " " not in slug
        assert all(city.name[language] for language in ("he", "ar", "en"))
        assert 29.4 < city.lat < 33.4 and 34.2 < city.lon < 35.9 and city.population > 0


@pytest.mark.shared
def test_localities_are_those_of_the_list(shared: Path) -> None:
    with (shared.parent / "cities.csv").open(encoding="utf-8") as handle:
        rows = {int(row["semel_yishuv"]): row for row in csv.DictReader(handle)}
    cities = {c.code: c for c in catalogue.cities().values()}
    assert cities.keys() == rows.keys()
    for code, row in rows.items():
        assert (cities[code].name["he"], cities[code].population) == (row["name_he"], int(row["pop_2021"]))
        assert (cities[code].lat, cities[code].lon) == (float(row["lat"]), float(row["lon"]))


def test_every_category_belongs_and_every_scored_domain_is_decided() -> None:
    for category in SHIPPED.categories.values():
        assert not category.domain or category.domain in SHIPPED.domains
        assert category.any_of and category.cutoff_source and 0 < category.cutoff_min <= 60
    for key, domain in SHIPPED.domains.items():
        required = [c.key for c in SHIPPED.of_domain(key) if c.required]
        assert required or not domain.scored
    assert not SHIPPED.domains["housing"].scored and not SHIPPED.domains["security"].scored
    assert [c.key for c in SHIPPED.categories.values() if c.hub] == ["community_centre"]


def test_names_stand_in_both_languages() -> None:
    for facts in (SHIPPED.domains, SHIPPED.categories, SHIPPED.profiles):
        assert all(fact.name["he"] and fact.name["en"] for fact in facts.values())


def test_a_study_may_add_a_profile_of_its_own() -> None:
    over = {"nurse": {"name": {"he": "אחות", "en": "Nurse"}, "speed_m_s": 1.5, "closed": "highway=steps"}}
    nurse = Catalogue.read({"profiles": over}).profiles["nurse"]
    assert (nurse.source, nurse.confidence) == (OWN_CHOICE, "design") and not nurse.can_use({"highway": "steps"})


def test_the_profiles() -> None:
    profiles = SHIPPED.profiles
    assert {key: p.speed_m_s for key, p in profiles.items()} == {
        "adult": 1.30, "older_adult": 1.10, "child": 1.05, "wheelchair": 0.90, "stroller": 1.05,
    }  # fmt: skip
    assert [*profiles] == ["adult", "older_adult", "child", "wheelchair", "stroller"], "the order of the page"
    assert {p.confidence for p in profiles.values()} <= {"literature", "design", "memory"}
    assert all(p.source and p.slope in SLOPES for p in profiles.values())
    assert {key for key, p in profiles.items() if not p.can_use({"highway": "steps"})} == {"wheelchair", "stroller"}
    assert [key for key, p in profiles.items() if p.kerbs] == ["wheelchair"]
    assert {key: p.max_slope for key, p in profiles.items() if p.max_slope < inf} == {
        "wheelchair": pytest.approx(1 / 12), "stroller": 0.125,
    }  # fmt: skip
    assert profiles["wheelchair"].max_slope >= 1 / 12, "a ramp of just 1:12 is no barrier"


def test_a_study_changes_who_is_stopped_by_what() -> None:
    over = {"wheelchair": {"closed": ["highway=steps|path"], "max_slope": 0.1, "kerbs": False, "slope": "minetti"},
            "adult": {"max_slope": inf}}  # fmt: skip
    changed = Catalogue.read({"profiles": over}).profiles
    chair = changed["wheelchair"]
    assert (chair.max_slope, chair.kerbs, chair.slope) == (0.1, False, "minetti")
    assert (chair.source, chair.confidence) == (OWN_CHOICE, "design")
    assert not chair.can_use({"highway": "path"}) and chair.can_use({"highway": "footway", "wheelchair": "no"})
    assert chair.can_use({"highway": "steps", "ramp:wheelchair": "yes"}), "closed_unless is as shipped"
    assert changed["adult"].max_slope == inf


def test_no_two_facts_share_a_table() -> None:
    changed = Catalogue.read({"categories": {"clinic": {"required": False}}})
    assert not changed.categories["clinic"].required and Catalogue.read().categories["clinic"].required


def test_an_override_changes_one_value_and_owns_its_source() -> None:
    over = {"categories": {"grocery": {"cutoff_min": 20}}, "profiles": {"adult": {"speed_m_s": 1}},
            "standards": {"snap_cap": {"value": 100, "source": "by-law 7"}}}  # fmt: skip
    changed = Catalogue.read(over)
    grocery, shipped = changed.categories["grocery"], SHIPPED.categories["grocery"]
    assert (grocery.cutoff_s, grocery.cutoff_source) == (1200, OWN_CHOICE)
    assert (grocery.any_of, grocery.domain) == (shipped.any_of, shipped.domain)
    assert (changed.profiles["adult"].speed_m_s, changed.profiles["adult"].source) == (1.0, OWN_CHOICE)
    assert changed.standards["snap_cap"].source == "by-law 7"
    untouched = {k: c for k, c in changed.categories.items() if k != "grocery"}
    assert untouched == {k: c for k, c in SHIPPED.categories.items() if k != "grocery"}
    assert (
        Catalogue.read({"categories": {"grocery": {"required": False}}})
        .categories["grocery"]
        .cutoff_source.startswith("Kehilot Or")
    )


def test_a_category_of_ones_own() -> None:
    name = {"he": "מקווה", "en": "Mikveh"}
    over = {"categories": {"mikveh": {"name": name, "any_of": "amenity=ritual_bath", "domain": "culture"}}}
    own = Catalogue.read(over).categories["mikveh"]
    assert own.any_of == (TagFilter.parse("amenity=ritual_bath"),) and own.cutoff_source == OWN_CHOICE
    assert own.name == name and not own.required


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"categories": {"clinik": {"required": True}}}, "'clinik': did you mean 'clinic'"),
        ({"categories": {"clinik": {"any_of": "amenity=clinic"}}}, "'clinik': did you mean 'clinic'"),
        ({"categories": {"clinic": {"cutof_min": 5}}}, "'cutof_min': did you mean 'cutoff_min'"),
        ({"categories": {"clinic": {"cutoff_min": "ten"}}}, r"cutoff_min is 'ten': give a float"),
        ({"categories": {"clinic": {"required": 1}}}, "required is 1: give a bool"),
        ({"categories": {"clinic": {"any_of": ["clinic"]}}}, "'clinic' is no tag filter: write key=value"),
        ({"categories": {"clinic": {"any_of": []}}}, "any_of is empty"),
        ({"categories": {"clinic": {"domain": "helth"}}}, "'helth': did you mean 'health'"),
        ({"categories": {"clinic": {"name": "מרפאה"}}}, "give it in Hebrew and English"),
        ({"categories": {"clinic": {"name": {"he": "מרפאה"}}}}, "give it in Hebrew and English"),
        ({"categories": {"clinic": 5}}, r"clinic is 5: make it a table of its own, \[categories.clinic\]"),
        ({"domains": {"helth": {"scored": False}}}, "'helth': did you mean 'health'"),
        ({"domains": {"health": {"required": ["clinic"]}}}, r"write required = true in \[categories.<key>\]"),
        ({"profiles": {"adlt": {"speed_m_s": 1}}}, "'adlt': did you mean 'adult'"),
        ({"profiles": {"adult": {"slop": "none"}}}, "'slop': did you mean 'slope'"),
        (
            {"profiles": {"adult": {"slope": "toblr"}}},
            "unknown slope of profile 'adult': 'toblr': did you mean 'tobler'",
        ),
        ({"profiles": {"adult": {"slope": 5}}}, "slope is 5: give a str"),
        ({"profiles": {"stroller": {"max_slope": 0}}}, r"max_slope is 0: give a number from 0.01 to 0.34"),
        ({"profiles": {"stroller": {"max_slope": 8.3}}}, r"max_slope is 8.3: give a number from 0.01 to 0.34"),
        ({"profiles": {"stroller": {"max_slope": float("nan")}}}, r"max_slope is nan: give"),
        ({"profiles": {"stroller": {"kerbs": "yes"}}}, "kerbs is 'yes': give a bool"),
        ({"profiles": {"stroller": {"closed": "steps"}}}, r"\[profiles.stroller\] closed: 'steps' is no tag filter"),
        ({"profiles": {"stroller": {"closed_unless": [5]}}}, "closed_unless: 5 is no tag filter"),
        (
            {"profiles": {"old man": {"name": {"he": "זקן", "en": "Old"}, "speed_m_s": 1.0}}},
            "'old man': name it by small",
        ),
        ({"profiles": {"adult": {"confidence": "sure"}}}, "confidence of profile 'adult': 'sure'"),
        ({"profiles": {"skater": {"max_slope": 0.1}}}, "unknown key in .profiles. 'skater'"),
        ({"profiles": {"skater": {"speed_m_s": 1}}}, "unknown key in .profiles. 'skater'"),
        ({"standards": {"snap_cap": {"value": True}}}, "value is True: give a float"),
    ],
)
def test_a_wrong_override_is_one_line(over: dict[str, object], message: str) -> None:
    with pytest.raises(StudyError, match=message) as fault:
        Catalogue.read(over)
    assert "\n" not in str(fault.value)


def test_unknown_words_name_the_nearest() -> None:
    with pytest.raises(StudyError, match=r"^unknown city 'bersheva': did you mean 'beer-sheva'"):
        catalogue.city("bersheva")
    with pytest.raises(StudyError, match=r"^unknown language 'xx': known: ar, en, he$"):
        catalogue.text("xx")


def test_a_city_is_known_by_every_name_with_blanks_or_without_and_by_none_of_another() -> None:
    for slug, known in catalogue.cities().items():
        for name in filter(None, (slug, *known.name.values())):
            assert catalogue.city(name.replace(" ", "").replace("-", "")).slug == catalogue.city(name).slug
        assert catalogue.city(slug).slug == slug
    assert catalogue.nearest("דמונה") == ["dimona"] and catalogue.nearest("Atlantis") == []
    assert catalogue.nearest("neveorr", {"neve-or"}) == ["neve-or"]


@pytest.mark.parametrize(
    ("words", "tags", "matches"),
    [
        ("shop=bakery|deli", {"shop": "deli"}, True),
        ("shop=bakery|deli", {"shop": "delicatessen"}, False),
        ("shop=bakery", {"shop": "clothes; bakery"}, True),
        ("office=*", {"office": "it"}, True),
        ("office=*", {"disused:office": "it"}, False),
        ("railway=station usage=main", {"railway": "station"}, False),
        ("railway=station usage=main", {"railway": "station", "usage": "main"}, True),
        ("social_facility:for=senior", {"social_facility:for": "senior;child"}, True),
    ],
)
def test_tag_filters(words: str, tags: dict[str, str], matches: bool) -> None:
    assert TagFilter.parse(words).matches(tags) is matches


@pytest.mark.parametrize("words", ["", "shop", "shop=", "=bakery", "shop=bakery deli", 5])
def test_what_is_no_filter(words: str) -> None:
    with pytest.raises(StudyError, match="is no tag filter: write key=value"):
        TagFilter.parse(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_source_of_every_cutoff_has_words(language: str) -> None:
    said = {one.cutoff_source for one in Catalogue.read().categories.values()} | {OWN_CHOICE}
    assert said == {*text(language)["cutoff_sources"]}
