"""One city's inputs, in the order in which a run comes by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from geokehila import gathered, measuring, pipeline
from geokehila.doctor import drawn, ended, files, places, reading, streets, told, zones
from geokehila.doctor.findings import OK, Finding, of_corrections, of_error, of_ledger, of_notice
from geokehila.errors import GeoKehilaError
from geokehila.load.absent import absent
from geokehila.load.folders import opened
from geokehila.schema import REFERENCE
from geokehila.study import Study


def examine(
    study: Study | Path | str, data: Path, out: Path, today: date | None, progress: Callable[[str], None]
) -> Iterator[Finding]:
    """Look at a study, its files and what they hold; see :func:`geokehila.doctor.examine`."""
    try:
        chosen = pipeline.choose(study, data)
        inputs = opened(chosen, data)
    except GeoKehilaError as error:
        yield of_error("study", error)
        return
    yield _study(chosen)
    yield from ended.examine(out, chosen.city.slug)
    yield from drawn.examine(out, chosen.city.slug)
    yield from files.examine(chosen, inputs)
    if lacking := [str(one) for one in absent(chosen, inputs) if not one.is_needed]:
        yield Finding("not given", OK, f"{', '.join(lacking)}: what these tell is not in the results")
    found = reading.read(chosen, inputs, progress)
    yield from found.faults
    yield from _of(found, today)
    yield from (of_notice(notice) for notice in sorted({n for ledger in found.ledgers for n in ledger.notices}))
    yield from (finding for ledger in found.ledgers for finding in of_corrections(ledger))
    yield from (of_ledger(ledger) for ledger in found.ledgers if ledger.counts())


def _of(found: reading.Readings, today: date | None) -> Iterator[Finding]:
    """Look at what was read, as far as it was."""
    if found.osm:
        yield from streets.of_map(found.osm, today, frozenset({*found.inputs.files} & {"buildings"}))
    if found.counted:
        yield from zones.of_count(found.study, found.counted)
    if not found.gathered:
        return
    walks, origins = gathered.lead(found.study, found.gathered)
    adult = walks.led(found.study.catalogue.profiles[REFERENCE])
    believed = gathered.believe(found.study, found.gathered, origins)
    yield from zones.of_homes(found.study, found.gathered)
    yield from streets.of_network(adult, origins, found.gathered.counted.weights)
    yield from places.examine(found.study, found.gathered, believed)
    if any(role in found.inputs.files for role in told.ROLES):
        whole = gathered.parted(found.study, found.gathered, walks, origins)
        yield from told.examine(found.study, found.inputs, measuring.zonings(whole, origins), origins)


def _study(study: Study) -> Finding:
    words = study.zones.kind.replace("_", " ")
    code = f"code {study.city.code}, " if study.city.code else ""
    return Finding("study", OK, f"{study.city.name['en']}: {code}{study.crs}, zones are {words}")
