"""What is told of a network's inside is what the network really does, for whatever can be built."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.data.sources import source
from core.data.split import Statistics
from core.drawing import inside as looking
from core.drawing import networks
from core.drawing.inside import inside
from core.drawing.networks import Network
from core.errors import NotDrawable, RunRefused
from core.experiment.check import check, errors
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import Layer
from core.experiment.limits import Limits
from core.experiment.presets import preset, presets_for
from core.experiment.shapes import every, walk
from core.model.build import network as built
from tests.unit import strategies
from tests.unit.designs import design, layer

DIGITS = source("digits").info
STATISTICS = Statistics((30.0,), (75.0,))
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning"),  # useless, but legal
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
]
Image = NDArray[np.uint8]
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Look into a network that was built and saved for this test."""
    count = iter(range(10_000))

    def asked(
        experiment: Experiment,
        info: DatasetInfo,
        image: Image,
        target: int | None = None,
        change: Callable[[keras.Model], None] = lambda model: None,
    ) -> dict[str, Any]:
        model = built(experiment, info, STATISTICS)
        change(model)
        path = tmp_path / f"{next(count)}.keras"
        model.save(path)
        found = Network("it", "It", experiment, info, path)
        monkeypatch.setattr(networks, "find", lambda store, network_id: found)
        told = inside("it", base64.b64encode(image.tobytes()).decode(), len(image), target)
        return told | {"model": model}

    return asked


