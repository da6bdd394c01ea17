"""Live sources fetched into the folder of raw files: politely, whole or not at all, with their licence beside them."""

from __future__ import annotations

from geokehila.fetch.fetching import fetch
from geokehila.fetch.outcome import Outcome, Wish, lacking

__all__ = ["Outcome", "Wish", "fetch", "lacking"]
