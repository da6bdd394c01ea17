"""Addresses on the web: which may be asked, and how one is shown without what may be secret in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

SCHEMES = ("http", "https")
#: Parameters that carry a secret, without case and punctuation; parts that make any longer word one.
_SECRETS = frozenset("key apikey auth authkey sig signature sas pass pwd password credential credentials".split())
_PARTS = ("token", "secret", "password", "apikey", "signature", "credential")


def fault_of(url: str, query: Mapping[str, object] | None = None) -> str:
    """Return why an address may not be asked, "" where it may.

    Examples
    --------
    >>> fault_of("https://data.gov.il/api/3/action/datastore_search")
    ''
    >>> fault_of("file:///etc/passwd")
    "its scheme is 'file': only http and https are asked"
    >>> fault_of("https://me:word@host/areas.zip"), fault_of("https://host/q", {"access_token": "word"})
    ('it holds a user name or password', "its parameter 'access_token' looks like a secret")
    """
    try:
        parts = urlsplit(url)
        named = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    except ValueError:
        return "it is no address"
    if parts.scheme.lower() not in SCHEMES:
        return f"its scheme is {parts.scheme[:20]!r}: only http and https are asked"
    if not parts.hostname:
        return "it names no host"
    if "@" in parts.netloc:
        return "it holds a user name or password"
    secret = next((name for name in [*named, *(query or {})] if _is_secret(name)), None)
    return f"its parameter {secret[:40]!r} looks like a secret" if secret else ""


def shown(url: str) -> str:
    """Return an address without user, password, parameters and fragment: what may stand in a message or a file.

    Examples
    --------
    >>> shown("https://me:word@host:8080/areas.zip?token=word#part")
    'https://host:8080/areas.zip'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is none"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def host_of(url: str) -> str:
    """Return the host of an address, to be polite to."""
    return urlsplit(url).hostname or ""


def _is_secret(name: str) -> bool:
    plain = re.sub("[^a-z0-9]", "", name.lower())
    return plain in _SECRETS or any(part in plain for part in _PARTS)
