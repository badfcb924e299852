"""How the pixels that a network learns from are distributed, before and after normalization."""

from __future__ import annotations

from dataclasses import dataclass

from core.data import library
from core.data.split import Statistics, pixel_counts, split
from core.experiment import choices
from core.experiment.choices import Scaling
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo


@dataclass(frozen=True)
class Distribution:
    """The pixels of the images that are learned from, those for validation aside.

    Attributes:
        counts: How often each value from 0 to 255 occurs.
        statistics: Their mean and standard deviation.
    """

    counts: tuple[int, ...]
    statistics: Statistics

    def shares(self, bins: int) -> tuple[float, ...]:
        """Return how the values from 0 to 255 fall into `bins` equal ones, as shares of all; 256 / bins."""
        size, total = len(self.counts) // bins, sum(self.counts)
        return tuple(sum(self.counts[at : at + size]) / total for at in range(0, size * bins, size))

    @property
    def background(self) -> float:
        """The share of pixels that are 0."""
        return self.counts[0] / sum(self.counts)


def distribution(spec: DataSpec) -> Distribution:
    """Return how the pixels of a data set of images are distributed.

    Raises:
        DataUnavailable: The data set is not on this machine.
        DataRefused: Its file is damaged or is something else.
    """
    parts = split(library.load(spec.dataset), spec)
    counts = pixel_counts(parts.training.inputs)
    return Distribution(tuple(int(count) for count in counts), parts.statistics)


def normalized(value: float, normalization: str, info: DatasetInfo, statistics: Statistics) -> float:
    """Return what a normalization makes of a pixel.

    Args:
        value: In the data's own unit.
        normalization: As a design names it.
        info: Says which values are possible.
        statistics: Of the images that are learned from.
    """
    match choices.normalization(normalization).scaling:
        case Scaling.RANGE:
            low, high = info.value_range
            return (value - low) / (high - low)
        case Scaling.STATISTICS:
            return (value - statistics.mean[0]) / statistics.std[0]
        case Scaling.NOTHING:
            return value
