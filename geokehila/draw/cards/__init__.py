"""Cards of areas: one sheet of A4 each, in Hebrew, Arabic and English, to hand out and to print."""

from __future__ import annotations

from pathlib import Path

from geokehila.draw.cards.deck import Deck
from geokehila.draw.town import Town, card_name

__all__ = ["Deck", "html", "page_name", "write"]

#: The file name of an area's card.
page_name = card_name


def html(town: Town, zone_id: str) -> str:
    """Return the card of one area.

    Parameters
    ----------
    zone_id
        One of the zones that are shown.

    Returns
    -------
    str
        A whole page that asks no host for anything: Hebrew, or what the fragment of its address names, ``#ar`` or
        ``#en``. Printed, it is one sheet of A4.

    Raises
    ------
    InputError
        No such zone is shown.

    Notes
    -----
    For many areas take one :class:`Deck`: it lays the tables out once.
    """
    return Deck(town).html(zone_id)


def write(town: Town, folder: Path) -> list[Path]:
    """Write the cards of all areas that are shown, and ``index.html``, the list of them.

    The same town gives the same bytes.

    Returns
    -------
    list of Path
        The cards, in the order of the zones; the list last.

    Examples
    --------
    >>> from geokehila.draw.town import Town
    >>> from geokehila.pipeline import choose
    >>> from geokehila.store import kept
    >>> folder = kept.newest(Path(), "dimona")  # doctest: +SKIP
    >>> town = Town(choose("dimona", Path("data/raw")), kept.KeptTables(folder), kept.record(folder))  # doctest: +SKIP
    >>> write(town, Path("cards"))[-1].name  # doctest: +SKIP
    'index.html'
    """
    folder.mkdir(parents=True, exist_ok=True)
    deck, written = Deck(town), []
    for zone_id in deck.stock.zones:
        written.append(folder / page_name(zone_id))
        written[-1].write_bytes(deck.html(zone_id).encode("utf-8"))
    written.append(folder / "index.html")
    written[-1].write_bytes(deck.index().encode("utf-8"))
    return written
