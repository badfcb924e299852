"""Draw on before the last press is answered: over a slow line, no stroke is lost or cut short."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.canvas import (
    choose_pen,
    clear,
    expect_digit,
    expect_ink,
    ink,
)
from tests.browser.conftest import PATIENCE, Server, Visitor
from tests.browser.line import Line
from tests.browser.pens import Finger, Mouse, Pen
from tests.browser.strokes import strokes
from tests.contract.processes import until

pytestmark = pytest.mark.browser
GIVEN = """(root) => {
  window.given = new Promise((done) => {
    const seen = () => requestAnimationFrame(() => requestAnimationFrame(done));
    new MutationObserver(seen).observe(root, { subtree: true, attributeFilter: ["data-pinned"] });
  });
}"""
"""Notes when the canvas is given something next."""


@pytest.fixture(params=["mouse", "finger"])
def drawing(request: pytest.FixtureRequest, visitor: Visitor, server: Server) -> tuple[Page, Pen, Line]:
    """The Draw page with awake networks and an empty canvas, a pen, and the line to the server."""
    by_finger = request.param == "finger"
    page = visitor.open(f"{server.address}/draw", has_touch=by_finger)
    line = Line(page)
    page.locator(".st-key-canvas canvas").last.wait_for()
    pen = Pen(page, Finger(page) if by_finger else Mouse(page))
    pen.draw(*strokes(0))
    expect_digit(page, 0)
    clear(page)
    until(lambda: ink(page) == 0, PATIENCE, "an empty canvas")
    return page, pen, line


def test_strokes_that_begin_before_clear_is_answered_are_whole(drawing: tuple[Page, Pen, Line]) -> None:
    page, pen, line = drawing
    first, second = strokes(4)
    pen.draw(first, second)
    expect_digit(page, 4)
    four = ink(page)
    page.locator(".st-key-undo-stroke button").click()
    until(lambda: 0 < ink(page) < 0.9 * four, PATIENCE, "one stroke less")
    one = ink(page)  # as it is loaded: its edges are slightly other ones than when it was drawn
    clear(page)
    pen.draw(*strokes(8))
    expect_digit(page, 8)

    line.stop()
    page.locator(".st-key-clear button").click()
    line.wait_for_a_run()
    pen.draw(first)
    pen.begin(second[:5])
    line.go_on()
    until(lambda: ink(page) < four, PATIENCE, "an empty canvas with one stroke of two")
    pen.end(second[5:])
    expect_digit(page, 4)
    expect_ink(page, four)
    page.locator(".st-key-undo-stroke button").click()
    expect_ink(page, one)  # neither stroke was drawn twice


def test_a_stroke_that_begins_before_its_pen_has_come_is_drawn_with_it_from_its_start(
    drawing: tuple[Page, Pen, Line],
) -> None:
    page, pen, line = drawing
    (three,) = strokes(3)
    choose_pen(page, "Broad")
    pen.draw(three)
    expect_digit(page, 3)
    broad = ink(page)
    clear(page)
    choose_pen(page, "Fine")
    pen.draw(three)
    expect_digit(page, 3)
    clear(page)

    line.stop()
    choose_pen(page, "Broad")
    line.wait_for_a_run()
    pen.begin(three[: len(three) // 2])
    page.locator(".st-key-canvas .canvas-root").evaluate(GIVEN)
    line.go_on()
    page.evaluate("() => window.given")
    pen.end(three[len(three) // 2 :])
    expect_digit(page, 3)
    expect_ink(page, broad)
