"""GeoKehila: what every home of a neighbourhood reaches on foot, what is missing, and how sure we are.

Importing it does nothing and takes no time; each name is loaded when it is first used.

Examples
--------
>>> import geokehila
>>> geokehila.Study.of("dimona").city.code
2200
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from geokehila import compare as compare
    from geokehila import fetch as fetch
    from geokehila import locate as locate
    from geokehila import reach as reach
    from geokehila import scenario as scenario
    from geokehila.batch import run_batch
    from geokehila.catalogue import cities
    from geokehila.compare import compare as compare_runs
    from geokehila.doctor import examine
    from geokehila.errors import GeoKehilaError
    from geokehila.frames import read_map, to_networkx, walks
    from geokehila.pipeline import Run, run
    from geokehila.scenario import run_scenario
    from geokehila.steps import analyse, demo, last_run, read_city
    from geokehila.study import Study

#: Where each public name lives; one that is called otherwise at home says how.
_HOME = {
    "GeoKehilaError": "errors",
    "Run": "pipeline",
    "Study": "study",
    "analyse": "steps",
    "cities": "catalogue",
    "compare_runs": "compare:compare",
    "demo": "steps",
    "examine": "doctor",
    "last_run": "steps",
    "read_city": "steps",
    "read_map": "frames",
    "run": "pipeline",
    "run_batch": "batch",
    "run_scenario": "scenario",
    "to_networkx": "frames",
    "walks": "frames",
}
#: Rooms that stand beside the names, each with a page of its own.
_ROOMS = ("compare", "fetch", "locate", "reach", "scenario")
__all__ = [
    "GeoKehilaError",
    "Run",
    "Study",
    "analyse",
    "cities",
    "compare_runs",
    "demo",
    "examine",
    "last_run",
    "read_city",
    "read_map",
    "run",
    "run_batch",
    "run_scenario",
    "to_networkx",
    "walks",
]


if not TYPE_CHECKING:  # a name that there is not shall not pass a checker of types

    def __getattr__(name: str) -> Any:
        """Import a public name, or a room, when it is first used."""
        if name in _ROOMS:
            return import_module(f"geokehila.{name}")
        if name not in _HOME:
            from difflib import get_close_matches

            near = get_close_matches(name, [*_HOME, *_ROOMS], n=1)
            meant = f": did you mean {near[0]!r}?" if near else ""
            raise AttributeError(f"module 'geokehila' has no attribute {name!r}{meant}")
        room, _, own = _HOME[name].partition(":")
        return getattr(import_module(f"geokehila.{room}"), own or name)


def __dir__() -> list[str]:
    """Return the public names, for completion."""
    return [*__all__, *_ROOMS, "__version__"]
