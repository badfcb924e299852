"""The stack of layers by mouse and by keyboard, and what Build says of bad input."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Visitor
from tests.browser.lists import choose


def layers(page: Page) -> list[str | None]:
    """Return the layers' names, from input to output."""
    return [card.get_attribute("data-layer") for card in page.locator("ol.cards > li").all()]


def expect_layers(page: Page, *names: str) -> None:
    """Wait until the stack holds these layers in this order."""
    cards = page.locator("ol.cards > li")
    expect(cards).to_have_count(len(names))
    for index, name in enumerate(names):
        expect(cards.nth(index)).to_have_attribute("data-layer", name)


@pytest.mark.browser
def test_layers_are_added_moved_removed_and_brought_back(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    expect_layers(page, "flatten", "dense", "dense_1", "dense_2")

    page.get_by_role("button", name="+ Add a layer").click()
    page.get_by_role("button", name=re.compile("^Dropout")).click()
    expect_layers(page, "flatten", "dense", "dense_1", "dropout", "dense_2")
    expect(page.locator("li[data-layer=dropout] input[data-field=rate]")).to_have_value("0.2")

    page.get_by_role("button", name="↑ Up").click()
    expect_layers(page, "flatten", "dense", "dropout", "dense_1", "dense_2")
    page.get_by_role("button", name="Remove").click()
    expect_layers(page, "flatten", "dense", "dense_1", "dense_2")

    page.get_by_role("button", name="↶ Undo").click()
    expect_layers(page, "flatten", "dense", "dropout", "dense_1", "dense_2")
    page.get_by_role("button", name="↷ Redo").click()
    expect_layers(page, "flatten", "dense", "dense_1", "dense_2")


@pytest.mark.browser
def test_the_keyboard_alone_moves_a_layer_and_keeps_its_focus(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    head = page.locator("li[data-layer=dense] .head")
    head.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect_layers(page, "flatten", "dense_1", "dense", "dense_2")
    expect(head).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect_layers(page, "flatten", "dense", "dense_1", "dense_2")
    page.keyboard.press("Enter")
    expect(page.locator("li[data-layer=dense] input[data-field=units]")).to_be_visible()


@pytest.mark.browser
def test_edits_that_follow_each_other_at_once_are_all_done(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    expect_layers(page, "flatten", "dense", "dense_1", "dense_2")
    page.locator("li[data-layer=flatten] .head").focus()
    for _ in range(3):
        page.keyboard.press("Alt+ArrowDown")
        page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowDown")
    expect_layers(page, "dense", "flatten", "dense_1", "dense_2")


@pytest.mark.browser
def test_a_problem_stands_on_its_card_and_its_fix_is_one_click(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    page.locator("li[data-layer=flatten] .head").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("li[data-layer=dense_2] .problem.error")).to_contain_text("28 × 28 × 10")
    expect(page.locator(".st-key-train button:disabled")).to_be_visible()
    page.locator("li[data-layer=dense_2]").get_by_role("button", name="Add Flatten before dense").click()
    expect_layers(page, "flatten", "dense", "dense_1", "dense_2")
    expect(page.locator(".st-key-train button")).to_be_enabled()


@pytest.mark.browser
def test_an_absurd_number_is_refused_where_it_was_typed(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    page.locator("li[data-layer=dense] .head").click()
    units = page.locator("li[data-layer=dense] input[data-field=units]")
    units.fill("99999999")
    units.press("Enter")
    expect(page.locator("li[data-layer=dense] .field.wrong .help")).to_have_text(
        "A whole number from 1 to 65,536, please."
    )
    units.fill("128")
    units.press("Enter")
    expect(page.locator("li[data-layer=dense] .parameters")).to_have_text("100,480 weights")
    expect(page.locator("li[data-layer=dense] .field.wrong")).to_have_count(0)


@pytest.mark.browser
def test_without_a_network_a_download_says_so_and_can_be_tried_again(
    visitor: Visitor, server: Server
) -> None:
    page = visitor.open(server.address)
    choose(page, "Data", "MNIST (not here yet)")
    expect(page.locator(".st-key-train button")).to_be_disabled()
    page.locator(".st-key-download button").click()
    warning = page.get_by_text("MNIST could not be downloaded")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("mnist.npz")
    expect(page.locator(".st-key-download button")).to_have_text("Try again")
    page.get_by_role("button", name="Use Digits").click()
    expect(page.locator(".st-key-train button")).to_be_enabled()
