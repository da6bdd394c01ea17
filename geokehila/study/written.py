"""What stands in a study.toml, table by table, refused in one line where it cannot be meant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from geokehila.catalogue import Catalogue, City, cities, known
from geokehila.catalogue.areas import AlertChoice, AssumedPopulation, ZoneChoice, ZoningChoice
from geokehila.catalogue.choices import CommunityChoice, GapChoice, HubChoice, RolloutChoice
from geokehila.errors import StudyError
from geokehila.names import LANGUAGES, NAME_COLUMNS, shown
from geokehila.study.roles import ROLES, STUDY


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a study.toml as they stand."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        folder = path.parent if path.name == STUDY else path
        own = f", give the slug {folder.name!r} with data={str(folder.parent)!r}" if folder.name in cities() else ""
        raise StudyError(
            f"study {path}: cannot be read ({error.strerror}): check the path{own}, or begin with `geokehila init`"
        ) from None
    except UnicodeDecodeError as error:
        raise StudyError(f"study {path}: its byte {error.start + 1} is not UTF-8: save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:  # more than TOML's own: numbers of 5,000 digits, endless nesting
        raise StudyError(f"study {path}: not TOML ({error}): mend that line") from None


def _table_of(key: str) -> str:
    """Return the table that a key of another table belongs to, "" where there is none."""
    tables = {
        "inputs": {*ROLES, "population"},
        "zones": {field.name for field in fields(ZoneChoice)} - {"population", "source", "date"},
        "zonings": {field.name for field in fields(ZoningChoice)},
        "population": {field.name for field in fields(AssumedPopulation)},
        "alerts": {field.name for field in fields(AlertChoice)},
        "gaps": {field.name for field in fields(GapChoice)},
        "hubs": {field.name for field in fields(HubChoice)},
        "communities": {field.name for field in fields(CommunityChoice)},
        "rollout": {field.name for field in fields(RolloutChoice)},
        "cutoff_min": {"default", *Catalogue.read().categories},
    }
    return next((table for table, keys in tables.items() if key in keys), "")


def city_of(head: Mapping[str, Any], path: Path) -> City:
    """Return the city that [study] tells of: the catalogue's own where code and name are its."""
    for key in head:
        if table := _table_of(key):
            raise StudyError(f"study {path}: {key} stands under [study]: it belongs under [{table}], a line above it")
        known(key, ("name", *NAME_COLUMNS, "code", "crs", "language", "fictional"), "key in [study]")
    if not isinstance(head.get("name"), str) or not isinstance(head.get("code", 0), int):
        raise StudyError(
            f'study {path}: [study] needs name = "..." and, for statistical areas, code = a CBS locality code'
        )
    name, code = head["name"], head.get("code", 0)
    if own := next((c for c in cities().values() if c.code == code and name in (c.slug, *c.name.values())), None):
        return own
    stated = {language: str(head[f"name_{language}"]) for language in LANGUAGES if head.get(f"name_{language}")}
    in_languages = {language: shown({"en": name} | stated, language)[0] for language in LANGUAGES}
    return City(slug=slug(name), code=code, name=in_languages)


def slug(name: str) -> str:
    """Return the folder name of a city: lower case, ascii, hyphens.

    Examples
    --------
    >>> slug("Netanya-Poleg"), slug("Be'er Sheva")
    ('netanya-poleg', 'beer-sheva')
    """
    made = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "")).strip("-")
    if not made:
        raise StudyError(f"[study] name {name!r} gives no folder name: write it in Latin letters and add name_he")
    return made
