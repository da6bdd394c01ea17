"""Plots of a town: distributions rather than lone means. Each returns a matplotlib Figure, so it shows in a notebook.

matplotlib is imported when the first plot is drawn. Every series has its colour and its own dash or mark, and is named
on the plot; what is not known is said in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geokehila.catalogue import LANGUAGES
from geokehila.draw.town import Town

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from geokehila.draw.plots.canvas import Canvas


def minutes(town: Town, categories: Sequence[str] | None = None, language: str = LANGUAGES[0]) -> Figure:
    """Return the share of people with a place of each category within so many minutes' walk, 0 to 30.

    A share is at least: homes of which it is not known whether the walk is too long, such as those near the edge of the
    data, count among all and at no minute. A mark stands at the category's own cutoff; of which nothing is known has no
    line.

    Parameters
    ----------
    categories
        Their keys; None: those that a scored domain requires.
    language
        ``he``, ``ar`` or ``en``.
    """
    from geokehila.draw.plots import walks

    return _figure(town, language, lambda on: walks.minutes(on, categories or walks.required(town)))


def domains_reached(town: Town, language: str = LANGUAGES[0]) -> Figure:
    """Return how many people have how many domains of life within a walk."""
    from geokehila.draw.plots import walks

    return _figure(town, language, walks.reached)


def lorenz(town: Town, measures: Sequence[str] | None = None, language: str = LANGUAGES[0]) -> Figure:
    """Return how unevenly walks are spread: the share of all minutes that so many of the people walk, shortest first.

    Parameters
    ----------
    measures
        Of table ``equity``, such as ``walk_clinic_min``; None: groceries, clinics, parks and community centres.
    """
    from geokehila.draw.plots import spread

    return _figure(town, language, lambda on: spread.lorenz(on, measures or spread.LORENZ))


def access_by_cluster(town: Town, by: str = "ses_cluster", language: str = LANGUAGES[0]) -> Figure:
    """Return what groups of people reach of each domain, at least and at most.

    Parameters
    ----------
    by
        ``ses_cluster``, ``society``, ``religion`` or ``age``.
    """
    from geokehila.draw.plots import spread

    return _figure(town, language, lambda on: spread.by_group(on, by))


def hub_elbow(town: Town, language: str = LANGUAGES[0]) -> Figure:
    """Return the people with a hub within the walk by the number of new hubs, and what each adds."""
    from geokehila.draw.plots import elbow

    return _figure(town, language, elbow.elbow)


def trend(line: pd.DataFrame | Sequence[Mapping[str, Any]], language: str = LANGUAGES[0]) -> Figure:
    """Return what each run of a city tells of every domain, a small plot each, one step a run; no cause is claimed.

    Parameters
    ----------
    line
        A row a run, the oldest first: `line` of ``run.json``, or :func:`geokehila.compare.trend`. Of each `date`,
        `method_differs`, ``domain_<key>_share_low`` and ``_high`` are drawn. Bands are joined between runs of one
        method; where a run tells no share of a domain there is none.
    language
        ``he``, ``ar`` or ``en``.
    """
    import pandas as pd

    from geokehila.catalogue.phrases import Phrases
    from geokehila.draw.plots import trends
    from geokehila.draw.plots.ink import style

    with style():
        return trends.trend(trends.Runs(pd.DataFrame(line), Phrases(language)))


def _figure(town: Town, language: str, draw: Callable[[Canvas], None]) -> Figure:
    from geokehila.draw.plots.canvas import Canvas
    from geokehila.draw.plots.ink import style
    from geokehila.draw.plots.words import Words

    with style():
        canvas = Canvas.alone(Words(town, language))
        draw(canvas)
        return canvas.figure
