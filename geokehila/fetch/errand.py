"""What a client is given, and what it brings back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from geokehila.catalogue import build
from geokehila.errors import FetchError
from geokehila.fetch.part import UNKNOWN, Tag
from geokehila.fetch.sources import Source
from geokehila.fetch.wire import Wire
from geokehila.study import Study

T = TypeVar("T")


@dataclass(frozen=True)
class Brought:
    """A whole file that a client wrote at its desk.

    Attributes
    ----------
    tag
        How the server marks it, so that the next fetch can ask whether there is another.
    date
        What the data speak of, where the file itself tells, ISO; "" else.
    url
        Which of the source's addresses gave it; "" the first.
    counts
        What is in it, by kind: {"areas": 3857}.
    notes
        What a user should know of it: where two mirrors differ, for one.
    """

    tag: Tag = UNKNOWN
    date: str = ""
    url: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Errand:
    """One source to be fetched for one study.

    Attributes
    ----------
    source, study
        What is asked for, and for whom.
    wire
        The way to the web; its clock and calendar, too.
    desk
        A hidden folder of the source's own. What is left there when it fails, it finds again the next time.
    data
        The folder of all raw files: ``<slug>/`` and ``national/`` are in it.
    known
        How the server marks the file that is at hand; empty where there is none, or where another is asked for anyhow.
    needed
        The file of the source that this one needs; None where it needs none.
    say
        Called with what is going on.
    """

    source: Source
    study: Study
    wire: Wire
    desk: Path
    data: Path
    known: Tag = UNKNOWN
    needed: Path | None = None
    say: Callable[[str], None] = lambda text: None

    @property
    def target(self) -> Path:
        """Where the whole file is to be written."""
        return self.desk / self.source.file

    def options(self, kind: type[T]) -> T:
        """Return what the client must know besides, every key known and every value of its type.

        Raises
        ------
        StudyError
            A key that `kind` lacks, the nearest right one named, or a value of another type.
        """
        return build(kind, f"{self.source.key}.options", self.source.options)

    def first(self, ask: Callable[[str], T]) -> tuple[T, str]:
        """Ask one address after the other; return the first answer, and whose it is.

        Raises
        ------
        FetchError
            None answers: what each of them says.
        """
        faults: list[str] = []
        for url in self.source.urls:
            try:
                return ask(url), url
            except FetchError as fault:
                faults.append(str(fault))
                self.say(f"{self.source.key}: {fault}")
        raise FetchError("; ".join(faults))


class Client(Protocol):
    """Asks one kind of server.

    It writes the whole file as ``errand.target`` and returns what it is; None where the server says that the file at
    hand is still the newest. Every failure is one :class:`~geokehila.errors.FetchError`. Whether what it wrote is what
    the role promises, and whether it takes its place, is not its business.
    """

    def __call__(self, errand: Errand) -> Brought | None:
        """Fetch a source."""
