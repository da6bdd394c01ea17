"""What each further hub adds: where the line bends, a hub more adds little."""

from __future__ import annotations

from typing import Any

import numpy as np

from geokehila.draw.adding import adding
from geokehila.draw.palette import SERIES
from geokehila.draw.plots.canvas import Canvas


def elbow(canvas: Canvas) -> None:
    """Draw the people who gain a hub within the walk, by the number of new hubs in their order, and what each adds."""
    words, title = canvas.words, canvas.words.say("plots.elbow")
    added = adding(words.town)
    if added.empty:
        return canvas.says(title, words.say("hub.none"))
    count, gained = added["hubs_count"].to_numpy(int), added["people_gained"].to_numpy(float)
    so_far = np.cumsum(gained)
    canvas.titles(title, words.say("plots.elbow_across"), words.say("plots.elbow_up"))
    canvas.axes.plot(count, so_far, "-o", color=SERIES[1], linewidth=1.4, markersize=4.5, gid="gained")
    canvas.axes.set_xticks(count)
    canvas.axes.set_xlim(count[0] - 0.3, count[-1] + 0.3)
    canvas.axes.yaxis.set_major_formatter(lambda people, _: words.count(people))
    room = max(float(np.ptp(so_far)), 0.02 * float(so_far.max()), 1.0)
    canvas.axes.set_ylim(so_far.min() - 0.15 * room, so_far.max() + 0.3 * room)
    for at, height, more in zip(count, so_far, gained, strict=True):
        # The first has the axis at its left, all others the line at their right.
        beside: dict[str, Any] = (
            {"xytext": (6, -9), "ha": "left"} if at == count[0] else {"xytext": (-4, 4), "ha": "right"}
        )
        canvas.axes.annotate(f"+{words.count(max(0.0, more))}", (at, height), textcoords="offset points",
                             fontsize=canvas.size, parse_math=False, **beside)  # fmt: skip
    return None
