"""The fabric of streets as planners read it: true intersections and their spacing, blocks, what lines the streets."""

from __future__ import annotations

from geokehila.fabric.intersections import Fabric, street_fabric

__all__ = ["Fabric", "street_fabric"]
