"""SpatialDropout2D: forget whole planes while training."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.dataset import Shape
from core.experiment.fields import real
from core.experiment.layer import Drawn, Family, Layer, register
from core.experiment.windows import need_image


@register
@dataclass(frozen=True, kw_only=True)
class SpatialDropout2D(Layer):
    """Sets whole planes to zero at random while training: neighbouring pixels say much the same.

    Reference: Tompson et al., Efficient Object Localization Using Convolutional Networks, 2014.
    """

    family = Family.REGULARIZATION
    summary = "forgets whole planes at random while training; for after convolutions"
    reference = "https://keras.io/api/layers/regularization_layers/spatial_dropout2d/"
    drawn = Drawn.MARK
    random = True

    rate: float = real(
        0.2,
        "rate",
        "The share of planes set to zero at each training step; none when predicting.",
        low=0.0,
        high=0.95,
        step=0.05,
    )

    def output_shape(self, shape: Shape) -> Shape:
        need_image(shape)
        return shape

    def caption(self) -> str:
        return f"rate {self.rate:g}, whole planes, while training only"

    def is_linear(self) -> bool:
        return True
