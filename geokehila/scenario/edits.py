"""A scenario as a planner writes it, TOML or GeoJSON: what is added, moved, closed, and which walk is long enough."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geokehila.brief import Brief
from geokehila.catalogue import known
from geokehila.errors import InputError, StudyError
from geokehila.names import clean
from geokehila.schema import WGS84
from geokehila.study import Study

ADD, CLOSE, MOVE = "add", "close", "move"
PLACE, HUB, STREET, CROSSING, GATE, HOUSING, CUTOFFS = (
    *("place", "hub", "street", "crossing", "gate", "housing", "cutoff_min"),
)
#: Of each kind of edit what can be done, what must be said then, of ``a|b`` one, and what may.
_WAY = {ADD: ("line", "name way closed_to"), CLOSE: ("id", "part")}
RULES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    PLACE: {ADD: ("category at", "name"), MOVE: ("id to", ""), CLOSE: ("id", "")},
    HUB: {ADD: ("at", "name")},
    STREET: _WAY,
    CROSSING: _WAY,
    GATE: {ADD: ("place at", ""), CLOSE: ("id", "")},
    HOUSING: {ADD: ("at residents|dwellings", "name")},
}
#: Keys that hold points, and lines, in degrees; ``<key>_m`` is the same in metres of the study's CRS.
POINTS, LINES = ("at", "to"), ("line",)
#: Shapes of GeoJSON that stand for a point inside them.
AREAS = ("Polygon", "MultiPolygon")
LONGEST_MIN = 60
TITLE = "title"


@dataclass(frozen=True)
class Edit:
    """One edit.

    Attributes
    ----------
    kind, do
        A key of :data:`RULES`, and what is done.
    number
        Which of its kind it is in the file, from 1.
    said
        What the file says of it, without shapes.
    shape
        Point or line of what is added or moved, in the study's CRS; None where nothing is.
    where
        Where it stands, for messages.
    in_degrees
        The file says the shape in degrees, not in metres.
    """

    kind: str
    do: str
    number: int
    where: str
    said: Mapping[str, Any] = field(default_factory=dict)
    shape: shapely.Geometry | None = None
    in_degrees: bool = False

    @property
    def id(self) -> str:
        """What is added is called so in the tables.

        Examples
        --------
        >>> Edit("housing", "add", 2, "a.toml: [[housing]] 2").id
        'scenario:housing:2'
        """
        return f"scenario:{self.kind}:{self.number}"


@dataclass(frozen=True, repr=False)
class Edits(Brief):
    """A scenario.

    Attributes
    ----------
    name
        Of its file; it is kept by it.
    edits
        By kind and number.
    cutoff_min
        [min] The cutoffs that it changes, by category.
    title
        What it is called in its file; empty: nothing, its edits are told instead.
    """

    name: str
    edits: tuple[Edit, ...]
    cutoff_min: Mapping[str, float] = field(default_factory=dict)
    title: str = ""

    def of(self, kinds: tuple[str, ...], do: str) -> list[Edit]:
        """Return the edits of some kinds that do one thing."""
        return [edit for edit in self.edits if edit.kind in kinds and edit.do == do]

    def __len__(self) -> int:
        """Return how many edits there are, each cutoff one."""
        return len(self.edits) + len(self.cutoff_min)


def read(path: Path, study: Study) -> Edits:
    """Read the edits of a scenario.

    Parameters
    ----------
    path
        ``.toml`` with ``[[place]]``, ``[[hub]]``, ``[[street]]``, ``[[crossing]]``, ``[[gate]]``, ``[[housing]]`` and
        ``[cutoff_min]``, or ``.geojson`` whose features say the same in their properties, ``edit`` being the kind;
        a polygon stands for a point inside it. Either may hold a ``title``.
    study
        Whose categories, profiles and CRS they speak of.

    Raises
    ------
    InputError
        The file is missing, or is no TOML or GeoJSON.
    StudyError
        An edit says too little, too much, or what cannot be: one line that names it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "nearer.toml").write_text("[cutoff_min]\\nschool = 10\\n", encoding="utf-8")
    ...     read(Path(folder, "nearer.toml"), Study.of("dimona")).cutoff_min
    {'school': 10.0}
    """
    tables = _from_geojson(path) if path.suffix.lower() in (".geojson", ".json") else _from_toml(path)
    cutoffs, title = tables.pop(CUTOFFS, {}), tables.pop(TITLE, "")
    if not isinstance(title, str):
        raise StudyError(f'{path.name}: {TITLE} is {title!r}: write a text, "..."')
    edits = []
    for kind, rows in tables.items():
        known(kind, (*RULES, CUTOFFS, TITLE), f"kind of edit in {path.name}:")
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise StudyError(f"{path.name}: {kind} is {rows!r}: write each as a table of its own, [[{kind}]]")
        edits += [_edit(kind, number, row, path, study) for number, row in enumerate(rows, 1)]
    if not isinstance(cutoffs, Mapping):
        raise StudyError(f"{path.name}: {CUTOFFS} is {cutoffs!r}: write a table, [{CUTOFFS}], of minutes by category")
    found = Edits(path.stem, tuple(edits), dict(_cutoffs(cutoffs, path, study)), clean(title))
    if not len(found):
        raise StudyError(f"{path.name}: holds no edit: write one, such as [[place]] or [{CUTOFFS}]")
    return found


def _from_toml(path: Path) -> dict[str, Any]:
    text = _text(path)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not TOML ({error}): mend that line") from None


def _from_geojson(path: Path) -> dict[str, Any]:
    """Return features as the tables that TOML would hold: their properties, with the shape under the key it is of."""
    text = _text(path)
    try:
        content = json.loads(text)
        json.dumps(content, ensure_ascii=False).encode()  # half a letter, "\ud800", is none
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error}): save it from a GIS as GeoJSON") from None
    features = content.get("features") if isinstance(content, Mapping) else None
    if not isinstance(features, list) or not all(isinstance(one, Mapping) for one in features):
        raise InputError(f"{path}: no list of features: save it from a GIS as a GeoJSON FeatureCollection")
    tables: dict[str, Any] = {TITLE: content[TITLE]} if content.get(TITLE) else {}
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") or {}
        if not isinstance(properties, Mapping):
            raise InputError(f"{path}: the properties of feature {number} are {properties!r}: save it from a GIS again")
        said = {k: v for k, v in properties.items() if v is not None and k != "fid"}
        kind = known(str(said.pop("edit", "")), (*RULES, CUTOFFS), f"`edit` of feature {number} in {path.name}:")
        if kind == CUTOFFS:
            tables.setdefault(CUTOFFS, {})[str(said.get("category", ""))] = said.get("minutes")
        else:
            tables.setdefault(kind, []).append({**said, **_drawn(feature.get("geometry"), said)})
    return tables


def _drawn(geometry: Any, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a feature draws under the key of an edit: nothing where it closes what has an id."""
    if not isinstance(geometry, Mapping) or said.get("do") == CLOSE:
        return {}
    key = "line" if geometry.get("type") == "LineString" else "to" if said.get("do") == MOVE else "at"
    return {key: _inside(geometry) if geometry.get("type") in AREAS else geometry.get("coordinates")}


