"""Findings as a planner reads them: in three or four lines first, then under headings, in words without jargon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from geokehila.doctor.findings import LOOK, STATES, STOP, Finding

FILES, PEOPLE, STREETS, PLACES = "Your files", "Areas and people", "Map and streets", "Places"
NOTICED, COUNTED, INSTALLED = "What to know of these files", "Rows read = used + left out, and why", "The installation"
HEADINGS = (FILES, PEOPLE, STREETS, PLACES, NOTICED, COUNTED, INSTALLED)
#: Under which heading a subject stands, by the whole of it or its first word, and what it is called there; {} is the
#: rest of it. What is not here is called by its role, and stands with the files.
_CALLED = {
    "study": (FILES, "the study"),
    "last run": (FILES, "the last run"),
    "atlas": (FILES, "the atlas"),
    "file": (FILES, "{}"),
    "layer": (FILES, "where it lies"),
    "list": (FILES, "columns of {}"),
    "table": (FILES, "columns of {}"),
    "unread": (FILES, "not read"),
    "not given": (FILES, "not given"),
    "zones": (PEOPLE, "areas"),
    "people": (PEOPLE, "who is counted"),
    "join": (PEOPLE, "areas with a count"),
    "registry": (PEOPLE, "beside the registry"),
    "zones in the map": (PEOPLE, "areas on the map"),
    "homes": (PEOPLE, "homes"),
    "buildings": (PEOPLE, "outside all areas"),
    "levels": (PEOPLE, "storeys"),
    "map": (STREETS, "the map"),
    "map date": (STREETS, "its date"),
    "streets": (STREETS, "streets"),
    "no ways": (STREETS, "on foot"),
    "unconnected": (STREETS, "homes without a way"),
    "long ways out": (STREETS, "homes far from a way"),
    "corrections": (PLACES, "corrections"),
    "duplicates": (PLACES, "known twice"),
    "belief population": (PLACES, "how sure: people"),
    "belief network": (PLACES, "how sure: ways"),
    "belief mapping": (PLACES, "how sure: places"),
    "places": (PLACES, "how sure: by kind"),
    "notice": (NOTICED, "{}"),
    "read": (COUNTED, ""),
    "extra": (INSTALLED, "{}, if needed"),
    "Python": (INSTALLED, "Python"),
    "packages": (INSTALLED, "packages"),
    "Leaflet": (INSTALLED, "script of the page"),
    "catalogue": (INSTALLED, "catalogue"),
    "folder": (INSTALLED, "folder of results"),
    "disk": (INSTALLED, "disk"),
    "memory": (INSTALLED, "memory"),
}
#: So many of what stops a run stand in the lines above all.
_MOST = 3
#: What stands there too, though it stops no run: results that it will not have.
_WITHOUT = ("no ways", "not given")


def called(subject: str) -> tuple[str, str]:
    """Return the heading that a subject stands under, and what it is called there.

    Examples
    --------
    >>> called("file osm"), called("join"), called("gtfs")
    (('Your files', 'osm'), ('Areas and people', 'areas with a count'), ('Your files', 'gtfs'))
    """
    if subject in _CALLED:
        return _CALLED[subject]
    first, _, rest = subject.partition(" ")
    heading, words = _CALLED.get(first, (FILES, subject))
    return heading, words.format(rest.replace("_", " "))


def under_headings(findings: Sequence[Finding]) -> Iterator[tuple[str, list[tuple[str, Finding]]]]:
    """Yield each heading with its findings and what they are called, what stops a run first."""
    told = [(*called(finding.subject), finding) for finding in findings]
    for heading in HEADINGS:
        mine = [(words, finding) for of, words, finding in told if of == heading]
        if mine:
            yield heading, sorted(mine, key=lambda one: STATES.index(one[1].state))


def verdict(findings: Sequence[Finding], study: str = "", data: str = "", out: str = "") -> Iterator[tuple[str, str]]:
    """Yield in a few lines whether a run can start, what is in its way, what is not given, and what to type next.

    Parameters
    ----------
    study
        The city or the study.toml that was looked at; "": the installation alone.
    data, out
        What is to be typed behind it to look at the same folders again, such as " --data inputs"; "": nothing.

    Yields
    ------
    tuple of str
        What a line is about, and what it says.

    Examples
    --------
    >>> [*verdict([Finding("disk", "ok", "9 GB free")], "dimona")]
    [('dimona', 'a run can start'), ('next', 'geokehila run dimona')]
    """
    stops = [finding for finding in findings if finding.state == STOP]
    looks = sum(finding.state == LOOK for finding in findings)
    names = (one.found.partition(":")[0] for one in findings if one.subject == "study" and one.state != STOP)
    yield next(names, study or "GeoKehila"), _can(len(stops), study)
    yield from ((called(stop.subject)[1], stop.found) for stop in stops[:_MOST])
    if len(stops) > _MOST:
        yield "", f"and {len(stops) - _MOST} more below, marked stop"
    yield from ((called(finding.subject)[1], finding.found) for finding in findings if finding.subject in _WITHOUT)
    if looks:
        yield "look at", f"{looks} below, marked look; none stops a run"
    yield "next", _next(stops, study, data, out)


def _can(stops: int, study: str) -> str:
    if not study:
        return "the installation is whole" if not stops else "the installation is not whole, no run can start"
    return "a run can start" if not stops else "a run cannot start yet"


def _next(stops: Sequence[Finding], study: str, data: str, out: str) -> str:
    city = quote(study) if study else ""
    if not stops:
        return f"geokehila run {city}{data}{out}" if study else "geokehila demo, or geokehila doctor CITY"
    again = f"geokehila doctor {city}".rstrip() + data + out
    if any(": no file " in stop.found for stop in stops) and not study.endswith(".toml"):
        return f"geokehila fetch {city}{data}, or put these files into its folder; then {again}"
    return f"{stops[0].next}; then {again}"
