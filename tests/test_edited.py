"""Files that an editor saved and nobody uploaded: new objects under negative ids, changed ones, deleted ones."""

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from osm_xml import node, relation, square, way, write
from seed_files import CATEGORIES, osm_town

from geokehila.errors import InputError
from geokehila.load import osm
from geokehila.load.osm import OsmData, edited
from geokehila.load.osm.edited import NEW, Edits, identity
from geokehila.schema import ISRAEL_TM

JOSM = '<bounds minlat="31" minlon="34" maxlat="32" maxlon="35" origin="OpenStreetMap server"/>'
CORNERS, RING = square(-20, 0, 20, 10)
#: As the editor may write them: ways before their nodes.
DRAWN = (
    way(-7, [-1, 3, -2], "highway=footway"),
    way(-8, RING, "building=house"),
    relation(-9, [(-8, "outer")], "type=multipolygon leisure=park"),
    node(3, 100, 5),
    node(-2, 200, 0),
    node(-1, 0, 0),
    CORNERS,
    node(6, 0, 50, "shop=bakery", version="2"),
    node(-12, 0, 60, "shop=deli"),
)


def read(*paths: Path) -> OsmData:
    return osm.read(paths, CATEGORIES, ISRAEL_TM, ())


def said(data: OsmData) -> dict[str, str]:
    return {n.name: n.text for ledger in data.ledgers for n in ledger.balance().notices}


