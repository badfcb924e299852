"""Windows that slide over an image: the one rule that convolution and pooling share."""

from __future__ import annotations

from typing import Any

from core.experiment.dataset import Shape, show_shape
from core.experiment.fields import Option, choice, integer
from core.experiment.layer import Change, IllegalInput

PADDINGS = (
    Option("valid", "valid (none)", "The window stays inside the image, which gets smaller."),
    Option("same", "same", "Zeros around the image: with strides of 1 its size stays."),
)


def slide(shape: Shape, window: int, strides: int, padding: str, field: str) -> tuple[int, int]:
    """Return height and width of what a sliding window leaves of an image.

    Formula: ⌈size / strides⌉ with padding `same`, ⌊(size − window) / strides⌋ + 1 with `valid`.

    Args:
        shape: Shape of one input sample; an image is height × width × channels.
        window: Height and width of the window, pixels.
        strides: How far the window moves at each step, pixels.
        padding: "valid" or "same".
        field: The layer's field that holds `window`, for the remedies.

    Raises:
        IllegalInput: The sample is no image, or the window is larger than it.
    """
    need_image(shape)
    if padding == "same":
        return -(-shape[0] // strides), -(-shape[1] // strides)
    smallest = min(shape[:2])
    if window > smallest:
        raise IllegalInput(
            f"has a window of {window} × {window}, larger than its input of {show_shape(shape)}.",
            ("Use padding “same”", Change("padding", "same")),
            (f"Make the window {smallest} × {smallest}", Change(field, smallest)),
        )
    return (shape[0] - window) // strides + 1, (shape[1] - window) // strides + 1


def need_image(shape: Shape) -> None:
    """Refuse what is not height × width × channels.

    Raises:
        IllegalInput: The sample is no image.
    """
    if len(shape) != 3:
        raise IllegalInput(
            f"needs an image (height × width × channels) but gets {show_shape(shape)}. "
            "Move it before the layer that flattens, or remove it."
        )


def padding(help: str) -> Any:
    """Declare whether zeros are put around an image."""
    return choice("valid", "padding", help, options=PADDINGS)


def pooling_strides() -> Any:
    """Declare how far a pooling window moves; 0 stands for Keras's None, the size of the window."""
    return integer(
        0,
        "strides",
        "How far the window moves at each step; 0: by its own size, so that windows do not overlap.",
        low=0,
        high=16,
        unit="pixels",
        advanced=True,
    )
