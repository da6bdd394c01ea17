"""Many localities as one region: every one of them with its domains, gaps and hubs, nobody blank and nobody ranked."""

from geokehila.region.join import Region, of_region, write
from geokehila.region.members import NOT_RUN, why_failed

__all__ = ["NOT_RUN", "Region", "of_region", "why_failed", "write"]
