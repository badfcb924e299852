"""Flatten: from an image to a row of numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.experiment.dataset import Shape
from core.experiment.layer import Family, Layer, register


@register
@dataclass(frozen=True, kw_only=True)
class Flatten(Layer):
    """Lays all numbers of a sample out in one row; nothing is computed.

    Reference: https://keras.io/api/layers/reshaping_layers/flatten/
    """

    family = Family.RESHAPING
    summary = "lays the image out as one row of numbers"
    reference = "https://keras.io/api/layers/reshaping_layers/flatten/"
    words = "row vector"
    compiled = True

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def is_linear(self) -> bool:
        return True
