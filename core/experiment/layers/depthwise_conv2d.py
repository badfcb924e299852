"""DepthwiseConv2D: filters that look at one plane each."""

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
class DepthwiseConv2D(Weighted):
    """Filters each plane of the image by itself; planes are not mixed.

    Formula: each output pixel is f(Σ window · weights + bias) over one input channel.
    Reference: Howard et al., MobileNets, 2017, section 3.1.
    """

    family = Family.CONVOLUTION
    summary = "filters each plane of the image by itself, without mixing planes"
    reference = "https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/"
    kernels = ("depthwise",)

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
    depthwise_initializer: str = weights.initializer()

    def output_shape(self, shape: Shape) -> Shape:
        height, width = slide(shape, self.kernel_size, self.strides, self.padding, "kernel_size")
        return height, width, shape[-1] * self.depth_multiplier

    def parameter_count(self, shape: Shape) -> int:
        return (self.kernel_size**2 + self.use_bias) * shape[-1] * self.depth_multiplier

    def multiply_adds(self, shape: Shape) -> int:
        height, width, planes = self.output_shape(shape)
        return height * width * planes * self.kernel_size**2

    def caption(self) -> str:
        size = self.kernel_size
        return f"{size} × {size} on each plane, {choices.activation(self.activation).label}"
