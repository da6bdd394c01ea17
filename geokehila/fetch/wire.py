"""One polite client of the web: it waits when asked to, gives up in the end, and takes nothing that is too much.

Every failure is one :class:`~geokehila.errors.FetchError` that names what was asked, without its parameters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError, NameResolutionError

from geokehila import __version__
from geokehila.errors import FetchError
from geokehila.fetch.addresses import fault_of, host_of, shown
from geokehila.fetch.call import Again, Call, in_words, json_of, must_be_ok, number, too_much
from geokehila.fetch.part import UNKNOWN, Part, Tag

__all__ = ["Call", "Manners", "Wire"]

AGENT = f"GeoKehila/{__version__} (open toolkit for neighbourhood planning)"
MEGA = 1_000_000
MOST_REDIRECTS = 5
PIECE = 1 << 16
#: [bytes] After so many more it is told how much has come.
TOLD = 20 * MEGA
T = TypeVar("T")


@dataclass(frozen=True)
class Manners:
    """How long is waited, and how often is asked.

    Attributes
    ----------
    connect_s, read_s
        [s] For a connection, and for the next bytes of an answer.
    deadline_s
        [s] For an answer as a whole, with all waits and attempts: a server that drips is left.
    attempts
        How often is asked where the fault may pass.
    first_wait_s, longest_wait_s
        [s] Before the second attempt, doubled before each later one; no wait is longer, even if the server asks for it.
    pause_s
        [s] Between two questions to one host.
    """

    connect_s: float = 15.0
    read_s: float = 90.0
    deadline_s: float = 1800.0
    attempts: int = 5
    first_wait_s: float = 2.0
    longest_wait_s: float = 120.0
    pause_s: float = 0.5


class Wire:
    """The way to the web.

    Parameters
    ----------
    manners
        How long is waited, and how often is asked.
    clock, sleep, now
        What time is told by [s], how it passes, and what the calendar says; tests give their own.
    say
        Called with what takes long: waits, and how much of a large answer has come.

    Examples
    --------
    >>> Wire().json(Call("https://host/query", {"f": "json"}), max_mb=10.0)  # doctest: +SKIP
    {'count': 3857}
    """

    def __init__(
        self,
        manners: Manners = Manners(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.manners, self.now, self._say = manners, now, say
        self._clock, self._sleep = clock, sleep
        self._asked: dict[str, float] = {}
        self._session = requests.Session()
        # Without one, requests looks for passwords in the user's .netrc.
        self._session.auth = lambda request: request

    def json(self, call: Call, max_mb: float, passing: Callable[[Any], str] = lambda answer: "") -> Any:
        """Return the JSON that answers, an object or a list.

        Parameters
        ----------
        max_mb
            [MB] No answer may be larger.
        passing
            Returns what is wrong with an answer of status 200 where that may pass, such as a server that is busy; ""
            where nothing is, or nothing that another attempt would mend.

        Raises
        ------
        FetchError
            No answer in time, one that is no JSON, or one above `max_mb`.
        """

        def once(until: float) -> Any:
            answer = json_of(self._body(call, max_mb, until), call)
            if fault := passing(answer):
                raise Again(fault)
            return answer

        return self._tried(call, once)

    def content(self, call: Call, max_mb: float) -> bytes:
        """Return what answers, unpacked; raise `FetchError` as :meth:`json`, but for its content."""
        return self._tried(call, lambda until: self._body(call, max_mb, until))

    def save(self, call: Call, path: Path, max_mb: float, known: Tag = UNKNOWN) -> Tag | None:
        """Write what answers to a file, and return how the server marks it; None where it is the one that is known.

        Parameters
        ----------
        path
            Written when it is whole. What came before a connection broke waits beside it, in a hidden part, and the
            next attempt, of this call or of a later one, asks for the rest if the server's file is still the same.
        max_mb
            [MB] No file may be larger.
        known
            The mark of the file that is at hand.

        Raises
        ------
        FetchError
            No answer in time, one that is cut off each time, or one above `max_mb`.
        """
        part = Part.of(path, call.url)
        return self._tried(call, lambda until: self._into(part, call, max_mb, known, until))

    def _tried(self, call: Call, once: Callable[[float], T]) -> T:
        """Ask until it is answered, the fault is one that stays, or patience is at its end."""
        if fault := fault_of(call.url, call.query):
            raise FetchError(f"{shown(call.url)}: {fault}: give a plain http(s) address")
        until = self._clock() + self.manners.deadline_s
        for attempt in range(1, self.manners.attempts + 1):
            try:
                self._pause(host_of(call.url))
                return once(until)
            except Again as again:
                wait_s = self._wait_s(call.url, attempt, again.wait_s)
                if attempt == self.manners.attempts or self._clock() + wait_s > until:
                    raise FetchError(f"{shown(call.url)}: {again}, asked {attempt} times: try again later") from None
                self._say(f"{host_of(call.url)}: {again}; again in {wait_s:.0f} s")
                self._sleep(wait_s)
        raise AssertionError("unreachable")

    def _wait_s(self, url: str, attempt: int, asked_s: float | None) -> float:
        """Return how long to wait: as the server asks, else twice as long each time.

        It is spread, so that not all return at one moment; how far, the address tells, so it is the same each time.
        """
        spread = int.from_bytes(sha256(f"{url} {attempt}".encode()).digest()[:4], "big") / 2**32
        own_s = self.manners.first_wait_s * 2 ** (attempt - 1) * (1 + spread / 2)
        return float(min(max(own_s, asked_s or 0.0), self.manners.longest_wait_s))

    def _pause(self, host: str) -> None:
        since = self._clock() - self._asked.get(host, float("-inf"))
        if since < self.manners.pause_s:
            self._sleep(self.manners.pause_s - since)
        self._asked[host] = self._clock()

    def _body(self, call: Call, max_mb: float, until: float) -> bytes:
        with self._answer(call, {"Accept-Encoding": "gzip, deflate"}) as answer:
            must_be_ok(answer, call)
            return b"".join(self._pieces(answer, call, max_mb, until))

    def _into(self, part: Part, call: Call, max_mb: float, known: Tag, until: float) -> Tag | None:
        # Packed on the way, the bytes of a part could not be counted.
        headers = {"Accept-Encoding": "identity"} | (part.wanted() or known.unless_changed())
        with self._answer(call, headers) as answer:
            if answer.status_code == 304:
                part.forget()
                return None
            if answer.status_code == 416 or (answer.status_code == 206 and not part.goes_on(answer)):
                part.forget()
                raise Again("has another file than before")
            must_be_ok(answer, call)
            begun = part.begin(answer)
            with part.path.open("ab" if begun else "wb") as file:
                for piece in self._pieces(answer, call, max_mb, until, begun):
                    file.write(piece)
            expected, size = part.expected(answer), part.path.stat().st_size
            if expected not in (None, size):
                raise Again(f"is cut off at {size:,} of {expected:,} bytes")
        return part.finish()

    @contextmanager
    def _answer(self, call: Call, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        """Ask once and follow where it leads; what breaks while the answer is read may pass, too."""
        try:
            with self._followed(call, headers) as answer:
                yield answer
        except requests.exceptions.SSLError:
            raise FetchError(f"{shown(call.url)}: its certificate is not trusted: check date and proxy") from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            raise FetchError(f"{shown(call.url)}: no address to ask: mend it in sources.toml") from None
        except (requests.RequestException, HTTPError) as fault:
            if _is_without_internet(fault):
                text = "its name cannot be looked up: without internet add --offline, and carry the file by --from"
                raise FetchError(f"{host_of(call.url)}: {text}") from None
            raise Again(in_words(fault)) from None

    def _followed(self, call: Call, headers: Mapping[str, str]) -> requests.Response:
        url, query, form = call.url, dict(call.query), call.form
        headers = {**headers, "User-Agent": f"{call.agent} {AGENT}".lstrip()}
        wait = (self.manners.connect_s, self.manners.read_s)
        for _ in range(MOST_REDIRECTS + 1):
            method = "GET" if form is None else "POST"
            answer = self._session.request(
                method, url, params=query, data=form, headers=headers, timeout=wait, stream=True, allow_redirects=False
            )
            if not answer.is_redirect:
                return answer
            answer.close()
            url = urljoin(url, answer.headers["Location"])
            query = {}
            form = form if answer.status_code in (307, 308) else None
            # Signed addresses are common where a store is redirected to; they are asked, and never written down.
            if (fault := fault_of(url)) and not fault.startswith("its parameter"):
                raise FetchError(f"{shown(call.url)}: leads to another address, and {fault}: look at it in a browser")
        raise FetchError(f"{shown(call.url)}: leads on more than {MOST_REDIRECTS} times: look at it in a browser")

    def _pieces(
        self, answer: requests.Response, call: Call, max_mb: float, until: float, begun: int = 0
    ) -> Iterator[bytes]:
        """Yield an answer as it comes, unpacked; no more than is allowed, and no longer."""
        size, most = begun, max_mb * MEGA
        declared = number(answer.headers.get("Content-Length"))
        if declared is not None and begun + declared > most:
            raise too_much(call, f"{(begun + declared) / MEGA:,.0f} MB", max_mb)
        # read1 gives what has come; read would wait for a full piece, however slowly it drips.
        while piece := answer.raw.read1(PIECE, decode_content=True):
            if (size + len(piece)) // TOLD > size // TOLD:
                self._say(f"{host_of(call.url)}: {(size + len(piece)) / MEGA:,.0f} MB")
            size += len(piece)
            if size > most:
                raise too_much(call, f"more than {max_mb:g} MB", max_mb)
            if self._clock() > until:
                raise FetchError(
                    f"{shown(call.url)}: not done after {self.manners.deadline_s:g} s, {size / MEGA:.1f} MB came: "
                    "try again, it goes on where it was left"
                )
            yield piece


def _is_without_internet(fault: Exception) -> bool:
    """Tell whether a host's name could not be looked up: asked again in a minute it cannot, either."""
    return isinstance(getattr(fault.args[0] if fault.args else None, "reason", None), NameResolutionError)
