"""MaxPooling2D: keep the strongest value of each window."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.layer import register
from core.experiment.pooling import Pooling


@register
@dataclass(frozen=True, kw_only=True)
class MaxPooling2D(Pooling):
    """Keeps the largest value of each window, so the image gets smaller.

    Reference: https://keras.io/api/layers/pooling_layers/max_pooling2d/
    """

    summary = "keeps the largest value of each window: a smaller image"
    reference = "https://keras.io/api/layers/pooling_layers/max_pooling2d/"
    words = "downsample"

    def caption(self) -> str:
        return f"the largest of each {self.pool_size} × {self.pool_size}"
