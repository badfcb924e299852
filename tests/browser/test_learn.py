"""The notebook's lesson in a real browser: one click, three real trainings, curves over each other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.data.sources import source
from core.experiment import lessons
from core.runs.run import Status
from core.runs.store import RunStore
from tests.browser.conftest import Server, Visitor

TRAINING_SECONDS = 180_000
LESSON = re.compile(r"[?&]lesson=([\w-]+)")
SCALES = ("none", "rescale", "standardize")


def rows(page: Page) -> list[Locator]:
    """Return the rows of the results: raw, ÷ 255, standardized."""
    return [page.locator(f".st-key-lesson-row-{scale}") for scale in SCALES]


def set_epochs(page: Page, epochs: int) -> None:
    """Plan this many epochs, and wait until the page knows."""
    known = page.get_by_text("on this machine").inner_text()
    box = page.get_by_label("Epochs", exact=True)
    box.fill(str(epochs))
    box.press("Enter")
    expect(page.get_by_text("on this machine")).not_to_have_text(known)


def keep_a_lesson(store: RunStore) -> None:
    """Keep a lesson whose runs were stopped before they began."""
    with store.foreman_lock("nobody"):
        for design in lessons.notebook(source("digits").info, epochs=3):
            run = store.create(design, "The notebook", "kept")
            store.claim(run.id, "nobody")
            store.finish(run.id, Status.STOPPED)


@pytest.mark.browser
def test_a_double_click_trains_all_three_once_and_their_curves_are_read(
    visitor: Visitor, server: Server
) -> None:
    store = RunStore(server.home)
    before = len(store.newest())
    page = visitor.open(f"{server.address}/learn")
    histograms = page.locator(".ll-scale [role=img]")
    expect(histograms).to_have_count(3)
    expect(histograms.first).to_have_attribute(
        "aria-label", re.compile("^Histogram of raw pixels: from 0 to 255")
    )
    expect(page.locator(".st-key-train-lesson button")).to_be_enabled()
    page.locator(".st-key-train-lesson button").dblclick()
    expect(page).to_have_url(LESSON)

    # all three, in one drawing; a reload on the way finds them again
    for row in rows(page):
        expect(row).to_contain_text(re.compile("queued|running"))
    expect(page.locator(".ll-entry")).to_contain_text(
        ["The notebook, raw pixels", "The notebook, pixels ÷ 255", "The notebook, standardized pixels"]
    )
    expect(page).to_have_url(LESSON)
    page.reload()
    for row in rows(page):
        expect(row).to_contain_text("completed", timeout=TRAINING_SECONDS)
    expect(page.locator(".st-key-train-lesson button")).to_be_enabled()
    named = LESSON.search(page.url)
    assert named is not None
    runs = store.of_collection(named[1])
    assert len(runs) == 3
    assert len(store.newest()) == before + 3

    # figures, and what to see in them
    for row, run in zip(rows(page), runs, strict=True):
        expect(row).to_contain_text(f"{100 * run.result['test_accuracy']:.1f} %")
        expect(row).to_contain_text(f"{run.result['test_loss']:.4f}")
    reading = page.locator(".st-key-card-reading li")
    expect(reading.first).to_contain_text("Worse than guessing at first with raw pixels.")
    expect(reading.nth(1)).to_contain_text("After the first epoch")
    expect(page.locator(".ll-curves")).to_have_attribute("data-over", "true")

    # a second tab with the same address shows the same
    other = visitor.open(page.url)
    expect(rows(other)[0]).to_contain_text("completed")
    rows(other)[1].get_by_role("button", name="Open").click()
    expect(other.get_by_text(re.compile(r"Run \d+ · The notebook, pixels ÷ 255")).first).to_be_visible()


@pytest.mark.browser
def test_it_is_begun_and_stopped_from_the_keyboard(visitor: Visitor, server: Server) -> None:
    page = visitor.open(f"{server.address}/learn")
    set_epochs(page, 2_000)
    page.get_by_label("Epochs", exact=True).press("Tab")
    train = page.get_by_role("button", name="Train all three")
    for _ in range(4):  # over the buttons that count the epochs
        if train.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(train).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page)[0]).to_contain_text(re.compile(r"epoch \d+ of 2,000"), timeout=TRAINING_SECONDS)
    page.get_by_role("button", name="Stop all").press("Enter")
    for row in rows(page):
        expect(row).to_contain_text("stopped", timeout=TRAINING_SECONDS)
    expect(page.get_by_role("button", name="Stop all")).to_have_count(0)
    expect(page.locator(".st-key-card-reading")).to_contain_text("Not all of it was trained")
    assert "failed" not in page.locator(".st-key-card-results").inner_text()


@pytest.mark.browser
def test_a_phone_shows_all_of_it_without_scrolling_sideways(visitor: Visitor, server: Server) -> None:
    keep_a_lesson(RunStore(server.home))
    page = visitor.open(f"{server.address}/learn", viewport={"width": 390, "height": 844}, has_touch=True)
    page.locator(".st-key-last-lesson button").tap()
    expect(page.locator(".st-key-card-results")).to_be_visible()
    expect(page.locator(".ll-scale")).to_have_count(3)
    wide = page.evaluate(
        "[...document.querySelectorAll('.stMain *')].filter("
        "each => each.getBoundingClientRect().right > innerWidth + 1 && each.checkVisibility()"
        " && !each.closest('.ll-plot')).length"
    )
    assert wide == 0
    # each figure says what it is: there is no line of headings
    expect(page.locator(".ll-row.heads")).to_be_hidden()
    box = rows(page)[0].get_by_text("test accuracy", exact=True).bounding_box()
    assert box is not None
    assert box["width"] > 40
