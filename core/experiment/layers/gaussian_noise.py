"""GaussianNoise: blur the values while training."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.fields import real
from core.experiment.layer import Drawn, Family, Layer, register


@register
@dataclass(frozen=True, kw_only=True)
class GaussianNoise(Layer):
    """Adds normal random numbers to all values while training.

    Reference: https://keras.io/api/layers/regularization_layers/gaussian_noise/
    """

    family = Family.REGULARIZATION
    summary = "adds random numbers to all values while training, against overfitting"
    reference = "https://keras.io/api/layers/regularization_layers/gaussian_noise/"
    drawn = Drawn.MARK
    random = True

    stddev: float = real(
        0.1,
        "spread",
        "Standard deviation of the noise, in the unit of its input; none when predicting.",
        low=0.0,
        high=1.0,
        step=0.05,
    )

    def caption(self) -> str:
        return f"spread {self.stddev:g}, while training only"

    def is_linear(self) -> bool:
        return True
