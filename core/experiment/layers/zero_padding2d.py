"""ZeroPadding2D: a frame of zeros around an image."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.dataset import Shape
from core.experiment.fields import integer
from core.experiment.layer import Family, Layer, register
from core.experiment.windows import need_image


@register
@dataclass(frozen=True, kw_only=True)
class ZeroPadding2D(Layer):
    """Puts a frame of zeros around each plane of an image.

    Reference: https://keras.io/api/layers/reshaping_layers/zero_padding2d/
    """

    family = Family.RESHAPING
    summary = "puts a frame of zeros around the image"
    reference = "https://keras.io/api/layers/reshaping_layers/zero_padding2d/"

    padding: int = integer(1, "padding", "How wide the frame is.", low=0, high=64, unit="pixels")

    def output_shape(self, shape: Shape) -> Shape:
        need_image(shape)
        return (shape[0] + 2 * self.padding, shape[1] + 2 * self.padding, shape[2])

    def caption(self) -> str:
        return f"a frame of {self.padding} around the image"

    def is_linear(self) -> bool:
        return True
