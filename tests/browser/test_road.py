"""The road, end to end, offline: open, change a layer, train, reload on the way, draw a digit."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Visitor, status_of
from tests.browser.pens import draw
from ui.train.press import DOUBLE_CLICK_SECONDS

TRAINING_SECONDS = 120_000


def points(page: Page) -> int:
    """Return how many points the curves have."""
    return int(page.locator(".ll-curves").get_attribute("data-points") or 0)


def wait_for_status(page: Page, *statuses: str) -> None:
    """Wait until the run has one of these statuses."""
    expect(page.locator(".st-key-run-status")).to_have_text(
        re.compile(rf"^\s*({'|'.join(statuses)})"), timeout=TRAINING_SECONDS
    )


def wait_for_points(page: Page, more_than: int) -> None:
    """Wait until the curves have more points."""
    page.wait_for_function(
        "least => +(document.querySelector('.ll-curves')?.dataset.points ?? 0) > least",
        arg=more_than,
        timeout=TRAINING_SECONDS,
    )


@pytest.mark.browser
def test_the_road_from_the_first_page_to_a_drawn_digit(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)

    # a layer is changed on its card, and every number follows
    page.locator("li[data-layer=dense] .head").click()
    units = page.locator("li[data-layer=dense] input[data-field=units]")
    units.fill("256")
    units.press("Enter")
    expect(page.locator("li[data-layer=dense] .parameters")).to_have_text("200,960 weights")
    expect(page.locator("li[data-layer=dense_1] .parameters")).to_have_text("131,584 weights")

    # it trains in a process of its own, with curves that move
    page.locator(".st-key-train button").click()
    wait_for_status(page, "running")
    wait_for_points(page, 2)
    address = page.url
    assert "run=" in address

    # a reload in the middle finds the run again, with its points
    page.reload()
    wait_for_points(page, 3)
    assert page.url.split("run=")[1] == address.split("run=")[1]
    wait_for_status(page, "completed")

    figures = page.locator(".st-key-card-epoch").inner_text()
    share = re.search(r"validation accuracy\s+([\d.]+) %", figures)
    assert share is not None
    assert float(share[1]) > 90
    test = page.locator(".st-key-card-test")
    expect(test).to_contain_text("On 360 digits it never saw")
    expect(test).to_contain_text(re.compile(r"test loss\s*\d\.\d{4}"))
    expect(test).to_contain_text(re.compile(r"test accuracy\s*\d\d\.\d %"))

    # a digit drawn with the mouse is read
    page.get_by_role("link", name="Draw a digit for this network").click()
    prediction = page.locator(".st-key-prediction")
    expect(prediction).to_have_text(re.compile(r"^\s*Draw a digit"))
    zero = [(140 + 60 * math.sin(t / 5), 140 - 95 * math.cos(t / 5)) for t in range(33)]
    draw(page, zero)
    expect(prediction).to_have_text(re.compile(r"^\s*0"))
    expect(prediction.locator("tr")).to_have_count(10)
    page.locator(".st-key-clear button").click()
    expect(prediction).to_have_text(re.compile(r"^\s*Draw a digit"))
    draw(
        page, [(90, 50), (190, 60), (190, 110), (130, 130)], [(130, 130), (190, 160), (190, 220), (90, 235)]
    )
    expect(prediction).to_have_text(re.compile(r"^\s*3"))


@pytest.mark.browser
def test_a_run_is_paused_continued_and_stopped(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    page.get_by_label("Epochs", exact=True).fill("2000")
    page.get_by_label("Epochs", exact=True).press("Enter")
    expect(page.get_by_text("2,000 epochs of 1,293 digits")).to_be_visible()
    page.locator(".st-key-train button").click()
    wait_for_status(page, "running")
    wait_for_points(page, 2)

    page.locator(".st-key-pause button").click()
    expect(page.locator(".st-key-run-status")).to_contain_text("paused")
    assert status_of(page) == "running"
    page.wait_for_timeout(1_100 * DOUBLE_CLICK_SECONDS)  # sooner, it is a double click's second half
    page.locator(".st-key-pause button").get_by_text("Continue").click()
    expect(page.locator(".st-key-run-status")).not_to_contain_text("paused")
    wait_for_points(page, points(page))

    page.locator(".st-key-stop button").click()
    wait_for_status(page, "stopped")
    expect(page.locator(".st-key-card-test")).to_be_visible()
    expect(page.locator(".st-key-stop")).to_have_count(0)
