"""Which designs gain by XLA, TensorFlow's compiler, on a processor. Loads no TensorFlow."""

from __future__ import annotations

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.shapes import Step, every, walk


def slowed_by_xla(experiment: Experiment, info: DatasetInfo) -> list[str]:
    """Return the kinds of layers in a design that XLA would make slower on a processor; empty: it gains.

    Args:
        experiment: The design.
        info: What its data set declares.
    """
    steps = every(walk(experiment.model.layers, info.input_shape))
    return [*dict.fromkeys(_name(step) for step in steps if not _is_compiled(step))]


def _is_compiled(step: Step) -> bool:
    return step.layer.compiled and not (step.merge and step.merge.convolves)


def _name(step: Step) -> str:
    return "Conv2D" if step.layer.compiled else step.layer.kind()
