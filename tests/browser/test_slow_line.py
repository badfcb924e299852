"""A slow line: what a person does before the last answer has arrived is neither lost nor undone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core.data.sources import source
from core.experiment import link
from core.experiment.presets import PRESETS
from tests.browser.conftest import Server, Visitor
from tests.browser.line import Line
from tests.browser.lists import choose

DELAY_MS = 400
PRESET = "Start from a preset"
# Every message from the server reaches the page late, as over bad Wi-Fi.
SLOW = """
  (() => {
    const late = (listener) => (event) => setTimeout(() => listener(event), DELAY);
    window.WebSocket = class extends window.WebSocket {
      set onmessage(listener) { super.onmessage = late(listener); }
      addEventListener(type, listener, options) {
        super.addEventListener(type, type === "message" ? late(listener) : listener, options);
      }
    };
  })();
""".replace("DELAY", str(DELAY_MS))


@pytest.fixture
def page(visitor: Visitor, server: Server) -> Page:
    """The Build page over a slow line, drawn and at rest."""
    opened = visitor.open(server.address, script=SLOW)
    opened.wait_for_function("location.search.includes('design=')")
    expect(opened.locator("image.pixels")).to_have_count(1)  # the workers have prepared the digits
    # the drawing comes before the boxes below it: wait for the rest of that run too
    expect(opened.locator("[data-test-script-state=notRunning]")).to_have_count(1)
    return opened


def number(page: Page, label: str, value: str) -> None:
    """Type a number into a box and leave it with Enter."""
    box = page.get_by_label(label, exact=True)
    box.fill(value)
    box.press("Enter")


def expect_plan(page: Page, epochs: int, batch_size: int) -> None:
    """Wait until boxes and address agree on the plan."""
    expect(page.get_by_label("Epochs", exact=True)).to_have_value(str(epochs))
    expect(page.get_by_label("Batch size", exact=True)).to_have_value(str(batch_size))
    expect(page).to_have_url(_with_plan(epochs, batch_size))


def _with_plan(epochs: int, batch_size: int) -> re.Pattern[str]:
    """Return a pattern for the address of the first preset with this plan."""
    plan = PRESETS[0].experiment(source("digits").info)
    plan = plan.with_training(epochs=epochs, batch_size=batch_size)
    return re.compile(f"design={re.escape(link.encode(plan))}(&|$)")


@pytest.mark.browser
@pytest.mark.parametrize("pause_ms", [0, 150, 450])
def test_two_edits_in_quick_succession_are_both_kept(page: Page, pause_ms: int) -> None:
    number(page, "Epochs", "3")
    page.wait_for_timeout(pause_ms)
    number(page, "Batch size", "64")
    expect_plan(page, 3, 64)
    page.wait_for_timeout(2 * DELAY_MS)  # nothing that is still on its way changes it
    expect_plan(page, 3, 64)


@pytest.mark.browser
def test_opening_a_card_does_not_take_the_last_edit_back(page: Page) -> None:
    number(page, "Epochs", "3")
    page.wait_for_timeout(150)
    page.locator("li[data-layer=dense] .head").click()
    expect(page.locator("li[data-layer=dense] input[data-field=units]")).to_be_visible()
    page.wait_for_timeout(2 * DELAY_MS)
    expect_plan(page, 3, 32)


@pytest.mark.browser
def test_undo_twice_in_quick_succession_goes_two_steps_back(page: Page) -> None:
    number(page, "Epochs", "3")
    expect_plan(page, 3, 32)
    number(page, "Epochs", "4")
    expect_plan(page, 4, 32)
    undo = page.get_by_role("button", name="↶ Undo")
    undo.click()
    page.wait_for_timeout(150)
    undo.click()
    expect_plan(page, 10, 32)
    expect(page.get_by_role("button", name="↷ Redo")).to_be_enabled()


@pytest.mark.browser
def test_the_design_is_the_same_after_a_visit_to_another_page(page: Page) -> None:
    number(page, "Epochs", "3")
    expect_plan(page, 3, 32)
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_text("No runs yet")).to_be_visible()
    page.get_by_role("link", name="Build").click()
    expect_plan(page, 3, 32)


@pytest.mark.browser
@pytest.mark.parametrize("between", [[], ["The article, 64-32"]])
def test_a_design_chosen_again_before_the_last_one_has_arrived_is_drawn(
    between: list[str], visitor: Visitor, server: Server
) -> None:
    page = visitor.open(server.address)
    line = Line(page)
    rest = page.locator("[data-test-script-state=notRunning]")
    for preset in ("LeNet-5", "Softmax regression", *between):
        choose(page, PRESET, preset)
        expect(page.get_by_label(PRESET)).to_have_value(preset)
        expect(rest).to_have_count(1)
    line.stop()
    choose(page, PRESET, "A small convolutional network")
    line.wait_for_a_run()
    choose(page, PRESET, "LeNet-5")
    line.go_on()
    expect(page.locator("li[data-layer=average_pooling2d]")).to_be_visible()
    expect(page.locator(".st-key-train button")).to_be_enabled()
