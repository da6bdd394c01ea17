"""One question to the web, and what is made of its answer before anybody reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import DecodeError, InvalidHeader
from urllib3.util.retry import Retry

from geokehila.errors import FetchError
from geokehila.fetch.addresses import shown
from geokehila.fetch.sniffing import kind_of

#: Answers that pass: too slow, too many questions, a fault of the server or of what stands before it.
PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))


@dataclass(frozen=True)
class Call:
    """What is asked: an address, its parameters, and a form where it is posted.

    ``agent``: a word that the host asks programs to call themselves by, beside our own name; "" where it asks for none.
    """

    url: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    agent: str = ""


class Again(Exception):  # noqa: N818
    """A fault that may pass; `wait_s` as the server asks, None where it does not."""

    def __init__(self, what: str, wait_s: float | None = None) -> None:
        super().__init__(what)
        self.wait_s = wait_s


def must_be_ok(answer: requests.Response, call: Call) -> None:
    """Raise :class:`Again` for a status that may pass, `FetchError` for any other that is no success."""
    status = answer.status_code
    if status in PASSING:
        raise Again(f"answers {status} {(answer.reason or '')[:60]}".strip(), _retry_after(answer))
    if status not in (200, 206):
        gone = "it has moved: give its new address in sources.toml"
        remedy = gone if status in (404, 410) else "open it in a browser, and carry the file by --from"
        raise FetchError(f"{shown(call.url)}: answers {status} {(answer.reason or '')[:60]}".rstrip() + f": {remedy}")


def _retry_after(answer: requests.Response) -> float | None:
    """Return the wait that a server asks for [s], given as seconds or as a date."""
    stated = answer.headers.get("Retry-After")
    try:
        return None if stated is None else min(Retry.parse_retry_after(Retry(0), stated), 1e9)
    except (InvalidHeader, ValueError, OverflowError):
        return None


def json_of(body: bytes, call: Call) -> Any:
    """Return a body as JSON; a web page is a `FetchError`, and what is cut may pass."""
    kind = kind_of(body[:512])
    if kind != "JSON":
        raise FetchError(f"{shown(call.url)}: answers with {kind} instead of JSON: open it in a browser")
    try:
        return json.loads(body)
    except RecursionError:
        raise FetchError(f"{shown(call.url)}: its JSON is nested too deep: carry the file by --from") from None
    except ValueError as fault:
        raise Again(f"its JSON is cut or broken ({str(fault)[:80]})") from None


def too_much(call: Call, size: str, max_mb: float) -> FetchError:
    """Say that an answer is larger than it may be."""
    return FetchError(
        f"{shown(call.url)}: {size}, where at most {max_mb:g} MB are expected: "
        "if that is right, raise max_mb in sources.toml"
    )


def in_words(fault: Exception) -> str:
    """Say what broke without quoting it: what requests says holds the whole address."""
    if isinstance(fault, DecodeError):
        return "is wrongly packed"
    if isinstance(fault, requests.exceptions.ConnectTimeout | requests.exceptions.ReadTimeout):
        return "does not answer in time"
    if isinstance(fault, requests.ConnectionError):
        return "cannot be reached"
    return "breaks off"


def number(text: str | None) -> int | None:
    """Return a header as a whole number, None where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
