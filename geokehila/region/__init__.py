"""Many localities as one region: every one of them with its domains, gaps and hubs, nobody blank and nobody ranked."""

from geokehila.region.join import Region, of_region, write

__all__ = ["Region", "of_region", "write"]
