"""Alert areas and the seconds from alarm to shelter, from two unofficial mirrors that are held against one another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geokehila.errors import FetchError
from geokehila.fetch.addresses import shown
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.sniffing import JSON, TEXT, kind_of
from geokehila.fetch.wire import Call
from geokehila.load.alerts import LONGEST_S
from geokehila.names import clean, matching_key

#: Entries that stand for every area at once, and have no seconds of their own.
_EVERYWHERE = frozenset(map(matching_key, ("all", "בחר הכל", "כל הארץ", "ברחבי הארץ")))
#: A line of a table by name in a program's source, read as text: nothing of it is ever run.
_LINE = re.compile(r"""^\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')\s*:\s*(\d{1,4})\s*,?\s*$""", re.MULTILINE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Of areas that differ so many are named.
MOST_NAMED = 8
_ANSWER_MB = 2.0


@dataclass(frozen=True)
class Options:
    """What is known of the mirrors.

    Attributes
    ----------
    mirrors
        What they are called, in the order of the addresses; not used where these are more or fewer, for then they are
        others.
    dated
        For each, where the day of its last change is asked for, as GitHub lists changes; as `mirrors`.
    least
        How many areas they are known to have: a mirror with fewer is a part, and refused.
    """

    mirrors: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()
    least: int = 1000


@dataclass(frozen=True)
class Area:
    """An alert area of one mirror; ``more`` are its names in other languages and its place, if the mirror has them."""

    name: str
    seconds: int
    more: Mapping[str, str | float]


@dataclass(frozen=True)
class _Mirror:
    name: str
    date: str
    areas: Mapping[str, Area]
    url: str


def bring(errand: Errand) -> Brought | None:
    """Write the areas of both mirrors as one JSON list, each with its seconds, date and source.

    Where the mirrors differ both times stand, each with who tells it: a run keeps them as an interval. Of one mirror
    alone the areas are taken, and a note says that nothing was compared.

    Raises
    ------
    FetchError
        No mirror answers with all its areas.
    """
    options = errand.options(Options)
    mirrors, notes = _mirrors(errand, options)
    rows = [*_joined(mirrors)]
    text = ",\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    errand.target.write_text(f"[\n{text}\n]\n", encoding="utf-8", newline="\n")
    date = " / ".join(sorted({mirror.date for mirror in mirrors}))
    compared = [_compared(rows, mirrors)] if len(mirrors) > 1 else ["one mirror alone: its times were compared to none"]
    return Brought(
        date=date,
        url=mirrors[0].url,
        counts={"areas": len({row["name_he"] for row in rows})},
        notes=(*compared, *notes),
    )


def _mirrors(errand: Errand, options: Options) -> tuple[list[_Mirror], list[str]]:
    """Ask every mirror; return those that answered, and what is to be known of the rest and of their dates."""
    found, notes = list[_Mirror](), list[str]()
    urls = errand.source.urls
    names, dated = (words if len(words) == len(urls) else () for words in (options.mirrors, options.dated))
    for i, url in enumerate(urls):
        name = names[i] if names else f"mirror {i + 1}"
        try:
            areas = _areas(errand.wire.content(Call(url), errand.source.max_mb), url, options.least)
        except FetchError as fault:
            notes.append(str(fault))
            continue
        date = _day(errand, dated[i]) if dated else ""
        if not date:
            date = errand.wire.now().date().isoformat()
            notes.append(f"{name} does not tell when it was last changed: its times are dated by the day they came")
        found.append(_Mirror(name, date, areas, url))
    if not found:
        raise FetchError("; ".join(notes) or f"{errand.source.key}: names no mirror: give urls")
    return found, notes


