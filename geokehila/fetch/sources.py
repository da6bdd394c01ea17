"""The live sources: what each holds, where it lies, whose it is; a user's own table is laid over the shipped one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from geokehila.catalogue import build, known
from geokehila.errors import StudyError
from geokehila.fetch.addresses import fault_of
from geokehila.study import ROLES

#: A user's own table, beside the cities' folders.
OWN = "sources.toml"
CITY, NATIONAL = "city", "national"
ISRAEL, ANYWHERE = "israel", "anywhere"
#: How far an address is believed: stated by its publisher, read in several public programs, or neither.
CONFIDENCES = ("published", "secondary", "unverified")
#: What a date may be instead of one: told by the file itself, by the server, or that of the day it was fetched.
DATES = ("", "told", "modified", "fetched")
#: What a user must say of a source that is not shipped.
NEW = frozenset(("role", "client", "file", "holds"))
_FILE = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9]+){1,2}")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True)
class Source:
    """A live source of one file.

    Attributes
    ----------
    role
        The role that the file plays in a study.
    client
        Which client of :data:`geokehila.fetch.clients.CLIENTS` asks for it.
    file
        What it is called in the folder, in small letters; runs read it if its stem is a role.
    scope
        ``national``: one file serves every city; ``city``: each has its own.
    where
        ``israel``: only studies in Israel's system of coordinates have a use for it; ``anywhere``.
    urls
        Addresses, the surest first; what becomes of several is the client's business. Empty: it is carried by hand.
    needs
        The key of a source that is fetched before it, of whose file it is made; empty: none.
    required
        Whether no city can be run without it.
    named_only
        Whether it is fetched only where it is asked for by its key.
    date
        What the data speak of: ISO, or one of :data:`DATES`.
    fresh_days
        [days] It is not asked for again before so many have passed; 0: each time.
    max_mb
        [MB] No answer may be larger.
    options
        What the client must know besides; each has its own.
    """

    key: str
    role: str
    client: str
    file: str
    holds: str
    licence: str = ""
    credit: str = ""
    scope: str = NATIONAL
    where: str = ISRAEL
    urls: tuple[str, ...] = ()
    needs: str = ""
    required: bool = False
    named_only: bool = False
    date: str = ""
    fresh_days: float = 90.0
    max_mb: float = 100.0
    confidence: str = "unverified"
    note: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The name of its file without the suffix."""
        return self.file.partition(".")[0]

    @property
    def is_of_role(self) -> bool:
        """Whether runs read its file, or only a source that needs it does."""
        return self.stem == self.role


def read(data: Path, clients: Collection[str], categories: Collection[str]) -> dict[str, Source]:
    """Read the shipped sources and lay ``<data>/sources.toml`` over them, by key.

    Parameters
    ----------
    clients, categories
        The clients there are, and the categories that lists of places may be of.

    Raises
    ------
    StudyError
        An unknown key, role, client or word (the nearest right one is named), a value of the wrong type, or an address
        that is not http(s) or holds a secret.

    Examples
    --------
    >>> read(Path("data/raw"), ["arcgis", "ckan", "file"], ["school"])["cbs_areas_2022"].role  # doctest: +SKIP
    'statistical_areas'
    """
    ours, own = shipped(), _own(data / OWN)
    for key, table in own.items():
        if not isinstance(table, Mapping):
            raise StudyError(f"{OWN}: {key} is {table!r}: make it a table of its own, [{key}]")
        if not {*table} >= NEW:
            known(key, ours, f"source in {OWN}")
    tables = {key: {**ours.get(key, {}), **own.get(key, {})} for key in [*ours, *sorted({*own} - {*ours})]}
    sources = {key: build(Source, key, {**table, "key": key}) for key, table in tables.items()}
    roles = {*ROLES, *(f"places_{category}" for category in categories)}
    for source in sources.values():
        _check(source, sources, clients, roles)
    return sources


def chosen(sources: Mapping[str, Source], only: Iterable[str]) -> list[Source]:
    """Return the sources that are meant by roles and keys, in the order of the table; by none of them all the usual.

    Raises
    ------
    StudyError
        A word that is no role or key of a source.
    """
    words = {known(word, {*sources, *(s.role for s in sources.values())}, "source or role") for word in only}
    usual = [source for source in sources.values() if not source.named_only]
    if not words:
        return usual
    return [s for s in sources.values() if s.key in words or (s.role in words and s in usual)]


@cache
def shipped() -> Mapping[str, Mapping[str, Any]]:
    """Return the table of sources that comes with GeoKehila, by key."""
    return tomllib.loads(files("geokehila.catalogue").joinpath("sources.toml").read_text(encoding="utf-8"))


def _own(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    except OSError as error:
        raise StudyError(f"{path}: cannot be read ({error.strerror}): check its rights") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"{path}: its byte {error.start + 1} is not UTF-8: save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{path}: not TOML ({error}): mend that line") from None


def _check(source: Source, sources: Mapping[str, Source], clients: Collection[str], roles: Collection[str]) -> None:
    where = f"[{source.key}]"
    known(source.role, roles, f"role in {where}")
    known(source.client, clients, f"client in {where}")
    known(source.scope, (CITY, NATIONAL), f"scope in {where}")
    known(source.where, (ISRAEL, ANYWHERE), f"where in {where}")
    known(source.confidence, CONFIDENCES, f"confidence in {where}")
    if source.needs:
        known(source.needs, sources, f"needs in {where}")
    if not _FILE.fullmatch(source.file):
        raise StudyError(f'{where} file is {source.file!r}: write a plain name in small letters, "{source.role}.csv"')
    if source.date not in DATES and not _DATE.fullmatch(source.date):
        words = ", ".join(DATES[1:])
        raise StudyError(f'{where} date is {source.date!r}: write "2022", "2022-05-31", or one of {words}')
    if not isinstance(source.options, Mapping):
        raise StudyError(f"{where} options is {source.options!r}: make it a table, [{source.key}.options]")
    if source.max_mb <= 0 or source.fresh_days < 0:
        raise StudyError(f"{where} max_mb is {source.max_mb:g}, fresh_days {source.fresh_days:g}: give more than 0")
    for number, url in enumerate(source.urls, 1):
        if fault := fault_of(url):
            raise StudyError(f"{where} url {number}: {fault}: give a plain address that needs no key")
