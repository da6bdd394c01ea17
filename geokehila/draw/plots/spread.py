"""How unevenly walks are spread over people (Lorenz curves), and what groups of people reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geokehila.draw.palette import QUIET
from geokehila.draw.plots.canvas import DASHES, MARKS, Canvas, colour
from geokehila.draw.plots.walks import Homes
from geokehila.draw.town import Town

#: Measures of table ``equity`` that a Lorenz curve is drawn of, where the run has them.
LORENZ = ("walk_grocery_min", "walk_clinic_min", "walk_park_min", "walk_community_centre_min")
#: What groups of people are told apart by, the official one first.
GROUPINGS = ("ses_cluster", "society", "religion", "age")
#: Who walks: told apart in every run.
WALKER = "walker"
CITY, TOTAL = "city", "total"


def lorenz(canvas: Canvas, measures: Sequence[str]) -> None:
    """Draw, of the people from the shortest walk to the longest, which share of all minutes so many of them walk.

    The dashed diagonal is that of equal walks; twice the area between is the Gini index of table ``equity``.
    """
    words, curves = canvas.words, curves_of(canvas.words.town, measures)
    title = words.say("plots.lorenz")
    if not curves:
        return canvas.says(title, words.say("plots.nothing"))
    canvas.titles(title, words.say("plots.lorenz_across"), words.say("plots.lorenz_up"))
    canvas.per_cent("x")
    canvas.per_cent("y")
    canvas.axes.plot([0, 1], [0, 1], color=QUIET, linewidth=0.7, linestyle=(0, (4, 3)), gid="equal")
    ginis = _ginis(words.town)
    for number, (key, (people, walked)) in enumerate(curves.items()):
        name = words.category(key.removeprefix("walk_").removesuffix("_min"))
        look: dict[str, Any] = {"color": colour(number), "linestyle": DASHES[number % len(DASHES)], "linewidth": 1.4}
        shown = f"{name} ({ginis[key]:.2f})" if key in ginis else name
        canvas.axes.plot(people, walked, **look, gid=f"lorenz:{key}", label=canvas.line(shown))
    # Curves meet in both corners, and often between; the corner of nobody's walks is free for their names.
    canvas.key([line for line in canvas.axes.lines if line.get_gid() != "equal"], "upper left", 1)
    return None


def curves_of(town: Town, measures: Sequence[str]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the curve of each measure of which anything is known; see :func:`cumulative`."""
    walks = {key: _walks(town, key) for key in measures}
    return {key: cumulative(walk, people) for key, (walk, people) in walks.items() if (walk * people).sum() > 0}


def cumulative(x: np.ndarray, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, from low to high `x`, the share of people so far and the share of all `x` that they have, from 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> people, share = cumulative(np.array([20.0, 5.0, 5.0, 10.0]), np.ones(4))
    >>> people.tolist(), share.tolist()
    ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 0.125, 0.25, 0.5, 1.0])
    """
    order = np.argsort(x, kind="stable")
    people_so_far, x_so_far = (np.concatenate([[0.0], np.cumsum(v[order])]) for v in (people, x * people))
    return people_so_far / people_so_far[-1], x_so_far / x_so_far[-1]


def _walks(town: Town, measure: str) -> tuple[np.ndarray, np.ndarray]:
    """Return walks [min], at most the horizon, and people, of the homes where it is known whether it is too long."""
    category, homes = measure.removeprefix("walk_").removesuffix("_min"), Homes.of(town)
    if not homes.tells(category):
        return np.empty(0), np.empty(0)
    horizon_min = town.catalogue.standards["horizon"].value / 60
    walk = homes.scores[f"category_{category}_s"].fillna(np.inf).to_numpy(float) / 60
    settled = homes.is_settled(category) & (homes.people > 0)
    return np.minimum(walk, horizon_min)[settled], homes.people[settled]


def _ginis(town: Town) -> dict[str, float]:
    """Return the Gini index of each measure in the city."""
    table = town.tables["equity"]
    rows = table[(table["statistic"] == "gini") & (table["zoning"] == CITY)].dropna(subset="value")
    return dict(zip(rows["measure"], rows["value"], strict=True))


def shares(town: Town, by: str) -> pd.DataFrame:
    """Return what groups, or walkers, reach of each scored domain in the city: domain, group, low, high."""
    rows = _of_walkers(town) if by == WALKER else _of_groups(town, by)
    rows = rows.assign(domain=rows["measure"].str.extract(r"^domain_(\w+?)(?:_share)?$", expand=False))
    scored = [key for key in town.catalogue.domains if town.catalogue.deciding(key)]
    return rows[rows["domain"].isin(scored)].dropna(subset=["low", "high"])


def _of_groups(town: Town, by: str) -> pd.DataFrame:
    table = town.tables["equity"]
    return table[(table["zoning"] == CITY) & (table["group_by"] == by) & (table["statistic"] == "share")]


def _of_walkers(town: Town) -> pd.DataFrame:
    table = town.tables["zone_scores"]
    of_city = (table["zoning"] == CITY) & (table["group"] == TOTAL) & table["profile"].isin(town.walkers)
    rows = table[of_city & table["measure"].str.fullmatch(r"domain_[a-z]+_share")]
    return rows.assign(group=rows["profile"])


def groupings(town: Town, among: Sequence[str] = GROUPINGS) -> list[str]:
    """Return by what at least two groups of people can be told apart, the official cluster first."""
    return [by for by in among if shares(town, by)["group"].nunique() > 1]


def by_group(canvas: Canvas, by: str) -> None:
    """Draw what each group of people reaches of each domain, at least to at most, a mark a group."""
    words, rows = canvas.words, shares(canvas.words.town, by)
    title = words.say(f"plots.by_{by}")
    there = {*rows["group"]}
    groups = [key for key in words.town.walkers if key in there] or sorted(there, key=lambda name: (len(name), name))
    if len(groups) < 2:
        return canvas.says(title, words.say("plots.one_group"))
    domains = [key for key in words.town.catalogue.domains if key in {*rows["domain"]}]
    canvas.titles(title, words.say("plots.share_up"), "")
    canvas.per_cent("x")
    spread = 0.7 / len(groups)
    for number, group in enumerate(groups):
        mine = rows[rows["group"] == group].set_index("domain").reindex(domains)
        at = np.arange(len(domains)) + spread * (number - (len(groups) - 1) / 2)
        canvas.axes.hlines(at, mine["low"], mine["high"], color=colour(number), linewidth=2.2,
                           gid=f"group:{group}")  # fmt: skip
        for end in ("low", "high"):
            canvas.axes.plot(mine[end], at, MARKS[number % len(MARKS)], color=colour(number), markersize=4.5,
                             gid=f"{end}:{group}", label=canvas.line(words.group(by, group)))  # fmt: skip
    canvas.axes.set_yticks(range(len(domains)), [canvas.line(words.domain(key)) for key in domains],
                           fontsize=canvas.size, parse_math=False)  # fmt: skip
    canvas.axes.set_ylim(len(domains) - 0.4, -1.1 if len(groups) < 5 else -1.6)
    handles = [line for line in canvas.axes.lines if str(line.get_gid()).startswith("low:")]
    canvas.key(handles, "upper center", min(4, len(groups)))
    return None
