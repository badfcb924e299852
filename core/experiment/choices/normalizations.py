"""What happens to the inputs before the first layer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.experiment.fields import Option


class Scaling(StrEnum):
    """What a normalization does to a value."""

    NOTHING = "nothing"
    RANGE = "range"
    """Maps the data's possible range to 0–1."""
    STATISTICS = "statistics"
    """Subtracts the mean and divides by the standard deviation."""


@dataclass(frozen=True)
class Normalization(Option):
    """What happens to the inputs before the first layer; `short` is for titles of runs."""

    short: str = ""
    scaling: Scaling = Scaling.NOTHING


NORMALIZATIONS: tuple[Normalization, ...] = (
    Normalization(
        "none",
        "none (raw values)",
        "The values go in as they are stored, 0 to 255 for pixels. Training is slower and less steady.",
        "x",
        short="raw",
    ),
    Normalization(
        "rescale",
        "÷ 255",
        "Values are brought to 0 to 1 by dividing by their largest possible value.",
        "x / 255",
        short="÷ 255",
        scaling=Scaling.RANGE,
    ),
    Normalization(
        "standardize",
        "standardized",
        "Subtracts the training set's mean and divides by its standard deviation.",
        "(x − mean) / std",
        short="standardized",
        scaling=Scaling.STATISTICS,
    ),
)


def normalization(value: str) -> Normalization:
    """Return the normalization called `value`."""
    return _BY_VALUE[value]


_BY_VALUE = {each.value: each for each in NORMALIZATIONS}
