"""Streamlit's lists in Chromium, as people use them."""

from __future__ import annotations

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotInTime

from tests.browser.conftest import PATIENCE
from tests.contract.processes import until

NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
OPEN_MS = 5_000
"""How long an open list is tried; then it is opened again."""


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list; one that closes as the page moves under it is opened again, as a person does."""
    box = page.get_by_label(label, exact=True).first
    wanted = page.get_by_role("option", name=option, exact=True)

    def chosen() -> bool:
        # a list closes when the page scrolls: that is over first, and told of in the next frame
        box.evaluate("box => box.scrollIntoView({block: 'center'})")
        page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        box.click()
        try:
            wanted.click(timeout=OPEN_MS)
        except NotInTime:
            page.keyboard.press("Escape")
            return False
        return True

    until(chosen, PATIENCE, f"{option} chosen")
