"""Prepare a drawing as the network's data were prepared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.mnist_manner import as_mnist
from core.errors import NotDrawable
from core.experiment.dataset import DatasetInfo


def ink_of(canvas: NDArray[np.uint8]) -> NDArray[np.uint8]:
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


def prepare(canvas: NDArray[np.uint8], info: DatasetInfo) -> NDArray[np.uint8] | None:
    """Return the drawing as an input of a network trained on `info`'s data.

    Args:
        canvas: Red, green, blue and alpha, shape (height, width, 4).
        info: Says the input's shape, and whether a drawing is a sensible input at all.

    Returns:
        Grey values, shape (height, width) of the input, uint8; None where nothing is drawn.

    Raises:
        NotDrawable: The data are not drawings.
    """
    height, width, channels = info.input_shape if info.is_image else (0, 0, 0)
    if not info.drawable or height != width or channels != 1:
        raise NotDrawable(f"A drawing is no {info.noun}: choose a run that was trained on digits.")
    image = as_mnist(ink_of(canvas), field=height)
    return image if image.any() else None
