"""In which order neighbourhoods get their hub, whom each wave reaches, and what hubs must hold at the horizon."""

from __future__ import annotations

from geokehila.rollout.covered import by_society, coverage
from geokehila.rollout.demand import SCENARIOS, hub_demand, scenarios
from geokehila.rollout.order import neighbourhoods, waves
from geokehila.rollout.planned import household, household_of, planned_homes
from geokehila.rollout.signs import SIGNS, readiness

__all__ = [
    "SCENARIOS",
    "SIGNS",
    "by_society",
    "coverage",
    "household",
    "household_of",
    "hub_demand",
    "neighbourhoods",
    "planned_homes",
    "readiness",
    "scenarios",
    "waves",
]
