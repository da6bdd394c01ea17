"""One extract cut to many towns: what each keeps, by hand and against a slow reading of everything."""

from pathlib import Path
from typing import Any

import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geokehila.errors import InputError
from geokehila.load.osm.cut import Box, cut

Way = tuple[int, list[int], dict[str, str]]
Relation = tuple[int, list[tuple[str, int, str]], dict[str, str]]
HOUSE, STREET, WOOD = {"building": "yes"}, {"highway": "residential"}, {"natural": "wood", "type": "multipolygon"}


def write(
    path: Path,
    nodes: dict[int, tuple[float, float]],
    ways: list[Way],
    relations: list[Relation] = [],  # noqa: B006
    tags: dict[int, dict[str, str]] = {},  # noqa: B006
    sort: bool = True,
) -> Path:
    header = osmium.io.Header()
    if sort:
        header.set("sorting", "Type_then_ID")
    header.set("osmosis_replication_timestamp", "2025-01-01T00:00:00Z")
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as out:
        for number, place in sorted(nodes.items()):
            out.add_node(osmium.osm.mutable.Node(id=number, location=place, tags=tags.get(number, {})))
        for number, refs, told in sorted(ways):
            out.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=told))
        for number, members, told in sorted(relations):
            out.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=told))
    return path


def held(path: Path) -> dict[str, Any]:
    """What a file holds: nodes with their places, ways with their nodes, relations with their members."""
    found: dict[str, Any] = {"n": {}, "w": {}, "r": {}}
    thing: Any
    for thing in osmium.FileProcessor(str(path)):
        what = {
            "n": lambda t: (round(t.location.lon, 6), round(t.location.lat, 6), dict(t.tags)),
            "w": lambda t: ([n.ref for n in t.nodes], dict(t.tags)),
            "r": lambda t: ([(m.type, m.ref, m.role) for m in t.members], dict(t.tags)),
        }[thing.type_str()](thing)
        found[thing.type_str()][thing.id] = what
    return found


def test_a_town_keeps_whole_what_touches_its_box(tmp_path: Path) -> None:
    nodes = {1: (34.1, 31.1), 2: (34.9, 31.1), 3: (35.5, 31.1), 4: (34.2, 31.2), 5: (36.0, 32.0)}
    source = write(
        tmp_path / "land.osm.pbf",
        nodes,
        [(10, [1, 2, 3], STREET), (11, [3, 5], STREET), (12, [2, 3], {})],
        [(20, [("w", 10, "")], {"type": "route"}), (21, [("w", 11, "")], {"type": "route"})],
        {4: {"shop": "bakery"}, 5: {"shop": "bakery"}},
    )
    cut(source, {"west": Box(34, 31, 35, 32)}, {"west": tmp_path / "west.osm.pbf"})
    assert held(tmp_path / "west.osm.pbf") == {
        "n": {1: (34.1, 31.1, {}), 2: (34.9, 31.1, {}), 3: (35.5, 31.1, {}), 4: (34.2, 31.2, {"shop": "bakery"})},
        "w": {10: ([1, 2, 3], STREET), 12: ([2, 3], {})},
        "r": {20: ([("w", 10, "")], {"type": "route"})},
    }


def test_an_area_has_all_its_rims_and_a_route_does_not(tmp_path: Path) -> None:
    nodes = {1: (34.1, 31.1), 2: (34.2, 31.1), 3: (36.0, 31.1), 4: (36.0, 31.3)}
    ways: list[Way] = [(10, [1, 2], {}), (11, [2, 3, 4, 1], {}), (12, [3, 4], STREET)]
    members = [("w", 10, "outer"), ("w", 11, "outer")]
    relations: list[Relation] = [(20, members, WOOD), (21, [("w", 10, ""), ("w", 12, "")], {"type": "route"})]
    source = write(tmp_path / "land.osm.pbf", nodes, [(10, [1, 2], {}), (11, [3, 4], {}), ways[2]], relations)
    cut(source, {"a": Box(34, 31, 35, 32)}, {"a": tmp_path / "a.osm.pbf"})
    found = held(tmp_path / "a.osm.pbf")
    assert found["w"] == {10: ([1, 2], {}), 11: ([3, 4], {})}
    assert {*found["n"]} == {1, 2, 3, 4} and {*found["r"]} == {20, 21}


