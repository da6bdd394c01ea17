"""A study's sources fetched one after the other: what fails stops no other, and what was there stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path

from geokehila.catalogue import known
from geokehila.errors import FetchError, GeoKehilaError
from geokehila.fetch import sniffing
from geokehila.fetch.clients import CLIENTS
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.keeping import Held, Keeper, age_days, stamp, writing
from geokehila.fetch.outcome import CARRIED, FAILED, FETCHED, KEPT, MISSING, UNCHANGED, USUAL, Outcome, Wish
from geokehila.fetch.part import UNKNOWN, Tag
from geokehila.fetch.sources import CITY, ISRAEL, Source, chosen, read
from geokehila.fetch.wire import Wire
from geokehila.load.provenance import Provenance
from geokehila.schema import ISRAEL_TM
from geokehila.store import lock
from geokehila.study import ROLES, Study

NATIONAL_FOLDER = "national"
MEGA = 1e6


def fetch(
    study: Study,
    data: Path,
    wish: Wish = USUAL,
    wire: Wire | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> list[Outcome]:
    """Fetch the live sources of a study into ``<data>/<slug>/`` and ``<data>/national/``.

    Parameters
    ----------
    study
        The city, and which files its study.toml states: those are not fetched.
    data
        Folder with one folder of input files per city; its ``sources.toml``, if any, is laid over the shipped table.
    wish
        What is asked for.
    wire
        The way to the web; None: the usual one. With ``wish.offline`` it is not used.
    say
        Called with what is going on.

    Returns
    -------
    list of Outcome
        One for each role, and for each source that another needs, in the order of the table. A source that fails stops
        no other. Sources of one role are asked in their order until one gives its file.

    Raises
    ------
    StudyError
        An unknown role or source, or a broken ``sources.toml``.
    InputError
        A broken manifest.
    RunError
        Another fetch of the city is at work.

    Examples
    --------
    >>> fetch(Study.of("dimona"), Path("data/raw"), Wish(offline=True))[0].state  # doctest: +SKIP
    'missing'
    """
    sources = read(data, CLIENTS, study.catalogue.categories)
    wanted = [s for s in chosen(sources, wish.only) if _serves(s, study) or s.key in wish.only]
    carried = [(_carried(name, sources, study), path) for name, path in wish.files.items()]
    work = _Round(study, data, wish, wire or Wire(say=say), sources, say)
    with ExitStack() as locks:
        for folder in (data / NATIONAL_FOLDER, data / study.city.slug):
            with writing(folder):
                folder.mkdir(parents=True, exist_ok=True)
            locks.enter_context(lock.held(folder, "fetch into this folder", "--data"))
            Keeper(folder).recover()
        outcomes = [work.carry(source, path) for source, path in carried]
        # What is carried for a role is its file; a part of it, such as the map of the country, still has to be cut.
        given = {source.role for source, _ in carried if source.is_of_role}
        for role in dict.fromkeys(source.role for source in wanted):
            if role not in given:
                outcomes += work.role([source for source in wanted if source.role == role])
    return outcomes


@dataclass(frozen=True)
class _Round:
    """One fetch of one study."""

    study: Study
    data: Path
    wish: Wish
    wire: Wire
    sources: Mapping[str, Source]
    say: Callable[[str], None]

    def role(self, sources: list[Source]) -> Iterator[Outcome]:
        """Ask the sources of a role until one has its file; yield what the role needed, and what became of it."""
        needed = {source.needs for source in sources}
        failed: list[tuple[Source, Outcome]] = []
        for source in (source for source in sources if source.key not in needed):
            *before, outcome = self.source(source)
            yield from before
            if outcome.is_good:
                faults = [f"{one.key}: {fault.why}" for one, fault in failed]
                yield replace(outcome, why="; ".join([*faults, *([outcome.why] if outcome.why else [])]))
                return
            failed.append((source, outcome))
        if failed:
            told = [f"{source.key}: {fault.why}" for source, fault in failed if fault.state == FAILED]
            yield replace(failed[0][1], why="; ".join(told)) if len(told) > 1 else failed[0][1]

    def source(self, source: Source) -> list[Outcome]:
        """Return what became of the source that this one needs, if any, and of itself."""
        keeper = self.keeper(source)
        held = keeper.at_hand(source.stem)
        if why := self._untouched(source, keeper, held):
            return [_outcome(source, KEPT, held, why)]
        if not source.urls and not source.needs:
            return [_outcome(source, MISSING, held, f"carry it by --from {source.key}=FILE: {source.holds}")]
        if self.wish.offline and source.urls:
            return [
                _outcome(source, KEPT if held else MISSING, held, "offline" if held else f"offline: {source.holds}")
            ]
        if not source.needs:
            return [self._ask(source, keeper, held)]
        return self._make(source, keeper, held)

    def _make(self, source: Source, keeper: Keeper, held: Held | None) -> list[Outcome]:
        """See to the source that this one needs, and make its file of that."""
        needs = self.sources[source.needs]
        before = self.source(needs)
        if not before[-1].is_good:
            state = KEPT if held and self.wish.offline else before[-1].state
            fell = "failed" if before[-1].state == FAILED else "is missing"
            why = f"{source.needs} {fell}: mend that, or carry the city's own by --from {source.role}=FILE"
            return [*before, _outcome(source, state, held, f"{why}{_stays(held)}")]
        of = self.keeper(needs).at_hand(needs.stem)
        is_older = of is None or (held is not None and of.row.fetched <= held.row.fetched)
        if held and is_older and self._is_fresh(source, held):
            return [*before, _outcome(source, KEPT, held, f"{source.needs} is still the same")]
        return [*before, self._ask(source, keeper, held)]

    def carry(self, source: Source, path: Path) -> Outcome:
        """Take a file that was carried by hand through the same doors as one that is fetched."""
        keeper, suffix = self.keeper(source), sniffing.suffix_of(path)
        name = source.file if suffix and source.file.endswith(suffix) else f"{source.stem}{suffix}"
        try:
            if not suffix or not path.is_file():
                kinds = ", ".join(sniffing.KINDS)
                raise FetchError(f"{path}: {'no such file' if suffix else f'none of {kinds}'}: give one file of these")
            if (own := keeper.own(source.stem)) and not (self.wish.force and own.name == name):
                raise FetchError(f"{own}: is there already, and yours: move it away, or keep it and drop --from")
            desk = keeper.desk(source.key)
            with writing(desk):
                shutil.copyfile(path, desk / name)
            held = self._keep(replace(source, file=name), keeper, self._row(source, CARRIED, path.name, Brought()))
        except GeoKehilaError as fault:
            keeper.clear(source.key)
            return _outcome(source, FAILED, keeper.at_hand(source.stem), str(fault))
        return _outcome(source, CARRIED, held, "")

    def keeper(self, source: Source) -> Keeper:
        """Return the keeper of the folder that a source's file belongs in."""
        return Keeper(self.data / (self.study.city.slug if source.scope == CITY else NATIONAL_FOLDER))

    def _ask(self, source: Source, keeper: Keeper, held: Held | None) -> Outcome:
        """Send the client, and put what it brings in its place if it is what the role promises."""
        self.say(f"{source.role}: {source.key}")
        try:
            errand = self._errand(source, keeper, held)
            with writing(errand.desk):
                brought = CLIENTS[source.client](errand)
            if brought is None:
                return _outcome(source, UNCHANGED, self._unchanged(source, keeper, held), "")
            row = self._row(source, FETCHED, brought.url or source.urls[0], brought)
            counts = [f"{number:,} {kind}" for kind, number in brought.counts.items()]
            return _outcome(source, FETCHED, self._keep(source, keeper, row), "; ".join([*counts, *brought.notes]))
        except GeoKehilaError as fault:
            keeper.leave(source.key)
            return _outcome(source, FAILED, held, f"{fault}{_stays(held)}")

    def _unchanged(self, source: Source, keeper: Keeper, held: Held | None) -> Held:
        if held is None:
            raise FetchError(f"{source.key}: says that nothing changed, where there is nothing: try --force")
        keeper.clear(source.key)
        return keeper.asked(replace(held, row=replace(held.row, asked=stamp(self.wire.now()))))

    def _keep(self, source: Source, keeper: Keeper, row: Provenance) -> Held:
        """Look at the file on the desk, and put it in its place."""
        found = keeper.desk(source.key) / source.file
        try:
            if not found.is_file():
                raise FetchError(f"{source.key}: its client wrote no {source.file}: report it")
            sniffing.must_be_its_kind(found)
            if source.is_of_role:
                sniffing.must_be_readable(found, source.role, self.study)
        except GeoKehilaError:
            found.unlink(missing_ok=True)
            raise
        held = keeper.keep(found, Held(source.file, row))
        keeper.clear(source.key)
        return held

    def _errand(self, source: Source, keeper: Keeper, held: Held | None) -> Errand:
        is_its_own = held and held.row.source == source.key and not self.wish.force
        tag = Tag(held.row.etag, held.row.modified) if held and is_its_own else UNKNOWN
        return Errand(
            source, self.study, self.wire, keeper.desk(source.key), self.data, tag, self._needed(source), self.say
        )

    def _needed(self, source: Source) -> Path | None:
        """Return the file that a source needs; None where it needs none."""
        if not source.needs:
            return None
        needs = self.sources[source.needs]
        keeper = self.keeper(needs)
        return next(iter(keeper.of_stem(needs.stem)), keeper.folder / needs.file)

    def _row(self, source: Source, how: str, url: str, brought: Brought) -> Provenance:
        moment = stamp(self.wire.now())
        return Provenance(
            source=source.key,
            role=source.role,
            how=how,
            url=url,
            fetched=moment,
            asked=moment,
            sha256="",
            size=0,
            etag=brought.tag.etag,
            modified=brought.tag.modified,
            date=_date(source, brought, moment),
            licence=source.licence,
            credit=source.credit,
        )

    def _untouched(self, source: Source, keeper: Keeper, held: Held | None) -> str:
        """Return why a source is not asked at all, "" where it is."""
        if source.role in self.study.inputs:
            return "study.toml states its own"
        for place in dict.fromkeys((keeper, Keeper(self.data / self.study.city.slug))):
            if own := place.own(source.role) or place.own(source.stem):
                return f"{place.folder.name}/{own.name} is yours: move it away to fetch another"
        if held is None or self.wish.force:
            return ""
        if held.row.how == CARRIED:
            return "carried by hand: --force fetches it" if source.urls or source.needs else "carried by hand"
        other = self.sources.get(held.row.source)
        if other and other.named_only and other != source and source.key not in self.wish.only:
            return f"of {other.key}, which was asked for by name: so name {source.key}"
        return "fresh" if not source.needs and self._is_fresh(source, held) else ""

    def _is_fresh(self, source: Source, held: Held) -> bool:
        fresh = age_days(held.row, self.wire.now()) < source.fresh_days
        return fresh and held.row.source == source.key and not self.wish.force


