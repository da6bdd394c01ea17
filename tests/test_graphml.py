"""Street graphs as OSMnx saves them, written by hand; then the real one of Eilat."""

from pathlib import Path

import networkx as nx
import pytest
from osm_xml import X, Y, degrees, node, way, write

from geokehila.catalogue import Catalogue
from geokehila.errors import InputError
from geokehila.load import osm
from geokehila.load.osm import graphml
from geokehila.schema import ISRAEL_TM

KEYS = "osmid highway length geometry access bridge tunnel foot surface incline reversed wheelchair"
#: Nodes 100 m apart on a line, a to d.
AT = {name: (100 * i, 0) for i, name in enumerate("abcd")}


def edge(ends: str, **data: str) -> str:
    fields = "".join(f'<data key="{key}">{value}</data>' for key, value in data.items())
    return f'<edge source="{ends[0]}" target="{ends[1]}" id="0">{fields}</edge>'


def graph(path: Path, *edges: str, crs: str = "epsg:4326") -> Path:
    keys = "".join(f'<key id="{key}" for="edge" attr.name="{key}" attr.type="string"/>' for key in ("x", "y", "crs"))
    keys += "".join(f'<key id="{key}" for="edge" attr.name="{key}" attr.type="string"/>' for key in KEYS.split())
    at = {n: degrees(*xy) if crs == "epsg:4326" else (X + xy[0], Y + xy[1]) for n, xy in AT.items()}
    nodes = "".join(
        f'<node id="{n}"><data key="x">{x}</data><data key="y">{y}</data></node>' for n, (x, y) in at.items()
    )
    body = f'<graph edgedefault="directed"><data key="crs">{crs}</data>{nodes}{"".join(edges)}</graph>'
    path.write_text(f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}{body}</graphml>', encoding="utf-8")
    return path


def line(*xy: tuple[float, float]) -> str:
    return f"LINESTRING ({', '.join('{} {}'.format(*degrees(*at)) for at in xy)})"


def test_both_directions_are_one_street(tmp_path: Path) -> None:
    """OSMnx adds up each direction by itself: ids in another order, lengths that differ in the last digit."""
    bend = [(0, 0), (50, 30), (100, 0)]
    path = graph(
        tmp_path / "a.graphml",
        edge("ab", osmid="[7, 8]", highway="residential", length="116.619", geometry=line(*bend)),
        edge("ba", osmid="[8, 7]", highway="residential", length="116.61900000000001", geometry=line(*bend[::-1])),
        edge("ab", osmid="9", highway="footway", length="100"),
        edge("cb", osmid="10", highway="footway", length="100"),
        edge("bc", osmid="10", highway="footway", length="100"),
    )
    streets, ledger = graphml.read(path, ISRAEL_TM)
    assert streets[["street_id", "part"]].to_numpy().tolist() == [["w7", 0], ["w9", 0], ["w10", 0]]
    assert streets.geometry.length.tolist() == pytest.approx([2 * (50**2 + 30**2) ** 0.5, 100, 100], abs=0.1)
    other = {"same street, other direction": 2}
    assert ledger.counts() == {"street": {"read": 5, "used": 3, "rejected": other}}


def test_what_opens_one_of_merged_ways_does_not_open_the_others(tmp_path: Path) -> None:
    alone = edge("ab", osmid="1", highway="steps", wheelchair="yes")
    merged = edge("bc", osmid="[2, 3]", highway="['footway', 'steps']", wheelchair="yes")
    path = graph(tmp_path / "a.graphml", alone, merged)
    streets, _ = graphml.read(path, ISRAEL_TM, [*Catalogue.read().profiles.values()])
    assert streets.set_index("street_id")["closed_to"].to_dict() == {"w1": "stroller", "w2": "stroller wheelchair"}


def test_merged_ways_go_by_their_first_and_parts_are_numbered(tmp_path: Path) -> None:
    path = graph(
        tmp_path / "a.graphml",
        edge("ab", osmid="[7, 8]", highway="['service', 'residential']", bridge="yes"),
        edge("bc", osmid="7", highway="service", tunnel="no"),
        edge("cd", osmid="11", highway="service", access="private"),
        edge("da", osmid="12", highway="trunk"),
        edge("dd", osmid="13", highway="footway"),
    )
    streets, ledger = graphml.read(path, ISRAEL_TM)
    columns = ["street_id", "part", "way", "bridge", "tunnel"]
    assert streets[columns].to_numpy().tolist() == [
        ["w7", 0, "service", True, False],
        ["w7", 1, "service", False, False],
    ]
    assert ledger.counts()["street"]["rejected"] == {
        "access=private": 1, "highway=trunk without foot or sidewalk tag": 1, "no length": 1,
    }  # fmt: skip


