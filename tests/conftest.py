"""What the tests share: the folder of real data, where it is present."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


# No test may fail for the pace of a machine; where many machines must agree, each tries the same examples.
settings.register_profile("geokehila", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("geokehila")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real data absent: {SHARED.name} is not beside the repository")
    return SHARED


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for tests of what is drawn."""
    from page_browser import chromium

    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def raw_neve_or(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of raw data with the sample town in it; whoever changes its files copies them first."""
    from geokehila import sample_town

    raw = tmp_path_factory.mktemp("neve-or") / "raw"
    sample_town.write(raw / "neve-or")
    return raw


@pytest.fixture(scope="session")
def neve_or(raw_neve_or: Path) -> Any:
    """A run of the sample town, for those who only read it."""
    from geokehila import run

    return run("neve-or", raw_neve_or, raw_neve_or.parent / "out")


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest town that a run takes, in ``raw``, its last good run in ``out``; whoever changes it copies it."""
    import small_town

    return small_town.build(tmp_path_factory.mktemp("town"))
