"""The drawing in the page: what it tells of a layer, by mouse, finger and keyboard, and its file."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, expect

from core.data.sources import source
from core.experiment import link
from core.experiment.presets import preset
from tests.browser.conftest import PATIENCE, Server, Visitor
from tests.contract.processes import until

COLOURS = """all => all.map((each) => {
    const { fill, stroke, strokeWidth } = getComputedStyle(each);
    return each.localName + fill + stroke + strokeWidth;
})"""
FOREIGN = ("var(", "light-dark", "color(", "color-mix", "tabindex")
"""What other programs than browsers can't read, or a file has no use for."""

TAPPED_AS_A_SCROLL_ENDS = """(scroll) => {
  scroll.scrollLeft += 30; // the browser tells of it with its next frame, after the tap
  const layer = scroll.querySelector(".layer[data-layer=flatten]");
  layer.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  return new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(told)));
}"""


@pytest.mark.browser
def test_a_layer_tells_of_itself_by_mouse_and_by_keyboard(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    tip = page.locator(".network .tip")
    layers = page.locator(".network .scroll .layer")

    page.locator(".network .scroll .layer[data-layer=dense]").hover()
    expect(tip).to_contain_text("401,920 parameters, all trainable")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()

    layers.first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".network .layer[data-layer=dense]")).to_be_focused()
    expect(tip).to_contain_text("dense (Dense)")
    page.keyboard.press("End")
    expect(layers.last).to_be_focused()
    expect(page.locator(".network .layer[tabindex='0']")).to_have_count(1)


@pytest.mark.browser
def test_on_a_phone_letters_stay_large_and_a_tap_tells_and_a_tap_elsewhere_hides(
    visitor: Visitor, server: Server
) -> None:
    page = visitor.open(server.address, viewport={"width": 390, "height": 844}, has_touch=True)
    tip = page.locator(".network .tip")
    flatten = page.locator(".network .scroll .layer[data-layer=flatten]")
    flatten.tap()
    expect(tip).to_contain_text("No parameters")
    # it stays, though the page is still being drawn
    shown, card = tip.bounding_box(), page.locator(".network").bounding_box()
    assert shown is not None
    assert card is not None
    assert card["x"] <= shown["x"]
    assert shown["x"] + shown["width"] <= card["x"] + card["width"] + 1
    page.locator(".network .scroll").evaluate(TAPPED_AS_A_SCROLL_ENDS)
    expect(tip).to_be_visible()
    page.get_by_role("heading", name="The network").tap()
    expect(tip).to_be_hidden()

    sizes = page.locator(".network .scroll text").evaluate_all(
        "all => all.map(each => parseFloat(getComputedStyle(each).fontSize) * each.getCTM().a)"
    )
    assert min(sizes) >= 10.99
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_a_tip_outlives_the_turn_of_a_tablet(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address, viewport={"width": 1024, "height": 1366}, has_touch=True)
    tip = page.locator(".network .tip")
    drawn = page.locator(".network .scroll svg")
    upright = drawn.get_attribute("viewBox")
    page.locator(".network .scroll .layer[data-layer=flatten]").tap()
    expect(tip).to_be_visible()
    page.set_viewport_size({"width": 1366, "height": 1024})
    expect(drawn).not_to_have_attribute("viewBox", upright or "")  # drawn anew, under the finger's layer
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("No parameters")


@pytest.mark.browser
def test_a_tip_goes_with_its_layer_and_hides_where_that_is_scrolled_away(
    visitor: Visitor, server: Server
) -> None:
    design = link.encode(preset("lenet").experiment(source("digits").info))
    address = f"{server.address}?design={design}"
    page = visitor.open(address, viewport={"width": 700, "height": 1000}, has_touch=True)
    tip = page.locator(".network .tip")
    layer = page.locator(".network .scroll .layer[data-layer=average_pooling2d]")
    layer.tap()
    expect(tip).to_contain_text("average_pooling2d")
    scroll, before = page.locator(".network .scroll"), left(tip)
    scroll.evaluate("(scroll) => scroll.scrollLeft += 60")
    until(lambda: left(tip) < before, PATIENCE, "the tip further left")
    scroll.evaluate("(scroll) => scroll.scrollLeft = scroll.scrollWidth")
    expect(tip).to_be_hidden()


def left(tip: Locator) -> float:
    """Return where a tip begins, in pixels; it fails where the tip is hidden."""
    box = tip.bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_saved_file_stands_alone_and_looks_the_same(
    visitor: Visitor, server: Server, tmp_path: Path, scheme: str
) -> None:
    page = visitor.open(server.address, color_scheme=scheme)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download SVG").click()
    assert downloading.value.suggested_filename == "layerlab-network.svg"
    saved = tmp_path / "network.svg"
    downloading.value.save_as(saved)
    written = saved.read_text(encoding="utf-8")
    ElementTree.fromstring(written)
    assert [each for each in FOREIGN if each in written] == []

    shapes = "circle, path, image, text"
    drawn = page.locator(".network .scroll svg").locator(shapes).evaluate_all(COLOURS)
    opened = visitor.browser.new_context().new_page()
    opened.goto(saved.as_uri())
    assert opened.locator(shapes).evaluate_all(COLOURS) == drawn
