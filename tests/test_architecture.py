"""The house stands as CONTRIBUTING.md draws it: imports point down, rooms of one floor do not know each other."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = (
    ("errors", "schema", "names", "ledger", "osm_file", "memory", "arguments", "brief", "crs"),
    ("catalogue", "study"),
    ("reach", "merging", "corrections", "locate", "sample_town", "vintages"),
    ("load", "places", "open_spaces", "uses", "people", "network", "fabric", "zones", "confidence", "store"),
    ("access", "destinations", "inventory", "candidates", "communities", "handed", "headcounts"),
    ("gathered", "analyses", "draw", "links", "changes", "lines"),
    ("equity", "compliance", "programme", "reference", "need", "frames"),
    ("measuring", "gaps", "hubs", "additions", "rollout", "neighbourhoods"),
    ("advising",),
    ("results",),
    ("summary", "journal"),
    ("pipeline",),
    ("doctor", "begin", "steps", "batch", "region", "compare", "scenario", "fetch", "carry"),
    ("geokehila_cli",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS, 1) for room in rooms}
#: Within a floor: the user's choices stand on the facts, the promises of tables on the errors, ledgers on both.
STAIRS = {
    *(("study", "catalogue"), ("schema", "errors"), ("ledger", "errors"), ("ledger", "schema")),
    *(("osm_file", "errors"), ("memory", "errors"), ("arguments", "errors"), ("brief", "errors")),
    *(("crs", "errors"), ("crs", "schema")),
}
MODULES = sorted([*(ROOT / "geokehila").rglob("*.py"), *(ROOT / "cli").rglob("*.py")])


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "geokehila_cli" if parts[0] == "cli" else parts[1]


def imported_rooms(path: Path) -> set[str]:
    """Every room of the project that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    found = {re.sub(r"^geokehila\.", "", name).split(".")[0] for name in names if name.startswith("geokehila")}
    return found & FLOOR.keys()


def test_every_room_has_a_floor() -> None:
    assert {room(m) for m in MODULES} - {"__init__"} == set(FLOOR)


@pytest.mark.parametrize("path", [m for m in MODULES if m != ROOT / "geokehila" / "__init__.py"], ids=lambda m: m.stem)
def test_imports_point_down(path: Path) -> None:
    here = room(path)
    wrong = {
        other for other in imported_rooms(path) - {here} if FLOOR[other] >= FLOOR[here] and (here, other) not in STAIRS
    }
    assert not wrong, f"{path.name} on floor {FLOOR[here]} imports {wrong}"


def test_the_floor_plan_is_the_one_in_contributing() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = re.findall(r"^\| (\d+) \| ([a-z_` ]+) \|", text, flags=re.MULTILINE)
    assert {int(number): tuple(rooms.replace("`", "").split()) for number, rooms in drawn} == dict(enumerate(FLOORS, 1))


def test_the_picture_of_the_way_of_the_data_names_rooms_that_there_are() -> None:
    picture = (ROOT / "docs" / "pictures" / "architecture.svg").read_text(encoding="utf-8")
    drawn = re.findall(r'monospace"[^>]*>([a-z_, ]+)</text>', picture)
    assert len(drawn) > 6
    assert {word for words in drawn for word in words.split(", ")} <= FLOOR.keys()


@pytest.mark.parametrize("heavy", ["geopandas", "pandas", "numpy", "osmium", "folium", "scipy"])
def test_importing_the_package_and_asking_for_help_loads_nothing_heavy(heavy: str) -> None:
    code = f"import geokehila, geokehila_cli.app, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_library_prints_nothing_and_hides_no_fault() -> None:
    forbidden = re.compile(r"\bprint\(|except Exception")
    library = [m for m in MODULES if room(m) != "geokehila_cli"]
    found = [
        f"{m.name}: {line}"
        for m in library
        for line in m.read_text(encoding="utf-8").splitlines()
        if forbidden.search(line)
    ]
    assert not found


def test_no_module_outgrows_its_room() -> None:
    lengths = {m.as_posix(): len(m.read_text(encoding="utf-8").splitlines()) for m in MODULES}
    assert {name: length for name, length in lengths.items() if length > 350} == {}
