"""SeparableConv2D: a convolution in two cheaper steps."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment import choices, weights
from core.experiment.dataset import Shape
from core.experiment.fields import choice, integer
from core.experiment.layer import Family, register
from core.experiment.weights import Weighted
from core.experiment.windows import PADDINGS, slide


@register
@dataclass(frozen=True, kw_only=True)
class SeparableConv2D(Weighted):
    """Filters each plane by itself, then mixes the planes pixel by pixel: far fewer weights.

    Formula: a depthwise convolution of kernel_size, then a 1 × 1 convolution to `filters` planes.
    Reference: Chollet, Xception: Deep Learning with Depthwise Separable Convolutions, 2017.
    """

    family = Family.CONVOLUTION
    summary = "filters each plane by itself, then mixes the planes: far fewer weights than Conv2D"
    reference = "https://keras.io/api/layers/convolution_layers/separable_convolution2d/"
    kernels = ("depthwise", "pointwise")

    filters: int = integer(
        32,
        "filters",
        "How many patterns the layer looks for; each becomes one plane of the output.",
        low=1,
        high=4_096,
        unit="planes",
    )
    kernel_size: int = integer(
        3, "kernel size", "Height and width of each filter.", low=1, high=31, unit="pixels"
    )
    strides: int = integer(
        1, "strides", "How far a filter moves at each step.", low=1, high=16, unit="pixels"
    )
    padding: str = choice(
        "valid",
        "padding",
        "Whether zeros are added around the image so that its size stays.",
        options=PADDINGS,
    )
    activation: str = weights.activation()
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
        return (*slide(shape, self.kernel_size, self.strides, self.padding, "kernel_size"), self.filters)

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
