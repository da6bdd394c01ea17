"""OpenStreetMap of a country as Geofabrik serves it, downloaded once; and of a city, cut from it."""

from __future__ import annotations

import re
from hashlib import md5
from pathlib import Path

import osmium

from geokehila.errors import FetchError
from geokehila.fetch.addresses import shown
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.part import Tag
from geokehila.fetch.where import box
from geokehila.fetch.wire import Call
from geokehila.load.osm.cut import STAMP, cut
from geokehila.load.osm.files import readable

#: What the server puts beside a file, in the manner of md5sum; it is small.
SIDECAR, SIDECAR_MB = ".md5", 0.01
_DIGEST = re.compile(rb"([0-9a-fA-F]{32})(\s|$)")


def bring(errand: Errand) -> Brought | None:
    """Download the extract of a country, resumed where it broke off; None where it is the one at hand.

    Its MD5 sum is held against the one beside it, if the server offers one.

    Raises
    ------
    FetchError
        No address has it, or it is not what its sum says.
    """
    came, url = errand.first(lambda url: _checked(errand, url))
    if came is None:
        return None
    tag, note = came
    return Brought(tag, _date(errand.target), url, notes=(note,))


def bring_city(errand: Errand) -> Brought | None:
    """Cut the city from the extract that is at hand: its box with the longest walk round it.

    Raises
    ------
    FetchError
        Nothing draws the city.
    InputError
        The extract is broken or not sorted.
    """
    if errand.needed is None:
        raise FetchError(f"{errand.source.key}: names no extract to be cut: give it needs = KEY in sources.toml")
    name = errand.study.city.slug
    errand.say(f"{errand.source.key}: cutting {name} from {errand.needed.name}")
    cut(errand.needed, {name: box(errand.study, errand.data)}, {name: errand.target})
    return Brought(date=_date(errand.target), url=errand.needed.name)


def _checked(errand: Errand, url: str) -> tuple[Tag, str] | None:
    """Download one file and hold it against its sum; return how the server marks it, and what was found."""
    tag = errand.wire.save(Call(url), errand.target, errand.source.max_mb, errand.known)
    if tag is None:
        return None
    stated = _stated(errand, url)
    if stated and stated != (found := _sum(errand.target)):
        errand.target.unlink()
        raise FetchError(
            f"{shown(url)}: its MD5 sum is {found} where {stated} is stated: it was changed on its way, or just "
            "replaced; try again"
        )
    return tag, "its MD5 sum is as stated" if stated else "no MD5 sum is offered: its length alone was checked"


def _stated(errand: Errand, url: str) -> str:
    """Return the sum that the server states, "" where it states none."""
    try:
        found = _DIGEST.match(errand.wire.content(Call(url + SIDECAR), SIDECAR_MB))
    except FetchError:
        return ""
    return found[1].decode().lower() if found else ""


def _sum(path: Path) -> str:
    digest = md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _date(path: Path) -> str:
    """Return the day of the map as its header tells, "" where it does not, or where it is no map."""
    try:
        with readable(path), osmium.io.Reader(str(path)) as reader:
            return str(reader.header().get(STAMP))[:10]
    except ValueError:
        return ""
