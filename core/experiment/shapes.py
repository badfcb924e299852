"""Shapes, parameter counts and operations of a whole stack, without TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.experiment.block import Block, Merge
from core.experiment.dataset import Shape
from core.experiment.layer import IllegalInput, Layer

MOST_VALUES = 10**12
"""Numbers that a layer may give for one sample: beyond, no machine could hold them."""


@dataclass(frozen=True)
class Step:
    """A layer in its place.

    For a block the counts include all that it holds.

    Attributes:
        layer: The layer.
        input_shape: What it gets, one sample without the batch; None after an illegal layer.
        output_shape: What it gives; None where it, or a layer before it, is illegal.
        parameters: How many trainable numbers it has; None where that is unknown.
        non_trainable: Numbers it keeps that training does not change by gradients.
        multiply_adds: Multiplications with an addition, for one sample.
        values: Numbers that it gives for one sample, kept for the way back while training.
        illegal: Why it can't take its input, or None.
        branches: The steps of a block's stacks.
        merge: How a block joins its branches, where that is possible.
    """

    layer: Layer
    input_shape: Shape | None
    output_shape: Shape | None = None
    parameters: int | None = None
    non_trainable: int = 0
    multiply_adds: int = 0
    values: int = 0
    illegal: IllegalInput | None = None
    branches: tuple[tuple[Step, ...], ...] = ()
    merge: Merge | None = None

    @property
    def own_parameters(self) -> int:
        """Its trainable numbers without those of what a block holds: of a block, the shortcut's."""
        return (self.merge.parameters if self.merge else 0) if self.branches else self.parameters or 0

    @property
    def own_multiply_adds(self) -> int:
        """Its multiply-adds without those of what a block holds."""
        return (self.merge.multiply_adds if self.merge else 0) if self.branches else self.multiply_adds

    @property
    def own_values(self) -> int:
        """The numbers that it gives, without those that pass inside a block."""
        return math.prod(self.output_shape) if self.output_shape else 0


def walk(layers: tuple[Layer, ...], shape: Shape | None) -> tuple[Step, ...]:
    """Send a sample of `shape` through the stack and note what comes of it at each layer.

    Args:
        layers: The stack, first to last.
        shape: Shape of one input sample, without the batch; None where it is unknown.
    """
    steps: list[Step] = []
    for layer in layers:
        steps.append(_block_step(layer, shape) if isinstance(layer, Block) else _step(layer, shape))
        shape = steps[-1].output_shape
    return tuple(steps)


def every(steps: Iterable[Step]) -> Iterator[Step]:
    """Return each step, and behind each block the steps of all that it holds, at any depth."""
    for step in steps:
        yield step
        for branch in step.branches:
            yield from every(branch)


def stacks(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Return the stack itself and every branch of every block, at any depth."""
    yield steps
    for step in steps:
        for branch in step.branches:
            yield from stacks(branch)


def _step(layer: Layer, shape: Shape | None) -> Step:
    if shape is None:
        return Step(layer, None)
    try:
        output = layer.output_shape(shape)
        _refuse_endless(output)
    except IllegalInput as illegal:
        return Step(layer, shape, illegal=illegal)
    return Step(
        layer,
        shape,
        output,
        layer.parameter_count(shape),
        layer.non_trainable_count(shape),
        layer.multiply_adds(shape),
        math.prod(output),
    )


def _refuse_endless(output: Shape) -> None:
    if math.prod(output) > MOST_VALUES:
        raise IllegalInput(
            f"would give more than {MOST_VALUES:,} numbers for every sample: no machine can hold that."
        )


def _block_step(block: Block, shape: Shape | None) -> Step:
    branches = tuple(walk(branch, shape) for branch in block.branches)
    if shape is None:
        return Step(block, None, branches=branches)
    outputs = [branch[-1].output_shape if branch else shape for branch in branches]
    known = [output for output in outputs if output is not None]
    if len(known) < len(outputs):
        return Step(block, shape, branches=branches)  # the layer inside has its own problem
    try:
        merge = block.merge(shape, tuple(known))
        _refuse_endless(merge.output_shape)
    except IllegalInput as illegal:
        return Step(block, shape, illegal=illegal, branches=branches)
    inside = [step for branch in branches for step in branch]
    return Step(
        block,
        shape,
        merge.output_shape,
        merge.parameters + sum(step.parameters or 0 for step in inside),
        sum(step.non_trainable for step in inside),
        merge.multiply_adds + sum(step.multiply_adds for step in inside),
        math.prod(merge.output_shape) + sum(step.values for step in inside),
        branches=branches,
        merge=merge,
    )


def parameter_count(steps: tuple[Step, ...]) -> int:
    """Return the trainable numbers of all layers whose count is known."""
    return sum(step.parameters or 0 for step in steps)


def non_trainable_count(steps: tuple[Step, ...]) -> int:
    """Return the numbers that all layers keep and gradients do not change."""
    return sum(step.non_trainable for step in steps)