def _stays(held: Held | None) -> str:
    return "; the file at hand stays" if held else ""


def _outcome(source: Source, state: str, held: Held | None, why: str) -> Outcome:
    size, date, file = (held.row.size / MEGA, held.row.date, held.name) if held else (0.0, "", source.file)
    return Outcome(source.role, source.key, state, file, size, date, why, source.required)


def _serves(source: Source, study: Study) -> bool:
    """Tell whether a study has a use for a source: those of Israel only where its coordinates are."""
    return source.where != ISRAEL or study.crs == ISRAEL_TM


def _carried(name: str, sources: Mapping[str, Source], study: Study) -> Source:
    """Return the source that a carried file is of; of a role alone nobody tells the licence and the date."""
    if name in sources:
        return sources[name]
    roles = {*ROLES, *(f"places_{key}" for key in study.catalogue.categories)}
    role = known(name, {*sources, *roles}, "source or role in --from")
    first = next((source for source in sources.values() if source.role == role and source.is_of_role), None)
    scope, required = (first.scope, first.required) if first else (CITY, False)
    return Source(role, role, "file", f"{role}.csv", "a file carried by hand", scope=scope, required=required)


def _date(source: Source, brought: Brought, moment: str) -> str:
    """Return what a file speaks of, as its source says that it is to be told."""
    if source.date == "fetched":
        return moment[:10]
    if source.date == "told":
        return brought.date
    if source.date == "modified":
        with suppress(ValueError, TypeError):
            return parsedate_to_datetime(brought.tag.modified).date().isoformat()
        return ""
    return source.date
