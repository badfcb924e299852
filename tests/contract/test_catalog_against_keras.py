"""Each layer's shapes, counts and defaults are Keras's own, and what it calls illegal Keras refuses too."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from typing import Any

import keras
import pytest

from core.experiment import edits
from core.experiment.block import Block
from core.experiment.dataset import Shape
from core.experiment.fields import Choice, Field, Flag, Integer, Real, Sizes
from core.experiment.keras_call import Call
from core.experiment.layer import CATALOG, Layer, parameters_of
from core.experiment.weights import Weighted
from core.model.build import perform
from tests.contract.keras_oracle import LAX, applied, by_catalog, by_keras

SHAPES: list[Shape] = [
    (1,),
    (7,),
    (784,),
    (1, 1),
    (5, 3),
    (8, 8),
    (1, 30),
    (1, 1, 1),
    (5, 5, 2),
    (8, 8, 1),
    (9, 4, 3),
    (13, 11, 1),
    (1, 30, 2),
    (28, 28, 1),
    (2, 3, 4, 5),
]
PLAIN = {name: kind for name, kind in CATALOG.items() if not issubclass(kind, Block)}
LAYERS = pytest.mark.parametrize("kind", PLAIN.values(), ids=PLAIN)
pytestmark = pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")  # useless, but legal


def _few(field: Field) -> list[Any]:
    match field:
        case Integer(low=low, high=high):
            some = {low, *(value for value in (-2, -1, 0, 1, 2, 7) if low < value < high), min(high, 31)}
            return sorted(some)
        case Real(low=low, high=high):
            return [low, (low + high) / 2, high]
        case Choice(options=options):
            return [option.value for option in options]
        case Flag():
            return [False, True]
        case Sizes():
            return [(1,), (7,), (5, 3), (8, 8, 1), (1, 1, 784), (28, 28), (1,) * field.most]
        case _:
            raise TypeError(f"no values for {field!r}; add some here")


def _extremes(field: Field) -> list[Any]:
    return [field.low, field.high] if isinstance(field, Integer | Real) else _few(field)


def _settings(kind: type[Layer]) -> Iterator[Layer]:
    """Return the layer in all combinations of what moves shapes, and in some values of the other fields."""
    made = kind(name="layer")
    fields = parameters_of(kind)
    moving = {
        name: _few(field)
        for name, field in fields.items()
        if (not field.advanced or name == "strides")
        and not isinstance(field, Real)
        and name not in ("activation", "fill_mode", "filters")
    }
    for combination in itertools.product(*moving.values()):
        yield made.replace(**dict(zip(moving, combination, strict=True)))
    for name in set(fields) - set(moving):
        for value in _few(fields[name]):
            yield made.replace(**{name: value})


@LAYERS
def test_a_layer_is_legal_where_keras_builds_it_and_shape_and_counts_are_keras_own(
    kind: type[Layer],
) -> None:
    for number, layer in enumerate(_settings(kind)):
        for shape in SHAPES:
            assert by_catalog((layer,), shape) == by_keras((layer,), shape), (layer, shape)
        if number % 20 == 0:
            keras.utils.clear_session()


@LAYERS
def test_a_legal_layer_computes_what_it_promises_while_training_and_after(kind: type[Layer]) -> None:
    made = kind(name="layer")
    for shape in SHAPES:
        promised = by_catalog((made,), shape)
        if promised is not None:
            real = perform(made.keras_call())
            for training in (True, False):
                output = real(keras.ops.ones((2, *shape)), training=training)
                assert output.shape == (2, *promised.shape), shape


@pytest.mark.parametrize("kind", LAX)
def test_where_keras_is_lax_it_is_so_still(kind: str) -> None:
    axes, _ = LAX[kind]
    shape = (5, 4, 3, 2)[:axes]
    layer = CATALOG[kind](name="layer")
    real = perform(layer.keras_call())
    assert real(keras.ops.ones((2, *shape)), training=True).shape == (2, *shape)
    with pytest.raises(ValueError, match="taken for"):
        applied(layer, keras.Input(shape))


def _explicit(layer: Layer) -> dict[str, Any]:
    """Return the advanced fields' defaults as arguments, though a layer leaves them out."""
    given = {
        name: getattr(layer, name) for name, field in parameters_of(type(layer)).items() if field.advanced
    }
    if isinstance(layer, Weighted):
        assert given.pop("l1") == given.pop("l2") == 0  # no penalty
        given |= {f"{kernel}_regularizer": None for kernel in layer.kernels}
    if given.get("strides") == 0:  # pooling: stands for None
        given["strides"] = None
    return given


@LAYERS
def test_the_default_of_an_advanced_field_is_keras_own(kind: type[Layer]) -> None:
    layer = kind(name="layer")
    left_out = perform(layer.keras_call())
    arguments = layer.keras_arguments()
    explicit = _explicit(layer)
    assert not set(explicit) & set(arguments)
    said = perform(Call(f"layers.{kind.kind()}", {**arguments, **explicit}))
    assert said.get_config() == left_out.get_config()


@LAYERS
def test_every_argument_is_one_that_keras_names(kind: type[Layer]) -> None:
    known = set(inspect.signature(getattr(keras.layers, kind.kind())).parameters) | {"name"}
    for layer in _settings(kind):
        assert set(layer.keras_arguments()) <= known


@LAYERS
def test_every_value_a_field_declares_is_one_that_keras_takes(kind: type[Layer]) -> None:
    made = kind(name="layer")
    for name, field in parameters_of(kind).items():
        for value in _extremes(field):
            layer = made.replace(**{name: value})
            kept = perform(layer.keras_call()).get_config()
            assert _means(_kept(layer, kept, name), value), (name, value, kept)


def _kept(layer: Layer, config: dict[str, Any], name: str) -> Any:
    """Return what a Keras layer says of a field."""
    if name in ("l1", "l2"):
        assert isinstance(layer, Weighted)
        penalty = config[f"{layer.kernels[0]}_regularizer"]
        return penalty["config"].get(name, 0.0) if penalty else 0.0
    kept = config[name]
    if isinstance(kept, dict) and "class_name" in kept:
        return keras.src.utils.naming.to_snake_case(kept["class_name"])
    return kept


def _means(kept: Any, value: Any) -> bool:
    """Return whether Keras's way to write a setting means `value`."""
    if isinstance(value, tuple):
        return tuple(kept) == value
    while isinstance(kept, list | tuple):  # height and width, from and to
        kept = kept[-1]
    if value == 0 and isinstance(kept, int) and kept > 0:
        return True  # strides of pooling: 0 stands for the size of the window
    return bool(kept == pytest.approx(value) if isinstance(value, float) else kept == value)


@pytest.mark.parametrize("kind", CATALOG.values(), ids=CATALOG)
def test_new_layers_are_named_as_keras_would_name_them(kind: type[Layer]) -> None:
    made = kind(name="a")
    if isinstance(made, Block):
        assert edits.new_name(kind.kind(), ()) == kind.kind().lower()  # Keras has no such class
        return
    keras.utils.clear_session()
    arguments = {name: value for name, value in made.keras_arguments().items() if name != "name"}
    assert edits.new_name(kind.kind(), ()) == getattr(keras.layers, kind.kind())(**arguments).name
