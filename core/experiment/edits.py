"""Edits: pure functions from one experiment to the next. All that a screen can do to a design."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from core.errors import InvalidExperiment
from core.experiment.block import Block, every_layer
from core.experiment.experiment import Experiment
from core.experiment.fields import shortened
from core.experiment.layer import Layer, layer_class
from core.experiment.model_spec import Place

Edit = Callable[[Experiment], Experiment]
Stack = tuple[Layer, ...]


def insert(experiment: Experiment, place: Place | int, kind: str, **parameters: object) -> Experiment:
    """Put a new layer at a place; later layers of its stack move down by one.

    Args:
        experiment: The design.
        place: Where; a whole number counts places of the outermost stack, from 0.
        kind: Which layer.
        parameters: Its fields, where they are not to be the defaults. For a block, `branches` may
            hold stacks as JSON values do.

    Raises:
        InvalidExperiment: The kind is unknown, a parameter is wrong, or the stack is full.
    """
    layers = experiment.model.layers
    document = {"name": new_name(kind, every_layer(layers)), **parameters}
    return put(experiment, place, layer_class(kind).from_tree(document, depth=0))


def put(experiment: Experiment, place: Place | int, *layers: Layer) -> Experiment:
    """Put layers at a place.

    Raises:
        InvalidExperiment: The place is in no block of the design, or the stack is full.
    """
    where = Place(index=place) if isinstance(place, int) else place

    def with_layers(stack: Stack) -> Stack:
        index = min(max(where.index, 0), len(stack))
        return (*stack[:index], *layers, *stack[index:])

    if not where.block:
        return experiment.with_layers(with_layers(experiment.model.layers))
    block = experiment.model.find(where.block)
    if not isinstance(block, Block) or not 0 <= where.branch < len(block.branches):
        raise InvalidExperiment(f"{shortened(where.block)} has no such branch to put a layer into.")
    branches = list(block.branches)
    branches[where.branch] = with_layers(branches[where.branch])
    return _replace(experiment, block.name, block.holding(tuple(branches)))


def insert_before(experiment: Experiment, name: str, kind: str) -> Experiment:
    """Put a new layer before the layer called `name`, in the same stack."""
    return insert(experiment, experiment.model.place_of(name), kind)


def append_output(experiment: Experiment, units: int, activation: str, flatten: bool) -> Experiment:
    """Put a Dense layer at the end, after a Flatten where what comes is not flat."""
    if flatten:
        experiment = insert(experiment, len(experiment.model.layers), "Flatten")
    end = len(experiment.model.layers)
    return insert(experiment, end, "Dense", units=units, activation=activation)


def remove(experiment: Experiment, name: str) -> Experiment:
    """Take the layer called `name` out, with all that it holds."""
    return _replace(experiment, name)


def unwrap(experiment: Experiment, name: str) -> Experiment:
    """Put the layers of a block's first branch in the block's place."""
    block = experiment.model.find(name)
    return _replace(experiment, name, *(block.branches[0] if isinstance(block, Block) else (block,)))


def duplicate(experiment: Experiment, name: str) -> Experiment:
    """Put a copy of the layer called `name`, with all that it holds, behind it under new names."""
    layer = experiment.model.find(name)
    return _replace(experiment, name, layer, _renamed(layer, experiment.model.layers))


def move(experiment: Experiment, name: str, place: Place | int) -> Experiment:
    """Put the layer called `name` at a place of the design without it.

    Raises:
        InvalidExperiment: There is no such layer, or the place is inside of it.
    """
    layer = experiment.model.find(name)
    if isinstance(place, Place) and any(each.name == place.block for each in every_layer((layer,))):
        raise InvalidExperiment(f"{name} can't be put into itself.")
    return put(remove(experiment, name), place, layer)


def change(experiment: Experiment, name: str, **parameters: object) -> Experiment:
    """Set parameters of the layer called `name`.

    Raises:
        InvalidExperiment: There is no such layer or parameter, or a value is not allowed.
    """
    return _replace(experiment, name, experiment.model.find(name).replace(**parameters))


def change_one(experiment: Experiment, name: str, field: str, value: object) -> Experiment:
    """Set one parameter, named by a text, of the layer called `name`."""
    return change(experiment, name, **{field: value})


def add_branch(experiment: Experiment, name: str) -> Experiment:
    """Give a block one more, empty branch.

    Raises:
        InvalidExperiment: It has as many as it can.
    """
    block = _block(experiment, name)
    return _replace(experiment, name, block.holding((*block.branches, ())))


def remove_branch(experiment: Experiment, name: str, branch: int) -> Experiment:
    """Take a branch, counted from 0, out of a block.

    Raises:
        InvalidExperiment: It has no such branch, or as few as it can.
    """
    block = _block(experiment, name)
    if not 0 <= branch < len(block.branches):
        raise InvalidExperiment(f"{name} has no branch {branch + 1}.")
    left = tuple(each for index, each in enumerate(block.branches) if index != branch)
    return _replace(experiment, name, block.holding(left))


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


def _block(experiment: Experiment, name: str) -> Block:
    block = experiment.model.find(name)
    if not isinstance(block, Block):
        raise InvalidExperiment(f"{name} is no block: it has no branches.")
    return block


def _replace(experiment: Experiment, name: str, *others: Layer) -> Experiment:
    """Put other layers, or none, in the place of the layer called `name`."""
    experiment.model.find(name)
    return experiment.with_layers(_replaced(experiment.model.layers, name, others))


def _replaced(stack: Stack, name: str, others: Stack) -> Stack:
    new: list[Layer] = []
    for layer in stack:
        if layer.name == name:
            new.extend(others)
        elif isinstance(layer, Block):
            new.append(layer.holding(tuple(_replaced(each, name, others) for each in layer.branches)))
        else:
            new.append(layer)
    return tuple(new)


def _renamed(layer: Layer, taken: Stack) -> Layer:
    names = list(every_layer(taken))

    def rename(each: Layer) -> Layer:
        fresh = each.replace(name=new_name(each.kind(), names))
        names.append(fresh)
        if isinstance(fresh, Block):
            return fresh.holding(tuple(tuple(map(rename, branch)) for branch in fresh.branches))
        return fresh

    return rename(layer)
