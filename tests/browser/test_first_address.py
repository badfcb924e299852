"""Every page as the first address that anybody opens on a fresh server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, serving

PAGES = {
    "": "The network",
    "train": "Nothing has been trained yet",
    "draw": "The same drawing, every network",
    "learn": "The same digits, the same network, three scales",
    "runs": "No runs yet",
}


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_a_deep_link_on_a_fresh_server_shows_its_page_in_its_frame(
    name: str, visitor: Visitor, tmp_path: Path
) -> None:
    with serving(tmp_path) as server:
        page = visitor.open(f"{server.address}/{name}")
        expect(page.get_by_text(PAGES[name], exact=True)).to_be_visible()
        bar = page.locator("[data-testid=stTopNavLink]")
        expect(bar).to_have_text(["Build", "Train", "Draw", "Learn", "Runs"])
        expect(page.locator("[data-testid=stSidebarNav]")).to_have_count(0)
        expect(page).to_have_title(f"{name.capitalize() or 'Build'} · LayerLab")
