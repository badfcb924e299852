"""Networks as people build and save them in Keras come back as they are, or say all that is in the way."""

from __future__ import annotations

import copy
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras import layers, regularizers

from core.bringback.archive import open_archive
from core.bringback.network import parts
from core.data.split import NO_STATISTICS
from core.errors import FileRefused
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.experiment.layers.dense import Dense
from core.experiment.layers.residual import Residual
from core.model.build import network
from tests.contract.brought import answers, brought, read, saved
from tests.unit.keras_files import dense, given, keras_object, layer, mutate, packed, sequential, zipped

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
    pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`:UserWarning"),  # as the notebook does
]


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Let go of the models of the test before."""
    yield
    keras.utils.clear_session()


def _kinds(design: Experiment) -> list[str]:
    return [each.kind() for each in design.model.layers]


def _same(model: keras.Model, info: DatasetInfo, folder: Path, normalization: str = "none") -> Experiment:
    """Bring a model back, see that it answers the same to the bit, and return its design."""
    design, ours, _ = brought(saved(model, folder), info, folder, normalization)
    theirs = answers(model, info, model.input_shape[1:])
    assert np.array_equal(answers(ours, info), theirs)
    return design


def _refused(model: keras.Model, info: DatasetInfo, folder: Path) -> list[str]:
    """Return what is in the way of a model, a line each."""
    with pytest.raises(FileRefused) as refused:
        brought(saved(model, folder), info, folder)
    return str(refused.value).splitlines()


def test_the_notebooks_network(digits_info: DatasetInfo, tmp_path: Path) -> None:
    model = keras.models.Sequential(
        [
            layers.Flatten(input_shape=(28, 28)),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    design = _same(model, digits_info, tmp_path)
    assert _kinds(design) == ["Flatten", "Dense", "Dense", "Dense"]
    assert design.training.optimizer == "adam"
    assert design.training.learning_rate == 0.001


def test_a_network_that_learned_from_divided_pixels(digits_info: DatasetInfo, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((784,)), layers.Dense(10, activation="softmax")])
    design, ours, remarks = brought(saved(model, tmp_path), digits_info, tmp_path, "rescale")
    inputs = np.random.default_rng(1).integers(0, 256, (5, 28, 28, 1)).astype(np.float32)
    divided = np.asarray(layers.Rescaling(1 / 255)(inputs)).reshape(5, 784)
    assert np.array_equal(np.asarray(ours(inputs)), np.asarray(model(divided)))
    assert design.data.normalization == "rescale"
    assert any("as you said" in each for each in remarks)


def test_a_functional_network_with_a_residual_and_rescaling(
    digits_info: DatasetInfo, tmp_path: Path
) -> None:
    inputs = keras.Input((28, 28, 1))
    x = layers.Rescaling(1.0 / 255)(inputs)
    x = before = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2D(8, (3, 3), padding="same")(x)
    x = layers.Add()([x, before])
    x = layers.MaxPooling2D()(layers.Activation("relu")(x))
    x = layers.Dropout(0.25, seed=1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10, "softmax", kernel_regularizer=regularizers.L2(0.01))(x))
    design = _same(model, digits_info, tmp_path)
    assert _kinds(design) == [
        "Conv2D",
        "Residual",
        "Activation",
        "MaxPooling2D",
        "Dropout",
        "GlobalAveragePooling2D",
        "Dense",
    ]
    assert design.data.normalization == "rescale"
    assert design.model.layers[-1].to_dict()["l2"] == 0.01


def test_a_network_in_networks(digits_info: DatasetInfo, tmp_path: Path) -> None:
    inside = keras.Input((28, 28, 1))
    first = layers.Conv2D(4, 3)(inside)
    both = layers.Concatenate(axis=3)([first, layers.Conv2D(2, 3, activation="tanh")(inside)])
    body = keras.Model(inside, both, name="body")
    head = keras.Sequential([layers.Flatten(), layers.Dense(10, "softmax")], name="head")
    inputs = keras.Input((28, 28, 1))
    design = _same(keras.Model(inputs, head(body(inputs))), digits_info, tmp_path)
    assert _kinds(design) == ["Parallel", "Flatten", "Dense"]


def test_an_adapted_normalization(digits_info: DatasetInfo, tmp_path: Path) -> None:
    adapted = layers.Normalization(axis=None)
    adapted.adapt(np.random.default_rng(2).integers(0, 256, (50, 28, 28)).astype(np.float32))
    model = keras.Sequential(
        [keras.Input((28, 28)), adapted, layers.Flatten(), layers.Dense(10, "softmax")]
    )
    design = _same(model, digits_info, tmp_path)
    assert design.data.normalization == "standardize"


@pytest.mark.parametrize("arrangement", [(28, 28), (784,), (14, 56), (28, 28, 1)])
def test_inputs_arranged_otherwise(
    arrangement: tuple[int, ...], digits_info: DatasetInfo, tmp_path: Path
) -> None:
    body = [layers.Dense(4), layers.Reshape((-1,)), layers.Dense(10)]
    _same(keras.Sequential([keras.Input(arrangement), *body]), digits_info, tmp_path)


def test_logits_are_kept_and_told(digits_info: DatasetInfo, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, clipnorm=1.0), loss)
    design, _, remarks = brought(saved(model, tmp_path), digits_info, tmp_path)
    assert (design.training.optimizer, design.training.learning_rate) == ("sgd", 0.05)
    assert design.training.momentum == 0.9
    assert any("logits" in each for each in remarks)
    assert any("clipnorm = 1.0" in each for each in remarks)


@pytest.mark.parametrize(
    ("layer", "field"),
    [
        (layers.Conv2D(4, 3, groups=1, dilation_rate=2), "dilation_rate"),
        (layers.Conv2D(4, (3, 5)), "kernel_size"),
        (layers.Conv2D(4, 3, kernel_constraint="max_norm"), "kernel_constraint"),
        (layers.Conv2D(4, 3, bias_regularizer="l2"), "bias_regularizer"),
        (layers.Conv2D(4, 3, activity_regularizer="l1"), "activity_regularizer"),
        (
            layers.Conv2D(4, 3, kernel_regularizer=regularizers.OrthogonalRegularizer()),
            "kernel_regularizer",
        ),
        (layers.SeparableConv2D(4, 3, depthwise_regularizer="l2"), "pointwise_regularizer"),
        (layers.Conv2D(4, 3, activation="hard_sigmoid"), "activation"),
        (layers.Conv2D(4, 3, activation=layers.LeakyReLU()), "activation"),
        (layers.Conv2D(4, 3, trainable=False), "trainable"),
        (layers.BatchNormalization(axis=1), "axis"),
        (layers.BatchNormalization(center=False), "center"),
        (layers.LayerNormalization(axis=[1, 2, 3]), "axis"),
        (layers.LayerNormalization(scale=False), "scale"),
        (layers.Dropout(0.5, noise_shape=(None, 1, 1, 1)), "noise_shape"),
        (layers.GlobalAveragePooling2D(keepdims=True), "keepdims"),
        (layers.MaxPooling2D((2, 3)), "pool_size"),
        (layers.ZeroPadding2D(((1, 2), (1, 1))), "padding"),
        (layers.UpSampling2D((1, 2)), "size"),
        (layers.UpSampling2D(2, interpolation="bicubic"), "interpolation"),
        (layers.RandomContrast(0.2), "value_range"),
        (layers.RandomRotation((-0.1, 0.2)), "factor"),
        (layers.RandomZoom(0.1, 0.2), "width_factor"),
        (layers.RandomTranslation(0.1, 0.1, fill_value=0.5), "fill_value"),
        (layers.Dense(4, dtype="float64", name="double"), "dtype"),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_a_field_that_the_catalog_lacks_is_named(
    layer: Any, field: str, digits_info: DatasetInfo, tmp_path: Path
) -> None:
    behind = [layers.Flatten(), layers.Dense(10)]
    model = keras.Sequential([keras.Input((28, 28, 1)), layer, *behind])
    told = _refused(model, digits_info, tmp_path)
    assert len(told) == 2
    assert told[1].startswith(f"- {layer.name} ({type(layer).__name__}): ")
    assert field in told[1]


def test_all_that_is_in_the_way_is_named_at_once(digits_info: DatasetInfo, tmp_path: Path) -> None:
    inputs = keras.Input((28, 28))
    x = layers.LSTM(8, return_sequences=True, name="memory")(inputs)
    x = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    x = layers.Conv1D(4, 3, name="sliding")(x)
    x = layers.Dense(4, name="bound", kernel_constraint="non_neg")(x)
    x = layers.Dense(10, name="last", use_bias=False)(layers.Flatten(name="flat")(x))
    told = _refused(keras.Model(inputs, x), digits_info, tmp_path)
    assert [line.split()[1] for line in told[1:]] == ["memory", "attention", "sliding", "bound"]


def test_dropout_that_never_stops_is_named(digits_info: DatasetInfo, tmp_path: Path) -> None:
    inputs = keras.Input((28, 28, 1))
    x = layers.Dropout(0.5, name="always")(layers.Flatten()(inputs), training=True)
    told = _refused(keras.Model(inputs, layers.Dense(10)(x)), digits_info, tmp_path)
    assert "training when it is called" in told[1]


def test_weights_that_are_no_numbers_come_with_a_warning(digits_info: DatasetInfo, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
    model.layers[-1].set_weights([np.full((784, 10), np.nan), np.zeros(10)])
    _, _, remarks = brought(saved(model, tmp_path), digits_info, tmp_path)
    assert any("no finite numbers" in each for each in remarks)


def test_sixteen_bits_come_back_as_sixteen_bits(digits_info: DatasetInfo, tmp_path: Path) -> None:
    half = {"dtype": "mixed_bfloat16"}
    stack = [layers.Flatten(**half), layers.Dense(8, "relu", **half), layers.Dense(10, dtype="float32")]
    design = _same(keras.Sequential([keras.Input((28, 28)), *stack]), digits_info, tmp_path)
    assert design.training.dtype_policy == "mixed_bfloat16"


def test_what_the_builder_puts_behind_a_block_does_not_become_a_layer(tmp_path: Path) -> None:
    info = DatasetInfo("n", "N", "N.", (6,), Task.REGRESSION, 10, 1, targets=6)
    block = Residual(name="block", branches=((Dense(name="inside", units=6),),))
    design = Experiment(data=DataSpec(dataset="n", normalization="none")).with_layers((block,))
    design = design.with_training(dtype_policy="mixed_bfloat16", loss="mean_squared_error")
    model = network(design, info, NO_STATISTICS)
    again, _, remarks = brought(saved(model, tmp_path), info, tmp_path)
    assert again.model == design.model
    assert again.training.dtype_policy == "mixed_bfloat16"
    assert not any("other names" in each for each in remarks)


def test_a_model_with_two_inputs_is_refused_in_words(digits_info: DatasetInfo, tmp_path: Path) -> None:
    inputs = [keras.Input((28, 28, 1)), keras.Input((28, 28, 1))]
    model = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(layers.Add()(inputs))))
    with pytest.raises(FileRefused, match="several inputs or outputs"):
        read(saved(model, tmp_path), digits_info)


def test_a_penalty_of_nothing_is_none(digits_info: DatasetInfo, tmp_path: Path) -> None:
    nothing, one = regularizers.L1L2(0.0, 0.0), regularizers.L1L2(0.0, 0.25)
    stack = [
        layers.Flatten(),
        layers.Dense(5, kernel_regularizer=nothing),
        layers.Dense(10, kernel_regularizer=one),
    ]
    design = _same(keras.Sequential([keras.Input((28, 28)), *stack]), digits_info, tmp_path)
    assert [each.to_dict()["l2"] for each in design.model.layers[1:]] == [0.0, 0.25]


def test_a_file_of_keras_2_comes_back(digits_info: DatasetInfo, tmp_path: Path) -> None:
    """Made by hand in Keras 2's words: others for the input, and for the place of weights."""
    start = {"batch_input_shape": [None, 28, 28], "dtype": "float32", "sparse": False, "ragged": False}
    first = {**given(28, 28), "config": {**start, "name": "flatten_input"}}
    flat = layer("Flatten", "flatten", data_format="channels_last", batch_input_shape=[None, 28, 28])
    initial = {"kernel_initializer": keras_object("GlorotUniform", "keras.initializers", seed=None)}
    document = sequential(first, flat, dense("dense", 10, "softmax", dtype="float32", **initial))
    del document["config"]["dtype"]
    adam = keras_object(
        "Adam", "keras.optimizers", name="Adam", learning_rate=0.0010000000474974513, jit_compile=True
    )
    document["compile_config"] = {"optimizer": adam, "loss": "sparse_categorical_crossentropy"}
    memory = io.BytesIO()
    kernel = np.random.default_rng(1).normal(size=(784, 10)).astype(np.float32)
    with h5py.File(memory, "w") as file:
        held = file.create_group("_layer_checkpoint_dependencies/dense/vars")
        held["0"], held["1"] = kernel, np.zeros(10, np.float32)
    design, ours, _ = brought(packed(document, memory.getvalue()), digits_info, tmp_path)
    assert _kinds(design) == ["Flatten", "Dense"]
    assert np.array_equal(ours.layers[-1].get_weights()[0], kernel)


def test_two_hundred_mutated_files_of_keras_are_refused_or_brought(
    digits_info: DatasetInfo, tmp_path: Path
) -> None:
    inputs = keras.Input((28, 28, 1))
    x = layers.Rescaling(1 / 255)(inputs)
    x = before = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    x = layers.Add()([layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(x)), before])
    x = layers.Dense(10, "softmax")(layers.Dropout(0.2)(layers.Flatten()(layers.MaxPooling2D()(x))))
    model = keras.Model(inputs, x)
    model.compile("adam", "sparse_categorical_crossentropy")
    members = parts(open_archive(saved(model, tmp_path)))
    config = json.loads(members["config.json"])
    chance = random.Random(2)
    outcomes = {"brought": 0, "refused": 0}
    for _ in range(200):
        document = copy.deepcopy(config)
        mutate(document, chance)
        changed = zipped({**members, "config.json": json.dumps(document).encode()})
        try:
            brought(changed, digits_info, tmp_path)
            outcomes["brought"] += 1
        except FileRefused:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20, outcomes
