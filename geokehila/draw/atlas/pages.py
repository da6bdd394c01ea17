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
from geokehila.draw.atlas.weakest import weakest

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
