"""LayerNormalization: mean 0 and spread 1 within each sample."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.experiment import keras_config
from core.experiment.choices import Output
from core.experiment.dataset import Shape
from core.experiment.fields import real
from core.experiment.layer import Drawn, Family, Layer, register


@register
@dataclass(frozen=True, kw_only=True)
class LayerNormalization(Layer):
    """Brings the numbers along the last axis to mean 0 and spread 1, sample by sample.

    Formula: y = γ (x − mean) / √(variance + ε) + β.
    Reference: Ba, Kiros and Hinton, Layer Normalization, 2016.
    """

    family = Family.NORMALIZATION
    summary = "brings each sample's features to mean 0 and spread 1; works with any batch"
    reference = "https://keras.io/api/layers/normalization_layers/layer_normalization/"
    words = "layer norm"
    drawn = Drawn.MARK
    compiled = True

    epsilon: float = real(
        0.001,
        "epsilon",
        "Added to the variance, so that nothing is divided by zero.",
        low=1e-7,
        high=1.0,
        step=0.001,
        advanced=True,
    )

    @classmethod
    def plain_config(cls, config: Mapping[str, Any], shape: Shape) -> Mapping[str, Any]:
        return keras_config.last_axis(config, shape)

    def caption(self) -> str:
        return "to mean 0 and spread 1, in each sample"

    def parameter_count(self, shape: Shape) -> int:
        return 2 * shape[-1]

    def multiply_adds(self, shape: Shape) -> int:
        return 2 * math.prod(shape)

    def output(self) -> Output:
        return Output.NUMBERS
