"""The network in words, for those who can't see the drawing."""

from __future__ import annotations

from core.diagram import words
from core.experiment.dataset import DatasetInfo, show_shape
from core.experiment.experiment import Experiment
from core.experiment.shapes import Step, walk


def alternative_text(experiment: Experiment, info: DatasetInfo) -> str:
    """Return the network in one sentence.

    Args:
        experiment: The design.
        info: What its data set declares.
    """
    steps = walk(experiment.model.layers, info.input_shape)
    return f"The network: {', then '.join((f'input {show_shape(info.input_shape)}', *map(_stage, steps)))}"


def _stage(step: Step) -> str:
    kind = step.layer.kind()
    if step.illegal is not None and not step.branches:
        return f"{kind}, which does not fit there"
    shape = show_shape(step.output_shape) if step.output_shape else "unknown shape"
    if step.branches:
        return f"{kind} block {shape} ({_held(step)})"
    return f"{kind} {shape} ({step.layer.caption()})"


def _held(step: Step) -> str:
    """Return what a block holds, and how it joins that."""
    stacks = [", then ".join(map(_stage, branch)) or "nothing, it passes on" for branch in step.branches]
    if len(stacks) > 1:
        stacks = [f"branch {number}: {stack}" for number, stack in enumerate(stacks, 1)]
    return "; ".join([*stacks, _ending(step)])


def _ending(step: Step) -> str:
    if step.illegal is not None:
        return "what they give does not fit together"
    if step.merge is None:
        return "not joined"
    if step.merge.shortcut is not None:
        through = words.through(step.merge)
        return f"and its input added, through {through}" if through else "and its input added"
    return "added" if step.merge.adds else "concatenated"
