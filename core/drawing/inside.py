"""Look into a network while it reads one picture. For worker processes: it loads TensorFlow."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.drawing import networks
from core.drawing.activations import pictured, told_of
from core.drawing.models import Floats, Kept, graph, input_of, pixels_of, store
from core.drawing.networks import Network
from core.errors import RunRefused
from core.experiment.checks.answer import read_as
from core.experiment.choices import Output
from core.experiment.layer import Family
from core.experiment.shapes import Step, walk

OPEN_KEPT = 4
PATCHES, STEPS = 7, 14
"""A patch is a 7th of the picture's side, and moves by a 14th."""
_LARGEST_BATCH = 256
_VALUES_AT_ONCE = 20_000_000
"""Numbers that the layers of one batch may give together: about 80 MB."""
_ALIKE = 1e-3
"""Outputs of one picture differ by less, whatever is asked in the same batch."""
_LEAST = 1e-7
"""Keeps the logarithm of an output of 0 finite."""

Place = tuple[slice, slice]


@dataclass(frozen=True)
class Opened:
    """A model that can be looked into.

    Attributes:
        look: From an input, shape (1, height, width, channels), and the number of a class (−1: the
            strongest) to: the outputs, that number, the gradient of what is explained by the input, and
            what each layer of `layers` gave.
        outputs: From any number of inputs to their outputs.
        layers: The layers that are told of, each with its block.
        explained: In words, what of the class is explained.
        at_once: How many inputs may be asked about in one batch.
    """

    look: Any
    outputs: Callable[[Floats], Floats]
    layers: tuple[tuple[Step, str], ...]
    explained: str
    at_once: int


def inside(network_id: str, image: str, side: int, target: int | None) -> dict[str, Any]:
    """Return what went on inside a network for one picture.

    Args:
        network_id: `networks.READY` or the id of a run.
        image: Grey values, row by row, in base64; see `pixels_of`.
        side: Its width and height, pixels.
        target: Number of the class to explain; None for the strongest.

    Returns:
        `outputs`, and the number of the class explained as `target`; `gradient`: gradient × input of
        what `explained` names, and `occlusion`: by how much the class's output falls where a patch of
        `patch` × `patch` pixels is hidden, on average over the patches that cover a pixel; both
        float32, shape (side, side), in base64, above 0 where a pixel speaks for the class; `layers`:
        see `activations.pictured`.

    Raises:
        RunNotFound: The run was deleted, or never was.
        RunRefused: It has no network to ask, no such class, or gives no numbers.
        NotDrawable: The picture did not arrive whole, or has another size.
        FileDamaged: The network's file is not what was written.
    """
    pixels = pixels_of(image, side)
    _OPENED.forget_deleted()
    network = networks.find(store(), network_id)
    if target is not None and not 0 <= target < network.info.outputs:
        raise RunRefused(f"{network.label} has no class number {target}.")
    given = input_of(network, pixels)
    opened = _OPENED.get(network.path, network)
    outputs, number, gradient, *values = _looked(opened, given, target)
    if not np.isfinite(outputs).all():
        raise RunRefused(
            f"{network.label} gives no numbers: its weights have grown beyond all bounds in training. "
            "Train it again with a smaller learning rate."
        )
    paper = network.info.value_range[0]
    named = {step.layer.name: value for (step, _), value in zip(opened.layers, values, strict=True)}
    return {
        "outputs": [float(value) for value in outputs],
        "target": number,
        "explained": opened.explained,
        "gradient": _as_text(np.nan_to_num(gradient * given, posinf=0, neginf=0)[..., 0]),
        "occlusion": _as_text(_occlusion(opened, given[..., 0], outputs, number, paper)),
        "patch": _patch(side)[0],
        "layers": pictured(opened.layers, named),
    }


def _looked(opened: Opened, given: Floats, target: int | None) -> tuple[Any, ...]:
    import tensorflow as tf

    outputs, number, gradient, values = opened.look(
        tf.constant(given[None]), tf.constant(-1 if target is None else target)
    )
    return (
        outputs.numpy()[0],
        int(number.numpy()),
        gradient.numpy()[0],
        *(tf.cast(value, tf.float32).numpy()[0] for value in values),  # layers may compute with 16 bits
    )


def _as_text(values: Floats) -> str:
    return base64.b64encode(np.ascontiguousarray(values, np.float32).tobytes()).decode()


# --- opening a model ---


