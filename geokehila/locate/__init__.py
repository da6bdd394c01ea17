"""Location-allocation: demand, sites and the walks between them in; sites and bounds out."""

from geokehila.locate.covering import lscp, p_center
from geokehila.locate.problem import Effort, Problem, Sites, Siting, Terms
from geokehila.locate.siting import mclp, p_median

__all__ = ["Effort", "Problem", "Sites", "Siting", "Terms", "lscp", "mclp", "p_center", "p_median"]
