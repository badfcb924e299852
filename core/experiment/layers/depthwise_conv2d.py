"""DepthwiseConv2D: filters that look at one plane each."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment import choices, weights
from core.experiment.convolution import Convolution
from core.experiment.dataset import Shape
from core.experiment.fields import integer
from core.experiment.layer import register


@register
@dataclass(frozen=True, kw_only=True)
class DepthwiseConv2D(Convolution):
    """Filters each plane of the image by itself; planes are not mixed.

    Formula: each output pixel is f(Σ window · weights + bias) over one input channel.
    Reference: Howard et al., MobileNets, 2017, section 3.1.
    """

    summary = "filters each plane of the image by itself, without mixing planes"
    reference = "https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/"
    kernels = ("depthwise",)
    separate = True

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
        height, width = self.places(shape)
        return height, width, shape[-1] * self.depth_multiplier

    def parameter_count(self, shape: Shape) -> int:
        return (self.kernel_size**2 + self.use_bias) * shape[-1] * self.depth_multiplier

    def multiply_adds(self, shape: Shape) -> int:
        height, width, planes = self.output_shape(shape)
        return height * width * planes * self.kernel_size**2

    def caption(self) -> str:
        size = self.kernel_size
        return f"{size} × {size} on each plane, {choices.activation(self.activation).label}"
