"""AveragePooling2D: keep the mean of each window."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.dataset import Shape
from core.experiment.fields import choice, integer
from core.experiment.layer import Family, Layer, register
from core.experiment.windows import PADDINGS, pooling_strides, slide


@register
@dataclass(frozen=True, kw_only=True)
class AveragePooling2D(Layer):
    """Keeps the mean of each window, so the image gets smaller.

    Reference: https://keras.io/api/layers/pooling_layers/average_pooling2d/
    """

    family = Family.POOLING
    summary = "keeps the mean of each window: a smaller image"
    reference = "https://keras.io/api/layers/pooling_layers/average_pooling2d/"

    pool_size: int = integer(
        2, "pool size", "Height and width of each window.", low=1, high=31, unit="pixels"
    )
    padding: str = choice(
        "valid",
        "padding",
        "Whether windows may reach over the edge of the image.",
        options=PADDINGS,
    )
    strides: int = pooling_strides()

    def output_shape(self, shape: Shape) -> Shape:
        strides = self.strides or self.pool_size
        return (*slide(shape, self.pool_size, strides, self.padding, "pool_size"), shape[-1])

    def caption(self) -> str:
        return f"the mean of each {self.pool_size} × {self.pool_size}"

    def is_linear(self) -> bool:
        return True
