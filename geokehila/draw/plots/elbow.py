"""What each further hub adds: where the line bends, a hub more adds little."""

from __future__ import annotations

from typing import Any

import numpy as np

from geokehila.draw.adding import adding
from geokehila.draw.palette import SERIES
from geokehila.draw.plots.canvas import Canvas


def elbow(canvas: Canvas) -> None:
    """Draw the people who gain a hub within the walk, at least and at most, by the number of new hubs, in order."""
    words, title = canvas.words, canvas.words.say("plots.elbow")
    added = adding(words.town)
    if added.empty:
        return canvas.says(title, words.say("hub.none"))
    count, gained = added["hubs_count"].to_numpy(int), added[["low", "high"]].to_numpy(float)
    least, most = np.cumsum(gained, axis=0).T
    canvas.titles(title, words.say("plots.elbow_across"), words.say("plots.elbow_up"))
    canvas.axes.fill_between(count, least, most, color=SERIES[1], alpha=0.2, linewidth=0)
    for so_far, gid in ((least, "low"), (most, "high")):
        canvas.axes.plot(count, so_far, "-o", color=SERIES[1], linewidth=1.4, markersize=4.5, gid=gid)
    canvas.axes.set_xticks(count)
    canvas.axes.set_xlim(count[0] - 0.3, count[-1] + 0.3)
    canvas.axes.yaxis.set_major_formatter(lambda people, _: words.count(people))
    bottom, top = float(least.min()), float(most.max())
    room = max(top - bottom, 0.02 * top, 1.0)
    canvas.axes.set_ylim(bottom - 0.3 * room, top + 0.3 * room)
    for at, height, (low, high) in zip(count, most, gained, strict=True):
        # The first has the axis at its left, all others the line at their right.
        beside: dict[str, Any] = (
            {"xytext": (6, -9), "ha": "left"} if at == count[0] else {"xytext": (-4, 4), "ha": "right"}
        )
        more = words.say("hub.plus", people=words.counts(max(0.0, low), max(0.0, high)))
        canvas.axes.annotate(canvas.line(more), (at, height), textcoords="offset points", fontsize=canvas.size,
                             parse_math=False, **beside)  # fmt: skip
    return None