def packed(path: Path, pack: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(pack(path.read_bytes()))
    return path


@pytest.mark.parametrize(
    ("name", "pack"), [("a.osm", bytes), ("A.OSM", bytes), ("a.osm.gz", gzip.compress), ("a.osm.bz2", bz2.compress)]
)
def test_new_objects_are_read_as_others_are(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    data = read(packed(write(tmp_path / name, *DRAWN, head=JOSM), pack))
    assert data.streets["street_id"].tolist() == ["w-7"]
    assert data.streets.geometry.length.tolist() == pytest.approx([2 * (100**2 + 5**2) ** 0.5], abs=0.1)
    assert data.buildings["building_id"].tolist() == ["w-8"]
    assert data.open_spaces["place_id"].tolist() == ["r-9"]
    assert data.open_spaces["area_m2"].tolist() == pytest.approx([100], abs=1)
    assert sorted(data.places["place_id"]) == ["n-12", "n6", "r-9"]
    assert data.extent_stated and "ways_without_nodes" not in said(data)
    # Two ends of the street, four corners, a shop; a street, a house; a park.
    assert said(data)["edits_not_uploaded"].startswith("10 new, 0 changed and 0 deleted objects of an editor are read")


def test_the_same_file_gives_the_same_rows(tmp_path: Path) -> None:
    path, turned = write(tmp_path / "a.osm", *DRAWN), write(tmp_path / "b.osm", *DRAWN[::-1])
    for table in ("places", "streets", "buildings"):
        assert getattr(read(path), table).equals(getattr(read(turned), table))


def test_what_the_editor_deleted_is_not_read(tmp_path: Path) -> None:
    """A shop, a street and a building; the node of a corner has no tags and counts nowhere."""
    corners, ring = square(20, 0, 20, 10)
    street, house = way(7, [1, 2], "highway=footway"), way(8, ring, "building=house")
    deleted = [text.replace("<way", '<way action="delete"') for text in (street, house)]
    parts = (node(1, 0, 0), node(2, 9, 0), corners, *deleted, way(9, [1, 2], "highway=path"))
    shops = node(5, 0, 9, "shop=deli", version="3", action="delete"), node(6, 0, 19, "shop=bakery")
    data = read(write(tmp_path / "a.osm", *parts, *shops, node(30, 1, 1, action="delete")))
    assert data.places["place_id"].tolist() == ["n6"] and data.streets["street_id"].tolist() == ["w9"]
    assert data.buildings.empty
    counts = data.ledgers[0].counts()["deleted object"]
    assert counts == {"read": 3, "used": 0, "rejected": {"deleted in the editor": 3}}
    rejected = data.ledgers[0].rejected()
    assert sorted(rejected.loc[rejected["kind"] == "deleted object", "source_id"]) == ["n5", "w7", "w8"]
    assert "0 new, 0 changed and 4 deleted" in said(data)["edits_not_uploaded"]


@pytest.mark.parametrize("edits_first", [True, False])
def test_edits_count_as_newer_than_the_extract_they_were_made_on(tmp_path: Path, edits_first: bool) -> None:
    """The shops are of version 2 in both files: n1 is renamed, n2 deleted, n3 as it was."""
    shops = [node(n, 10 * n, 0, "shop=deli name:en=Old", version="2") for n in (1, 2, 3)]
    renamed = node(1, 10, 0, "shop=deli name:en=New", version="2", action="modify")
    deleted = node(2, 20, 0, "shop=deli name:en=Old", version="2", action="delete")
    extract, edits = write(tmp_path / "a.osm", *shops), write(tmp_path / "b.osm", renamed, deleted, shops[2])
    data = read(*((edits, extract) if edits_first else (extract, edits)))
    assert dict(zip(data.places["place_id"], data.places["name_en"], strict=True)) == {"n1": "New", "n3": "Old"}
    assert "0 new, 1 changed and 1 deleted" in said(data)["edits_not_uploaded"]


def test_two_files_with_new_objects_are_refused(tmp_path: Path) -> None:
    """Each editor counts from -1: n-1 of the one is not n-1 of the other."""
    one, other = (write(tmp_path / f"{name}.osm", node(-1, 0, 0, "shop=deli")) for name in "ab")
    with pytest.raises(InputError, match=r"^osm a.osm and b.osm: both hold new objects .*: upload those of one, or"):
        read(one, other)
    assert sorted(read(one, osm_town(tmp_path / "town.osm")).places["place_id"])[0] == "n-1"


@pytest.mark.parametrize(
    "broken",
    [
        '<!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><osm version="0.6"><node id="-1"/></osm>',
        '<osm version="0.6"><node id="-1" lat="31" lon="34"/><way',
        '<osm version="0.6"><node id="-1" lat="31" lon="34"/>&bad;</osm>',
        f'<osm version="0.6"><node id="-{NEW}" lat="31" lon="34"/></osm>',
        '<osm version="0.6"><node id="-x" lat="31" lon="34"/></osm>',
    ],
)
def test_broken_files_of_an_editor_are_one_line(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "a.osm"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(InputError, match=r"^osm a.osm: .*: [a-z ]*(save|fetch|it is cut).*") as fault:
        read(path)
    assert "\n" not in str(fault.value)


def test_only_files_of_an_editor_are_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that looks like a mark costs a look, and nothing more."""
    monkeypatch.delattr(edited, "rewrite")
    assert edited.find(osm_town(tmp_path / "town.osm")) is None
    path = write(tmp_path / "a.osm", node(1, 0, 0, "shop=deli name=NAME").replace("NAME", "a id='-1' b"))
    assert edited.find(path) is None and len(read(path).places) == 1


@pytest.mark.parametrize("before", [0, 1, (1 << 20) - 40, (1 << 20) - 20, (1 << 20) - 3])
def test_a_mark_across_two_blocks_is_found(tmp_path: Path, before: int) -> None:
    head = "<osm version='0.6'>" + " " * before
    (tmp_path / "a.osm").write_text(head + "<way id='5' action='delete'/></osm>")
    assert edited.find(tmp_path / "a.osm") == Edits(deleted=frozenset({"w5"}))


def test_ids_come_back_as_the_editor_gave_them() -> None:
    assert [identity("n", n) for n in (0, 17, NEW - 1)] == ["n0", "n17", f"n{NEW - 1}"]
    assert [identity("w", n) for n in (NEW + 1, NEW + 999)] == ["w-1", "w-999"]