def _areas(body: bytes, url: str, least: int) -> dict[str, Area]:
    """Return the areas of an answer by what spellings of their names share."""
    kind = kind_of(body[:512])
    if kind not in (JSON, TEXT):
        raise FetchError(f"{shown(url)}: answers with {kind} instead of alert areas: look at it in a browser")
    text = body.decode("utf-8", "replace")
    areas: dict[str, Area] = {}
    for area in _of_json(text, url) if kind == JSON else _of_lines(text, url):
        key = matching_key(area.name)
        if key and key not in _EVERYWHERE and (key not in areas or area.seconds < areas[key].seconds):
            areas[key] = area
    if len(areas) < least:
        raise FetchError(f"{shown(url)}: {len(areas):,} areas, where at least {least:,} are known: a part is missing")
    return areas


def _of_json(text: str, url: str) -> Iterator[Area]:
    """Yield areas of a list of objects: value, name_en, name_ar, name_ru, countdown, lat, lng."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        raise FetchError(f"{shown(url)}: its JSON is cut or broken: try again later") from None
    for told in listed if isinstance(listed, list) else ():
        seconds = told.get("countdown") if isinstance(told, dict) else None
        name = (told.get("value") or told.get("name")) if isinstance(told, dict) else None
        if isinstance(name, str) and type(seconds) is int and 0 <= seconds <= LONGEST_S:
            names = {key: clean(str(told[key])) for key in ("name_en", "name_ar", "name_ru") if told.get(key)}
            at = {key: told.get(word) for key, word in (("lat", "lat"), ("lon", "lng"))}
            placed = all(isinstance(side, int | float) and side for side in at.values())
            yield Area(clean(name), seconds, names | ({key: float(at[key]) for key in at} if placed else {}))


def _of_lines(text: str, url: str) -> Iterator[Area]:
    """Yield areas of a table by name, a line each: ``"אופקים": 45,``."""
    if not text.rstrip().endswith("}"):
        raise FetchError(f"{shown(url)}: its table of areas is cut off: try again later")
    for double, single, seconds in _LINE.findall(text):
        if int(seconds) <= LONGEST_S:
            yield Area(clean(re.sub(r"\\(.)", r"\1", double or single)), int(seconds), {})


def _day(errand: Errand, url: str) -> str:
    """Return the day of a mirror's last change, "" where nobody tells it."""
    try:
        listed = errand.wire.json(Call(url), _ANSWER_MB)
        day = listed[0]["commit"]["committer"]["date"][:10]
    except (FetchError, LookupError, TypeError):
        return ""
    return day if isinstance(day, str) and _DAY.fullmatch(day) else ""


def _joined(mirrors: Sequence[_Mirror]) -> Iterator[dict[str, Any]]:
    """Yield the areas of all mirrors by name, a row for each time that is told: who tells it, and the newest date."""
    for key in sorted({key for mirror in mirrors for key in mirror.areas}):
        told = [(mirror, mirror.areas[key]) for mirror in mirrors if key in mirror.areas]
        known: dict[str, Any] = {"name_he": told[0][1].name}
        known |= {word: value for _, area in reversed(told) for word, value in area.more.items()}
        for seconds in sorted({area.seconds for _, area in told}):
            own = [mirror for mirror, area in told if area.seconds == seconds]
            yield {
                **known,
                "seconds": seconds,
                "date": max(mirror.date for mirror in own),
                "source": ", ".join(mirror.name for mirror in own),
            }


def _compared(rows: Sequence[Mapping[str, Any]], mirrors: Sequence[_Mirror]) -> str:
    """Say where the mirrors differ: there both times stand."""
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row["name_he"], []).append(f"{row['source']} {row['seconds']} s")
    differing = {name: times for name, times in told.items() if len(times) > 1}
    alone = sum(sum(key in mirror.areas for mirror in mirrors) == 1 for key in {k for m in mirrors for k in m.areas})
    apart = f"; {alone:,} areas are in one of them only" if alone else ""
    if not differing:
        return f"both mirrors tell the same times{apart}"
    named = "; ".join(f"{name} ({', '.join(times)})" for name, times in [*differing.items()][:MOST_NAMED])
    rest = f" and {len(differing) - MOST_NAMED:,} more" if len(differing) > MOST_NAMED else ""
    return f"the mirrors differ in {len(differing):,} areas, where both times stand: {named}{rest}{apart}"
