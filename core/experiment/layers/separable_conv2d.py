"""SeparableConv2D: a convolution in two cheaper steps."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment import choices, weights
from core.experiment.convolution import Convolution
from core.experiment.dataset import Shape
from core.experiment.fields import integer
from core.experiment.layer import register


@register
@dataclass(frozen=True, kw_only=True)
class SeparableConv2D(Convolution):
    """Filters each plane by itself, then mixes the planes pixel by pixel: far fewer weights.

    Formula: a depthwise convolution of kernel_size, then a 1 × 1 convolution to `filters` planes.
    Reference: Chollet, Xception: Deep Learning with Depthwise Separable Convolutions, 2017.
    """

    summary = "filters each plane by itself, then mixes the planes: far fewer weights than Conv2D"
    reference = "https://keras.io/api/layers/convolution_layers/separable_convolution2d/"
    kernels = ("depthwise", "pointwise")
    separate = True

    filters: int = integer(
        32,
        "filters",
        "How many patterns the layer looks for; each becomes one plane of the output.",
        low=1,
        high=4_096,
        unit="planes",
    )
    depth_multiplier: int = integer(
        1,
        "depth multiplier",
        "How many filters look at each plane by itself.",
        low=1,
        high=64,
        advanced=True,
    )
    depthwise_initializer: str = weights.initializer("starting weights, depthwise")
    pointwise_initializer: str = weights.initializer("starting weights, pointwise")

    def output_shape(self, shape: Shape) -> Shape:
        return (*self.places(shape), self.filters)

    def parameter_count(self, shape: Shape) -> int:
        planes = shape[-1] * self.depth_multiplier
        return self.kernel_size**2 * planes + (planes + self.use_bias) * self.filters

    def multiply_adds(self, shape: Shape) -> int:
        height, width, filters = self.output_shape(shape)
        planes = shape[-1] * self.depth_multiplier
        return height * width * planes * (self.kernel_size**2 + filters)

    def caption(self) -> str:
        size = self.kernel_size
        label = choices.activation(self.activation).label
        return f"{size} × {size} a plane, mixed into {self.filters:,}, {label}"
