"""What the layers that make one number of each window share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.experiment import windows
from core.experiment.dataset import Shape
from core.experiment.fields import integer
from core.experiment.layer import Family, Layer


@dataclass(frozen=True, kw_only=True)
class Pooling(Layer):
    """Makes one number of each window of each plane, so the image gets smaller."""

    family = Family.POOLING

    pool_size: int = integer(
        2, "pool size", "Height and width of each window.", low=1, high=31, unit="pixels"
    )
    padding: str = windows.padding("Whether windows may reach over the edge of the image.")
    strides: int = windows.pooling_strides()

    @classmethod
    def fields_from_keras(cls, config: Mapping[str, Any]) -> dict[str, Any]:
        given = super().fields_from_keras(config)
        if given.get("strides") == given.get("pool_size"):
            given.pop("strides", None)
        return given

    def output_shape(self, shape: Shape) -> Shape:
        strides = self.strides or self.pool_size
        return (*windows.slide(shape, self.pool_size, strides, self.padding, "pool_size"), shape[-1])
