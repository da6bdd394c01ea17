"""What each further hub adds: where the line bends, a hub more adds little."""

from __future__ import annotations

from typing import Any

import numpy as np

from geokehila.draw.palette import SERIES
from geokehila.draw.plots.canvas import Canvas


def elbow(canvas: Canvas) -> None:
    """Draw the people with a hub within the walk, by the number of new hubs, and what the last one added."""
    words, title = canvas.words, canvas.words.say("plots.elbow")
    steps = words.town.tables["hub_steps"].sort_values("hubs_count")
    if steps.empty:
        return canvas.says(title, words.say("hub.none"))
    count, served = steps["hubs_count"].to_numpy(int), steps["people_served"].to_numpy(float)
    canvas.titles(title, words.say("plots.elbow_across"), words.say("plots.elbow_up"))
    canvas.axes.plot(count, served, "-o", color=SERIES[1], linewidth=1.4, markersize=4.5, gid="served")
    canvas.axes.set_xticks(count)
    canvas.axes.set_xlim(count[0] - 0.3, count[-1] + 0.3)
    canvas.axes.yaxis.set_major_formatter(lambda people, _: words.count(people))
    room = max(float(np.ptp(served)), 0.02 * float(served.max()), 1.0)
    canvas.axes.set_ylim(served.min() - 0.15 * room, served.max() + 0.3 * room)
    for at, height, gained in zip(count, served, steps["people_gained"].to_numpy(float), strict=True):
        # The first has the axis at its left, all others the line at their right.
        beside: dict[str, Any] = (
            {"xytext": (6, -9), "ha": "left"} if at == count[0] else {"xytext": (-4, 4), "ha": "right"}
        )
        canvas.axes.annotate(f"+{words.count(max(0.0, gained))}", (at, height), textcoords="offset points",
                             fontsize=canvas.size, parse_math=False, **beside)  # fmt: skip
    return None