def _inside(geometry: Mapping[str, Any]) -> Any:
    """Return a point inside an area, as people of planned dwellings stand in one; of what is no area what is told."""
    area = shapely.from_geojson(json.dumps(geometry), on_invalid="ignore")
    return list(area.representative_point().coords[0]) if area else geometry.get("coordinates")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: its byte {error.start + 1} is not UTF-8: save the file as UTF-8") from None


def _edit(kind: str, number: int, row: Mapping[str, Any], path: Path, study: Study) -> Edit:
    where = f"{path.name}: [[{kind}]] {number}"
    does = RULES[kind]
    do = known(row.get("do", ADD if len(does) == 1 else ""), does, f"do in {where}:")
    must, may = ([word.split("|") for word in words.split()] for words in does[do])
    keys = list(chain(*must, *may))
    shapes = {key: name for key in (*POINTS, *LINES) for name in (key, f"{key}_m") if name in row}
    for key in row:
        known(key.removesuffix("_m") if key[:-2] in shapes else key, ("do", *keys), f"key in {where}:")
    for one in must:
        told = [key for key in one if key in row or key in shapes]
        if not told:
            raise StudyError(f"{where}: {do} without {' or '.join(one)}: say {', '.join(map(' or '.join, must))}")
        if len(told) > 1:
            raise StudyError(f"{where}: says both {' and '.join(told)}: keep one of them")
    said = {key: row[key] for key in keys if key in row and key not in shapes}
    _must_be_right(said, where, study)
    if kind == HUB:
        said["category"] = _hub(study, where)
    shape = next((_shape(key, row, name, where, study.crs) for key, name in shapes.items()), None)
    return Edit(kind, do, number, where, said, shape, in_degrees=any(key == name for key, name in shapes.items()))


