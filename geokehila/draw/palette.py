"""The colours of maps, cards, sheets and plots: one for everything, told apart by the colour-blind and in grey.

Ramps are ColorBrewer's (Brewer, Harrower 2003), five classes, all safe for the colour-blind.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Light to dark, by whether more is better, worse or neither.
RAMPS: Mapping[str, tuple[str, ...]] = {
    "better": ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"),
    "worse": ("#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404"),
    "neither": ("#f2f0f7", "#cbc9e2", "#9e9ac8", "#756bb1", "#54278f"),
}
#: Not known: always hatched, so that it is no class.
UNKNOWN, HATCH = "#d5d5d5", "#323232"
INK, QUIET, LINE, PAPER = "#1d2430", "#5a6270", "#d5d9e0", "#fbfaf7"
#: What is chosen, hubs that there are, sites that are recommended, homes beyond, streets behind it all.
ACCENT, HUB, SITE, BEYOND, STREET = "#b3005e", "#b3005e", "#7a3d00", "#8c2d04", "#9a9a9a"
#: Behind what is told: public open space, and from where a recommended hub is within the walk.
PARK, CATCHMENT = "#d3e4c2", "#fce8cf"
#: States of belief.
BELIEF: Mapping[str, str] = {"measured": "#2c7fb8", "thin": "#a1dab4", "unknown": UNKNOWN}
#: Series of a plot, in this order; each also has its own dash or mark.
SERIES = ("#253494", "#b3005e", "#d95f0e", "#2c7fb8", "#54278f", "#41b6c4")
#: Domains of life: colour (Tol's muted scheme, safe for the colour-blind) and mark.
DOMAINS: Mapping[str, tuple[str, str]] = {
    "employment": ("#ddcc77", "square"),
    "housing": ("#88ccee", "pentagon"),
    "education": ("#332288", "triangle"),
    "health": ("#cc6677", "cross_fill"),
    "transport": ("#44aa99", "circle"),
    "environment": ("#117733", "circle"),
    "culture": ("#aa4499", "star"),
    "security": ("#882255", "diamond"),
    "community": ("#999933", "hexagon"),
}
#: Uses of the cells of plans, near the colours that plans in Israel have.
USES: Mapping[str, str] = {
    "public_building": "#b08968",
    "open_space": "#a8d08d",
    "housing": "#f7d488",
    "commerce": "#c9c9c9",
    "industry": "#b9a3d3",
    "road": "#e8b4a6",
}
