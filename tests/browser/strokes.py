"""Digits as a hand of ours draws them on the canvas: any pen, any size, any place."""

from __future__ import annotations

import numpy as np

from core.drawing.strokes import SIDE, Drawing, Stroke
from tests.handwriting import DIGITS

Way = list[tuple[float, float]]


def strokes(
    digit: int, height: float = 180, middle: tuple[float, float] = (SIDE / 2, SIDE / 2)
) -> list[Way]:
    """Return where the pen goes, in pixels of the canvas.

    Args:
        digit: 0 to 9.
        height: How high it is drawn.
        middle: Where the middle of its box is.
    """
    (written,) = (each for each in DIGITS if each.label == digit)
    points = np.vstack(written.lines)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = height / (high[1] - low[1])
    return [
        [(float(x), float(y)) for x, y in (line - (low + high) / 2) * scale + np.array(middle)]
        for line in written.lines
    ]


def drawing(
    digit: int, pen: float = 20, height: float = 180, middle: tuple[float, float] = (SIDE / 2, SIDE / 2)
) -> Drawing:
    """Return the same as a drawing."""
    return Drawing(tuple(Stroke(tuple(way), pen) for way in strokes(digit, height, middle)))
