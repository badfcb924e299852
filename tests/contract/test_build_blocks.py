"""Blocks are built as their cards say: names, projections, and the very sums."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from core.data.split import NO_STATISTICS
from core.experiment.dataset import DatasetInfo, Shape, Task
from core.experiment.layer import Layer
from core.experiment.shapes import every, walk
from core.model.build import build, network
from tests.contract.keras_oracle import counts_by_block
from tests.unit.designs import FLAT, SAME, SOFTMAX, design, layer
from tests.unit.made_up import PICTURES, picture_arrays

Floats = NDArray[np.float32]
LINEAR: dict[str, object] = {"activation": "linear"}


def _network(shape: Shape, *stack: Layer) -> keras.Model:
    info = DatasetInfo("n", "N", "N.", shape, Task.REGRESSION, 10, 1)
    return network(design(info, *stack).with_data(normalization="none"), info, NO_STATISTICS)


def _values(*shape: int) -> Floats:
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


def _weights(model: keras.Model, name: str) -> list[Floats]:
    # biases start at zero, and would be missed where they are missing
    real = model.get_layer(name)
    real.set_weights([_values(*each.shape) for each in real.get_weights()])
    return [np.asarray(each) for each in real.get_weights()]


def test_a_design_without_blocks_is_a_sequential_one_and_with_blocks_a_functional_one() -> None:
    assert type(_network((8,), layer("Dense"))) is keras.Sequential
    assert not isinstance(_network((8,), layer("Residual", (layer("Dense"),))), keras.Sequential)


def test_the_joining_layer_has_the_name_of_its_block() -> None:
    wide = layer("Dense", units=8)
    stack = (
        layer("Residual", (wide,)),
        layer("Parallel", (wide,), (), joining="add"),
        layer("Parallel", (wide,), ()),
    )
    model = _network((8,), *stack)
    kinds = [type(model.get_layer(name)) for name in ("l0", "l2", "l4")]
    assert kinds == [keras.layers.Add, keras.layers.Add, keras.layers.Concatenate]
    assert {each.name for each in model.layers} == {"Input", *(f"l{number}" for number in range(6))}


def test_a_residual_of_one_shape_adds_its_input_to_what_its_stack_gives() -> None:
    model = _network((6,), layer("Residual", (layer("Dense", units=6),)))
    x, (kernel, bias) = _values(4, 6), _weights(model, "l1")
    expected = x + np.maximum(0, x @ kernel + bias)
    assert model.predict(x, verbose=0) == pytest.approx(expected, abs=1e-5)
    assert not any("Projection" in each.name for each in model.layers)


def test_rows_of_another_width_are_projected_by_a_dense_without_bias() -> None:
    model = _network((6,), layer("Residual", (layer("Dense", units=3, **LINEAR),)))
    x, (kernel, bias), (projection,) = (
        _values(4, 6),
        _weights(model, "l1"),
        _weights(model, "l0_Projection"),
    )
    assert type(model.get_layer("l0_Projection")) is keras.layers.Dense
    expected = x @ projection + x @ kernel + bias
    assert model.predict(x, verbose=0) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("strides", [1, 2, 3])
def test_images_are_projected_by_a_convolution_of_one_pixel_that_shrinks_as_the_stack_does(
    strides: int,
) -> None:
    convolution = layer("Conv2D", filters=5, kernel_size=1, strides=strides, **LINEAR)
    model = _network((7, 7, 2), layer("Residual", (convolution,)))
    real = model.get_layer("l0_Projection")
    assert type(real) is keras.layers.Conv2D
    assert (real.kernel_size, real.strides, real.use_bias) == ((1, 1), (strides, strides), False)
    x, (kernel, bias), (projection,) = (
        _values(3, 7, 7, 2),
        _weights(model, "l1"),
        _weights(model, real.name),
    )
    seen = x[:, ::strides, ::strides]
    expected = seen @ projection[0, 0] + seen @ kernel[0, 0] + bias
    assert model.predict(x, verbose=0) == pytest.approx(expected, abs=1e-5)


def test_height_and_width_may_shrink_differently() -> None:
    model = _network((12, 6, 2), layer("Residual", (layer("Reshape", target_shape=(4, 6, 6)),)))
    x, (projection,) = _values(2, 12, 6, 2), _weights(model, "l0_Projection")
    assert model.get_layer("l0_Projection").strides == (3, 1)
    expected = x[:, ::3] @ projection[0, 0] + x.reshape(2, 4, 6, 6)
    assert model.predict(x, verbose=0) == pytest.approx(expected, abs=1e-5)


def test_branches_stand_behind_each_other_in_their_order_and_an_empty_one_passes_on() -> None:
    branches = ((layer("Dense", units=2, **LINEAR),), (), (layer("Dense", units=3, **LINEAR),))
    model = _network((4,), layer("Parallel", *branches))
    x, (first, bias), (third, other) = _values(5, 4), _weights(model, "l1"), _weights(model, "l2")
    expected = np.concatenate([x @ first + bias, x, x @ third + other], axis=1)
    assert model.predict(x, verbose=0) == pytest.approx(expected, abs=1e-5)


def test_branches_are_added() -> None:
    branches = ((layer("Dense", units=4, **LINEAR),), (layer("Dense", units=4, **LINEAR),), ())
    model = _network((4,), layer("Parallel", *branches, joining="add"))
    x, (first, bias), (second, other) = _values(5, 4), _weights(model, "l1"), _weights(model, "l2")
    expected = x @ first + bias + x @ second + other + x
    assert model.predict(x, verbose=0) == pytest.approx(expected, abs=1e-5)


def test_a_smaller_value_is_repeated_in_a_sum_as_numpy_repeats_it() -> None:
    model = _network((3, 4, 5), layer("Residual", (layer("GlobalMaxPooling2D"),)))
    x = _values(2, 3, 4, 5)
    expected = x + x.max(axis=(1, 2))[:, None, None, :]
    assert model.predict(x, verbose=0) == pytest.approx(expected, abs=1e-5)


# --- a whole one ---

INNER = layer("Residual", (layer("BatchNormalization"), SAME, layer("Dropout")))
DEEP = (
    layer("Parallel", (INNER, SAME), (layer("MaxPooling2D", pool_size=3, strides=1, padding="same"),)),
    layer("Residual", (layer("Conv2D", filters=7, padding="same", strides=2),)),
    FLAT,
    SOFTMAX,
)


def _built(seed: int) -> keras.Model:
    made = design(PICTURES, *DEEP).with_training(seed=seed)
    return build(made, PICTURES, NO_STATISTICS)


def test_a_tree_of_blocks_is_built_as_its_cards_say() -> None:
    model = _built(0)
    steps = walk(design(PICTURES, *DEEP).model.layers, PICTURES.input_shape)
    counted = counts_by_block(model, steps)
    for step in every(steps):
        real = model.get_layer(step.layer.name)
        assert tuple(real.output.shape[1:]) == step.output_shape
        assert counted[step.layer.name] == (step.parameters, step.non_trainable)
        if not step.branches:
            assert type(real).__name__ == step.layer.kind()


def test_the_seed_decides_the_starting_weights_of_blocks_to_the_bit() -> None:
    first, again, other = (_built(seed).get_weights() for seed in (7, 7, 8))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15, saving
def test_blocks_travel_with_the_saved_model(tmp_path: Path) -> None:
    images, model = picture_arrays()["x_test"], _built(1)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    assert np.array_equal(model.predict(images, verbose=0), again.predict(images, verbose=0))
