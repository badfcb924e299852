"""Which data a network learns from, and what happens to them first."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment import choices
from core.experiment.fields import Record, choice, integer, real, text


@dataclass(frozen=True, kw_only=True)
class DataSpec(Record):
    """Which data, and what is done to them before the first layer."""

    dataset: str = text(
        "digits",
        "data",
        "What the network learns from.",
        pattern=r"[a-z][a-z0-9_]{0,39}",
        expected="the name of a data set, in small letters",
    )
    normalization: str = choice(
        "rescale",
        "normalization",
        "What happens to the inputs before the first layer. It becomes part of the model.",
        options=choices.NORMALIZATIONS,
    )
    validation_fraction: float = real(
        0.1,
        "validation share",
        "The share of the training set kept aside to see how the network does on what it has not "
        "learned from.",
        low=0.01,
        high=0.9,
        step=0.05,
    )
    seed: int = integer(
        0,
        "split seed",
        "Which samples are kept for validation; the same seed keeps the same ones.",
        low=0,
        high=2**31 - 1,
    )

    @classmethod
    def called(cls) -> str:
        return "data"

    def kept_for_validation(self, samples: int) -> int:
        """Return how many of a training set's `samples` are kept for validation, at least one."""
        return min(max(1, round(samples * self.validation_fraction)), samples - 1)
