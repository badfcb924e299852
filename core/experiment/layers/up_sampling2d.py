"""UpSampling2D: a larger image by repeating pixels."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.dataset import Shape
from core.experiment.fields import Option, choice, integer
from core.experiment.layer import Family, Layer, register
from core.experiment.windows import need_image

INTERPOLATIONS = (
    Option("nearest", "nearest", "Each pixel becomes a square."),
    Option("bilinear", "bilinear", "Pixels in between are mixed of their neighbours."),
)


@register
@dataclass(frozen=True, kw_only=True)
class UpSampling2D(Layer):
    """Makes the image `size` times higher and wider.

    Reference: https://keras.io/api/layers/reshaping_layers/up_sampling2d/
    """

    family = Family.RESHAPING
    summary = "makes the image larger by repeating pixels, or mixing neighbours"
    reference = "https://keras.io/api/layers/reshaping_layers/up_sampling2d/"
    words = "enlarge scale"

    size: int = integer(2, "size", "How many times higher and wider the image gets.", low=1, high=16)
    interpolation: str = choice(
        "nearest", "interpolation", "What stands between the old pixels.", options=INTERPOLATIONS
    )

    def output_shape(self, shape: Shape) -> Shape:
        need_image(shape)
        return (shape[0] * self.size, shape[1] * self.size, shape[2])

    def caption(self) -> str:
        return f"{self.size} times higher and wider, {self.interpolation}"

    def is_linear(self) -> bool:
        return True
