"""Prepare a drawing as the network's data were prepared, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.mnist_manner import BOX_SHARE, centre, crop, fit, stretch
from core.drawing.picture import picture
from core.drawing.strokes import Drawing
from core.errors import NotDrawable
from core.experiment.dataset import DatasetInfo

Grey = NDArray[np.uint8]

WEIGHT = 0.11
"""Width of a stroke as a share of the ink's longer side: MNIST's strokes are about so heavy."""
SMALLEST = 12.0
"""Pixels of the canvas that a pen has to go before its way, and not its width, says what is drawn."""


@dataclass(frozen=True)
class Switches:
    """Which steps are taken; without all of them a drawing is merely shrunk to the input's size.

    Attributes:
        weight: Draw the strokes as heavy as MNIST's.
        crop: Cut the ink out of the canvas.
        fit: Keep the aspect, and leave the margin that MNIST leaves; else the input is filled.
        smooth: Make grey edges where pixels are merged.
        centre: Put the centre of mass at the centre; else it stays where it was on the canvas.
    """

    weight: bool = True
    crop: bool = True
    fit: bool = True
    smooth: bool = True
    centre: bool = True


@dataclass(frozen=True)
class Prepared:
    """A drawing after each step; what is switched off leaves the picture as it was before.

    Attributes:
        drawn: The canvas, shape (side, side).
        weighed: The canvas with strokes of MNIST's weight, shape (side, side).
        cropped: The ink alone.
        fitted: The ink in the input's pixels, no side longer than the input's.
        image: The input itself, shape (height, width).
    """

    drawn: Grey
    weighed: Grey
    cropped: Grey
    fitted: Grey
    image: Grey


def ink_of(canvas: NDArray[np.uint8]) -> Grey:
    """Return the ink of a canvas that shows white strokes on black.

    Args:
        canvas: Red, green, blue and alpha, shape (height, width, 4).

    Returns:
        Grey values over black paper, shape (height, width), uint8.
    """
    colours = canvas[..., :3].astype(np.float32)
    opacity = canvas[..., 3].astype(np.float32) / 255
    # luma weights of ITU-R BT.601; white strokes give 255 whatever the weights
    grey = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.round(grey * opacity).clip(0, 255).astype(np.uint8)


def input_side(info: DatasetInfo) -> int:
    """Return the side, in pixels, of the inputs of a network trained on `info`'s data.

    Raises:
        NotDrawable: The data are not drawings.
    """
    height, width, channels = info.input_shape if info.is_image else (0, 0, 0)
    if not info.drawable or height != width or channels != 1:
        raise NotDrawable(f"A drawing is no {info.noun}: choose a run that was trained on digits.")
    return height


def prepare(drawing: Drawing, side: int = 28, switches: Switches | None = None) -> Prepared | None:
    """Return a drawing as an input of a network, and every step on the way.

    The steps are those by which MNIST was made; see `core.data.mnist_manner`.

    Args:
        drawing: What was drawn.
        side: Width and height of the input in pixels.
        switches: Which steps are taken; all by default.

    Returns:
        Pictures of grey values, uint8, 0 is paper and 255 full ink; None where nothing is drawn.
    """
    wanted = switches or Switches()
    drawn = ink_of(picture(drawing))
    if not drawn.any():
        return None
    heavy = ink_of(picture(weighed(drawing))) if wanted.weight else drawn
    if not heavy.any():  # a broad pen beyond the edge left ink where a finer one leaves none
        heavy = drawn
    top, left, cropped = _cropped(heavy) if wanted.crop else (0, 0, heavy)
    fitted = _fitted(cropped, side, wanted)
    if wanted.centre:
        image = centre(fitted, side)
    else:
        middle = ((top + cropped.shape[0] / 2), (left + cropped.shape[1] / 2))
        image = _placed(fitted, side, middle[0] / drawing.side, middle[1] / drawing.side)
    return Prepared(drawn, heavy, cropped, fitted, image)


def weighed(drawing: Drawing) -> Drawing:
    """Return the drawing with strokes of MNIST's weight, whatever the pen and the size."""
    extent = drawing.extent
    if extent < SMALLEST:
        return drawing
    # the ink's longer side is the way's and the pen's width together
    return drawing.drawn_with(WEIGHT * extent / (1 - WEIGHT))


def _cropped(ink: Grey) -> tuple[int, int, Grey]:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(columns[0]), crop(ink)


def _fitted(ink: Grey, side: int, wanted: Switches) -> Grey:
    if not wanted.fit:
        return stretch(ink, side, side, wanted.smooth)
    # a whole canvas fills the input: its margins are its own
    box = round(side * BOX_SHARE) if wanted.crop else side
    return fit(ink, box, wanted.smooth)


def _placed(ink: Grey, side: int, down: float, across: float) -> Grey:
    """Return a field with the ink's middle at a share of its height and width, as far as it fits."""
    height, width = ink.shape
    top = min(max(round(down * side - height / 2), 0), side - height)
    left = min(max(round(across * side - width / 2), 0), side - width)
    placed = np.zeros((side, side), np.uint8)
    placed[top : top + height, left : left + width] = ink
    return placed
