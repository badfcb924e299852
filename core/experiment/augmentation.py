"""What the layers that change images at random share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.experiment.dataset import Shape
from core.experiment.fields import Option, choice
from core.experiment.layer import Drawn, Family, Layer
from core.experiment.windows import need_image

FILLS = (
    Option("nearest", "the edge's colour", "The pixels at the edge are repeated: black paper stays black."),
    Option("reflect", "mirrored", "The image is mirrored at its edge."),
    Option("wrap", "from the other side", "What left on one side comes in on the other."),
    Option("constant", "zeros", "Zeros: black only where inputs are not standardized."),
)


def fill_mode() -> Any:
    """Declare what is put where an image was moved away from."""
    return choice(
        "nearest",
        "gaps filled with",
        "What is put where the image was moved away from.",
        options=FILLS,
    )


@dataclass(frozen=True, kw_only=True)
class Augmentation(Layer):
    """A layer that changes images at random while training and passes them on when predicting."""

    family = Family.AUGMENTATION
    drawn = Drawn.MARK

    def output_shape(self, shape: Shape) -> Shape:
        need_image(shape)
        return shape

    def is_linear(self) -> bool:
        return True
