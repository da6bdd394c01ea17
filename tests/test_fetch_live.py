"""Each source asked once, itself: only with GEOKEHILA_LIVE=1, for it needs the internet and other people's servers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from geokehila.catalogue import Catalogue
from geokehila.fetch import Wish, fetch
from geokehila.fetch.clients import CLIENTS
from geokehila.fetch.sources import read
from geokehila.study import Study

SOURCES = [s for s in read(Path("nowhere"), CLIENTS, Catalogue.read().categories).values() if s.urls or s.needs]
pytestmark = [
    pytest.mark.live,
    pytest.mark.enable_socket,
    pytest.mark.skipif("GEOKEHILA_LIVE" not in os.environ, reason="asks a live source: set GEOKEHILA_LIVE=1"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all: what draws the city is fetched once."""
    return tmp_path_factory.mktemp("raw")


@pytest.mark.parametrize("key", [source.key for source in SOURCES])
def test_a_live_source_gives_what_it_promises(key: str, data: Path) -> None:
    *_, outcome = fetch(Study.of("dimona"), data, Wish(only=(key,)))
    assert outcome.is_good, outcome.why
