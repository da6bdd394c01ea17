"""GeoKehila: what every home of a neighbourhood reaches on foot, what is missing, and how sure we are."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Run", "Study", "run"]

if TYPE_CHECKING:
    from geokehila.pipeline import Run, run
    from geokehila.study import Study


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used: importing the package does nothing and takes no time."""
    if name == "Study":
        from geokehila.study import Study

        return Study
    if name in ("Run", "run"):
        from geokehila import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'geokehila' has no attribute {name!r}")
