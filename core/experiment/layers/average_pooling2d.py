"""AveragePooling2D: keep the mean of each window."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.layer import register
from core.experiment.pooling import Pooling


@register
@dataclass(frozen=True, kw_only=True)
class AveragePooling2D(Pooling):
    """Keeps the mean of each window, so the image gets smaller.

    Reference: https://keras.io/api/layers/pooling_layers/average_pooling2d/
    """

    summary = "keeps the mean of each window: a smaller image"
    reference = "https://keras.io/api/layers/pooling_layers/average_pooling2d/"
    words = "downsample mean"

    def caption(self) -> str:
        return f"the mean of each {self.pool_size} × {self.pool_size}"

    def is_linear(self) -> bool:
        return True
