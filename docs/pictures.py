"""Make the README's pictures anew: `python -m docs.pictures`."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.data.sources import source
from core.experiment import link
from core.experiment.presets import preset
from tests.browser.chromium import find_or_install
from tests.browser.conftest import serving
from tests.browser.pens import draw
from tests.browser.strokes import strokes

HERE = Path(__file__).resolve().parent
SIZE = {"width": 1440, "height": 900}
PATIENCE = 120_000


def main() -> None:
    """Serve LayerLab from an empty data directory, and photograph its road from building to drawing."""
    chromium = find_or_install()
    blocks = link.encode(preset("inception").experiment(source("digits").info))
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
        page.goto(server.address)
        _photograph(page, "dense", HERE / "build.png")
        page = browser.new_context(viewport=SIZE, color_scheme="dark").new_page()  # type: ignore[arg-type]
        page.goto(f"{server.address}/?design={blocks}")
        _photograph(page, "conv2d_3", HERE / "blocks.png")
        page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
        page.goto(server.address)
        _photograph_training(page, HERE / "train.png")
        _photograph_takeaway(page, HERE / "takeaway.png")
        _photograph_drawing(page, server.address, HERE / "draw.png")
        browser.close()


def _photograph(page: Page, layer: str, path: Path) -> None:
    # the sample at the network's beginning is there once the workers have prepared the digits
    page.locator("image.pixels").wait_for()
    page.locator(f"li[data-layer={layer}] .head").click()
    page.locator(f"li[data-layer={layer}] [data-field]").first.wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(1_200)  # frames fade in, the drawing follows a frame later
    page.screenshot(path=path)


def _photograph_training(page: Page, path: Path) -> None:
    epochs = page.get_by_label("Epochs", exact=True)
    epochs.fill("30")
    epochs.press("Enter")
    page.get_by_text("30 epochs of").wait_for()
    page.locator(".st-key-train button").click()
    page.get_by_text(re.compile(r"epoch (1[5-9]|2\d) of 30")).first.wait_for(timeout=PATIENCE)
    page.mouse.move(0, 0)
    page.screenshot(path=path)


def _photograph_takeaway(page: Page, path: Path) -> None:
    page.locator(".st-key-run-status").get_by_text("completed").wait_for(timeout=PATIENCE)
    page.locator("[class*=st-key-take-away] button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Notebook", exact=True).click()
    dialog.get_by_alt_text("The network, drawn").wait_for()
    page.wait_for_timeout(1_200)
    page.screenshot(path=path)


def _photograph_drawing(page: Page, address: str, path: Path) -> None:
    for name in ("softmax_regression", "notebook_raw", "small_cnn"):
        page.goto(f"{address}/?design={link.encode(preset(name).experiment(source('digits').info))}")
        page.locator(".st-key-train button:enabled").click()
        page.locator(".st-key-run-status").get_by_text("completed").wait_for(timeout=PATIENCE)
    page.goto(f"{address}/draw")
    draw(page, *strokes(3, 190, (130, 140)))
    page.locator(".ll-answer").wait_for()
    card = page.locator(".st-key-every-run")
    card.get_by_text(re.compile(r"say \d|No majority")).wait_for(timeout=PATIENCE)
    page.mouse.move(0, 0)
    page.wait_for_timeout(1_200)
    page.screenshot(path=path)


if __name__ == "__main__":
    main()
