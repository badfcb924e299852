"""What draws on the canvas in Chromium: a mouse or a finger, a piece of a stroke at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from playwright.sync_api import CDPSession, Page

from core.drawing.strokes import SIDE
from tests.browser.strokes import Way


class Hand(Protocol):
    """What draws."""

    def down(self, x: float, y: float) -> None: ...

    def move(self, x: float, y: float) -> None: ...

    def up(self) -> None: ...


class Mouse:
    """A mouse."""

    def __init__(self, page: Page) -> None:
        self._mouse = page.mouse

    def down(self, x: float, y: float) -> None:
        """Press its button at a place of the page."""
        self._mouse.move(x, y)
        self._mouse.down()

    def move(self, x: float, y: float) -> None:
        """Move it there."""
        self._mouse.move(x, y, steps=2)

    def up(self) -> None:
        """Let its button go."""
        self._mouse.up()


class Finger:
    """A finger."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        """Lay it down at a place of the page."""
        self._touch("touchStart", x, y)

    def move(self, x: float, y: float) -> None:
        """Move it there."""
        self._touch("touchMove", x, y)

    def up(self) -> None:
        """Lift it."""
        self._leave("touchEnd")

    def cancel(self) -> None:
        """Have the system take it away, as for a palm or a call."""
        self._leave("touchCancel")

    def _leave(self, how: str) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": how, "touchPoints": []})

    def _touch(self, what: str, x: float, y: float) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": [{"x": x, "y": y}]})


class Pen:
    """Draws on the canvas with a hand, a piece of a stroke at a time."""

    def __init__(self, page: Page, hand: Hand) -> None:
        canvas = page.locator(".st-key-canvas canvas").last
        canvas.scroll_into_view_if_needed()
        self._box = canvas.bounding_box()
        self._hand = hand

    def begin(self, way: Way) -> None:
        """Draw a way, and leave the pen on the canvas."""
        first, *rest = map(self._place, way)
        self._hand.down(*first)
        for each in rest:
            self._hand.move(*each)

    def end(self, way: Sequence[tuple[float, float]] = ()) -> None:
        """Draw on, and lift the pen."""
        for each in map(self._place, way):
            self._hand.move(*each)
        self._hand.up()

    def draw(self, *ways: Way) -> None:
        """Draw whole strokes."""
        for way in ways:
            self.begin(way)
            self.end()

    def _place(self, point: tuple[float, float]) -> tuple[float, float]:
        assert self._box is not None
        scale = self._box["width"] / SIDE
        return self._box["x"] + point[0] * scale, self._box["y"] + point[1] * scale


def draw(page: Page, *ways: Way) -> None:
    """Draw strokes with the mouse, in pixels of the canvas, however large it is shown."""
    Pen(page, Mouse(page)).draw(*ways)
