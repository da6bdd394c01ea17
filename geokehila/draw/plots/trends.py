"""What runs of a city tell over time: a small plot a domain, a band from the least to the most that each date tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from geokehila.catalogue import Catalogue
from geokehila.catalogue.phrases import RIGHT_TO_LEFT, Phrases
from geokehila.draw.palette import ACCENT, QUIET, RAMPS
from geokehila.draw.plots import ink
from geokehila.draw.plots.canvas import SIZE

SHARE = re.compile("domain_([a-z0-9_]+)_share_low")
#: Plots in a row; dates that have room below one; [pt] letters.
COLUMNS, DATED, LETTERS = 4, 10, 7.0
BAND, EDGE = RAMPS["better"][1], RAMPS["better"][4]
BREAK: dict[str, Any] = {"color": ACCENT, "linewidth": 0.8, "linestyle": (0, (4, 3))}


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs in the order of their dates, and the words that are written about them.

    Attributes
    ----------
    table
        A row a run, as :func:`geokehila.draw.plots.trend` takes it.
    phrases
        The texts of a language.
    """

    table: pd.DataFrame
    phrases: Phrases

    @cached_property
    def domains(self) -> dict[str, str]:
        """Key and name of the domains of which some run tells a share, in the catalogue's order."""
        told = {found[1] for name in self.table if (found := SHARE.fullmatch(str(name)))}
        names = {key: self.phrases.name(domain.name) for key, domain in Catalogue.read().domains.items()}
        return {key: names.get(key, key) for key in [*names, *sorted(told - names.keys())] if key in told}

    @property
    def title(self) -> str:
        """What is drawn; below it, of a fictional town, that it is one."""
        is_fictional = len(self.table) > 0 and bool(self.table["fictional"].any())
        return "\n".join(map(self.say, ["line.plot", *["qgis.fictional"] * is_fictional]))

    @property
    def breaks(self) -> np.ndarray:
        """Positions of the runs of another method than the one before them."""
        return np.flatnonzero(self.table["method_differs"].to_numpy(bool))

    @property
    def begins(self) -> Literal["left", "right"]:
        """The side on which a line of words begins."""
        return "right" if self.phrases.language in RIGHT_TO_LEFT else "left"

    def say(self, key: str) -> str:
        """Return the text ``section.key`` as it is drawn."""
        return self.line(self.phrases.say(key))

    def line(self, words: str) -> str:
        """Return one line of text as it is drawn."""
        return ink.line(words, self.phrases.language)

    def ends(self, key: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return where each run stands, its least and its most; nothing between runs of two methods."""
        low, high = (self.table[f"domain_{key}_share_{end}"].to_numpy(float) for end in ("low", "high"))
        at = np.insert(np.arange(len(low), dtype=float), self.breaks, self.breaks - 0.5)
        return at, np.insert(low, self.breaks, np.nan), np.insert(high, self.breaks, np.nan)


def trend(runs: Runs) -> Figure:
    """Draw a small plot for every domain, broken where the method is another."""
    figure, domains = Figure(figsize=SIZE, layout="constrained"), runs.domains
    figure.suptitle(runs.title, fontsize=LETTERS + 2, fontweight="bold", parse_math=False)
    rows = max(1, -(-len(domains) // COLUMNS))
    grid = figure.subplots(rows, COLUMNS if domains else 1, sharex=True, sharey=True, squeeze=False)
    places = [*(grid[:, ::-1] if runs.begins == "right" else grid).flat]
    for axes in places[len(domains) :]:
        axes.set_axis_off()
    if not domains:
        places[0].text(0.5, 0.5, runs.say("plots.nothing"), ha="center", color=QUIET, parse_math=False)
    for axes, key in zip(places, domains, strict=False):
        _band(axes, runs, key)
        _frame(axes, runs, key)
    if domains and len(runs.breaks):
        _key(figure, runs)
    return figure


def _key(figure: Figure, runs: Runs) -> None:
    """Say what the mark at a break stands for."""
    mark = Line2D([], [], **BREAK, label=runs.say("line.broken"))
    key = figure.legend(handles=[mark], loc="outside lower center", fontsize=LETTERS, frameon=False, handlelength=4)
    key.get_texts()[0].set_parse_math(False)


def _band(axes: Axes, runs: Runs, key: str) -> None:
    """Draw the band of a domain and its ends; at every other method a mark."""
    at, low, high = runs.ends(key)
    axes.fill_between(at, low, high, color=BAND, linewidth=0, gid=f"band:{key}")
    axes.vlines(at, low, high, color=EDGE, linewidth=0.8)
    for end, shares in (("low", low), ("high", high)):
        axes.plot(at, shares, "-o", color=EDGE, linewidth=1.0, markersize=2.5, gid=f"{end}:{key}")
    for place in runs.breaks - 0.5:
        axes.axvline(place, **BREAK, gid=f"broken:{key}")


def _frame(axes: Axes, runs: Runs, key: str) -> None:
    """Name a plot and its axes: shares from none to all, and dates, as many as have room, the last among them."""
    dates = [date or "?" for date in runs.table["date"]]
    dated = np.arange(len(dates))[:: -max(1, -(-len(dates) // DATED))]
    axes.set_title(runs.line(runs.domains[key]), fontsize=LETTERS + 1, loc=runs.begins, parse_math=False)
    axes.set_xlim(-0.5, len(dates) - 0.5)
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f}%"))
    axes.set_xticks(dated, [dates[i] for i in dated], rotation=90, parse_math=False)
    axes.tick_params(labelsize=LETTERS - 0.5, width=0.5, length=2.5, labelbottom=True, labelleft=True)
