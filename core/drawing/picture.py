"""Strokes as pixels: what stands on the canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.drawing.strokes import Drawing

_FINER = 3
"""Pixels are drawn so many times finer in both directions, and averaged: that makes smooth edges."""


def picture(drawing: Drawing) -> NDArray[np.uint8]:
    """Return a drawing as the canvas shows it.

    Args:
        drawing: Its strokes have round ends and joints; what lies outside the canvas is cut off.

    Returns:
        Red, green, blue and alpha, shape (side, side, 4): white strokes on opaque black.
    """
    ink = _ink(drawing)
    shown = np.empty((*ink.shape, 4), np.uint8)
    shown[..., :3] = ink[..., None]
    shown[..., 3] = 255
    return shown


def _ink(drawing: Drawing) -> NDArray[np.uint8]:
    side = drawing.side * _FINER
    image = Image.new("L", (side, side))
    pen = ImageDraw.Draw(image)
    for stroke in drawing.strokes:
        points = [(x * _FINER, y * _FINER) for x, y in stroke.points]
        width = stroke.width * _FINER
        pen.line(points, fill=255, width=max(1, round(width)))
        for x, y in points:
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    return np.asarray(image.reduce(_FINER))
