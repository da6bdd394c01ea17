"""Build hook: Leaflet, pinned in package-lock.json, goes from node_modules into geokehila/draw/assets.

Hatchling runs it at every build; `python hatch_build.py` runs it by hand after `npm ci`.
"""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from typing import Any

ASSETS = ("leaflet.js", "leaflet.css", "LICENSE")


def collect_assets(root: Path) -> Path:
    """Copy Leaflet's script, style (its pictures as data URIs) and licence; return the assets folder.

    Assets that are there already serve when node_modules is absent, as in an sdist.

    Raises
    ------
    FileNotFoundError
        Neither node_modules nor the assets hold Leaflet; the message names the remedy.
    """
    package, assets = root / "node_modules" / "leaflet", root / "geokehila" / "draw" / "assets"
    if package.is_dir():
        assets.mkdir(parents=True, exist_ok=True)
        style = (package / "dist" / "leaflet.css").read_text(encoding="utf-8")
        (assets / "leaflet.css").write_bytes(_inline_pictures(style, package / "dist").encode())
        (assets / "leaflet.js").write_bytes((package / "dist" / "leaflet.js").read_bytes())
        (assets / "LICENSE").write_bytes((package / "LICENSE").read_bytes())
    absent = [name for name in ASSETS if not (assets / name).is_file()]
    if absent:
        raise FileNotFoundError(f"{assets} lacks {', '.join(absent)} and {package} is absent: run `npm ci` in {root}")
    return assets


def _inline_pictures(style: str, folder: Path) -> str:
    def as_data_uri(match: re.Match[str]) -> str:
        return f"url(data:image/png;base64,{base64.b64encode((folder / match[1]).read_bytes()).decode()})"

    return re.sub(r"url\((images/[\w-]+\.png)\)", as_data_uri, style)


def _collect_or_stop(root: Path) -> Path:
    try:
        return collect_assets(root)
    except FileNotFoundError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    print(_collect_or_stop(Path(__file__).resolve().parent))
else:  # read by hatchling, which need not be installed to run this by hand
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class AssetsHook(BuildHookInterface[Any]):
        """Collect the assets before a wheel or an sdist is built; stop in one line where they cannot be had."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Do it, for every target."""
            _collect_or_stop(Path(self.root))
