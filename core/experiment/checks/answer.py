"""Problems of the network's answer: does it fit the loss and the classes?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from core.experiment import choices, edits
from core.experiment.checks.layers import flat_layer_on_image
from core.experiment.choices import Loss, Output
from core.experiment.dataset import DatasetInfo, Task, show_shape
from core.experiment.experiment import Experiment
from core.experiment.layer import Family, parameters_of
from core.experiment.problem import Fix, Problem, Severity
from core.experiment.shapes import Step


def find(experiment: Experiment, info: DatasetInfo, steps: tuple[Step, ...]) -> Iterator[Problem]:
    """Return what is wrong with the loss for this task, and with the output for this loss."""
    yield from _loss_for_task(experiment, info)
    shape = steps[-1].output_shape if steps else info.input_shape
    if shape is None:
        return  # unknown until the illegal layer is mended
    if shape != (info.outputs,):
        yield _output_shape(info, steps, shape)
    else:
        yield from _output_activation(experiment, info, steps)


def _loss_for_task(experiment: Experiment, info: DatasetInfo) -> Iterator[Problem]:
    loss = choices.loss(experiment.training.loss)
    if loss.labels_for(info.task) is not None:
        return
    better = choices.usual_loss(info.task)
    to_predict = "classes" if info.task is Task.CLASSIFICATION else "numbers"
    made_for = " and ".join(task.value for task in loss.labels)
    yield Problem(
        "loss-for-task",
        Severity.ERROR,
        "training",
        f"The loss {loss.label} is made for {made_for}, but {info.label} asks for {to_predict}.",
        (_use_loss(better),),
    )


def _use_loss(loss: Loss) -> Fix:
    return Fix(f"Use {loss.label}", partial(edits.set_training, loss=loss.value))


def _output_shape(info: DatasetInfo, steps: tuple[Step, ...], shape: tuple[int, ...]) -> Problem:
    wanted = (
        f"{info.outputs} numbers, one for each class"
        if info.task is Task.CLASSIFICATION
        else f"{info.outputs} number{'s' if info.outputs > 1 else ''} for each {info.noun}"
    )
    return Problem(
        "output-shape",
        Severity.ERROR,
        steps[-1].layer.name if steps else "model",
        f"The network gives {show_shape(shape)}, but {info.label} needs {wanted}.",
        tuple(_output_fixes(info, steps, flat=len(shape) == 1)),
    )


def _output_fixes(info: DatasetInfo, steps: tuple[Step, ...], flat: bool) -> Iterator[Fix]:
    image = next((step.layer.name for step in steps if flat_layer_on_image(step)), None)
    if image is not None:
        yield Fix(f"Add Flatten before {image}", partial(edits.insert_before, name=image, kind="Flatten"))
    wide = next((step.layer for step in reversed(steps) if step.layer.width_field), None)
    if wide and flat:
        yield Fix(
            f"Give {wide.name} {info.outputs} {wide.width_field}",
            partial(edits.change_one, name=wide.name, field=wide.width_field, value=info.outputs),
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
    if loss.labels_for(info.task) is None:
        return  # another loss first
    last = _speaking(steps)
    given = read_as(steps)
    if given is loss.needs:
        yield from _exclusive_classes(info, loss, last)
        return
    name = last.layer.name if last else "the network"
    reason = loss.why.get(given)
    message = (
        f"The loss {loss.label} reads the network's answer as {loss.needs.value}, but "
        f"{name} gives {given.value}."
    )
    if info.task is Task.REGRESSION:
        message = f"{info.label} asks for any number, but {name} gives only {given.value}."
    elif reason and given not in loss.refuses:
        message = f"{name} gives {given.value}, which does not suit the loss {loss.label}. {reason}"
    yield Problem(
        "output-activation",
        Severity.ERROR if given in loss.refuses else Severity.WARNING,
        last.layer.name if last else "model",
        message,
        tuple(_activation_fixes(info, loss, given, last)),
    )


def _speaking(steps: tuple[Step, ...]) -> Step | None:
    return next((step for step in reversed(steps) if step.layer.output() is not None), None)


def read_as(steps: tuple[Step, ...]) -> Output:
    """Return what the numbers that leave a stack can be read as."""
    last = _speaking(steps)
    given = (last.layer.output() if last else None) or Output.NUMBERS
    if last is None or given is not Output.SHARES:
        return given
    shape = last.output_shape or ()
    behind = steps[steps.index(last) + 1 :]
    laid_out = math.prod(shape) > shape[-1] and any(
        step.layer.family is Family.RESHAPING for step in behind
    )
    chosen = any(step.layer.family is Family.POOLING and not step.layer.is_linear() for step in behind)
    # shares of each pixel laid out in a row add up to many, and the largest of each plane to anything
    return Output.UNIT if laid_out or chosen else given


def _activation_fixes(info: DatasetInfo, loss: Loss, given: Output, last: Step | None) -> Iterator[Fix]:
    fitting = next(each for each in choices.ACTIVATIONS if each.output is loss.needs)
    if last is not None and "activation" in parameters_of(type(last.layer)):
        name = last.layer.name
        change = partial(edits.change_one, name=name, field="activation", value=fitting.value)
        yield Fix(f"Use {fitting.label} in {name}", change)
    elif last is None:
        add = partial(edits.append_output, units=info.outputs, activation=fitting.value, flatten=False)
        yield Fix(f"Add a Dense of {info.outputs} ({fitting.label}) at the end", add)
    else:
        yield Fix(
            f"Add the activation {fitting.label} at the end",
            partial(_append_activation, activation=fitting.value),
        )
    better = next(
        (each for each in choices.LOSSES if each.needs is given and each.labels_for(info.task)), None
    )
    if better and better.value != loss.value:
        yield _use_loss(better)


def _append_activation(experiment: Experiment, activation: str) -> Experiment:
    return edits.insert(experiment, len(experiment.model.layers), "Activation", activation=activation)


def _exclusive_classes(info: DatasetInfo, loss: Loss, last: Step | None) -> Iterator[Problem]:
    """Find sigmoid with binary cross-entropy where only one class can be true."""
    if loss.needs is not Output.UNIT or len(info.classes) < 3 or last is None:
        return
    name = last.layer.name
    better = choices.usual_loss(info.task)

    def softmax(experiment: Experiment) -> Experiment:
        changed = edits.set_training(experiment, loss=better.value)
        return edits.change(changed, name, activation="softmax")

    able = "activation" in parameters_of(type(last.layer))
    yield Problem(
        "sigmoid-exclusive",
        Severity.WARNING,
        name,
        f"Each {info.noun} is exactly one of {len(info.classes)} classes, but sigmoid with "
        f"{loss.label} asks of "
        "each class by itself: the answers need not add up to 1, and several may say yes.",
        (Fix(f"Use softmax in {name} and {better.label}", softmax),) if able else (),
    )
