"""Check: an experiment's problems, all at once, each in plain words with its fix.

An error keeps the experiment from being trained; a warning teaches and doesn't.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from core.errors import InvalidExperiment
from core.experiment import choices, edits
from core.experiment.dataset import DatasetInfo, Task, show_shape
from core.experiment.edits import Edit
from core.experiment.experiment import Experiment
from core.experiment.layer import Change, InsertBefore, Remedy
from core.experiment.shapes import Step, parameter_count, walk

MOST_PARAMETERS = 20_000_000


class Severity(StrEnum):
    """Whether a problem blocks training."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Fix:
    """A remedy as one click: the button's words, and the edit behind it."""

    label: str
    edit: Edit


@dataclass(frozen=True)
class Problem:
    """Something wrong or unwise.

    Attributes:
        code: A stable word for tests and other programs.
        severity: Error or warning.
        where: The layer's name, "data", "model" or "training".
        message: What is wrong and why, in plain words.
        fixes: What would mend it, the best first.
    """

    code: str
    severity: Severity
    where: str
    message: str
    fixes: tuple[Fix, ...] = ()


def check(experiment: Experiment, info: DatasetInfo) -> tuple[Problem, ...]:
    """Return every problem of the experiment, errors first.

    A fix is offered only where it mends: applied, its problem is gone and no layer that could take
    its input before is in trouble.

    Args:
        experiment: What is to be trained.
        info: What its data set declares.
    """
    found = _find(experiment, info)
    steps = walk(experiment.model.layers, info.input_shape)
    legal = {step.layer.name for step in steps if step.output_shape is not None}
    offered = [
        replace(
            problem,
            fixes=tuple(fix for fix in problem.fixes if _mends(fix, problem, experiment, info, legal)),
        )
        for problem in found
    ]
    return tuple(sorted(offered, key=lambda problem: problem.severity is not Severity.ERROR))


def _find(experiment: Experiment, info: DatasetInfo) -> list[Problem]:
    steps = walk(experiment.model.layers, info.input_shape)
    return [
        *_illegal_inputs(steps),
        *_loss_for_task(experiment, info),
        *_output(experiment, info, steps),
        *_flatten_missing(steps),
        *_size(steps),
        *_batch(experiment, info),
    ]


def _mends(
    fix: Fix,
    problem: Problem,
    experiment: Experiment,
    info: DatasetInfo,
    legal: set[str],
) -> bool:
    try:
        left = {(each.code, each.where) for each in _find(fix.edit(experiment), info)}
    except InvalidExperiment:  # the stack is full
        return False
    return (problem.code, problem.where) not in left and not any(
        code == "illegal-input" and where in legal for code, where in left
    )


