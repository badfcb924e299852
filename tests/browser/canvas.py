"""The canvas in Chromium, as the tests use it: what is on it, and what the network says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE
from tests.contract.processes import until

EMPTY = re.compile(r"^\s*Draw a digit")


def prediction(page: Page) -> Locator:
    """Return what the chosen network says."""
    return page.locator(".st-key-prediction")


def clear(page: Page) -> None:
    """Empty the canvas, and wait until the page knows."""
    page.locator(".st-key-clear button").click()
    expect(prediction(page)).to_have_text(EMPTY)


def shown(page: Page) -> list[str]:
    """Return the figures beside the bars."""
    return prediction(page).locator("td:last-child").all_inner_texts()


def choose_pen(page: Page, name: str) -> None:
    """Take a pen in hand."""
    pen = page.get_by_role("radio", name=name)
    pen.click()
    expect(pen).to_be_checked()


def expect_digit(page: Page, digit: int) -> None:
    """Wait until the network reads this digit and does not call it none."""
    expect(prediction(page)).to_have_text(re.compile(rf"^\s*{digit}\s"))


def ink(page: Page) -> int:
    """Return how many pixels of the canvas are white."""
    found = page.locator(".st-key-canvas canvas.dc-canvas.lower-canvas").evaluate(
        """(canvas) => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let white = 0;
          for (let at = 0; at < data.length; at += 4) white += data[at] > 200;
          return white;
        }"""
    )
    return int(found)


def expect_ink(page: Page, white: int) -> None:
    """Wait until about so many pixels of the canvas are white."""
    until(lambda: ink(page) == pytest.approx(white, rel=0.01), PATIENCE, f"{white} white pixels")


def expect_more_ink(page: Page, white: int) -> None:
    """Wait until a stroke is drawn beside so many white pixels: the canvas shows it with its next frame."""
    until(lambda: ink(page) > 1.2 * white, PATIENCE, f"more than {white} white pixels")
