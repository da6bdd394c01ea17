"""The sheets by key, in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from geokehila.draw.atlas.advice import hubs
from geokehila.draw.atlas.belief import confidence, method
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.front import cover, overview
from geokehila.draw.atlas.multiples import theme
from geokehila.draw.atlas.paper import Sheet
from geokehila.draw.atlas.region import advice, domains, ends
from geokehila.draw.atlas.region import front as region_front
from geokehila.draw.atlas.weakest import weakest
from geokehila.draw.town import Town

PAGES: Mapping[str, Callable[[Atlas, Sheet], None]] = {
    "cover": cover,
    "overview": overview,
    "domains": partial(theme, key="domains"),
    "weakest": weakest,
    "fifteen_minute": partial(theme, key="fifteen_minute"),
    "walkability": partial(theme, key="walkability"),
    "mixed_use": partial(theme, key="mixed_use"),
    "open_space": partial(theme, key="open_space"),
    "transit": partial(theme, key="transit"),
    "emergency": partial(theme, key="emergency"),
    "equity": partial(theme, key="equity"),
    "gaps": partial(theme, key="gaps"),
    "hubs": hubs,
    "confidence": confidence,
    "method": method,
}
#: Of a region: it has no homes, streets or places of its own.
OF_REGION: Mapping[str, Callable[[Atlas, Sheet], None]] = {
    "cover": region_front.cover,
    "overview": region_front.overview,
    "localities": domains.localities,
    "domains": partial(theme, key="domains"),
    "equity": ends.equity,
    "hubs": advice.hubs,
    "waves": advice.waves,
    "method": ends.method,
}


def of(town: Town) -> Mapping[str, Callable[[Atlas, Sheet], None]]:
    """Return the sheets of a town, or of a region."""
    return OF_REGION if town.is_region else PAGES
