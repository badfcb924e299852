"""The catalog's shapes and counts are Keras's own, and what it calls illegal Keras refuses too."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.experiment import edits
from core.experiment.dataset import Shape
from core.experiment.fields import Choice, Field, Integer, Real
from core.experiment.layer import CATALOG, IllegalInput, Layer, parameters_of
from core.experiment.shapes import parameter_count, walk
from tests.unit.strategies import image_shapes, small_stacks

SHAPES: list[Shape] = [
    (1,),
    (7,),
    (784,),
    (1, 1, 1),
    (5, 5, 2),
    (8, 8, 1),
    (9, 4, 3),
    (13, 11, 1),
    (1, 30, 2),
    (28, 28, 1),
]
LAYERS = pytest.mark.parametrize("kind", CATALOG.values(), ids=CATALOG)


def _few(field: Field) -> list[Any]:
    match field:
        case Integer(low=low, high=high):
            return sorted({low, min(high, 2), min(high, 3), min(high, 7)})
        case Real(low=low, high=high):
            return [low, (low + high) / 2, high]
        case Choice(options=options):
            return [option.value for option in options]
        case _:
            raise TypeError(f"no values for {field!r}; add some here")


def _settings(kind: type[Layer]) -> Iterator[Layer]:
    """Return the layer in all combinations of a few values a field; activations change no shape."""
    fields = parameters_of(kind)
    values = {name: _few(field)[: 1 if name == "activation" else None] for name, field in fields.items()}
    for combination in itertools.product(*values.values()):
        yield kind(name="layer", **dict(zip(values, combination, strict=True)))


def _by_keras(layers: tuple[Layer, ...], shape: Shape) -> tuple[Shape, int] | None:
    """Return the output shape and the parameter count of the real network, or None where Keras refuses."""
    try:
        model = keras.Sequential(
            [keras.Input(shape)]
            + [getattr(keras.layers, each.kind())(**each.keras_arguments()) for each in layers]
        )
    except ValueError:
        return None
    return tuple(model.output_shape[1:]), model.count_params()


def _by_catalog(layers: tuple[Layer, ...], shape: Shape) -> tuple[Shape, int] | None:
    steps = walk(layers, shape)
    output = steps[-1].output_shape if steps else shape
    return None if output is None else (output, parameter_count(steps))


@LAYERS
def test_shape_and_count_of_a_layer_are_keras_own(kind: type[Layer]) -> None:
    for layer in _settings(kind):
        for shape in SHAPES:
            real = getattr(keras.layers, kind.kind())(**layer.keras_arguments())
            try:
                expected = tuple(real.compute_output_shape((None, *shape))[1:])
                real.build((None, *shape))
            except ValueError:
                with pytest.raises(IllegalInput):
                    layer.output_shape(shape)
                continue
            assert layer.output_shape(shape) == expected, (layer, shape)
            assert layer.parameter_count(shape) == real.count_params(), (layer, shape)


@LAYERS
def test_a_layer_is_legal_exactly_where_keras_builds_it(kind: type[Layer]) -> None:
    for layer in itertools.islice(_settings(kind), 0, None, 3):
        for shape in SHAPES:
            assert _by_catalog((layer,), shape) == _by_keras((layer,), shape), (layer, shape)


@LAYERS
def test_every_value_a_field_declares_is_one_that_keras_takes(kind: type[Layer]) -> None:
    made = kind(name="layer")
    for name, field in parameters_of(kind).items():
        extremes = [field.low, field.high] if isinstance(field, Integer | Real) else _few(field)
        for value in extremes:
            layer = made.replace(**{name: value})
            real = getattr(keras.layers, kind.kind())(**layer.keras_arguments())
            kept = real.get_config()
            told = kept[name][0] if isinstance(kept.get(name), list | tuple) else kept.get(name)
            assert told == value or (name, value) == ("activation", "linear"), (name, value)


@settings(max_examples=100)
@given(small_stacks(), image_shapes())
def test_random_stacks_agree_with_a_real_network(stack: tuple[Layer, ...], shape: Shape) -> None:
    assert _by_catalog(stack, shape) == _by_keras(stack, shape)


@settings(max_examples=30)
@given(small_stacks(4), st.integers(1, 20))
def test_random_stacks_on_flat_inputs_agree_with_a_real_network(
    stack: tuple[Layer, ...], width: int
) -> None:
    assert _by_catalog(stack, (width,)) == _by_keras(stack, (width,))


@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")  # of size 1: useless, but legal
@settings(max_examples=15)
@given(small_stacks(4), image_shapes())
def test_a_legal_stack_computes_outputs_of_the_size_it_promised(
    stack: tuple[Layer, ...], shape: Shape
) -> None:
    promised = _by_catalog(stack, shape)
    if promised is None:
        return
    current = keras.ops.ones((2, *shape))
    for layer in stack:
        current = getattr(keras.layers, layer.kind())(**layer.keras_arguments())(current)
    assert current.shape == (2, *promised[0])
    assert math.prod(current.shape) > 0


@LAYERS
def test_new_layers_are_named_as_keras_would_name_them(kind: type[Layer]) -> None:
    keras.backend.clear_session()
    arguments = {name: value for name, value in kind(name="a").keras_arguments().items() if name != "name"}
    assert edits.new_name(kind.kind(), ()) == getattr(keras.layers, kind.kind())(**arguments).name
