"""BatchNormalization: mean 0 and spread 1 over each batch."""

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
class BatchNormalization(Layer):
    """Brings each plane or feature to mean 0 and spread 1 over the batch, then scales and shifts it.

    While predicting it uses running means, which gradients do not change.
    Formula: y = γ (x − mean) / √(variance + ε) + β.
    Reference: Ioffe and Szegedy, Batch Normalization, 2015.
    """

    family = Family.NORMALIZATION
    summary = "brings each feature to mean 0 and spread 1 over the batch: faster, steadier training"
    reference = "https://keras.io/api/layers/normalization_layers/batch_normalization/"
    words = "bn batch norm"
    drawn = Drawn.MARK
    mixes_samples = True
    compiled = True

    momentum: float = real(
        0.99,
        "momentum",
        "How much of the running mean is kept at each step. Lower it where there are few steps.",
        low=0.0,
        high=0.9999,
        step=0.01,
        advanced=True,
    )
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
        return "to mean 0 and spread 1, over each batch"

    def parameter_count(self, shape: Shape) -> int:
        return 2 * shape[-1]

    def non_trainable_count(self, shape: Shape) -> int:
        return 2 * shape[-1]

    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape)

    def is_linear(self) -> bool:
        return True

    def output(self) -> Output:
        return Output.NUMBERS
