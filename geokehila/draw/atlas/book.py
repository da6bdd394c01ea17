"""The sheets of an atlas: what stands on every one of them, which there are, and how they are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from geokehila import names
from geokehila.catalogue import known
from geokehila.catalogue.themes import Shown, themes
from geokehila.draw.atlas.ground import Ground
from geokehila.draw.atlas.marks import Hubs
from geokehila.draw.atlas.paper import Box, Sheet
from geokehila.draw.atlas.region.ground import Circles
from geokehila.draw.atlas.values import Told, Values
from geokehila.draw.palette import ACCENT, INK, LINE, QUIET
from geokehila.draw.plots.ink import style
from geokehila.draw.plots.words import Words
from geokehila.draw.town import Town
from geokehila.store import keep
from geokehila.study import OF_BUREAU

#: [mm] Heights of the head and of the foot of a sheet, and of the band that warns of a fictional town.
HEAD_MM, FOOT_MM, BAND_MM = 15.0, 11.0, 7.0
#: [mm] The column of words beside a map, the strip of words below one, and what is left between.
PANEL_MM, STRIP_MM, GAP_MM = 96.0, 94.0, 5.0
PROGRAM = "GeoKehila"
#: Of inputs without a date.
UNDATED = "2000-01-01"


@dataclass(frozen=True, eq=False)
class Atlas:
    """The atlas of a town in one language; what its sheets share is made once.

    Attributes
    ----------
    town
        What is drawn.
    language
        ``he``, ``ar`` or ``en``.
    """

    town: Town
    language: str

    @cached_property
    def words(self) -> Words:
        """What is said."""
        return Words(self.town, self.language)

    @cached_property
    def ground(self) -> Ground:
        """The ground that all maps share."""
        return Circles(self.town) if self.town.is_region else Ground(self.town)

    @cached_property
    def hubs(self) -> Hubs:
        """The hubs of the run."""
        return Hubs.of(self.town)

    @cached_property
    def told(self) -> Told:
        """What the run tells of zones."""
        return Told(self.town)

    @cached_property
    def themes(self) -> dict[str, list[Values]]:
        """What there is to be shown by theme, known or not."""
        return {theme: [self.values(shown) for shown in measures] for theme, measures in self._themes.items()}

    @property
    def _themes(self) -> dict[str, tuple[Shown, ...]]:
        return dict(themes(self.town.catalogue))

    def values(self, shown: Shown) -> Values:
        """Return what is known of a measure."""
        return Values.of(self.told, shown)

    @cached_property
    def landscape(self) -> bool:
        """Whether the town lies better on a broad sheet than on a high one."""
        scales = []
        for broad in (True, False):
            box = self._map_box(Sheet.blank(self.words, broad))
            scales.append(self.ground.view(box.width, box.height).scale)
        west, south, east, north = self.ground.extent
        return scales[0] < scales[1] or (scales[0] == scales[1] and east - west >= north - south)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the sheets that the run can fill, in their order."""
        from geokehila.draw.atlas import multiples, pages

        return tuple(key for key in pages.of(self.town) if key not in self.themes or multiples.is_filled(self, key))

    def sheet(self, key: str) -> Sheet:
        """Draw one sheet."""
        from geokehila.draw.atlas import pages

        sheet = Sheet.blank(self.words, self.landscape)
        pages.of(self.town)[key](self, sheet)
        return sheet

    def body(self, sheet: Sheet) -> Box:
        """Return the place between head and foot."""
        band = BAND_MM if self.town.is_fictional else 0.0
        return sheet.inner.cut(top=HEAD_MM + band, bottom=FOOT_MM)

    def parts(self, sheet: Sheet) -> tuple[Box, list[Box]]:
        """Return the place of maps, and the columns of words: beside them, or below them on a high sheet."""
        body, maps = self.body(sheet), self._map_box(sheet)
        if sheet.width_mm > sheet.height_mm:
            return maps, [Box(body.x, body.y, PANEL_MM, body.height)]
        wide = (body.width - 2 * GAP_MM) / 3
        top = maps.y + maps.height + GAP_MM
        return maps, [Box(body.x + n * (wide + GAP_MM), top, wide, STRIP_MM) for n in range(3)]

    def _map_box(self, sheet: Sheet) -> Box:
        body = self.body(sheet)
        if sheet.width_mm > sheet.height_mm:
            start = PANEL_MM + GAP_MM
            return Box(body.x + start, body.y, body.width - start, body.height)
        return Box(body.x, body.y, body.width, body.height - STRIP_MM - GAP_MM)

    def frame(self, sheet: Sheet, key: str, title: str) -> None:
        """Write what stands on every sheet: title, town, warning, sources and dates, number."""
        inner = sheet.inner
        sheet.write(title, inner.x, inner.y, 19, bold=True, room=0.75 * inner.width)
        town = self.words.own(self.town.city[self.language])
        sheet.write(town, inner.x + inner.width, inner.y, 13, colour=QUIET, align="end", room=0.23 * inner.width)
        sheet.fill(Box(inner.x, inner.y + HEAD_MM - 4.0, inner.width, 0.4), INK)
        if self.town.is_fictional:
            self.band(sheet, Box(inner.x, inner.y + HEAD_MM - 2.0, inner.width, BAND_MM - 1.0))
        self.foot(sheet, key)

    def band(self, sheet: Sheet, box: Box) -> None:
        """Warn of a fictional town."""
        sheet.fill(box, ACCENT)
        words = self.words.say("banners.fictional_region" if self.town.is_region else "banners.fictional")
        sheet.write(words, box.x + box.width / 2, box.y + (box.height - 2.9) / 2, 9.5, bold=True, colour="#ffffff",
                    align="middle")  # fmt: skip

    def foot(self, sheet: Sheet, key: str) -> None:
        """Write sources, dates and licences, and the number of the sheet."""
        inner, words, size = sheet.inner, self.words, 7
        top = inner.y + inner.height - FOOT_MM + 3.5
        sheet.fill(Box(inner.x, top - 1.6, inner.width, 0.2), LINE)
        number = words.say("sentence.of", number=str(self.keys.index(key) + 1), all=str(len(self.keys)))
        record = self.town.record
        made_by = {"program": f"{PROGRAM} {record['version']}", "run": record["run_id"], "crs": record["crs"]}
        made = words.say("atlas.made", **{name: words.phrases.figure(str(said)) for name, said in made_by.items()})
        look: dict[str, Any] = {"colour": QUIET, "room": 0.9 * inner.width}
        sheet.write(f"{words.say('more.sources')}: {self.sources()}", inner.x, top, size, **look)
        sheet.write(" · ".join([*self.credits(), made]), inner.x, top + 3.8, size, **look)
        sheet.write(number, inner.x + inner.width, top + 3.8, size + 1, align="end")

    def credits(self) -> list[str]:
        """Return whose the data are."""
        named = {row["role"] for row in self.town.record["sources"]}
        is_cbs = bool(named & OF_BUREAU) and not self.town.is_fictional
        return [self.words.say("footer.osm"), *([f"© {self.words.say('footer.cbs')}"] if is_cbs else [])]

    @property
    def dates(self) -> dict[str, str]:
        """Of when the inputs are, by role; those of a region are of several days."""
        record = self.town.record
        if self.town.is_region:
            return {row["role"]: row["date"] for row in record["sources"] if row["date"]}
        return dict(record["dates"])

    def sources(self) -> str:
        """Return the inputs that have a date, with it."""
        return self.words.listed(
            f"{self.role(role)} {self.words.phrases.figure(names.clean(str(date)))}"
            for role, date in sorted(self.dates.items())
        )

    @property
    def whole(self) -> str:
        """The text that tells the number of the whole town, or of the whole region."""
        return "region_atlas.whole_share" if self.town.is_region else "atlas.city"

    def role(self, role: str) -> str:
        """Return what an input is called; its role where nothing has words for it."""
        return self.words.own(self.words.phrases.role(role, self.town.catalogue.categories))


def figure(atlas: Atlas, sheet: str) -> Figure:
    """Return one sheet; see :func:`geokehila.draw.atlas.figure`."""
    known(sheet, atlas.keys, "sheet")
    with style():
        return atlas.sheet(sheet).figure


def write(atlas: Atlas, path: Path, progress: Callable[[str], None]) -> None:
    """Write all sheets into a hidden file that takes its place when it is whole."""
    with (
        keep.filling(path.parent) as work,
        (work / path.name).open("wb") as file,
        style(),
        PdfPages(file, metadata=_information(atlas)) as pdf,
    ):
        for key in atlas.keys:
            progress(key)
            pdf.savefig(atlas.sheet(key).figure)


def _information(atlas: Atlas) -> dict[str, Any]:
    """Return what the PDF says of itself: of which run it is, and of when the data are."""
    record = atlas.town.record
    date = datetime.fromisoformat(str(record["dates"].get("osm") or UNDATED)).replace(tzinfo=UTC)
    title = f"{atlas.town.city[atlas.language]}: {atlas.words.say('atlas.title')}"
    return {"Title": title, "Keywords": f"run {record['run_id']}", "CreationDate": date, "ModDate": date}
