"""A town without outlines of neighbourhoods parted into communities: contiguous, walkable, of a band of people.

:func:`delineate` takes homes, the ways they stand on and the ground between streets and barriers.
"""

from __future__ import annotations

from geokehila.communities.delineation import delineate
from geokehila.communities.found import ABOVE, BELOW, NO_HOMES, NO_STREETS, WITHIN, Found
from geokehila.communities.ground import Ground

__all__ = ["ABOVE", "BELOW", "NO_HOMES", "NO_STREETS", "WITHIN", "Found", "Ground", "delineate"]
