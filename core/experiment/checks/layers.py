"""Problems of single layers and of layers that follow each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise

from core.experiment import choices, edits
from core.experiment.block import Block
from core.experiment.choices import Output
from core.experiment.dataset import show_shape
from core.experiment.experiment import Experiment
from core.experiment.layer import parameters_of
from core.experiment.problem import Fix, Problem, Severity, fix_of, removal
from core.experiment.shapes import Step, every, stacks


def find(experiment: Experiment, steps: tuple[Step, ...]) -> Iterator[Problem]:
    """Return what is wrong with the layers as they stand."""
    for stack in stacks(steps):
        yield from _illegal(experiment, stack)
        yield from _softmax_twice(stack)
        yield from _no_non_linearity(stack)
    yield from _advice(steps)
    yield from _flatten_missing(steps)
    yield from _noise_after_output(experiment, steps)


def _illegal(experiment: Experiment, stack: tuple[Step, ...]) -> Iterator[Problem]:
    for index, step in enumerate(stack):
        if step.illegal is None:
            continue
        name = step.layer.name
        fixes = [fix_of(name, label, remedy) for label, remedy in step.illegal.remedies]
        fixes += _moves(experiment, stack[:index], step)
        if isinstance(step.layer, Block):
            fixes += _same_padding(step)
        message = f"{name} ({step.layer.kind()}) {step.illegal.message}"
        yield Problem("illegal-input", Severity.ERROR, name, message, (*fixes, removal(name)))


def _moves(experiment: Experiment, before: Iterable[Step], step: Step) -> Iterator[Fix]:
    """Return the fix for a layer that needs an image: in front of what made a row of it."""
    for earlier in before:
        shape, output = earlier.input_shape or (), earlier.output_shape or ()
        if len(shape) == 3 and len(output) == 1:
            place = experiment.model.place_of(earlier.layer.name)
            label = f"Move {step.layer.name} before {earlier.layer.name}"
            yield Fix(label, partial(edits.move, name=step.layer.name, place=place))
            return


def _same_padding(block: Step) -> Iterator[Fix]:
    cropping = [
        step.layer.name
        for branch in block.branches
        for step in every(branch)
        if getattr(step.layer, "padding", None) == "valid"
    ]
    if not cropping:
        return

    def pad(experiment: Experiment) -> Experiment:
        for name in cropping:
            experiment = edits.change(experiment, name, padding="same")
        return experiment

    yield Fix(f"Use padding “same” inside {block.layer.name}", pad)


def _advice(steps: tuple[Step, ...]) -> Iterator[Problem]:
    for step in every(steps):
        if step.output_shape is None or step.input_shape is None:
            continue
        name = step.layer.name
        for advice in step.layer.advice(step.input_shape):
            fixes = tuple(fix_of(name, label, remedy) for label, remedy in advice.remedies)
            message = f"{name} ({step.layer.kind()}) {advice.message}"
            yield Problem(advice.code, Severity.WARNING, name, message, fixes)
        if step.layer.output() is Output.SHARES and step.layer.competing(step.output_shape) == 1:
            message = (
                f"{name} ({step.layer.kind()}) applies softmax to a single number: its share of the "
                "whole is always 1, whatever the network computes."
            )
            yield Problem("softmax-single", Severity.WARNING, name, message, _with(step, "sigmoid"))


def _with(step: Step, activation: str) -> tuple[Fix, ...]:
    """Return the fix that gives a layer another activation, or takes one out that is nothing else."""
    name = step.layer.name
    if "activation" in parameters_of(type(step.layer)):
        change = partial(edits.change_one, name=name, field="activation", value=activation)
        return (Fix(f"Use {choices.activation(activation).label} in {name}", change),)
    return (removal(name),)


def _softmax_twice(stack: tuple[Step, ...]) -> Iterator[Problem]:
    speaking = [step for step in stack if step.layer.output() is not None and step.output_shape]
    for first, second in pairwise(speaking):
        if first.layer.output() is not Output.SHARES:
            continue
        name, after = first.layer.name, second.layer.name
        if second.layer.output() is Output.SHARES and not second.layer.sums:
            message = (
                f"{name} already gives shares that add up to 1, and {after} makes shares of them once "
                "more: that squeezes them together, and training slows down."
            )
            yield Problem("softmax-twice", Severity.WARNING, after, message, (removal(after),))
        elif second.layer.sums:
            message = (
                f"{name} applies softmax inside the network: its numbers share a whole of 1, so "
                f"{after} sees mostly zeros. Softmax is for the last layer."
            )
            yield Problem("softmax-inside", Severity.WARNING, name, message, _with(first, "relu"))


def _no_non_linearity(stack: tuple[Step, ...]) -> Iterator[Problem]:
    """Find layers of weighted sums with nothing but sums in between."""
    start: Step | None = None
    for step in stack:
        if step.output_shape is None:
            return
        if start is not None and step.layer.sums:
            name, after = start.layer.name, step.layer.name
            message = (
                f"There is no non-linearity between {name} and {after}: a sum of sums is a sum, so "
                "together they can do no more than a single layer."
            )
            yield Problem("no-non-linearity", Severity.WARNING, name, message, _with(start, "relu"))
            start = None
        if step.layer.sums:
            start = step if step.layer.is_linear() else None
        elif not step.layer.is_linear():
            start = None


def _flatten_missing(steps: tuple[Step, ...]) -> Iterator[Problem]:
    # one cause, one problem: what stands behind the first such layer is mended with it
    step = next((step for step in every(steps) if flat_layer_on_image(step)), None)
    if step is None:
        return
    name, shape = step.layer.name, step.input_shape or ()
    kinds = ["Flatten", *(["GlobalAveragePooling2D"] if len(shape) == 3 and shape[-1] > 1 else [])]
    yield Problem(
        "no-flatten",
        Severity.WARNING,
        name,
        f"{name} ({step.layer.kind()}) gets {show_shape(shape)}, not one row of "
        "numbers, so it treats every pixel by itself and never sees the whole image.",
        tuple(
            Fix(f"Add {kind} before {name}", partial(edits.insert_before, name=name, kind=kind))
            for kind in kinds
        ),
    )


def flat_layer_on_image(step: Step) -> bool:
    """Return whether a layer that is meant for a row of numbers gets more axes."""
    return step.layer.wants_flat and step.input_shape is not None and len(step.input_shape) > 1


def _noise_after_output(experiment: Experiment, steps: tuple[Step, ...]) -> Iterator[Problem]:
    last = max((index for index, step in enumerate(steps) if step.layer.sums or step.branches), default=-1)
    if last < 0:
        return
    output = steps[last].layer.name
    for step in steps[last + 1 :]:
        if not step.layer.random:
            continue
        name = step.layer.name
        message = (
            f"{name} ({step.layer.kind()}) stands behind the output, where it garbles the answers "
            "themselves while training instead of what they are made of."
        )
        place = experiment.model.place_of(output)
        before = Fix(f"Move {name} before {output}", partial(edits.move, name=name, place=place))
        yield Problem("noise-after-output", Severity.WARNING, name, message, (before, removal(name)))
