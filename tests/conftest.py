"""What the tests share: the folder of real data, where it is present."""

import os
from pathlib import Path

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
