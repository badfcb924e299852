"""The chip in the bar: what is under way, on every page, and a way to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.runs.run import Run, Status
from core.runs.store import RunStore
from tests.app.made_runs import BUSY, EPOCHS, progress, queued, running
from tests.browser.conftest import Server, Visitor

CHIP_SCRIPT = Path(__file__).resolve().parents[2] / "ui" / "chip" / "chip.js"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def store(server: Server) -> Iterator[RunStore]:
    """The server's run store, with a foreman that never comes to its runs; empty before and after."""
    found = RunStore(server.home)
    with found.foreman_lock(BUSY):
        yield found
        for run in found.newest():
            found.finish(run.id, Status.STOPPED)
            found.delete(run.id)


def chip(page: Page) -> Locator:
    """Return the chip, seen or not."""
    return page.locator(".st-key-chip .chip")


def end(store: RunStore, run: Run, status: Status = Status.COMPLETED) -> None:
    """End a run with a figure."""
    store.finish(run.id, status, result={"val_accuracy": 0.979} if status is Status.COMPLETED else {})


def test_the_script_is_small() -> None:
    assert len(CHIP_SCRIPT.read_bytes()) < 4_096


@pytest.mark.browser
def test_a_run_is_told_from_its_beginning_to_its_end(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    page = visitor.open(f"{server.address}/train")
    expect(chip(page)).to_be_hidden()
    card = page.locator(".st-key-card-empty")
    expect(card.get_by_role("link")).to_be_visible()  # no longer the higher skeleton that stood for it
    before = card.bounding_box()

    run = running(store, epochs=3)
    expect(chip(page)).to_have_text(f"run {run.number} · epoch 4 of {EPOCHS} · 90.0 %", use_inner_text=True)
    assert card.bounding_box() == before
    waiting = queued(store)
    expect(chip(page)).to_have_text(re.compile(r"90\.0 %\s*\+1$"), use_inner_text=True)
    store.record(run.id, progress(4, 9, paused=True))
    expect(chip(page)).to_have_accessible_name(re.compile(rf"^Run {run.number}: paused, "))

    end(store, run)
    end(store, waiting, Status.STOPPED)
    expect(chip(page)).to_have_text(f"run {run.number} · 97.9 %", use_inner_text=True)
    expect(page.locator(".st-key-chip [role=status]")).to_contain_text(f"Run {run.number}: completed")
    expect(chip(page)).to_be_hidden()


@pytest.mark.browser
def test_a_click_goes_to_the_run(visitor: Visitor, server: Server, store: RunStore) -> None:
    run = running(store)
    queued(store, "a later one")
    page = visitor.open(f"{server.address}/runs")
    expect(chip(page)).to_be_visible()  # what is hidden takes no focus
    chip(page).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-card-header h2")).to_have_text(f"Run {run.number} · a run")
    expect(page).to_have_url(re.compile(rf"/train\?.*run={re.escape(run.id)}"))

    # and from the page of another run as well
    page.locator(".st-key-also button").first.click()
    expect(page.locator(".st-key-card-header h2")).to_contain_text("a later one")
    chip(page).click()
    expect(page.locator(".st-key-card-header h2")).to_contain_text("a run")


@pytest.mark.browser
def test_it_is_short_on_a_phone(visitor: Visitor, server: Server, store: RunStore) -> None:
    run = running(store)
    page = visitor.open(server.address, **PHONE)
    expect(chip(page)).to_have_text(f"run {run.number} · 90.0 %", use_inner_text=True)
    box = chip(page).bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


@pytest.mark.browser
def test_a_tab_that_nobody_sees_asks_nothing(visitor: Visitor, server: Server, store: RunStore) -> None:
    running(store)
    unseen = (
        "window.unseen = true; Object.defineProperty(document, 'hidden', { get: () => window.unseen });"
    )
    page = visitor.open(server.address, unseen)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    seen = visitor.open(server.address)
    expect(chip(seen)).to_be_visible()
    assert not any("/layerlab/now" in address for address in asked)
    page.evaluate("window.unseen = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(chip(page)).to_be_visible()
