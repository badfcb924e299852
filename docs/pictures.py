"""Make the README's picture anew: `python -m docs.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find_or_install
from tests.browser.conftest import serving

HERE = Path(__file__).resolve().parent
SIZE = {"width": 1440, "height": 900}


def main() -> None:
    """Serve LayerLab from an empty data directory and photograph the front page."""
    chromium = find_or_install()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
        page.goto(server.address)
        # the sample at the network's beginning is there once the workers have prepared the digits
        page.locator("image.pixels").wait_for()
        page.locator("li[data-layer=dense] .head").click()
        page.locator("li[data-layer=dense] input").first.wait_for()
        page.mouse.move(0, 0)
        page.wait_for_timeout(800)  # the card's frame fades in
        page.screenshot(path=HERE / "build.png")
        browser.close()


if __name__ == "__main__":
    main()
