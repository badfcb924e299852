"""Lessons: designs that differ in one thing, to be trained side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import preset


@dataclass(frozen=True)
class Scale:
    """One of the scales that the notebook's network is trained on.

    Attributes:
        preset: The preset that is the whole design.
        normalization: What is done to the inputs, as the design names it.
        inputs: What the inputs are then, in words that follow "with".
    """

    preset: str
    normalization: str
    inputs: str

    @property
    def title(self) -> str:
        """The inputs as a heading says them."""
        return self.inputs[0].upper() + self.inputs[1:]


SCALES = (
    Scale("notebook_raw", "none", "raw pixels"),
    Scale("notebook_rescaled", "rescale", "pixels ÷ 255"),
    Scale("notebook_standardized", "standardize", "standardized pixels"),
)


def notebook(info: DatasetInfo, epochs: int) -> tuple[Experiment, ...]:
    """Return the notebook's network on each of the `SCALES`; nothing else differs, the seed included."""
    return tuple(preset(each.preset).experiment(info).with_training(epochs=epochs) for each in SCALES)


def scale_of(experiment: Experiment) -> Scale:
    """Return the scale of an experiment of the lesson."""
    return next(each for each in SCALES if each.normalization == experiment.data.normalization)


def belong(experiments: Sequence[Experiment], info: DatasetInfo) -> bool:
    """Return whether experiments are the lesson's: different scales of it, of one plan.

    Args:
        experiments: At least one, on the data of `info`.
        info: What those data declare.
    """
    whole = notebook(info, experiments[0].training.epochs)
    return len(set(experiments)) == len(experiments) and all(each in whole for each in experiments)