def test_the_header_states_the_box_and_the_date_of_the_source(tmp_path: Path) -> None:
    source = write(tmp_path / "land.osm.pbf", {1: (34.5, 31.5)}, [], tags={1: {"shop": "bakery"}})
    cut(source, {"a": Box(34, 31, 35, 32)}, {"a": tmp_path / "a.osm.pbf"})
    with osmium.io.Reader(str(tmp_path / "a.osm.pbf")) as reader:
        header = reader.header()
    corners = header.box().bottom_left, header.box().top_right
    assert [(at.lon, at.lat) for at in corners] == [(34, 31), (35, 32)]
    assert header.get("osmosis_replication_timestamp") == "2025-01-01T00:00:00Z"
    assert header.get("sorting") == "Type_then_ID"


def test_equal_sources_give_equal_bytes_and_an_unsorted_one_is_refused(tmp_path: Path) -> None:
    nodes = {1: (34.5, 31.5), 2: (34.6, 31.5)}
    source = write(tmp_path / "land.osm.pbf", nodes, [(1, [1, 2], STREET)])
    for name in ("a", "b"):
        cut(source, {"x": Box(34, 31, 35, 32)}, {"x": tmp_path / f"{name}.osm.pbf"})
    assert (tmp_path / "a.osm.pbf").read_bytes() == (tmp_path / "b.osm.pbf").read_bytes()
    loose = write(tmp_path / "loose.osm.pbf", nodes, [], sort=False)
    with pytest.raises(InputError, match=r"loose\.osm\.pbf: not sorted"):
        cut(loose, {"x": Box(34, 31, 35, 32)}, {"x": tmp_path / "c.osm.pbf"})


PLACES = st.dictionaries(st.integers(1, 12), st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=10)


@settings(max_examples=60, deadline=None)
@given(PLACES, st.data())
def test_a_slow_reading_keeps_the_same(tmp_path_factory: pytest.TempPathFactory, places: Any, data: Any) -> None:
    folder = tmp_path_factory.mktemp("cut")
    nodes = {number: (34 + x / 20, 31 + y / 20) for number, (x, y) in places.items()}
    tags = {number: {"shop": "bakery"} for number in nodes if data.draw(st.booleans())}
    some = st.lists(st.sampled_from(sorted(nodes)), min_size=2, max_size=4)
    kinds = st.sampled_from([HOUSE, STREET, {}])
    ways: list[Way] = [(number, data.draw(some), data.draw(kinds)) for number in range(1, data.draw(st.integers(1, 6)))]
    refs = st.lists(st.sampled_from([way[0] for way in ways] or [99]), min_size=1, max_size=3)
    types = st.sampled_from([WOOD, {"type": "route"}])
    relations: list[Relation] = [
        (number, [("w", ref, "") for ref in data.draw(refs)], data.draw(types)) for number in (1, 2)
    ]
    source = write(folder / "land.osm.pbf", nodes, ways, relations, tags)
    boxes = {"a": Box(34, 31, 35, 32), "b": Box(34.4, 31.3, 35.6, 32.6), "c": Box(35.2, 31, 36, 32)}
    targets = {name: folder / f"{name}.osm.pbf" for name in boxes}
    cut(source, boxes, targets)
    for name, box in boxes.items():
        assert held(targets[name]) == by_hand(nodes, ways, relations, tags, box)


def by_hand(nodes: Any, ways: list[Way], relations: list[Relation], tags: Any, box: Box) -> dict[str, Any]:
    inside = {n for n, (x, y) in nodes.items() if box.west <= x <= box.east and box.south <= y <= box.north}
    kept = {way[0] for way in ways if inside & {*way[1]}}
    of = [relation for relation in relations if kept & {ref for _, ref, _ in relation[1]}]
    rims = {ref for _, members, told in of if told["type"] == "multipolygon" for _, ref, _ in members}
    streets = {number for number, _, told in ways if "highway" in told}
    whole = kept | (rims - streets)
    named = {ref for number, refs, _ in ways if number in whole for ref in refs} | (inside & {*tags})
    return {
        "n": {n: (round(nodes[n][0], 6), round(nodes[n][1], 6), tags.get(n, {}) if n in inside else {}) for n in named},
        "w": {number: (refs, told) for number, refs, told in ways if number in whole},
        "r": {number: (members, told) for number, members, told in of},
    }
