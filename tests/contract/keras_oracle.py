"""What Keras makes of a tree of layers, written by hand: no line of it is the builder's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from core.experiment.block import Block
from core.experiment.dataset import Shape
from core.experiment.layer import Layer
from core.experiment.shapes import Step, every, walk
from core.model.build import perform

Stack = tuple[Layer, ...]
REFUSALS = (ValueError, IndexError, tf.errors.InvalidArgumentError)
"""How Keras refuses: at once, or with the first values that come."""

LAX: dict[str, tuple[int, str]] = dict.fromkeys(
    ("RandomContrast", "RandomRotation", "RandomTranslation", "RandomZoom"),
    (2, "a sample of two axes is taken for a row of its image, and the batch for the image's height"),
)
"""Where Keras takes what no design should rely on: the layer, its input's axes, what goes wrong.

Each of these layers also takes one image without a batch, three axes in all; a batch of samples of two
axes has as many. We call that illegal.
"""


@dataclass(frozen=True)
class Made:
    """What comes out of a tree: one sample's shape, and its counts."""

    shape: Shape
    trainable: int
    non_trainable: int


def by_catalog(stack: Stack, shape: Shape) -> Made | None:
    """Return what the catalog says of a tree, or None where it calls it illegal."""
    steps = walk(stack, shape)
    output = steps[-1].output_shape if steps else shape
    if output is None:
        return None
    return Made(
        output, sum(each.parameters or 0 for each in steps), sum(each.non_trainable for each in steps)
    )


def by_keras(stack: Stack, shape: Shape) -> Made | None:
    """Return what Keras makes of a tree, or None where it refuses it."""
    value = keras.Input(shape)
    try:
        model = keras.Model(value, through(stack, value))
    except REFUSALS:
        return None
    return Made(tuple(model.output_shape[1:]), *counts(model))


def counts(layer: Any) -> tuple[int, int]:
    """Return how many trainable and non-trainable numbers a Keras layer or model has."""
    return _size(layer.trainable_weights), _size(layer.non_trainable_weights)


def _size(weights: list[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def through(stack: Stack, value: Any) -> Any:
    """Send a symbolic value through a tree."""
    for layer in stack:
        if isinstance(layer, Block):
            outputs = [through(branch, value) for branch in layer.branches]
            value = _joined(layer, value, outputs)
        else:
            value = applied(layer, value)
    return value


def applied(layer: Layer, value: Any) -> Any:
    """Send a value through one layer that is no block, in the way it is trained."""
    shape = tuple(value.shape[1:])
    real = perform(layer.keras_call())
    output = real(value)
    if not real.weights:  # some look at their input only when real values come
        real(keras.ops.ones((2, *shape)), training=True)
        if LAX.get(layer.kind(), (0, ""))[0] == len(shape):
            raise ValueError(LAX[layer.kind()][1])
    return output


def _joined(block: Block, value: Any, outputs: list[Any]) -> Any:
    if block.kind() == "Residual":
        return keras.layers.Add()([_shortcut(value, outputs[0]), outputs[0]])
    joining = getattr(block, "joining")  # noqa: B009 - only Parallel has it
    return {"add": keras.layers.Add, "concatenate": keras.layers.Concatenate}[joining]()(outputs)


def _shortcut(value: Any, output: Any) -> Any:
    """Return what a Residual adds, by equations 1 and 2 of He et al."""
    have, want = tuple(value.shape[1:]), tuple(output.shape[1:])
    if have == want or len(have) != len(want):
        return value
    if len(have) != 3:
        return keras.layers.Dense(want[-1], use_bias=False)(value)
    strides = [
        next((each for each in range(1, size + 1) if math.ceil(size / each) == wanted), 1)
        for size, wanted in zip(have[:2], want[:2], strict=True)
    ]
    return keras.layers.Conv2D(want[-1], 1, strides=strides, use_bias=False)(value)


def counts_by_block(model: Any, steps: tuple[Step, ...]) -> dict[str, tuple[int, int]]:
    """Return what each layer of a built model has; a block: its projection and all that it holds."""
    real = {each.name: counts(each) for each in model.layers}

    def total(step: Step) -> tuple[int, int]:
        parts = [total(inner) for branch in step.branches for inner in branch]
        own = [real.get(step.layer.name, (0, 0)), real.get(f"{step.layer.name}_Projection", (0, 0))]
        return sum(part[0] for part in own + parts), sum(part[1] for part in own + parts)

    return {step.layer.name: total(step) for step in every(steps)}
