"""What the layers whose filters slide over an image share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.experiment import windows
from core.experiment.dataset import Shape
from core.experiment.fields import integer
from core.experiment.layer import Family
from core.experiment.weights import Weighted


@dataclass(frozen=True, kw_only=True)
class Convolution(Weighted):
    """Slides small windows of weights over an image."""

    family = Family.CONVOLUTION
    separate: ClassVar[bool] = False
    """Whether filters look at one plane each, which computers do slowly."""

    kernel_size: int = integer(
        3, "kernel size", "Height and width of each filter.", low=1, high=31, unit="pixels"
    )
    strides: int = integer(
        1, "strides", "How far a filter moves at each step.", low=1, high=16, unit="pixels"
    )
    padding: str = windows.padding("Whether zeros are added around the image so that its size stays.")

    def places(self, shape: Shape) -> tuple[int, int]:
        """Return height and width of what the filters leave of an image.

        Raises:
            IllegalInput: The sample is no image, or a filter is larger than it.
        """
        return windows.slide(shape, self.kernel_size, self.strides, self.padding, "kernel_size")