def _stroke(side: int = 28) -> Image:
    image = np.zeros((side, side), np.uint8)
    image[side // 4 : 3 * side // 4, side // 2 - 1 : side // 2 + 1] = 255
    image[side // 4, side // 3 : side // 2] = 120
    return image


def _map(told: dict[str, Any], name: str) -> NDArray[np.float32]:
    side = len(_stroke()) if "side" not in told else told["side"]
    return np.frombuffer(base64.b64decode(told[name]), np.float32).reshape(side, side)


def _check_whole(told: dict[str, Any], experiment: Experiment, info: DatasetInfo) -> None:
    """Look whether maps are finite and of the right size, and every layer is there with its shape."""
    told["side"] = info.input_shape[0]
    for name in ("gradient", "occlusion"):
        assert np.isfinite(_map(told, name)).all()
    steps = list(every(walk(experiment.model.layers, info.input_shape)))
    promised = {step.layer.name: step.output_shape for step in steps if not step.layer.random}
    assert {each["name"]: tuple(each["shape"]) for each in told["layers"]} == promised
    for each in told["layers"]:
        tall, wide = each["tile"]
        size = tall * wide * (1 if each["flat"] else each["shown"])
        assert len(base64.b64decode(each["tiles"])) == size
        assert 1 <= each["shown"] <= each["count"]
        assert np.isfinite([each["low"], each["high"]]).all()
        assert each["low"] <= each["high"]


def _linear(model: keras.Model) -> tuple[Any, Any]:
    dense = next(each for each in model.layers if isinstance(each, keras.layers.Dense))
    return dense.kernel.numpy(), dense


def _flat(activation: str, **more: object) -> tuple[Layer, ...]:
    return layer("Flatten"), layer("Dense", units=10, activation=activation, **more)


def _on_pixels(*stack: Layer) -> Experiment:
    return design(DIGITS, *stack).with_data(normalization="rescale")


PRESETS = [each for each in presets_for(DIGITS) if not each.to_mend]


@pytest.mark.parametrize("chosen", PRESETS, ids=lambda each: each.name)
def test_every_preset_can_be_looked_into(ask: Ask, chosen: Any) -> None:
    experiment = chosen.experiment(DIGITS)
    told = ask(experiment, DIGITS, _stroke())
    _check_whole(told, experiment, DIGITS)
    assert told["target"] == int(np.argmax(told["outputs"]))
    assert (_map(told, "gradient") != 0).any()
    assert (_map(told, "occlusion") != 0).any()


def test_looking_leaves_no_files_behind(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    ask(preset("softmax_regression").experiment(DIGITS), DIGITS, _stroke())
    assert list(temporary.iterdir()) == []  # a worker that is killed could not remove any


def _closed(stack: Sequence[Layer], side: int, classes: int) -> tuple[Experiment, DatasetInfo]:
    """Return a stack as a whole design: flattened, and with an output a class."""
    info = DatasetInfo(
        "n", "N", "N.", (side, side, 1), DIGITS.task, 10, 1, tuple(f"c{n}" for n in range(classes))
    )
    ending = (
        layer("Flatten").replace(name="last_flatten"),
        layer("Dense", units=classes, activation="softmax").replace(name="last_dense"),
    )
    return Experiment().with_data(normalization="none").with_layers((*stack, *ending)), info


TREES = st.tuples(st.integers(4, 9), st.integers(2, 5)).flatmap(
    lambda drawn: st.tuples(
        st.just(drawn[0]), st.just(drawn[1]), strategies.legal_stacks((drawn[0], drawn[0], 1))
    )
)


@pytest.mark.filterwarnings("ignore:.*run_functions_eagerly:UserWarning")
@pytest.mark.usefixtures("step_by_step")
def test_whatever_can_be_built_can_be_looked_into(ask: Ask) -> None:
    looked: list[int] = []

    @settings(max_examples=30)
    @given(TREES)
    def look(drawn: tuple[int, int, tuple[Layer, ...]]) -> None:
        side, classes, stack = drawn
        experiment, info = _closed(stack, side, classes)
        if errors(check(experiment, info, Limits())):
            return
        image = np.random.default_rng(side).integers(0, 256, (side, side), np.uint8)
        try:
            told = ask(experiment, info, image, classes - 1)
        except RunRefused:  # sums of sums of untrained weights may be beyond all numbers
            return
        _check_whole(told, experiment, info)
        looked.append(len(stack))

    look()
    assert len(looked) >= 20


@pytest.mark.parametrize("activation", ["softmax", "sigmoid", "linear"])
def test_of_a_linear_model_it_is_exactly_weight_times_pixel(ask: Ask, activation: str) -> None:
    image = np.random.default_rng(4).integers(0, 256, (28, 28), np.uint8)
    told = ask(_on_pixels(*_flat(activation)), DIGITS, image, 7)
    kernel, _ = _linear(told["model"])
    expected = kernel[:, 7].reshape(28, 28) * (image / 255)
    np.testing.assert_allclose(_map(told, "gradient"), expected, rtol=1e-4, atol=1e-6)
    wanted = "the output" if activation == "linear" else f"the value before {activation}"
    assert told["explained"] == wanted


def test_of_a_linear_model_without_bias_the_parts_add_up_to_the_whole(ask: Ask) -> None:
    told = ask(_on_pixels(*_flat("linear", use_bias=False)), DIGITS, _stroke(), 3)
    assert _map(told, "gradient").sum() == pytest.approx(told["outputs"][3], abs=1e-4)


def test_a_softmax_as_a_layer_of_its_own_is_looked_behind_too(ask: Ask) -> None:
    stack = (*_flat("linear"), layer("Softmax"), layer("Dropout"))
    told = ask(_on_pixels(*stack), DIGITS, _stroke(), 2)
    kernel, _ = _linear(told["model"])
    expected = kernel[:, 2].reshape(28, 28) * (_stroke() / 255)
    np.testing.assert_allclose(_map(told, "gradient"), expected, rtol=1e-4, atol=1e-6)


def test_shares_that_are_laid_out_afterwards_are_looked_behind_too(ask: Ask) -> None:
    stack = (
        layer("Conv2D", filters=10, kernel_size=28, padding="valid", activation="softmax"),
        layer("Flatten"),
    )
    told = ask(_on_pixels(*stack), DIGITS, _stroke(), 5)
    kernel = told["model"].layers[1].kernel.numpy()[:, :, 0, 5]
    np.testing.assert_allclose(_map(told, "gradient"), kernel * (_stroke() / 255), rtol=1e-4, atol=1e-6)


def test_shares_that_are_calculated_with_are_explained_by_their_logarithm(ask: Ask) -> None:
    stack = (
        layer("Conv2D", filters=10, kernel_size=3, padding="same", activation="softmax"),
        layer("GlobalAveragePooling2D"),
    )
    told = ask(_on_pixels(*stack), DIGITS, _stroke(), 1)
    assert told["explained"] == "the logarithm of the output"
    given = tf.constant(_stroke().astype(np.float32)[None, ..., None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        score = tf.math.log(told["model"](given, training=False)[0, 1])
    expected = (tape.gradient(score, given) * given).numpy()[0, ..., 0]
    np.testing.assert_allclose(_map(told, "gradient"), expected, rtol=1e-3, atol=1e-6)


def test_a_deep_network_s_gradient_is_that_of_a_tape_by_hand(ask: Ask) -> None:
    stack = (layer("Conv2D", filters=4, kernel_size=3), layer("BatchNormalization"), *_flat("linear"))
    told = ask(_on_pixels(*stack), DIGITS, _stroke(), 6)
    given = tf.constant(_stroke().astype(np.float32)[None, ..., None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        score = told["model"](given, training=False)[0, 6]
    expected = (tape.gradient(score, given) * given).numpy()[0, ..., 0]
    np.testing.assert_allclose(_map(told, "gradient"), expected, rtol=1e-3, atol=1e-6)


def test_a_hidden_corner_counts_what_two_answers_differ_by(ask: Ask) -> None:
    image = np.full((28, 28), 200, np.uint8)
    told = ask(_on_pixels(*_flat("softmax")), DIGITS, image, 4)
    hidden = image.copy()
    hidden[: told["patch"], : told["patch"]] = 0  # the corner itself is covered by this patch alone
    both = np.stack([image, hidden]).astype(np.float32)[..., None]
    whole, without = told["model"](both, training=False).numpy()[:, 4]
    assert _map(told, "occlusion")[0, 0] == pytest.approx(whole - without, abs=1e-6)


def test_hiding_paper_changes_nothing(ask: Ask) -> None:
    told = ask(_on_pixels(*_flat("softmax")), DIGITS, _stroke())
    occlusion = _map(told, "occlusion")
    assert (occlusion[:2] == 0).all()
    assert (occlusion[:, :2] == 0).all()
    assert (occlusion[7:21, 13:15] != 0).any()


def test_where_an_answer_depends_on_its_batch_each_is_asked_alone(ask: Ask) -> None:
    stack = (*_flat("linear"), layer("Softmax", axis=0))
    told = ask(_on_pixels(*stack), DIGITS, _stroke(), 0)
    assert told["outputs"] == [1.0] * 10  # of one sample alone each has all
    assert (_map(told, "occlusion") == 0).all()


def test_what_layers_gave_is_what_the_model_gives_there(ask: Ask) -> None:
    stack = (layer("Conv2D", filters=3, kernel_size=5), layer("Dropout"), *_flat("softmax"))
    experiment = _on_pixels(*stack)
    told = ask(experiment, DIGITS, _stroke())
    model, first = told["model"], told["layers"][0]
    assert [each["kind"] for each in told["layers"]] == ["Conv2D", "Flatten", "Dense"]
    inner = keras.Model(model.inputs[0], model.get_layer(first["name"]).output)
    values = inner(_stroke().astype(np.float32)[None, ..., None], training=False).numpy()[0]
    assert first["low"] == pytest.approx(values.min(), abs=1e-5)
    assert first["high"] == pytest.approx(values.max(), abs=1e-5)
    tiles = np.frombuffer(base64.b64decode(first["tiles"]), np.uint8).reshape(
        first["shown"], *first["tile"]
    )
    order = np.argsort(-values.mean(axis=(0, 1)))
    scaled = 255 * (values - values.min()) / (values.max() - values.min())
    np.testing.assert_allclose(tiles, scaled.transpose(2, 0, 1)[order], atol=0.51)


def test_layers_in_blocks_come_before_their_block_and_name_it(ask: Ask) -> None:
    block = layer("Residual", (layer("Conv2D", filters=1, kernel_size=3, padding="same"),))
    told = ask(_on_pixels(block, *_flat("softmax")), DIGITS, _stroke())
    kinds = [(each["kind"], bool(each["block"])) for each in told["layers"]]
    assert kinds == [("Conv2D", True), ("Residual", False), ("Flatten", False), ("Dense", False)]


def test_what_is_too_much_to_show_is_left_out_and_said(ask: Ask) -> None:
    stack = (
        layer("UpSampling2D", size=5),
        layer("Conv2D", filters=40, kernel_size=1),
        layer("Flatten"),
        layer("Dense", units=10, activation="softmax"),
    )
    told = ask(_on_pixels(*stack), DIGITS, _stroke())
    up, planes, flat, _ = told["layers"]
    assert (up["thinned"], up["tile"]) == (3, [47, 47])
    assert (planes["count"], planes["shown"]) == (40, 32)
    assert (flat["count"], flat["shown"]) == (140 * 140 * 40, 1024)
    assert sum(len(each["tiles"]) for each in told["layers"]) < 1_000_000


def _grow(model: keras.Model) -> None:
    for each in model.trainable_weights:
        each.assign(np.full(each.shape, np.nan))


def test_a_network_without_numbers_is_refused_in_words(ask: Ask) -> None:
    with pytest.raises(RunRefused, match="gives no numbers"):
        ask(_on_pixels(*_flat("softmax")), DIGITS, _stroke(), change=_grow)


def test_a_class_or_a_size_that_it_does_not_have_is_refused_in_words(ask: Ask) -> None:
    with pytest.raises(RunRefused, match="no class number 10"):
        ask(_on_pixels(*_flat("softmax")), DIGITS, _stroke(), 10)
    with pytest.raises(NotDrawable, match="28 × 28 pixels, and this one has 20 × 20"):
        ask(_on_pixels(*_flat("softmax")), DIGITS, _stroke(20))


def test_only_a_few_models_stay_open(ask: Ask) -> None:
    for _ in range(looking.OPEN_KEPT + 2):
        ask(_on_pixels(*_flat("softmax")), DIGITS, _stroke())
    assert len(looking._OPENED) <= looking.OPEN_KEPT