def _must_be_right(said: Mapping[str, Any], where: str, study: Study) -> None:
    """Hold what is said to its types, and words to those that the study knows."""
    for key in ("id", "name", "place", "way", "category"):
        if key in said and (not isinstance(said[key], str) or not said[key]):
            raise StudyError(f'{where}: {key} is {said[key]!r}: write a text, "..."')
    if "category" in said:
        known(said["category"], study.catalogue.categories, f"category in {where}:")
    if "part" in said and (isinstance(said["part"], bool) or not isinstance(said["part"], int)):
        raise StudyError(f"{where}: part is {said['part']!r}: write the number of a part, as in table streets")
    for key in ("residents", "dwellings"):
        if key in said and not _is_number(said[key], 0, 1_000_000):
            raise StudyError(f"{where}: {key} is {said[key]!r}: write a number above 0")
    closed_to = said.get("closed_to", [])
    if not isinstance(closed_to, list):
        raise StudyError(f'{where}: closed_to is {closed_to!r}: write a list, such as ["wheelchair"]')
    for profile in closed_to:
        known(profile, study.catalogue.profiles, f"profile in {where}:")


def _hub(study: Study, where: str) -> str:
    """Return the category of hubs."""
    hubs = [key for key, category in study.catalogue.categories.items() if category.hub]
    if not hubs:
        raise StudyError(f"{where}: no category of the study is a hub: add a [[place]] with its category instead")
    return hubs[0]


def _shape(key: str, row: Mapping[str, Any], name: str, where: str, crs: str) -> shapely.Geometry:
    """Return a point or a line in the study's CRS."""
    told, is_line = row[name], key in LINES
    points = told if is_line else [told]
    if not isinstance(points, list) or len(points) < 1 + is_line or not all(map(_is_pair, points)):
        pair = "[lon, lat]" if name == key else "[x, y]"
        form = f"[{pair}, {pair}, ...]" if is_line else pair
        raise StudyError(f"{where}: {name} is {told!r}: write {form}")
    if name == key and any(abs(x) > 180 or abs(y) > 90 for x, y, *_ in points):
        raise StudyError(f"{where}: {name} is {told!r}, no degrees: write [lon, lat], or metres as {name}_m")
    shape = shapely.linestrings([p[:2] for p in points]) if is_line else shapely.Point(points[0][:2])
    placed = shape if name != key else gpd.GeoSeries([shape], crs=WGS84).to_crs(crs).iloc[0]
    if is_line and not placed.length:
        raise StudyError(f"{where}: {name} is {told!r}, a line of no length: draw it from one street to another")
    return placed


def _is_pair(point: Any) -> bool:
    return isinstance(point, list) and len(point) in (2, 3) and all(_is_number(x, -1e9, 1e9) for x in point)


def _is_number(told: Any, low: float, high: float) -> bool:
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return is_number and isfinite(told) and low < told <= high


def _cutoffs(table: Mapping[str, Any], path: Path, study: Study) -> Iterator[tuple[str, float]]:
    for key, minutes in table.items():
        known(key, study.catalogue.categories, f"category of [{CUTOFFS}] in {path.name}:")
        if not _is_number(minutes, 0, LONGEST_MIN):
            raise StudyError(
                f"{path.name}: {CUTOFFS} of {key} is {minutes!r}: give minutes above 0, at most {LONGEST_MIN}"
            )
        yield key, float(minutes)
