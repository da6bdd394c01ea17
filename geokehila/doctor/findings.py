"""A finding: what was looked at, how it is, what was found, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geokehila import brief
from geokehila.errors import GeoKehilaError
from geokehila.inventory import taken
from geokehila.ledger import Ledger, Notice

#: A run is not possible or of no use; a user should look at it; nothing to do.
STOP, LOOK, OK = STATES = ("stop", "look", "ok")
#: How a remedy begins that is a list of what there is: it stands behind a colon of its own.
KNOWN = ": known"


@dataclass(frozen=True)
class Finding:
    """One line of the table that `geokehila doctor` prints.

    Attributes
    ----------
    subject
        What was looked at, in a word or two.
    state
        ``stop``, ``look`` or ``ok``.
    found
        The value, with its unit.
    next
        What to do; empty when ok.

    Examples
    --------
    >>> Finding("map", OK, "12 days old").next
    ''
    """

    subject: str
    state: str
    found: str
    next: str = ""


class Findings(tuple[Finding, ...]):
    """All that was found, which shows what needs somebody; in a notebook every line of it is a row."""

    def __repr__(self) -> str:
        """Return how many of each state there are, and the first that are not ok."""
        counts = ", ".join(f"{sum(one.state == state for one in self)} {state}" for state in STATES)
        rows = [(one.state, brief.told(f"{one.subject}: {one.found}")) for one in self if one.state != OK]
        return brief.lines(f"{len(self)} findings: {counts}", rows[: brief.LINES])

    def _repr_html_(self) -> str:
        rows = [(one.state, one.subject, one.found, one.next) for one in self]
        return brief.html(f"{len(self)} findings", ("state", "subject", "found", "next"), rows)


def judged(subject: str, is_fine: bool, found: str, remedy: str, worse: str = LOOK) -> Finding:
    """Return a finding that needs its remedy only where it is not fine."""
    return Finding(subject, OK, found) if is_fine else Finding(subject, worse, found, remedy)


def of_error(subject: str, error: GeoKehilaError) -> Finding:
    """Return what an error says: its text is what, where, the value, and behind the last colon the remedy.

    Examples
    --------
    >>> of_error("osm", GeoKehilaError("osm.pbf: is cut: fetch it again")).next
    'fetch it again'
    >>> of_error("study", GeoKehilaError("unknown language 'xx': known: ar, en, he")).next
    'known: ar, en, he'
    """
    found, _, remedy = str(error).rpartition(": ")
    if found.endswith(KNOWN):
        found, remedy = found.removesuffix(KNOWN), f"{KNOWN[2:]}: {remedy}"
    return Finding(subject, STOP, found or remedy, remedy if found else "mend it, and look again")


def of_notice(notice: Notice) -> Finding:
    """Return a named warning; it says itself what can be done where something can."""
    return Finding(f"notice {notice.name}", LOOK, str(notice), "see whether that is as it should be")


def of_corrections(ledger: Ledger) -> Iterator[Finding]:
    """Say what was taken over of an edited inventory, where the ledger is one's."""
    if said := taken(ledger.counts()):
        yield Finding("corrections", OK, f"{ledger.source}: {said}")


def of_ledger(ledger: Ledger) -> Finding:
    """Return what became of everything that a source held: read = used + rejected, and why rejected."""
    kinds = []
    for kind, count in ledger.counts().items():
        reasons: dict[str, int] = dict(count["rejected"])  # type: ignore[call-overload]
        why = ", ".join(f"{reason} {number:,}" for reason, number in reasons.items())
        kinds.append(
            f"{kind} {count['read']:,} = {count['used']:,} + {sum(reasons.values()):,}{f' ({why})' if why else ''}"
        )
    return Finding("read", OK, f"{ledger.source}: {'; '.join(kinds) or 'nothing'}")


def percent(share: float) -> str:
    """Return a share as ``12.3 %``."""
    return f"{100 * share:.1f} %"
