"""GlobalMaxPooling2D: one number of each plane."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.dataset import Shape
from core.experiment.layer import Family, Layer, register
from core.experiment.windows import need_image


@register
@dataclass(frozen=True, kw_only=True)
class GlobalMaxPooling2D(Layer):
    """Keeps the largest value of each plane, wherever it is: one number a plane.

    Reference: https://keras.io/api/layers/pooling_layers/global_max_pooling2d/
    """

    family = Family.POOLING
    summary = "keeps the largest value of each plane: a row of numbers, one a plane"
    reference = "https://keras.io/api/layers/pooling_layers/global_max_pooling2d/"

    def output_shape(self, shape: Shape) -> Shape:
        need_image(shape)
        return (shape[-1],)
