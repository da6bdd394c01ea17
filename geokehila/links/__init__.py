"""Pedestrian links that are missing: short straight ways across what nothing leads over, and who would gain by each."""

from __future__ import annotations

from geokehila.links.candidates import Terms, candidates
from geokehila.links.gains import gains, layer
from geokehila.links.ground import Ground
from geokehila.links.needs import Needs, required

__all__ = ["Ground", "Needs", "Terms", "candidates", "gains", "layer", "required"]
