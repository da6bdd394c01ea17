"""Which ways are walked, which barriers let through and which entrances let in: one line of tags, one verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geokehila.load.osm.walkable import RULES, judge, no_way_in, plaza, role, shut

MOTOR, GONE, OTHER = "motor road", "not in use", "highway of another kind"
INDOORS = "indoors without foot or access tag"


def tags(words: str) -> dict[str, str]:
    return dict(word.split("=") for word in words.split())


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("highway=footway", ""),
        ("highway=footway footway=crossing", ""),
        ("highway=path", ""),
        ("highway=steps", ""),
        ("highway=elevator", ""),
        ("highway=bridleway", ""),
        ("highway=pedestrian area=yes", ""),
        ("highway=living_street", ""),
        ("highway=service service=driveway", ""),
        ("highway=primary sidewalk=no", ""),
        ("highway=residential abandoned=no", ""),
        # Said of vehicles, not of people.
        ("highway=residential motor_vehicle=private vehicle=no", ""),
        ("highway=track motor_vehicle=no", ""),
        ("highway=residential access=destination", "limited_access"),
        ("highway=service access=customers", "limited_access"),
        ("highway=track access=agricultural", "limited_access"),
        ("highway=track access=forestry foot=yes", ""),
        ("highway=path access=destination foot=destination", "limited_access"),
        ("highway=service access=private foot=yes", "foot_over_access"),
        ("highway=track access=no foot=permissive", "foot_over_access"),
        ("highway=cycleway foot=yes access=no", "foot_over_access"),
        ("highway=service access=private foot=destination", "foot_over_access limited_access"),
        ("highway=cycleway foot=designated", "foot_over_cycleway"),
        ("highway=cycleway bicycle=designated segregated=yes", "foot_over_cycleway"),
        ("highway=cycleway sidewalk=right", "foot_over_cycleway"),
        ("highway=path bicycle=designated foot=designated segregated=no", ""),
        ("highway=trunk sidewalk=both", "trunk_pavement"),
        ("highway=trunk sidewalk:right=yes", "trunk_pavement"),
        ("highway=trunk sidewalk=separate", "trunk_pavement"),
        ("highway=trunk foot=use_sidepath", "trunk_pavement"),
        ("highway=trunk_link foot=yes", "trunk_pavement"),
        ("highway=corridor indoor=yes foot=yes", ""),
        ("highway=footway indoor=yes access=yes", ""),
        ("highway=footway level=1", ""),
        ("highway=footway tunnel=building_passage indoor=yes", "building_passage"),
        ("highway=service tunnel=building_passage", "building_passage"),
        ("highway=footway opening_hours=sunrise-sunset", "part_time"),
        ("highway=steps conveying=forward", "oneway_foot"),
        ("highway=footway oneway:foot=yes", "oneway_foot"),
        ("highway=footway foot:backward=no", "oneway_foot"),
        ("highway=residential oneway=yes", ""),
        ("highway=steps conveying=no", ""),
        ("highway=footway oneway:foot=no", ""),
    ],
)
def test_walked(words: str, rules: str) -> None:
    verdict = judge(tags(words))
    assert verdict.reason is None and verdict.rules == tuple(rules.split())


@pytest.mark.parametrize(
    ("words", "rule", "reason"),
    [
        ("highway=service access=private", "private_way", "access=private"),
        ("highway=footway access=no", "private_way", "access=no"),
        ("highway=residential access=residents", "private_way", "access=residents"),
        ("highway=service access=permit", "private_way", "access=permit"),
        ("highway=service access=delivery", "private_way", "access=delivery"),
        ("highway=track access=military", "private_way", "access=military"),
        ("highway=corridor access=private", "private_way", "access=private"),
        ("highway=footway foot=no access=yes", "foot_forbidden", "foot=no"),
        ("highway=path foot=private", "foot_forbidden", "foot=private"),
        ("highway=path foot=no bicycle=designated", "foot_forbidden", "foot=no"),
        ("highway=cycleway bicycle=designated foot=no segregated=yes", "foot_forbidden", "foot=no"),
        ("highway=bridleway foot=no", "foot_forbidden", "foot=no"),
        ("highway=cycleway", "cycleway", "highway=cycleway without foot or sidewalk tag"),
        ("highway=cycleway bicycle=designated", "cycleway", "highway=cycleway without foot or sidewalk tag"),
        ("highway=corridor", "indoor", INDOORS),
        ("highway=corridor indoor=yes level=-1", "indoor", INDOORS),
        ("highway=steps indoor=yes", "indoor", INDOORS),
        ("highway=footway indoor=corridor", "indoor", INDOORS),
        ("highway=trunk", "trunk", "highway=trunk without foot or sidewalk tag"),
        ("highway=trunk sidewalk=none", "trunk", "highway=trunk without foot or sidewalk tag"),
        ("highway=trunk sidewalk:left=no", "trunk", "highway=trunk without foot or sidewalk tag"),
        ("highway=busway", "trunk", "highway=busway without foot or sidewalk tag"),
        ("highway=motorway", "motor_road", MOTOR),
        ("highway=motorway_link foot=yes", "motor_road", MOTOR),
        ("highway=trunk motorroad=yes sidewalk=both", "motor_road", MOTOR),
        ("highway=construction construction=residential", "out_of_use", GONE),
        ("highway=proposed foot=yes", "out_of_use", GONE),
        ("highway=footway disused=yes", "out_of_use", GONE),
        ("highway=residential abandoned=yes", "out_of_use", GONE),
        ("highway=raceway", "not_a_way", OTHER),
        ("highway=bus_stop", "not_a_way", OTHER),
        ("highway=footway route=ferry", "not_a_way", OTHER),
    ],
)
def test_not_walked(words: str, rule: str, reason: str) -> None:
    verdict = judge(tags(words))
    assert verdict.reason == reason and verdict.rules == (rule,)


@given(st.sampled_from(["footway", "service", "primary", "cycleway", "trunk"]), st.sampled_from(["no", "private"]))
def test_a_foot_tag_decides_before_access(way: str, forbidden: str) -> None:
    assert judge({"highway": way, "foot": "designated", "access": forbidden}).reason is None
    assert judge({"highway": way, "foot": forbidden, "access": "yes"}).reason == f"foot={forbidden}"


def test_every_rule_has_a_name_of_its_own_and_a_sentence() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len({*names})
    assert all(rule.why.endswith(".") and rule.why[0].isupper() for rule in RULES)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("barrier=gate", ""),
        ("barrier=gate access=private", "access=private"),
        ("barrier=lift_gate access=no", "access=no"),
        ("barrier=swing_gate access=private foot=yes", ""),
        ("barrier=gate access=customers", ""),
        ("barrier=gate locked=yes", "locked=yes"),
        ("barrier=gate locked=yes foot=designated", ""),
        ("barrier=gate access=yes foot=no", "foot=no"),
        ("barrier=gate motor_vehicle=private", ""),
        ("barrier=kissing_gate", ""),
        ("barrier=kissing_gate access=private", "access=private"),
        ("barrier=turnstile access=private", "access=private"),
        ("barrier=stile", ""),
        # These stop vehicles: what access says of them is said of vehicles.
        ("barrier=bollard access=no", ""),
        ("barrier=cycle_barrier access=no", ""),
        ("barrier=block access=private", ""),
        ("barrier=kerb", ""),
        ("barrier=toll_booth access=private", ""),
        ("barrier=wall", "barrier=wall"),
        ("barrier=fence access=yes", "barrier=fence"),
        ("barrier=hedge foot=permissive", ""),
    ],
)
def test_barriers(words: str, reason: str) -> None:
    assert shut(tags(words)) == reason


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("entrance=yes", ""),
        ("entrance=main access=customers", ""),
        ("entrance=exit", "entrance=exit"),
        ("entrance=emergency", "entrance=emergency"),
        ("entrance=garage", "entrance=garage"),
        ("entrance=service", "entrance=service"),
        ("entrance=yes access=private", "access=private"),
        ("entrance=yes access=private foot=yes", ""),
        ("entrance=yes barrier=gate locked=yes", "locked=yes"),
        ("barrier=gate access=private", "access=private"),
        ("barrier=gate", ""),
    ],
)
def test_entrances(words: str, reason: str) -> None:
    assert no_way_in(tags(words)) == reason


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("highway=pedestrian area=yes", "pedestrian"),
        ("highway=footway area=yes", "footway"),
        ("highway=platform area=yes", "platform"),
        ("highway=pedestrian type=multipolygon", "pedestrian"),
        ("highway=pedestrian place=square", "pedestrian"),
        ("area:highway=pedestrian", "pedestrian"),
        ("highway=pedestrian", ""),
        ("highway=service area=yes", ""),
        ("area:highway=residential", ""),
        ("place=square", ""),
    ],
)
def test_plazas(words: str, kind: str) -> None:
    assert plaza(tags(words)) == kind


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("highway=primary sidewalk=separate", "separate"),
        ("highway=trunk_link sidewalk:both=separate", "separate"),
        ("highway=secondary sidewalk:left=separate sidewalk:right=no", "separate"),
        ("highway=primary foot=use_sidepath", "separate"),
        ("highway=primary sidewalk:left=separate sidewalk:right=yes", ""),
        ("highway=tertiary sidewalk=separate", ""),
        ("highway=residential sidewalk=separate", ""),
        ("highway=footway footway=sidewalk", "pavement"),
        ("highway=path", "pavement"),
        ("highway=footway footway=crossing", ""),
        ("highway=steps", ""),
    ],
)
def test_roles(words: str, found: str) -> None:
    assert role(tags(words)) == found
