"""A plain file of a server, taken as it is."""

from __future__ import annotations

from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.wire import Call


def bring(errand: Errand) -> Brought | None:
    """Download the file from the first address that has it; None where it is the one at hand.

    Raises
    ------
    FetchError
        No address has it.
    """
    tag, url = errand.first(lambda url: errand.wire.save(Call(url), errand.target, errand.source.max_mb, errand.known))
    return None if tag is None else Brought(tag, url=url)
