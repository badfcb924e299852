"""Reshape: the same numbers in another arrangement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.experiment.dataset import Shape, show_shape
from core.experiment.fields import sizes
from core.experiment.layer import Change, Family, IllegalInput, Layer, register


@register
@dataclass(frozen=True, kw_only=True)
class Reshape(Layer):
    """Arranges the numbers of a sample in other sizes, in their order; nothing is computed.

    Reference: https://keras.io/api/layers/reshaping_layers/reshape/
    """

    family = Family.RESHAPING
    summary = "arranges the same numbers in other sizes, such as a row as an image"
    reference = "https://keras.io/api/layers/reshaping_layers/reshape/"
    compiled = True

    target_shape: tuple[int, ...] = sizes(
        (8, 8, 1),
        "target shape",
        "The sizes of the output; their product must be that of the input's.",
        most=3,
    )

    def output_shape(self, shape: Shape) -> Shape:
        total = math.prod(shape)
        if math.prod(self.target_shape) != total:
            side = math.isqrt(total)
            fitting = (side, side, 1) if side * side == total else (total,)
            raise IllegalInput(
                f"can't arrange {total:,} numbers as {show_shape(self.target_shape)}, which are "
                f"{math.prod(self.target_shape):,}.",
                (f"Arrange them as {show_shape(fitting)}", Change("target_shape", fitting)),
            )
        return self.target_shape

    @classmethod
    def plain_config(cls, config: Mapping[str, Any], shape: Shape) -> Mapping[str, Any]:
        sizes = config.get("target_shape")
        if (
            not isinstance(sizes, list)
            or sizes.count(-1) != 1
            or not all(type(each) is int for each in sizes)
        ):
            return config
        others, numbers = math.prod(each for each in sizes if each != -1), math.prod(shape)
        if others <= 0 or numbers % others:
            return config
        return {**config, "target_shape": [numbers // others if each == -1 else each for each in sizes]}

    def caption(self) -> str:
        return f"the same numbers as {show_shape(self.target_shape)}"

    def is_linear(self) -> bool:
        return True
