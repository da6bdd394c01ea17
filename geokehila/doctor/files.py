"""Which file plays which role, where each layer lies, and how lists of places would be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from geokehila.catalogue.lists import category_of
from geokehila.doctor.findings import LOOK, OK, Finding, judged
from geokehila.errors import InputError
from geokehila.load import candidate_list, code_pages, municipal, own_zones
from geokehila.load.astray import meant
from geokehila.load.roles import Inputs
from geokehila.load.tabular import SUFFIXES
from geokehila.schema import WGS84
from geokehila.study import EDITIONS, Study

LAYERS = (".gpkg", ".geojson", ".json", ".shp", ".kml", ".gdb", ".fgb")
#: Where a file of any name is stated.
STATED = "under [inputs] in study.toml"
#: Roles whose layers lie somewhere; a map in OpenStreetMap's own formats always has its degrees.
DRAWN = ("statistical_areas", *EDITIONS.values(), "localities", "zones", "plans")


def examine(study: Study, inputs: Inputs) -> Iterator[Finding]:
    """Look at the files by their names, and at where those with shapes lie; faults in them are told elsewhere."""
    lists = [role for role in inputs.files if role == "shelters" or role.startswith("places_")]
    for role, paths in inputs.files.items():
        yield _role(role, paths)
        if role in DRAWN or role in lists:
            yield from (finding for path in paths if (finding := _where(path)))
    for role in lists:
        yield from _list(role, inputs.files[role][0], study)
    for path in inputs.files.get(candidate_list.ROLE, ()):
        yield from _sites(path, study)
    if own := own_zones.propose(inputs):
        yield _own_zones(own, study)
    for name in inputs.unread:
        yield _unread(inputs.folder / name, study, inputs)
    for path in inputs.aside:
        yield _named(f"{path.parent.name}/{path.name}", meant(path.name, inputs.files))


def _role(role: str, paths: tuple[Path, ...]) -> Finding:
    names = ", ".join(f"{path.parent.name}/{path.name} ({_bytes(path) / 1e3:,.0f} kB)" for path in paths[:5])
    more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
    return Finding(f"file {role}", OK, f"{names}{more}")


def _bytes(path: Path) -> int:
    parts = [part for part in path.rglob("*") if part.is_file()] if path.is_dir() else [path]
    return sum(part.stat().st_size for part in parts)


def _where(path: Path) -> Finding | None:
    """Tell a layer's CRS and its box in degrees; None for a table, and where it cannot be told."""
    if path.suffix.lower() in SUFFIXES:
        return None
    try:
        info, _ = code_pages.asked(pyogrio.read_info, path, None, force_total_bounds=True)
    except (DataSourceError, DataLayerError):
        return None
    lacks = judged(
        "layer", False, f"{path.name}: no CRS stated", "save it from a GIS as a GeoPackage with its CRS (EPSG:2039)"
    )
    if not info["crs"]:
        return lacks
    return Finding("layer", OK, f"{path.name}: {CRS.from_user_input(info['crs']).name}{_box(info)}")


def _box(info: dict[str, object]) -> str:
    bounds = np.array(info["total_bounds"], float)
    try:
        degrees = Transformer.from_crs(info["crs"], WGS84, always_xy=True).transform_bounds(*bounds)
    except ProjError:
        return ""
    return f", {in_degrees(degrees)}" if np.isfinite(degrees).all() else ""


def in_degrees(bounds: tuple[float, float, float, float]) -> str:
    """Return a box as ``34.80 to 34.90 E, 31.20 to 31.30 N``."""
    west, south, east, north = (f"{degree:.3f}" for degree in bounds)
    return f"{west} to {east} E, {south} to {north} N"


def _list(role: str, path: Path, study: Study) -> Iterator[Finding]:
    """Show how a list is read, as the table that a study could state it with, and has to where it is but a guess."""
    categories = study.catalogue.categories
    category = category_of(role, categories)
    choice = study.lists.get(category, municipal.DEFAULT)
    try:
        found = municipal.propose(path, study.crs, choice, categories, category)
    except InputError:  # told when it is read
        return
    if found.is_guess:
        remedy = f"if these are its coordinates, say so in study.toml:\n{found.as_toml(role)}"
        yield Finding(f"list {role}", LOOK, f"{path.name}: no word tells its columns of coordinates", remedy)
    elif found.others:
        remedy = f"say in study.toml what each word stands for:\n{found.as_toml(role)}"
        said = f"{path.name}: rows that are {', '.join(found.others)} count as {category}"
        yield Finding(f"list {role}", LOOK, said, remedy)
    else:
        yield Finding(f"list {role}", OK, found.as_toml(role))


def _sites(path: Path, study: Study) -> Iterator[Finding]:
    """Show which columns of a list of sites are read as what, as the table that a study could state them with."""
    try:
        found = candidate_list.read(path, study)
    except InputError:  # told when it is read
        return
    told = municipal.columns_as_toml(candidate_list.ROLE, found.columns, found.absent, found.unread)
    yield Finding(f"list {candidate_list.ROLE}", OK, told)


def _own_zones(own: own_zones.Proposal, study: Study) -> Finding:
    """Show how areas of one's own are taken, or which table of a study takes them."""
    subject = f"list {own_zones.ROLE}"
    if study.zones.kind == own.choice.kind:
        return Finding(subject, OK, replace(own, choice=study.zones).as_toml())
    kind = study.zones.kind.replace("_", " ")
    remedy = f"to take them instead, say so in study.toml:\n{own.as_toml()}"
    return Finding(subject, LOOK, f"{own.file}: is not read, the study's zones are {kind}", remedy)


def _named(name: str, called: str) -> Finding:
    """Name a file that plays no role, and what it could be called where its name says so."""
    by = f"name it {called}" if called else "name it by its role"
    return Finding("unread", LOOK, f"{name}: plays no role", f"{by}, or state it {STATED}; else move it away")


def _unread(path: Path, study: Study, inputs: Inputs) -> Finding:
    """Name a file that plays no role; if it could be a list of places, show how it would be read as one."""
    if called := meant(path.name, inputs.files):
        return _named(path.name, called)
    if path.suffix.lower() in (*SUFFIXES, *LAYERS):
        try:
            proposal = municipal.propose(path, study.crs, categories=study.catalogue.categories)
        except InputError:
            proposal = None
        if proposal and proposal.located:
            remedy = (
                f"if these are places of one category, name it places_<category>{path.suffix} "
                f"and say in study.toml:\n{proposal.as_toml('places_<category>')}"
            )
            return Finding("unread", LOOK, f"{path.name}: plays no role", remedy)
    return _named(path.name, "")
