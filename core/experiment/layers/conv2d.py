"""Conv2D: the same small filters at every place of an image."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment import choices, weights
from core.experiment.convolution import Convolution
from core.experiment.dataset import Shape
from core.experiment.fields import integer
from core.experiment.layer import register


@register
@dataclass(frozen=True, kw_only=True)
class Conv2D(Convolution):
    """Slides `filters` small windows of weights over the image; each gives one plane.

    Formula: each output pixel is f(Σ window · weights + bias) over all input channels.
    Reference: LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998.
    """

    summary = "small filters slide over the image; each gives one plane"
    reference = "https://keras.io/api/layers/convolution_layers/convolution2d/"
    words = "cnn filter kernel"

    filters: int = integer(
        32,
        "filters",
        "How many patterns the layer looks for; each becomes one plane of the output.",
        low=1,
        high=4_096,
        unit="planes",
    )
    kernel_initializer: str = weights.initializer()

    def output_shape(self, shape: Shape) -> Shape:
        return (*self.places(shape), self.filters)

    def parameter_count(self, shape: Shape) -> int:
        return (self.kernel_size**2 * shape[-1] + self.use_bias) * self.filters

    def multiply_adds(self, shape: Shape) -> int:
        height, width, filters = self.output_shape(shape)
        return height * width * filters * self.kernel_size**2 * shape[-1]

    def caption(self) -> str:
        size = self.kernel_size
        label = choices.activation(self.activation).label
        return f"{self.filters:,} filters of {size} × {size}, {label}"