def _open(model: Any, network: Network | None) -> Opened:
    import keras
    import tensorflow as tf

    assert network is not None, "a model is opened by its design"
    steps = walk(network.experiment.model.layers, network.info.input_shape)
    there = {layer.name for layer in model.layers}
    layers = tuple((step, block) for step, block in told_of(steps) if step.layer.name in there)
    wanted = [model.get_layer(step.layer.name).output for step, _ in layers]
    before, explained = _before_activation(model, steps)
    inner = keras.Model(
        model.inputs[0], [model.outputs[0], model.outputs[0] if before is None else before, *wanted]
    )
    logarithm = before is None and read_as(steps) is not Output.NUMBERS

    def looked(given: Any, target: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(given)
            outputs, scores, *values = inner(given, training=False)
            number = tf.where(target < 0, tf.argmax(outputs[0], output_type=tf.int32), target)
            score = tf.math.log(scores[0, number] + _LEAST) if logarithm else scores[0, number]
        gradient = tape.gradient(score, given, unconnected_gradients="zero")
        return outputs, number, gradient, values

    one = [tf.TensorSpec((1, *model.input_shape[1:]), tf.float32), tf.TensorSpec((), tf.int32)]
    look = tf.function(looked, input_signature=one, autograph=False)
    values = sum(step.own_values for step, _ in layers)
    at_once = max(1, min(_LARGEST_BATCH, _VALUES_AT_ONCE // max(1, values)))
    return Opened(look, graph(model), layers, explained, at_once)


_OPENED = Kept(_open, OPEN_KEPT)


def _before_activation(model: Any, steps: tuple[Step, ...]) -> tuple[Any, str]:
    """Return the values that the last softmax or sigmoid gets, laid out as the outputs are.

    Returns:
        They, or None where the outputs themselves are to be explained; and what is explained, in words.
    """
    behind: list[Step] = []
    for step in reversed(steps):
        if step.layer.output() is not None:
            break
        behind.insert(0, step)
    else:
        return None, "the output"
    if step.layer.output() is Output.NUMBERS:
        return None, "the output"
    if any(each.layer.family is not Family.RESHAPING and not each.layer.random for each in behind):
        return None, "the logarithm of the output"
    layer = model.get_layer(step.layer.name)
    value = _without_activation(layer)(layer.input) if hasattr(layer, "activation") else layer.input
    for each in behind:
        value = model.get_layer(each.layer.name)(value)
    squeezed = "softmax" if step.layer.output() is Output.SHARES else "sigmoid"
    return value, f"the value before {squeezed}"


def _without_activation(layer: Any) -> Any:
    # a capital in the name: a layer of the catalog can never have one
    changes = {"activation": "linear", "name": f"{layer.name}_Before"}
    plain = type(layer).from_config({**layer.get_config(), **changes})
    plain.build(layer.input.shape)
    plain.set_weights(layer.get_weights())
    return plain


# --- occlusion ---


def _patch(side: int) -> tuple[int, int]:
    """Return a patch's side, and how far it moves, pixels."""
    return max(1, round(side / PATCHES)), max(1, round(side / STEPS))


def _places(side: int) -> list[int]:
    patch, step = _patch(side)
    last = side - patch
    return sorted({*range(0, last + 1, step), last})


def _occlusion(
    opened: Opened, pixels: Floats, outputs: Floats, target: int, paper: float
) -> NDArray[np.float32]:
    """Return by how much an output falls where a pixel is hidden, shape (side, side)."""
    side = len(pixels)
    patch, _ = _patch(side)
    falls, covered = np.zeros((side, side), np.float64), np.zeros((side, side))
    hidden: list[Place] = []
    for top in _places(side):
        for left in _places(side):
            place = slice(top, top + patch), slice(left, left + patch)
            covered[place] += 1
            if (pixels[place] != paper).any():  # to hide paper changes nothing
                hidden.append(place)
    for start in range(0, len(hidden), opened.at_once):
        places = hidden[start : start + opened.at_once]
        answers = _without(opened, pixels, outputs, places, paper)
        for place, answer in zip(places, answers, strict=True):
            falls[place] += float(outputs[target] - answer[target])
    return (falls / covered).astype(np.float32)


def _without(opened: Opened, pixels: Floats, outputs: Floats, places: list[Place], paper: float) -> Floats:
    """Return the outputs where each of some places is hidden, shape (places, classes)."""
    images = np.repeat(pixels[None], len(places) + 1, axis=0)  # the first one stays whole
    for image, place in zip(images[1:], places, strict=True):
        image[place] = paper
    answers = opened.outputs(images[..., None])
    if np.abs(answers[0] - outputs).max() > _ALIKE * (1 + np.abs(outputs).max()):
        # an answer depends on what is asked with it (softmax over the batch): ask alone
        answers = np.concatenate([opened.outputs(image[None, ..., None]) for image in images])
    return answers[1:]
