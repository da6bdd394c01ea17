"""A list of places of a municipality: a plain file or a layer of its ArcGIS server, read as the study maps it.

What its columns are called, and which rows count, ``[lists.<role>]`` of study.toml states, as for a list on the disk.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from geokehila.catalogue.lists import category_of
from geokehila.errors import FetchError, InputError
from geokehila.fetch import arcgis, file
from geokehila.fetch.addresses import shown
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.sniffing import must_be_its_kind
from geokehila.load.municipal import DEFAULT
from geokehila.load.municipal import read as read_list

_LAYER = re.compile(r"/(Feature|Map)Server/\d+/?$", re.IGNORECASE)


def bring(errand: Errand) -> Brought | None:
    """Fetch the list from the first address that has it, and count what a run will make of it.

    Raises
    ------
    FetchError
        No address has it, a layer is to become another file than a GeoPackage, or no place can be read from it as the
        study maps it.
    """
    brought, url = errand.first(lambda url: _bring(errand, url))
    if brought is None:
        return None
    counts, notes = _counted(errand, url)
    return replace(brought, url=url, counts=counts, notes=notes)


def _bring(errand: Errand, url: str) -> Brought | None:
    alone = replace(errand, source=replace(errand.source, urls=(url,)))
    if not _LAYER.search(url.partition("?")[0]):
        return file.bring(alone)
    if errand.target.suffix != ".gpkg":
        remedy = f'write file = "{errand.source.role}.gpkg" in [{errand.source.key}]'
        raise FetchError(f"{shown(url)}: a layer is kept as a GeoPackage: {remedy}")
    return arcgis.bring(alone)


def _counted(errand: Errand, url: str) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return how many places the list holds, and why other rows of it are none."""
    must_be_its_kind(errand.target)
    study = errand.study
    category = category_of(errand.source.role, study.catalogue.categories)
    choice = study.lists.get(category, DEFAULT)
    try:
        found = read_list(errand.target, category, study.crs, choice, None, study.catalogue)
    except InputError as fault:
        remedy = f"map it by [lists.{errand.source.role}] in study.toml"
        raise FetchError(f"{shown(url)}: {fault}; {remedy}") from None
    left = Counter(found.ledger.rejected()["reason"])
    notes = tuple(f"{number:,} rows left out, {reason}" for reason, number in sorted(left.items()))
    return {"places": len(found.places)}, notes
