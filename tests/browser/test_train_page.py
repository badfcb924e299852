"""Train in a real browser: it ticks under people's hands without disturbing them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.runs.run import OrderKind, Request, Run, Status
from core.runs.store import RunStore
from tests.app.made_runs import (
    BUSY,
    EPOCHS,
    answers,
    learn,
    leave_files,
    over,
    progress,
    queued,
    running,
    take_way,
)
from tests.browser.conftest import PATIENCE, Server, Visitor
from tests.contract.processes import until

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


def tick(page: Page, store: RunStore, run: Run, step: int, paused: bool = False) -> None:
    """Have the run take some steps, and wait until the page tells of it."""
    store.record(run.id, progress(4, step, paused))
    expect(page.locator(".st-key-run-status")).to_contain_text(f"batch {step} of 41")


def open_run(visitor: Visitor, server: Server, run: Run, **settings: Any) -> Page:
    """Open the page of a run."""
    page = visitor.open(f"{server.address}/train?run={run.id}", **settings)
    expect(page.locator(".st-key-card-header h2")).to_contain_text(f"Run {run.number}")
    return page


def button(page: Page, key: str) -> Locator:
    """Return the button with a key."""
    return page.locator(f".st-key-{key} button")


# --- it ticks under people's hands ---


@pytest.mark.browser
def test_the_keyboard_steers_a_run_and_keeps_its_place(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    run = running(store)
    page = open_run(visitor, server, run)
    button(page, "pause").focus()
    tick(page, store, run, 8)
    tick(page, store, run, 9)
    expect(button(page, "pause")).to_be_focused()
    page.keyboard.press("Enter")
    expect(button(page, "pause")).to_have_text("Continue")
    assert store.request_of(run.id) is Request.PAUSE
    tick(page, store, run, 10, paused=True)
    expect(page.locator(".st-key-run-status")).to_contain_text("paused")
    expect(button(page, "pause")).to_be_focused()

    page.keyboard.press("Tab")
    expect(button(page, "step-batch")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tick(page, store, run, 11, paused=True)
    expect(button(page, "step-epoch")).to_be_focused()
    wanted = [OrderKind.STEP_BATCH, OrderKind.STEP_EPOCH]
    until(lambda: [order.kind for order in store.control(run.id).orders] == wanted, PATIENCE, "both steps")


@pytest.mark.browser
def test_what_is_being_written_outlives_the_ticks(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    run = running(store)
    page = open_run(visitor, server, run)
    page.locator(".st-key-rate-row button").click()
    box = page.locator(".st-key-rate input")
    box.press_sequentially("0.0")
    tick(page, store, run, 8)
    tick(page, store, run, 9)
    expect(box).to_be_focused()
    box.press_sequentially("005")
    box.press("Enter")
    expect(page.locator(".ll-rate")).to_contain_text("0.001 → 0.0005")
    assert [order.value for order in store.control(run.id).orders] == [0.0005]
    expect(box).to_be_focused()
    box.fill("much")
    button(page, "set-rate").click()
    expect(page.get_by_role("alert").get_by_text("That is no number.")).to_be_visible()


@pytest.mark.browser
def test_what_a_finding_means_and_why_it_trains_so_stay_open(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    run = running(store, epochs=0)
    take_way(store, run, "XLA", "One program is made of it.")
    for epoch in range(1, EPOCHS + 1):
        learn(store, run, epoch)
    page = open_run(visitor, server, run)
    page.get_by_text("What that means").click()
    meaning = page.locator(".ll-meaning p").first
    expect(meaning).to_be_visible()
    page.locator(".ll-way summary", has_text="Compiled by XLA").press("Enter")
    why = page.get_by_text("One program is made of it.")
    expect(why).to_be_visible()
    store.record(run.id, progress(EPOCHS, 9, rate=0.0005))
    expect(page.locator(".st-key-run-status")).to_contain_text("batch 9 of 41")
    expect(page.locator(".ll-rate")).to_contain_text("0.0005")  # the figures were drawn anew
    expect(meaning).to_be_visible()
    expect(why).to_be_visible()


@pytest.mark.browser
def test_the_page_tells_of_the_end_by_itself(visitor: Visitor, server: Server, store: RunStore) -> None:
    run = running(store)
    page = open_run(visitor, server, run)
    expect(page.locator(".st-key-run-status")).to_contain_text("running")
    store.finish(run.id, Status.COMPLETED, result={"test_accuracy": 0.981, "test_loss": 0.0936})
    test = page.locator(".st-key-card-test")
    expect(test).to_contain_text(re.compile(r"test accuracy\s*98\.1 %"))
    expect(test).to_contain_text("On 360 digits it never saw")
    expect(button(page, "stop")).to_have_count(0)
    expect(button(page, "again")).to_be_visible()


# --- one click, one run ---


@pytest.mark.browser
@pytest.mark.parametrize("key", ["again", "new-seed", "train-on"])
def test_a_double_click_starts_one_run(visitor: Visitor, server: Server, store: RunStore, key: str) -> None:
    run = over(store, Status.COMPLETED, epochs=EPOCHS - 1)
    leave_files(run)
    page = open_run(visitor, server, run)
    button(page, key).dblclick()
    expect(page.locator(".st-key-card-header h2")).to_contain_text(f"Run {run.number + 1}")
    # whatever the second click did is done before what is asked next
    button(page, "stop").click()
    expect(page.locator(".st-key-run-status")).to_contain_text(
        re.compile("stopping|stopped|failed|completed|interrupted")
    )
    assert [each.number for each in store.newest()] == [run.number + 1, run.number]


@pytest.mark.browser
def test_a_file_is_taken_away(visitor: Visitor, server: Server, store: RunStore) -> None:
    run = over(store, Status.COMPLETED, epochs=EPOCHS)
    leave_files(run)
    page = open_run(visitor, server, run)
    with page.expect_download() as download:
        page.locator(f".st-key-take-away-{run.number} button").click()
        page.locator(".st-key-take").get_by_text("Curves", exact=True).click()
        page.locator(".st-key-take-csv button").click()
    assert download.value.suggested_filename == f"run-{run.number}.csv"
    assert download.value.path().read_text() == "epoch,loss\n1,0.3\n"


# --- mistakes ---


@pytest.mark.browser
def test_mistakes_follow_the_epochs_and_travel_once(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    run = queued(store)
    attempt = store.begin(run.id)
    page = visitor.open(f"{server.address}/train?run={run.id}")
    card = page.locator(".mistakes")
    expect(card).to_contain_text("After the first epoch you see here")
    expect(card.locator("table")).to_have_count(0)

    store.keep_latest(run.id, "answers", answers(1), attempt)
    expect(card).to_contain_text("It takes 4 for 9 most often: 14 times.")
    expect(card).to_contain_text("epoch 1, 315 validation digits")
    expect(card.locator("li")).to_have_text(re.compile(r"4, taken for 9\s*93 % sure"))
    with page.expect_response("**/answers?*") as waiting:
        pass
    assert json.loads(waiting.value.text())["answers"] is None

    store.keep_latest(run.id, "answers", answers(2, mistakes=2), attempt)
    expect(card).to_contain_text("It takes 4 for 9 most often: twice.")
    store.keep_latest(run.id, "answers", answers(3, mistakes=0), attempt)
    expect(card).to_contain_text("Once it takes 7 for 2; all else is right.")


@pytest.mark.browser
def test_the_matrix_is_read_with_keys_and_mouse(visitor: Visitor, server: Server, store: RunStore) -> None:
    page = open_run(visitor, server, running(store))
    card = page.locator(".mistakes")
    said = card.locator(".said")
    expect(said).to_have_text("Rows: what it is. Columns: what the network says.")
    card.locator("td[data-place='4-9']").hover()
    expect(said).to_have_text("4, taken for 9: 14 of 44.")
    page.mouse.move(0, 0)
    expect(said).to_have_text("Rows: what it is. Columns: what the network says.")
    card.locator("[tabindex='0']").focus()
    expect(said).to_have_text("0: 30 of 30 right.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("1, taken for 2: 0 of 30.")
    expect(card.locator("td:focus")).to_have_attribute("aria-label", "0")


# --- on every screen ---


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("status", [Status.RUNNING, Status.COMPLETED, Status.INTERRUPTED])
def test_nothing_is_wider_than_a_phone(
    visitor: Visitor, server: Server, store: RunStore, scheme: str, status: Status
) -> None:
    run = running(store)
    for name in ("next", "after next"):
        queued(store, name)
    if status.over:
        leave_files(run)
        store.finish(run.id, status, "The machine was switched off, which happens.", {"val_loss": 0.5})
    page = open_run(visitor, server, run, color_scheme=scheme, **PHONE)
    expect(page.locator(".mistakes table")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
