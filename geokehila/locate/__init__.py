"""Location-allocation: demand, sites and the walks between them in; sites and bounds out."""

from geokehila.locate.allocating import allocate, servable
from geokehila.locate.bundles import Bundling, Service, bundles
from geokehila.locate.choice import Choice
from geokehila.locate.covering import lscp, p_center
from geokehila.locate.problem import Effort, Problem, Sites, Siting, Terms
from geokehila.locate.siting import mclp, p_median

__all__ = [
    "Bundling",
    "Choice",
    "Effort",
    "Problem",
    "Service",
    "Sites",
    "Siting",
    "Terms",
    "allocate",
    "bundles",
    "lscp",
    "mclp",
    "p_center",
    "p_median",
    "servable",
]
