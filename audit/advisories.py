"""Weaknesses that are known of packages, asked of the open database of them (https://osv.dev)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.error import URLError
from urllib.request import Request, urlopen

from audit.locks import Pin

SERVICE = "https://api.osv.dev/v1/querybatch"
#: [s] No answer by then is none. As many packages are asked for at a time as the service allows.
PATIENCE_S, AT_ONCE = 30.0, 1000


class NotAskedError(Exception):
    """The service gave no answer that can be read, so that nothing is known."""


def known(pins: Sequence[Pin], service: str = SERVICE) -> dict[Pin, list[str]]:
    """Return by package the names of the weaknesses that are known of its version; those of none are left out.

    Raises
    ------
    NotAskedError
        The service cannot be reached, or its answer is none.
    """
    found: dict[Pin, list[str]] = {}
    for start in range(0, len(pins), AT_ONCE):
        some = pins[start : start + AT_ONCE]
        for pin, result in zip(some, _answers(some, service), strict=True):
            if names := [str(one["id"]) for one in (result or {}).get("vulns", [])]:
                found[pin] = names
    return found


def _answers(pins: Sequence[Pin], service: str) -> list[dict[str, list[dict[str, str]]]]:
    """Return the service's answer on each package."""
    asked = [{"package": {"name": pin.name, "ecosystem": pin.ecosystem}, "version": pin.version} for pin in pins]
    head = {"Content-Type": "application/json"}
    request = Request(service, json.dumps({"queries": asked}).encode(), head)
    try:
        with urlopen(request, timeout=PATIENCE_S) as answer:
            results: list[dict[str, list[dict[str, str]]]] = json.load(answer)["results"]
    except (URLError, TimeoutError, ConnectionError, ValueError, KeyError, TypeError) as error:
        raise NotAskedError(f"{service} gave no answer ({type(error).__name__}: {error})") from None
    if not isinstance(results, list) or len(results) != len(pins):
        raise NotAskedError(f"{service} gave no answer on each of the {len(pins)} packages")
    return results
