"""Edits: pure functions from one experiment to the next. All that a screen can do to a design."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from core.experiment.experiment import Experiment
from core.experiment.layer import Layer, layer_class

Edit = Callable[[Experiment], Experiment]


def insert(experiment: Experiment, index: int, kind: str, **parameters: object) -> Experiment:
    """Put a new layer at place `index` (0 is first); later layers move down by one.

    Raises:
        InvalidExperiment: The kind is unknown, a parameter is wrong, or the stack is full.
    """
    layers = experiment.model.layers
    place = min(max(index, 0), len(layers))
    layer = layer_class(kind).from_dict({"name": new_name(kind, layers), **parameters})
    return experiment.with_layers((*layers[:place], layer, *layers[place:]))


def insert_before(experiment: Experiment, name: str, kind: str) -> Experiment:
    """Put a new layer before the layer called `name`."""
    return insert(experiment, experiment.model.index(name), kind)


def append_output(experiment: Experiment, units: int, activation: str, flatten: bool) -> Experiment:
    """Put a Dense layer at the end, after a Flatten where what comes is not flat."""
    if flatten:
        experiment = insert(experiment, len(experiment.model.layers), "Flatten")
    end = len(experiment.model.layers)
    return insert(experiment, end, "Dense", units=units, activation=activation)


def remove(experiment: Experiment, name: str) -> Experiment:
    """Take the layer called `name` out."""
    index = experiment.model.index(name)
    layers = experiment.model.layers
    return experiment.with_layers(layers[:index] + layers[index + 1 :])


def move(experiment: Experiment, name: str, index: int) -> Experiment:
    """Put the layer called `name` at place `index` of the stack without it."""
    layer = experiment.model.layers[experiment.model.index(name)]
    rest = remove(experiment, name).model.layers
    place = min(max(index, 0), len(rest))
    return experiment.with_layers((*rest[:place], layer, *rest[place:]))


def change(experiment: Experiment, name: str, **parameters: object) -> Experiment:
    """Set parameters of the layer called `name`.

    Raises:
        InvalidExperiment: There is no such layer or parameter, or a value is not allowed.
    """
    index = experiment.model.index(name)
    layers = list(experiment.model.layers)
    layers[index] = layers[index].replace(**parameters)
    return experiment.with_layers(tuple(layers))


def change_one(experiment: Experiment, name: str, field: str, value: object) -> Experiment:
    """Set one parameter, named by a text, of the layer called `name`."""
    return change(experiment, name, **{field: value})


def set_data(experiment: Experiment, **settings: object) -> Experiment:
    """Change data settings."""
    return experiment.with_data(**settings)


def set_training(experiment: Experiment, **settings: object) -> Experiment:
    """Change training settings."""
    return experiment.with_training(**settings)


def new_name(kind: str, layers: Iterable[Layer]) -> str:
    """Return the first free name for a layer, in Keras's manner: `dense`, `dense_1`, …"""
    taken = {layer.name for layer in layers}
    # "MaxPooling2D" -> "max_pooling2d", as Keras names its layers
    stem = re.sub(r"([a-z0-9])([A-Z][a-z])", r"\1_\2", kind).lower()[:32]
    number = 0
    while (name := f"{stem}_{number}" if number else stem) in taken:
        number += 1
    return name
