"""How many people reach something within so many minutes, and how many domains of life they reach: distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geokehila.draw.palette import RAMPS
from geokehila.draw.plots.canvas import DASHES, MARKS, Canvas, colour
from geokehila.draw.town import Town
from geokehila.schema import BEYOND, REACHED, REFERENCE

#: [min] The longest walk that is drawn; ways beyond are told by where the lines end.
LONGEST_MIN = 30


def required(town: Town) -> tuple[str, ...]:
    """Return the categories that a scored domain requires, in the catalogue's order."""
    return tuple(c.key for key in town.catalogue.domains for c in town.catalogue.deciding(key))


@dataclass(frozen=True, eq=False)
class Homes:
    """Homes with an adult's scores and their people, by floor area and by footprint alone, rows as in ``scores``."""

    scores: pd.DataFrame
    people: np.ndarray
    by_footprint: np.ndarray

    @classmethod
    def of(cls, town: Town) -> Homes:
        """Return the homes of a town."""
        scores = town.tables[f"scores_{REFERENCE}"]
        scores = scores.set_index("origin_id") if "origin_id" in scores else scores
        people = town.tables["origins"].set_index("origin_id")[["people", "people_by_footprint"]].reindex(scores.index)
        return cls(scores, *people.to_numpy(float).T)

    @property
    def all(self) -> float:
        """People of all homes."""
        return float(np.nansum(self.people))

    def within(self, category: str, minutes: np.ndarray) -> np.ndarray:
        """Return the share of the people whose walk to a place of the category is surely no longer, by minute.

        Homes of which it is not known count among all, so it is a share at least, by the lower of both ways of placing
        people: at the cutoff the one of table ``zone_scores``.
        """
        is_settled, walk_s = self.is_settled(category), self.scores[f"category_{category}_s"]
        sure_s = walk_s.where(is_settled).fillna(np.inf).to_numpy(float)
        order = np.argsort(sure_s, kind="stable")
        places = np.searchsorted(sure_s[order], 60 * minutes, side="right")
        placings = (np.nan_to_num(people[order]) for people in (self.people, self.by_footprint))
        so_far = (np.concatenate([[0.0], np.cumsum(people)]) for people in placings)
        least: np.ndarray = np.min([sums[places] / sums[-1] for sums in so_far], axis=0)
        return least

    def is_settled(self, category: str) -> np.ndarray:
        """Tell of which homes it is known whether a place of the category is within the cutoff."""
        settled: np.ndarray = self.scores[f"category_{category}_state"].isin((REACHED, BEYOND)).to_numpy()
        return settled

    def tells(self, category: str) -> bool:
        """Tell whether anything is known of a category."""
        return f"category_{category}_s" in self.scores and bool((self.people[self.is_settled(category)] > 0).any())


def minutes(canvas: Canvas, categories: Sequence[str]) -> None:
    """Draw the share of people by minute of walk, a line a category that the run tells of, a mark at its cutoff."""
    town, words = canvas.words.town, canvas.words
    homes = Homes.of(town)
    known = [key for key in categories if homes.tells(key)]
    title = words.say("plots.minutes")
    if not known or homes.all <= 0:
        return canvas.says(title, words.say("plots.nothing"))
    canvas.titles(title, words.say("plots.minutes_across"), words.say("plots.minutes_up"))
    canvas.axes.set_xlim(0, LONGEST_MIN)
    canvas.axes.set_xticks(range(0, LONGEST_MIN + 1, 5))
    canvas.per_cent("y")
    steps, ends = np.arange(LONGEST_MIN + 1), []
    for number, key in enumerate(known):
        share = homes.within(key, steps)
        cutoff = town.catalogue.categories[key].cutoff_min
        look: dict[str, Any] = {"color": colour(number), "linestyle": DASHES[number % len(DASHES)], "linewidth": 1.4}
        mark: dict[str, Any] = {"color": colour(number), "marker": MARKS[number % len(MARKS)], "markersize": 4}
        [drawn] = canvas.axes.plot(steps, share, **look, gid=f"minutes:{key}", label=key)
        canvas.axes.plot([cutoff], homes.within(key, np.array([cutoff])), gid=f"cutoff:{key}", **mark)
        # Those that all reach in the end stand in the order in which they reach them.
        ends.append((float(share[-1] + 1e-6 * share.mean()), words.category(key), drawn, MARKS[number % len(MARKS)]))
    canvas.name_ends(ends)
    return None


def reached(canvas: Canvas) -> None:
    """Draw how many people have how many domains within a walk; hatched are those of whom some domain is not known."""
    words, homes = canvas.words, Homes.of(canvas.words.town)
    title = words.say("plots.reached")
    if "domains_reached_count" not in homes.scores or homes.all <= 0:
        return canvas.says(title, words.say("plots.nothing"))
    count = homes.scores["domains_reached_count"].to_numpy(int)
    is_open = homes.scores["domains_unknown_count"].to_numpy(int) > 0
    most = max(int(count.max()), len([k for k in words.town.catalogue.domains if words.town.catalogue.deciding(k)]))
    sure, opened = (
        np.bincount(count[chosen], homes.people[chosen], most + 1) / homes.all for chosen in (~is_open, is_open)
    )
    canvas.titles(title, words.say("plots.reached_across"), words.say("plots.share_up"))
    place = np.arange(most + 1)
    names = [canvas.line(words.say(f"plots.reached_{kind}")) for kind in ("known", "open")]
    canvas.axes.bar(place, sure, color=RAMPS["better"][3], label=names[0], gid="known")
    canvas.axes.bar(place, opened, bottom=sure, color=RAMPS["better"][1], hatch="////", edgecolor=RAMPS["better"][4],
                    linewidth=0.4, label=names[1], gid="open")  # fmt: skip
    canvas.axes.set_xticks(place)
    top = float((sure + opened).max())
    canvas.axes.set_ylim(0, 1.35 * top)
    canvas.axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%")
    canvas.key(canvas.axes.containers, "upper center", 2)
    for at, share in enumerate(sure + opened):
        canvas.axes.text(at, share + 0.015 * top, canvas.line(words.percent(float(share))), ha="center", va="bottom",
                         fontsize=canvas.size - 1, parse_math=False)  # fmt: skip
    return None
