"""Beside the stack: Keras's summary, the code, the settings that come and go, a link for others."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visitor
from tests.browser.lists import choose


@pytest.mark.browser
def test_the_summary_is_keras_own_and_follows_the_stack(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    page.get_by_text("Summary", exact=True).click()
    expect(page.get_by_text("Total params: 669,706")).to_be_visible()
    choose(page, "Start from a preset", "A small ResNet")
    expect(page.get_by_text("residual_2 (Add)")).to_be_attached()
    expect(page.get_by_text("Non-trainable params: 480")).to_be_attached()


@pytest.mark.browser
def test_the_code_follows_the_design(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    page.get_by_text("Code", exact=True).click()
    code = page.locator("[data-testid=stCode]")
    expect(code).to_contain_text('keras.layers.Dense(512, activation="relu")')
    choose(page, "Optimizer", "AdamW")
    expect(code).to_contain_text("weight_decay=0.004")
    choose(page, "Loss", "hinge")
    expect(code).to_contain_text("2 * one_hot[y_train] - 1")
    expect(page.get_by_text("Labels: −1 or +1")).to_be_visible()
    with page.expect_download() as saved:
        page.locator(".st-key-download-code button").click()
    assert "from tensorflow import keras" in saved.value.path().read_text(encoding="utf-8")


@pytest.mark.browser
def test_settings_without_a_meaning_are_not_shown(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    expect(page.get_by_label("Batch size", exact=True)).to_be_visible()
    choose(page, "Gradient descent", "batch: all samples")
    expect(page.get_by_label("Batch size", exact=True)).to_have_count(0)
    expect(page.get_by_label("Momentum", exact=True)).to_have_count(0)
    choose(page, "Optimizer", "SGD")
    expect(page.get_by_label("Momentum", exact=True)).to_be_visible()
    page.locator("[data-testid=stExpander] summary").click()
    page.get_by_text("Early stopping", exact=True).click()
    expect(page.get_by_label("Patience", exact=True)).to_be_visible()
    choose(page, "Rate over time", "reduced on a plateau")
    expect(page.get_by_label("Factor at a plateau", exact=True)).to_be_visible()
    expect(page.get_by_text("In use: rate reduced on a plateau, early stopping")).to_be_visible()


@pytest.mark.browser
def test_a_copied_link_opens_the_same_design_for_somebody_else(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address, permissions=["clipboard-read", "clipboard-write"])
    choose(page, "Start from a preset", "Filters side by side")
    expect(page.locator("li[data-layer=parallel]")).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    other = visitor.open(address)
    expect(other.locator("li[data-layer=parallel] li[data-layer]")).to_have_count(5)


@pytest.mark.browser
def test_a_broken_link_is_said_to_be_one_and_a_design_is_there_all_the_same(
    visitor: Visitor, server: Server
) -> None:
    page = visitor.open(f"{server.address}/?design=eNqrVspOzFGyUlAqyMlPTlXSUQAAJs0Ecg")
    expect(page.get_by_text("could not be read")).to_be_visible()
    expect(page.locator("li[data-layer=flatten]")).to_be_visible()
    expect(page.locator(".st-key-train button")).to_be_enabled()


@pytest.mark.browser
def test_two_tabs_on_one_design_do_not_disturb_each_other(visitor: Visitor, server: Server) -> None:
    one = visitor.open(server.address)
    one.locator("li[data-layer=dense] .head").click()
    two = visitor.open(one.url)
    two.locator("li[data-layer=dense] .head").click()
    two.get_by_role("button", name="Remove", exact=True).click()
    expect(two.locator("li[data-layer=dense]")).to_have_count(0)
    units = one.locator("li[data-layer=dense] [data-field=units]")
    units.fill("99")
    units.press("Enter")
    expect(one.locator("li[data-layer=dense] .shape")).to_have_text("99")
    expect(two.locator("li[data-layer=dense]")).to_have_count(0)
    two.locator(".st-key-undo button").click()
    expect(two.locator("li[data-layer=dense] .shape")).to_have_text("512")