def test_what_tags_tell_to_wheels_where_osmnx_was_asked_for_them(tmp_path: Path) -> None:
    """An edge against its way carries the way's incline; of merged ways one that is closed closes all."""
    path = graph(
        tmp_path / "a.graphml",
        edge("ab", osmid="1", highway="footway", surface="asphalt", incline="5%", reversed="False"),
        edge("cb", osmid="2", highway="footway", incline="5%", reversed="True"),
        edge(
            "cd", osmid="[3, 4]", highway="['footway', 'steps']", surface="['sett', 'gravel']", incline="['5%', '3%']"
        ),
        edge("da", osmid="5", highway="residential", incline="5%", reversed="[True, False]"),
    )
    streets, _ = graphml.read(path, ISRAEL_TM, [*Catalogue.read().profiles.values()])
    found = streets[["street_id", "closed_to", "surface", "incline"]].fillna({"incline": -9})
    assert found.to_numpy().tolist() == [
        ["w1", "", "asphalt", 0.05],
        ["w2", "", "", -0.05],
        ["w3", "stroller wheelchair", "sett;gravel", -9],
        ["w5", "", "", -9],
    ]


def test_a_projected_graph_states_its_crs(tmp_path: Path) -> None:
    path = graph(tmp_path / "a.graphml", edge("ab", osmid="1", highway="footway"), crs="EPSG:2039")
    streets, _ = graphml.read(path, ISRAEL_TM)
    assert streets.geometry.iloc[0].coords[:] == [(X, Y), (X + 100, Y)]
    assert streets.crs == ISRAEL_TM


def test_a_graph_and_an_extract_hold_each_street_once(tmp_path: Path) -> None:
    """The extract holds w1 from a to b; the graph holds it too, and goes on with w1 to c, as a part of its own."""
    extract = write(tmp_path / "a.osm", node(1, 0, 0), node(2, 100, 0), way(1, [1, 2], "highway=footway"))
    edges = [edge(ends, osmid="1", highway="footway") for ends in ("ba", "bc")]
    data = osm.read([extract, graph(tmp_path / "a.graphml", *edges)], [], ISRAEL_TM, [])
    assert data.streets[["street_id", "part"]].to_numpy().tolist() == [["w1", 0], ["w1", 1]]
    assert data.streets.geometry.length.sum() == pytest.approx(200, abs=0.1)
    united = data.ledgers[-1].counts()["street part"]
    assert united == {"read": 3, "used": 2, "rejected": {"the same line in another file": 1}}
    assert data.layers == {"streets"} and not data.extent_stated


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("</graphml>", ""), "not whole GraphML"),
        (('<data key="x">', '<data key="y">'), "'x' is missing"),
        (('source="a"', 'source="z"'), "'z' is missing"),
        (("epsg:4326", "epsg:1"), "not whole GraphML"),
        (("LINESTRING (", "LINE ("), "not whole GraphML"),
        (('<data key="y">3', '<data key="y">north'), "not whole GraphML"),
        (("<edge ", "<hyperedge "), "not whole GraphML"),
    ],
)
def test_what_is_no_graph_is_one_line(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = graph(tmp_path / "a.graphml", edge("ab", osmid="1", highway="footway"),
                 edge("bc", osmid="2", highway="footway", geometry=line((0, 0), (9, 0))))  # fmt: skip
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(InputError, match=f"^osm a.graphml: .*{message}.*: save") as fault:
        graphml.read(path, ISRAEL_TM)
    assert "\n" not in str(fault.value)


def test_a_graph_without_streets_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "page.graphml").write_text("<html><body>429</body></html>")
    for path in (graph(tmp_path / "a.graphml"), tmp_path / "page.graphml"):
        with pytest.raises(InputError, match="holds no street"):
            graphml.read(path, ISRAEL_TM)


@pytest.mark.shared
def test_eilat(shared: Path) -> None:
    """Every edge is used or rejected, and no line is left in both directions, by a count with networkx."""
    path = shared / "eilat" / "osmnx_drive.graphml"
    streets, ledger = graphml.read(path, ISRAEL_TM)
    counts = ledger.counts()["street"]
    assert counts["read"] == 3576 == len(streets) + len(ledger.rejected())
    lines = set()
    for u, v, data in nx.read_graphml(path, force_multigraph=True).edges(data=True):
        between = tuple(data.get("geometry", f"{u}, {v}").removeprefix("LINESTRING (").rstrip(")").split(", "))
        if not data["highway"].startswith(("trunk", "['trunk")):
            lines.add(min(between, between[::-1]))
    assert counts["used"] == len(streets) == len(lines)
