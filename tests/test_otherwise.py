"""Every choice that makes other shares of equal files is told, by name; what changes none is not."""

from dataclasses import replace
from typing import Any

import pytest

from geokehila.catalogue import Catalogue
from geokehila.catalogue.otherwise import DECIDING, deciding, differing, in_words, unlike
from geokehila.study import Study

PLAIN = Study.of("dimona")


def told(**tables: Any) -> dict[str, Any]:
    """What a study of these tables tells."""
    return replace(PLAIN, catalogue=Catalogue.read(tables)).told()


@pytest.mark.parametrize(
    ("key", "choice", "value"),
    [
        ("pharmacy", "required", True),
        ("pharmacy", "domain", "culture"),
        ("pharmacy", "any_of", ["amenity=pharmacy"]),
        ("pharmacy", "none_of", ["access=private"]),
        ("pharmacy", "min_area_m2", 55.0),
        ("pharmacy", "credible_residents", 123.0),
        ("pharmacy", "cutoff_min", 3.0),
    ],
)
def test_every_choice_of_a_category_is_told(key: str, choice: str, value: Any) -> None:
    other = told(categories={key: {choice: value}})
    assert differing(PLAIN.told(), other) == differing(other, PLAIN.told()) == {key: (choice,)}
    assert in_words(differing(PLAIN.told(), other)) == f"{key} ({choice})"


def test_domains_walkers_zones_and_new_categories_are_told() -> None:
    new = {"name": {"he": "ריקוד", "ar": "رقص", "en": "Dance"}, "any_of": ["leisure=dance"]}
    other = told(
        domains={"health": {"scored": False}}, profiles={"adult": {"max_slope": 0.1}}, categories={"dance": new}
    )
    assert in_words(differing(PLAIN.told(), other)) == (
        "dance (in one of them only), domain health (scored), profile adult (max_slope)"
    )
    hexagons = replace(PLAIN, zones=replace(PLAIN.zones, kind="hexagons"))
    wider = replace(PLAIN, zones=replace(hexagons.zones, edge_m=300.0))
    assert differing(PLAIN.told(), hexagons.told()) == {"[zones]": ("kind",)}
    assert differing(hexagons.told(), wider.told()) == {"[zones]": ("edge_m",)}
    # Statistical areas have no edge; words and sources change no share.
    unasked = replace(PLAIN, zones=replace(PLAIN.zones, edge_m=300.0))
    assert differing(PLAIN.told(), unasked.told()) == {}
    assert differing(PLAIN.told(), told(categories={"pharmacy": {"cutoff_source": "our own"}})) == {}


def test_a_profile_that_only_one_has_keeps_a_study_from_going_on_and_no_run_from_being_compared() -> None:
    cart = {"name": {"he": "עגלה", "ar": "عربة", "en": "Cart"}, "speed_m_s": 1.0}
    other = told(profiles={"cart": cart})
    assert differing(PLAIN.told(), other) == {}
    assert unlike(other, PLAIN.told()) == {"profile cart": ("in one of them only",)}


def test_what_one_of_two_does_not_tell_is_not_compared() -> None:
    before = told()
    before["categories"]["clinic"].pop("credible_residents")
    assert differing(before, told(categories={"clinic": {"credible_residents": 5.0}})) == {}


def test_what_decides_a_domain_is_as_the_catalogue_has_it() -> None:
    catalogue = Catalogue.read(
        {"categories": {"pharmacy": {"required": True}}, "domains": {"culture": {"scored": False}}}
    )
    keys = {domain: [category.key for category in catalogue.deciding(domain)] for domain in catalogue.domains}
    rows = [{"key": key, "reason": None if some else "described"} for key, some in keys.items()]
    assert deciding({**catalogue.told(), "domains": rows}) == keys
    assert {name for names in differing(PLAIN.told(), catalogue.told()).values() for name in names} <= DECIDING
