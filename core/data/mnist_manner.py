"""Bring ink to where MNIST would have put it.

LeCun, Cortes and Burges describe it at http://yann.lecun.com/exdb/mnist/: the digit is fitted into
a box of 20 × 20 pixels with its aspect kept, anti-aliased, and placed in a field of 28 × 28 so that
its centre of mass is at the centre. A network trained on such images knows no others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]

BOX_SHARE = 20 / 28
"""Side of the box as a share of the field's side."""


def crop(ink: Grey) -> Grey:
    """Return the smallest rectangle that holds all ink.

    Args:
        ink: Grey values, shape (height, width), 0 is paper and 255 full ink.

    Returns:
        A view of `ink`, shape (0, 0) where there is no ink.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return ink[:0, :0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fit(ink: Grey, box: int, smooth: bool = True) -> Grey:
    """Return the ink scaled so that its longer side is `box` pixels.

    Args:
        ink: Grey values, shape (height, width), not empty.
        box: Pixels of the longer side of the result.
        smooth: Whether edges are anti-aliased; else each pixel is one of the ink's own.
    """
    height, width = ink.shape
    scale = box / max(height, width)
    return stretch(ink, max(1, round(height * scale)), max(1, round(width * scale)), smooth)


def stretch(ink: Grey, height: int, width: int, smooth: bool = True) -> Grey:
    """Return the ink scaled to a size, whatever its aspect; see `fit`."""
    if not smooth:
        return np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.NEAREST))
    # Lanczos overshoots at edges; Pillow clips it to 0–255. First across, then down: from its version
    # 13 on Pillow would choose the order by itself, which makes other pixels of tall drawings
    wide = Image.fromarray(ink).resize((width, len(ink)), Image.Resampling.LANCZOS)
    return np.asarray(wide.resize((width, height), Image.Resampling.LANCZOS))


def centre(ink: Grey, field: int) -> Grey:
    """Return a field of `field` × `field` pixels with the ink's centre of mass at its centre.

    Args:
        ink: Grey values, shape (height, width), no side longer than `field`.
        field: Side of the result in pixels.
    """
    placed = np.zeros((field, field), np.uint8)
    total = float(ink.sum())
    height, width = ink.shape
    if not total:
        return placed
    row = float(ink.sum(axis=1) @ (np.arange(height) + 0.5)) / total
    column = float(ink.sum(axis=0) @ (np.arange(width) + 0.5)) / total
    # the whole of the ink stays inside, even where its mass is far off its middle
    top = min(max(round(field / 2 - row), 0), field - height)
    left = min(max(round(field / 2 - column), 0), field - width)
    placed[top : top + height, left : left + width] = ink
    return placed


def as_mnist(ink: Grey, field: int = 28) -> Grey:
    """Return the ink as MNIST would hold it: cropped, fitted, centred by mass.

    Args:
        ink: Grey values, shape (height, width), 0 is paper and 255 full ink.
        field: Side of the result in pixels; the ink fills 20/28 of it.

    Returns:
        Shape (field, field), uint8; all zero where there is no ink.
    """
    cropped = crop(ink)
    if not cropped.size:
        return np.zeros((field, field), np.uint8)
    return centre(fit(cropped, round(field * BOX_SHARE)), field)
