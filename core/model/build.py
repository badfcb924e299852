"""Build the compiled Keras model of an experiment, with its normalization inside."""

from __future__ import annotations

from functools import reduce
from typing import Any

import keras

from core.data.split import Statistics
from core.errors import NotBuildable
from core.experiment.check import check, errors
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.keras_call import Call
from core.experiment.limits import Limits
from core.experiment.shapes import Step, walk
from core.model import recipe


def build(
    experiment: Experiment, info: DatasetInfo, statistics: Statistics, limits: Limits | None = None
) -> keras.Model:
    """Return the experiment's model, compiled, with weights that its seed decides.

    Sets the process's random seeds to the experiment's: the same experiment gives the same
    starting weights and the same order of samples.

    Args:
        experiment: What to build.
        info: What its data set declares.
        statistics: Of the samples that are learned from, for the `standardize` normalization.
        limits: How large it may be; the machine's own limits by default.

    Returns:
        A model that takes raw inputs, shape (batch, *input_shape) in the data's own unit.

    Raises:
        NotBuildable: The experiment has errors; the message names each.
    """
    found = errors(check(experiment, info, limits or Limits.of_machine()))
    if found:
        raise NotBuildable("\n".join(problem.message for problem in found))
    keras.utils.set_random_seed(experiment.training.seed)
    return compiled(network(experiment, info, statistics), experiment, info)


def compiled(model: keras.Model, experiment: Experiment, info: DatasetInfo) -> keras.Model:
    """Return the model with the experiment's optimizer, loss and metric."""
    plan = experiment.training
    model.compile(
        optimizer=perform(recipe.optimizer(experiment, info)),
        loss=perform(recipe.loss(plan)),
        metrics=[perform(recipe.metric(plan, info))],
    )
    return model


def network(experiment: Experiment, info: DatasetInfo, statistics: Statistics) -> keras.Model:
    """Return the model without loss and optimizer: a Sequential, or a functional one with blocks."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(experiment.training.dtype_policy)
    try:
        return _network(experiment, info, statistics)
    finally:
        keras.config.set_dtype_policy(before)


def _network(experiment: Experiment, info: DatasetInfo, statistics: Statistics) -> keras.Model:
    front = recipe.normalization(experiment.data.normalization, info, statistics)
    steps, ending = recipe.stack(walk(experiment.model.layers, info.input_shape), experiment.training)
    inputs = keras.Input(info.input_shape, name="Input")
    if not any(step.branches for step in steps):
        calls = (*front, *(step.layer.keras_call() for step in steps), *ending)
        return keras.Sequential([inputs, *map(perform, calls)])
    value = _through(steps, reduce(_apply, front, inputs))
    return keras.Model(inputs, reduce(_apply, ending, value))


def perform(call: Call) -> Any:
    """Do what a call says, its arguments first."""
    called: Any = keras
    for name in call.path.split("."):
        called = getattr(called, name)
    arguments = {
        name: perform(value) if isinstance(value, Call) else value for name, value in call.arguments.items()
    }
    return called(**arguments)


def _through(steps: tuple[Step, ...], value: Any) -> Any:
    for step in steps:
        value = _block(step, value) if step.branches else _apply(value, step.layer.keras_call())
    return value


def _block(step: Step, value: Any) -> Any:
    assert step.merge is not None, "a block that can't be joined is an error that check has found"
    joined = [_through(branch, value) for branch in step.branches]
    if step.merge.shortcut is not None:
        joined.insert(0, reduce(_apply, step.merge.shortcut, value))
    return perform(step.merge.call)(joined)


def _apply(value: Any, call: Call) -> Any:
    return perform(call)(value)
