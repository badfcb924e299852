"""Problems of size and of training: too many weights, too much memory, batches, rates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.experiment import choices, edits
from core.experiment.choices import Scaling
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.limits import Limits
from core.experiment.numbers import show_bytes, training_memory, training_samples
from core.experiment.problem import Fix, Problem, Severity, removal
from core.experiment.shapes import Step, every, parameter_count, walk

USUAL_BATCH = 32
LARGE_INPUT = 10.0
"""Inputs beyond this make sums, and so gradients, many times what starting weights are made for."""


def find(
    experiment: Experiment, info: DatasetInfo, steps: tuple[Step, ...], limits: Limits
) -> Iterator[Problem]:
    """Return what is wrong with the network's size, its batches and its rate."""
    yield from _size(experiment, info, steps, limits)
    yield from _memory(experiment, info, steps, limits)
    yield from _batch(experiment, info)
    yield from _batch_of_one(experiment, info, steps)
    yield from _rate(experiment, info)
    yield from _halves(experiment, limits)


def _size(
    experiment: Experiment, info: DatasetInfo, steps: tuple[Step, ...], limits: Limits
) -> Iterator[Problem]:
    total = parameter_count(steps)
    if total <= limits.parameters:
        return
    largest = max(every(steps), key=lambda step: step.own_parameters)
    name = largest.layer.name
    yield Problem(
        "too-large",
        Severity.ERROR,
        name,
        f"The network has {total:,} weights; up to {limits.parameters:,} are trained here. "
        f"The most in one place, {largest.own_parameters:,}, are in {name}: make it, or what comes "
        "into it, smaller.",
        (*_narrower(experiment, info, largest, limits), removal(name)),
        whole=True,
    )


def _narrower(experiment: Experiment, info: DatasetInfo, step: Step, limits: Limits) -> Iterator[Fix]:
    """Return the fix that makes a layer narrow enough, where that is enough."""
    layer = step.layer
    width = getattr(layer, layer.width_field) // 2 if layer.width_field else 0
    while width:
        edit = partial(edits.change_one, name=layer.name, field=layer.width_field, value=width)
        after = walk(edit(experiment).model.layers, info.input_shape)
        if parameter_count(after) <= limits.parameters:
            yield Fix(f"Give {layer.name} {width:,} {layer.width_field}", edit)
            return
        width //= 2


def _memory(
    experiment: Experiment, info: DatasetInfo, steps: tuple[Step, ...], limits: Limits
) -> Iterator[Problem]:
    parts = training_memory(experiment, info, steps)
    if limits.memory is None or parts.total <= limits.memory:
        return
    reason = (
        "Most of it holds the layers' outputs for every sample of a batch: use smaller batches, smaller "
        "images or fewer planes."
        if parts.outputs >= parts.weights
        else "Most of it holds weights, a gradient for each, and the optimizer's own numbers: use fewer "
        "weights."
    )
    yield Problem(
        "too-much-memory",
        Severity.ERROR,
        "training",
        f"Training would take about {show_bytes(parts.total)} of memory, and this machine has "
        f"{show_bytes(limits.memory)}. {reason}",
        (_mini_batches(min(USUAL_BATCH, training_samples(experiment, info))),),
    )


def _mini_batches(size: int) -> Fix:
    edit = partial(edits.set_training, batching="mini_batch", batch_size=size)
    return Fix(f"Use batches of {size}", edit)


def _batch(experiment: Experiment, info: DatasetInfo) -> Iterator[Problem]:
    available = training_samples(experiment, info)
    size = experiment.training.samples_a_step(available)
    if size > available:
        yield Problem(
            "batch-larger-than-data",
            Severity.WARNING,
            "training",
            f"A batch of {size:,} is larger than the {available:,} samples "
            "there are to learn from: each epoch is a single step.",
            (_mini_batches(min(USUAL_BATCH, available)),),
        )


def _batch_of_one(experiment: Experiment, info: DatasetInfo, steps: tuple[Step, ...]) -> Iterator[Problem]:
    if experiment.training.samples_a_step(training_samples(experiment, info)) > 1:
        return
    for step in every(steps):
        if not step.layer.mixes_samples or not step.input_shape:
            continue
        name = step.layer.name
        effect = (
            "it turns every number into the same constant, and nothing is learned"
            if len(step.input_shape) == 1
            else "it sees a single image, and learns means that fit no other"
        )
        instead = Fix("Use LayerNormalization instead", partial(_layer_normalization, name=name))
        yield Problem(
            "batch-of-one",
            Severity.WARNING,
            name,
            f"{name} ({step.layer.kind()}) takes means over a batch, and a batch is one sample here: "
            f"{effect}.",
            (_mini_batches(USUAL_BATCH), instead),
        )


def _layer_normalization(experiment: Experiment, name: str) -> Experiment:
    return edits.remove(edits.insert_before(experiment, name, "LayerNormalization"), name)


def _rate(experiment: Experiment, info: DatasetInfo) -> Iterator[Problem]:
    plan = experiment.training
    optimizer = choices.optimizer(plan.optimizer)
    raw = choices.normalization(experiment.data.normalization).scaling is Scaling.NOTHING
    large = raw and max(map(abs, info.value_range)) > LARGE_INPUT
    highest = optimizer.highest_raw if large else optimizer.highest
    if plan.learning_rate <= highest:
        return
    slower = Fix(
        f"Use a rate of {optimizer.usual:g}", partial(edits.set_training, learning_rate=optimizer.usual)
    )
    if large:
        low, high = info.value_range
        rescale = Fix("Normalize: ÷ 255" if high == 255 else "Rescale the inputs to 0–1", _rescale)
        message = (
            f"The inputs go in raw, from {low:g} to {high:g}, and {optimizer.label} takes steps of "
            f"{plan.learning_rate:g}: large inputs make large gradients, so the loss is likely to jump "
            "or grow."
        )
        yield Problem("raw-high-rate", Severity.WARNING, "training", message, (rescale, slower))
    else:
        message = (
            f"A learning rate of {plan.learning_rate:g} is far above what is usual with {optimizer.label} "
            f"({optimizer.usual:g}): the loss is likely to jump or grow."
        )
        yield Problem("high-rate", Severity.WARNING, "training", message, (slower,))


def _rescale(experiment: Experiment) -> Experiment:
    return edits.set_data(experiment, normalization="rescale")


def _halves(experiment: Experiment, limits: Limits) -> Iterator[Problem]:
    policy = choices.policy(experiment.training.dtype_policy)
    if policy.halves and limits.card is False:
        yield Problem(
            "halves-on-a-processor",
            Severity.WARNING,
            "training",
            f"Numbers of 16 bits ({policy.value}) are made for graphics cards, and this machine has none "
            "that TensorFlow can use: training is slower here than with 32 bits, and no better.",
            (Fix("Use 32 bits", partial(edits.set_training, dtype_policy="float32")),),
        )
