"""A browser for tests of what is drawn, and a page in it that may ask no host and report no error."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import pytest

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
DESKTOP, PHONE = (1440, 900), (390, 844)
MAP = "Object.values(window).find((v) => v instanceof L.Map)"


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium; where there is none the tests are skipped aloud, and fail where they must run."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium on this machine, and CI may not skip the page's tests: apt-get install chromium")
        pytest.skip("no chromium on this machine: the page is not tested in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Any, file: Path, size: tuple[int, int] = DESKTOP, language: str = "", **context: Any
) -> Iterator[Any]:
    """The page, opened; at the end: nothing was asked for but the file, no error, nothing from the data ran."""
    window = browser.new_context(viewport={"width": size[0], "height": size[1]}, **context)
    tab = window.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(file.as_uri())
    tab.wait_for_selector("body[data-ready]")
    if language:
        tab.click(f"#language-{language}")
    yield tab
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert said == []
    assert tab.evaluate("window.bad") is None
    window.close()
