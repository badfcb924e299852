"""The built model is what the experiment says, normalization, weights, loss and optimizer included."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.data.split import NO_STATISTICS, Statistics, encode, statistics
from core.errors import NotBuildable
from core.experiment import choices, edits
from core.experiment.check import check, errors
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import CATALOG, Layer
from core.experiment.limits import Limits
from core.experiment.presets import Preset, preset, presets_for
from core.experiment.shapes import every, parameter_count, walk
from core.experiment.training_spec import TrainingSpec
from core.model.build import build
from tests.contract.keras_oracle import counts_by_block
from tests.unit import strategies
from tests.unit.designs import FLAT, SOFTMAX, design, layer
from tests.unit.made_up import HOUSES, PICTURES, house_arrays, picture_arrays

Floats = NDArray[np.float32]


def _design(info: DatasetInfo, **data: object) -> Experiment:
    return preset("article").experiment(info).with_data(**data)


def _first_output(model: keras.Model, inputs: NDArray[np.generic]) -> Floats:
    return np.asarray(model.layers[0](inputs.astype(np.float32)))


def test_rescaling_divides_pixels_by_255() -> None:
    images = picture_arrays()["x_train"][:20]
    model = build(_design(PICTURES, normalization="rescale"), PICTURES, NO_STATISTICS)
    assert _first_output(model, images) == pytest.approx(images.astype(np.float64) / 255, rel=1e-6)


def test_rescaling_brings_any_range_to_0_to_1() -> None:
    inputs = np.array([np.linspace(-4, 4, 8)])
    model = build(_design(HOUSES, normalization="rescale"), HOUSES, NO_STATISTICS)
    assert _first_output(model, inputs) == pytest.approx((inputs + 4) / 8, abs=1e-6)


def test_standardizing_images_uses_one_mean_for_all_pixels() -> None:
    images = picture_arrays()["x_train"]
    model = build(_design(PICTURES, normalization="standardize"), PICTURES, statistics(images, PICTURES))
    expected = (images - images.mean(dtype=np.float64)) / images.std(dtype=np.float64)
    assert _first_output(model, images) == pytest.approx(expected, abs=1e-5)


def test_standardizing_features_uses_one_mean_for_each() -> None:
    inputs = house_arrays()["x_train"].astype(np.float64)
    model = build(_design(HOUSES, normalization="standardize"), HOUSES, statistics(inputs, HOUSES))
    expected = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    assert _first_output(model, inputs) == pytest.approx(expected, abs=1e-5)


def test_without_normalization_the_first_layer_gets_the_raw_values(digits_info: DatasetInfo) -> None:
    model = build(_design(digits_info, normalization="none"), digits_info, NO_STATISTICS)
    assert [layer.name for layer in model.layers] == ["flatten", "dense", "dense_1", "dense_2"]
    raw = np.arange(784).reshape(1, 28, 28, 1)
    assert np.array_equal(_first_output(model, raw), raw.reshape(1, 784))


def test_pixels_may_come_as_bytes_or_as_floats() -> None:
    images = picture_arrays()["x_test"]
    model = build(_design(PICTURES), PICTURES, NO_STATISTICS)
    as_bytes, as_floats = (model.predict(each, verbose=0) for each in (images, images.astype(np.float32)))
    assert np.array_equal(as_bytes, as_floats)
    assert as_bytes.sum(axis=1) == pytest.approx(np.ones(40), abs=1e-5)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15, saving
def test_the_normalization_travels_with_the_saved_model(tmp_path: Path) -> None:
    images = picture_arrays()["x_test"]
    design = _design(PICTURES, normalization="standardize")
    model = build(design, PICTURES, statistics(images, PICTURES))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    assert np.array_equal(model.predict(images, verbose=0), again.predict(images, verbose=0))


def _weights(seed: int) -> list[Floats]:
    design = preset("small_cnn").experiment(_digits()).with_training(seed=seed)
    return [np.asarray(each) for each in build(design, _digits(), NO_STATISTICS).get_weights()]


def _digits() -> DatasetInfo:
    from core.data.sources import source

    return source("digits").info


def test_the_seed_decides_the_starting_weights_to_the_bit() -> None:
    first, again, other = _weights(7), _weights(7), _weights(8)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))


FITTING = [
    pytest.param(row, info, id=f"{row.value}-{info.name}")
    for row in choices.LOSSES
    for info in (PICTURES, HOUSES)
    if row.labels_for(info.task)
]


@pytest.mark.parametrize(("loss", "info"), FITTING)
def test_a_loss_is_the_keras_class_it_names(loss: choices.Loss, info: DatasetInfo) -> None:
    model = build(_fitting(loss, info), info, NO_STATISTICS)
    assert type(model.loss) is getattr(keras.losses, loss.keras_class)


def _fitting(loss: choices.Loss, info: DatasetInfo) -> Experiment:
    """Return the design with this loss, and an output that it reads."""
    activation = next(row.value for row in choices.ACTIVATIONS if row.output is loss.needs)
    made = _design(info).with_training(loss=loss.value)
    return edits.change(made, made.model.layers[-1].name, activation=activation)


@pytest.mark.parametrize("optimizer", choices.OPTIMIZERS, ids=lambda each: each.value)
def test_an_optimizer_is_the_keras_class_it_names_at_the_learning_rate(
    optimizer: choices.Optimizer,
) -> None:
    plan = {"optimizer": optimizer.value, "learning_rate": 0.0123}
    model = build(_design(PICTURES).with_training(**plan), PICTURES, NO_STATISTICS)
    assert type(model.optimizer) is getattr(keras.optimizers, optimizer.keras_class)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0123)


@pytest.mark.parametrize(("loss", "info"), FITTING)
def test_the_metric_has_the_name_the_screen_shows(loss: choices.Loss, info: DatasetInfo) -> None:
    arrays = picture_arrays() if info is PICTURES else house_arrays()
    model = build(_fitting(loss, info), info, NO_STATISTICS)
    answers = encode(arrays["y_test"], loss.value, info)
    figures = model.evaluate(arrays["x_test"], answers, verbose=0, return_dict=True)
    assert set(figures) == {"loss", info.task.metric}


def test_every_error_is_named_and_nothing_is_built() -> None:
    design = edits.insert(_design(HOUSES), 1, "Conv2D").with_training(loss="hinge")
    problems = errors(check(design, HOUSES))
    assert len(problems) == 2
    with pytest.raises(NotBuildable) as refused:
        build(design, HOUSES, NO_STATISTICS)
    assert str(refused.value).split("\n") == [problem.message for problem in problems]


@pytest.mark.parametrize(("name", "count"), [("notebook_rescaled", 669_706), ("article", 52_650)])
def test_the_seeds_networks_have_the_published_number_of_weights(
    name: str, count: int, digits_info: DatasetInfo
) -> None:
    design = preset(name).experiment(digits_info)
    assert build(design, digits_info, NO_STATISTICS).count_params() == count
    assert parameter_count(walk(design.model.layers, digits_info.input_shape)) == count


@pytest.mark.parametrize(
    "each", [each for each in presets_for(_digits()) if not each.to_mend], ids=lambda each: each.name
)
def test_a_preset_is_built_as_its_cards_say(each: Preset, digits_info: DatasetInfo) -> None:
    design = each.experiment(digits_info)
    model = build(design, digits_info, NO_STATISTICS)
    steps = walk(design.model.layers, digits_info.input_shape)
    counted = counts_by_block(model, steps)
    for step in every(steps):
        layer = model.get_layer(step.layer.name)
        assert tuple(layer.output.shape[1:]) == step.output_shape
        assert counted[step.layer.name] == (step.parameters, step.non_trainable)
        assert step.branches or type(layer).__name__ == step.layer.kind()


def test_a_preset_to_be_mended_is_not_built(digits_info: DatasetInfo) -> None:
    for each in presets_for(digits_info):
        if each.to_mend:
            with pytest.raises(NotBuildable):
                build(each.experiment(digits_info), digits_info, NO_STATISTICS)


@settings(max_examples=40)
@given(strategies.legal_stacks((8, 8, 2), 3), strategies.legal_stacks((8,), 3), st.data())
def test_a_design_is_built_exactly_where_check_finds_no_error(
    on_images: tuple[Layer, ...], on_rows: tuple[Layer, ...], data: st.DataObject
) -> None:
    info, stack = data.draw(
        st.sampled_from([(replace(PICTURES, input_shape=(8, 8, 2)), on_images), (HOUSES, on_rows)])
    )
    plan = data.draw(strategies.records(TrainingSpec))
    design = Experiment(training=plan).with_layers(stack)
    if data.draw(st.booleans()):
        activation = data.draw(st.sampled_from(["softmax", "sigmoid", "linear"]))
        design = edits.append_output(design, info.outputs, activation, flatten=True)
    found = errors(check(design, info, Limits.of_machine()))
    if found:
        with pytest.raises(NotBuildable) as refused:
            build(design, info, NO_STATISTICS)
        assert str(refused.value).split("\n") == [problem.message for problem in found]
    else:
        model = build(design, info, NO_STATISTICS)
        assert model.output_shape == (None, info.outputs)


@pytest.mark.parametrize("name", ["input", "rescaling", "normalization", "sequential", "layers", "model"])
@pytest.mark.parametrize("normalization", [each.value for each in choices.NORMALIZATIONS])
def test_a_layer_may_have_any_name_that_the_catalog_allows(name: str, normalization: str) -> None:
    design = _design(PICTURES, normalization=normalization)
    renamed = (design.model.layers[0], CATALOG["Dropout"](name=name), *design.model.layers[1:])
    model = build(design.with_layers(renamed), PICTURES, NO_STATISTICS)
    assert type(model.get_layer(name)) is keras.layers.Dropout


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15, saving
@pytest.mark.parametrize("stack", [(FLAT, SOFTMAX), (FLAT, layer("Residual", (layer("Dense", units=5),)))])
def test_layers_compute_with_16_bits_where_that_is_asked_and_answers_have_32(
    stack: tuple[Layer, ...], tmp_path: Path
) -> None:
    plan = TrainingSpec(dtype_policy="mixed_float16", loss="mean_squared_error")
    model = build(
        design(PICTURES, layer("Conv2D"), *stack, training=plan), PICTURES, Statistics((30.0,), (75.0,))
    )
    assert {each.compute_dtype for each in model.layers[1:-1]} == {"float16"}
    assert {weight.dtype for weight in model.weights} <= {"float32", "uint32", "int32"}
    model.save(tmp_path / "model.keras")
    for each in (model, keras.saving.load_model(tmp_path / "model.keras", compile=False)):
        assert each(np.zeros((2, *PICTURES.input_shape), np.uint8)).dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"  # of whatever else is built in the process
