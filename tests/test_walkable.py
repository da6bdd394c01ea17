"""Which ways are walked: one line of tags, one verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geokehila.load.walkable import why_not

MOTOR, GONE, OTHER = "motor road", "not in use", "highway of another kind"


def tags(words: str) -> dict[str, str]:
    return dict(word.split("=") for word in words.split())


@pytest.mark.parametrize(
    "words",
    [
        "highway=footway",
        "highway=footway footway=crossing",
        "highway=path",
        "highway=steps",
        "highway=pedestrian area=yes",
        "highway=living_street",
        "highway=service service=driveway",
        "highway=residential access=destination",
        "highway=primary sidewalk=no",
        "highway=service access=private foot=yes",
        "highway=track access=no foot=permissive",
        "highway=cycleway foot=designated",
        "highway=cycleway foot=yes access=no",
        "highway=trunk sidewalk=both",
        "highway=trunk sidewalk:right=yes",
        "highway=trunk_link foot=yes",
        "highway=residential abandoned=no",
    ],
)
def test_walked(words: str) -> None:
    assert why_not(tags(words)) is None


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("highway=service access=private", "access=private"),
        ("highway=footway access=no", "access=no"),
        ("highway=footway foot=no access=yes", "foot=no"),
        ("highway=path foot=private", "foot=private"),
        ("highway=cycleway", "highway=cycleway without foot or sidewalk tag"),
        ("highway=cycleway bicycle=designated foot=no", "foot=no"),
        ("highway=trunk", "highway=trunk without foot or sidewalk tag"),
        ("highway=trunk sidewalk=none", "highway=trunk without foot or sidewalk tag"),
        ("highway=trunk sidewalk:left=no", "highway=trunk without foot or sidewalk tag"),
        ("highway=motorway", MOTOR),
        ("highway=motorway_link foot=yes", MOTOR),
        ("highway=trunk motorroad=yes sidewalk=both", MOTOR),
        ("highway=construction construction=residential", GONE),
        ("highway=proposed foot=yes", GONE),
        ("highway=footway disused=yes", GONE),
        ("highway=residential abandoned=yes", GONE),
        ("highway=raceway", OTHER),
        ("highway=bus_stop", OTHER),
    ],
)
def test_not_walked(words: str, reason: str) -> None:
    assert why_not(tags(words)) == reason


@given(st.sampled_from(["footway", "service", "primary", "cycleway", "trunk"]), st.sampled_from(["no", "private"]))
def test_a_foot_tag_decides_before_access(way: str, forbidden: str) -> None:
    assert why_not({"highway": way, "foot": "designated", "access": forbidden}) is None
    assert why_not({"highway": way, "foot": forbidden, "access": "yes"}) == f"foot={forbidden}"