def errors(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems that block training."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def _illegal_inputs(steps: tuple[Step, ...]) -> Iterator[Problem]:
    for step in steps:
        if step.illegal:
            name = step.layer.name
            fixes = tuple(Fix(label, _edit(name, remedy)) for label, remedy in step.illegal.remedies)
            message = f"{name} ({step.layer.kind()}) {step.illegal.message}"
            remove = Fix(f"Remove {name}", partial(edits.remove, name=name))
            yield Problem("illegal-input", Severity.ERROR, name, message, fixes or (remove,))


def _edit(name: str, remedy: Remedy) -> Edit:
    match remedy:
        case InsertBefore(kind):
            return partial(edits.insert_before, name=name, kind=kind)
        case Change(field, value):
            return partial(edits.change_one, name=name, field=field, value=value)


def _loss_for_task(experiment: Experiment, info: DatasetInfo) -> Iterator[Problem]:
    loss = choices.loss(experiment.training.loss)
    if loss.task is info.task:
        return
    better = next(each for each in choices.LOSSES if each.task is info.task)
    to_predict = "classes" if info.task is Task.CLASSIFICATION else "numbers"
    yield Problem(
        "loss-for-task",
        Severity.ERROR,
        "training",
        f"The loss {loss.label} is made for {loss.task.value}, but {info.label} asks for {to_predict}.",
        (Fix(f"Use {better.label}", partial(edits.set_training, loss=better.value)),),
    )


def _output(experiment: Experiment, info: DatasetInfo, steps: tuple[Step, ...]) -> Iterator[Problem]:
    shape = steps[-1].output_shape if steps else info.input_shape
    if shape is None:
        return  # unknown until the illegal layer is mended
    if shape == (info.outputs,):
        yield from _output_activation(experiment, info, steps)
        return
    wanted = (
        f"{info.outputs} numbers, one for each class"
        if info.task is Task.CLASSIFICATION
        else f"{info.outputs} number{'s' if info.outputs > 1 else ''} for each {info.noun}"
    )
    yield Problem(
        "output-shape",
        Severity.ERROR,
        steps[-1].layer.name if steps else "model",
        f"The network gives {show_shape(shape)}, but {info.label} needs {wanted}.",
        tuple(_output_fixes(info, steps, flat=len(shape) == 1)),
    )


def _output_fixes(info: DatasetInfo, steps: tuple[Step, ...], flat: bool) -> Iterator[Fix]:
    image = next((step.layer.name for step in steps if _flat_layer_on_image(step)), None)
    if image is not None:
        yield Fix(f"Add Flatten before {image}", partial(edits.insert_before, name=image, kind="Flatten"))
    if steps and flat and (field := steps[-1].layer.width_field):
        last = steps[-1].layer.name
        yield Fix(
            f"Give {last} {info.outputs} {field}",
            partial(edits.change_one, name=last, field=field, value=info.outputs),
        )
    activation = "softmax" if info.task is Task.CLASSIFICATION else "linear"
    label = choices.activation(activation).label
    yield Fix(
        f"Add a Dense of {info.outputs} ({label}) at the end",
        partial(edits.append_output, units=info.outputs, activation=activation, flatten=not flat),
    )


def _output_activation(
    experiment: Experiment, info: DatasetInfo, steps: tuple[Step, ...]
) -> Iterator[Problem]:
    loss = choices.loss(experiment.training.loss)
    speaking = (step.layer for step in reversed(steps) if step.layer.output() is not None)
    last = next(speaking, None)
    given = (last.output() if last else None) or choices.Output.NUMBERS
    if given is loss.needs:
        return
    blocks = loss.needs is choices.Output.SHARES and given is choices.Output.NUMBERS
    fitting = next(each for each in choices.ACTIVATIONS if each.output is loss.needs)
    if last is None:
        add = partial(edits.append_output, units=info.outputs, activation=fitting.value, flatten=False)
        fix = Fix(f"Add a Dense of {info.outputs} ({fitting.label}) at the end", add)
    else:
        change = partial(edits.change_one, name=last.name, field="activation", value=fitting.value)
        fix = Fix(f"Use {fitting.label} in {last.name}", change)
    yield Problem(
        "output-activation",
        Severity.ERROR if blocks else Severity.WARNING,
        last.name if last else "model",
        f"The loss {loss.label} reads the network's answer as {loss.needs.value}, but "
        f"{last.name if last else 'the network'} gives {given.value}.",
        (fix,),
    )


def _flatten_missing(steps: tuple[Step, ...]) -> Iterator[Problem]:
    # one cause, one problem: what stands behind the first such layer is mended with it
    step = next(filter(_flat_layer_on_image, steps), None)
    if step is None:
        return
    name = step.layer.name
    yield Problem(
        "no-flatten",
        Severity.WARNING,
        name,
        f"{name} ({step.layer.kind()}) gets {show_shape(step.input_shape or ())}, not one row of "
        "numbers, so it treats every pixel by itself and never sees the whole image.",
        (Fix(f"Add Flatten before {name}", partial(edits.insert_before, name=name, kind="Flatten")),),
    )


def _flat_layer_on_image(step: Step) -> bool:
    return step.layer.wants_flat and step.input_shape is not None and len(step.input_shape) > 1


def _size(steps: tuple[Step, ...]) -> Iterator[Problem]:
    total = parameter_count(steps)
    if total <= MOST_PARAMETERS:
        return
    largest = max(steps, key=lambda step: step.parameters or 0)
    yield Problem(
        "too-large",
        Severity.ERROR,
        largest.layer.name,
        f"The network has {total:,} weights; up to {MOST_PARAMETERS:,} are trained here. "
        f"Most of them, {largest.parameters:,}, are in {largest.layer.name}: make it smaller.",
        (Fix(f"Remove {largest.layer.name}", partial(edits.remove, name=largest.layer.name)),),
    )


def _batch(experiment: Experiment, info: DatasetInfo) -> Iterator[Problem]:
    kept = 1 - experiment.data.validation_fraction
    available = max(1, int(info.training_size * kept))
    small = min(32, available)
    if experiment.training.batch_size > available:
        yield Problem(
            "batch-larger-than-data",
            Severity.WARNING,
            "training",
            f"A batch of {experiment.training.batch_size:,} is larger than the {available:,} samples "
            "there are to learn from: each epoch is a single step.",
            (Fix(f"Use batches of {small}", partial(edits.set_training, batch_size=small)),),
        )
