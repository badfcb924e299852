"""A Keras config becomes a design by data alone; what can't be said here is named, layer by layer."""

from __future__ import annotations

import pytest

from core.errors import FileRefused
from core.experiment.dataset import DatasetInfo
from tests.unit.keras_files import (
    Document,
    dense,
    fed,
    functional,
    given,
    layer,
    notebook,
    sequential,
)
from tests.unit.made_up import HOUSES
from tests.unit.translated import (
    FLAT,
    LAST,
    RESCALING,
    conv,
    kinds_of,
    network_of,
    problems_of,
    refusal_of,
)


def test_the_notebooks_network_is_the_design_it_is(digits_info: DatasetInfo) -> None:
    network = network_of(notebook(), digits_info)
    assert kinds_of(network) == ["Flatten", "Dense", "Dense", "Dense"]
    layers = network.translation.experiment.model.layers
    assert [each.to_dict().get("units") for each in layers[1:]] == [512, 512, 10]
    assert [each.to_dict().get("activation") for each in layers[1:]] == ["relu", "relu", "softmax"]
    assert network.translation.experiment.data.normalization == "none"
    assert any("raw values, 0 to 255" in each for each in network.translation.remarks)


@pytest.mark.parametrize(
    ("front", "kinds"),
    [
        ([given(28, 28, 1), FLAT], ["Flatten"]),
        ([given(28, 28), FLAT], ["Flatten"]),
        ([given(784)], ["Flatten"]),
        ([given(28, 28), layer("Reshape", "reshape", target_shape=[-1])], ["Reshape"]),
        (
            [given(28, 28), layer("Reshape", "reshape", target_shape=[28, 28, 1]), FLAT],
            ["Reshape", "Flatten"],
        ),
        ([given(14, 56), dense("first", 4), FLAT], ["Reshape", "Dense", "Flatten"]),
    ],
)
def test_inputs_that_are_arranged_otherwise_are_fitted(
    front: list[Document], kinds: list[str], digits_info: DatasetInfo
) -> None:
    assert kinds_of(network_of(sequential(*front, LAST), digits_info)) == [*kinds, "Dense"]


def test_a_rescaling_in_front_is_the_designs_normalization(digits_info: DatasetInfo) -> None:
    network = network_of(sequential(given(28, 28, 1), RESCALING, FLAT, LAST), digits_info)
    assert kinds_of(network) == ["Flatten", "Dense"]
    assert network.translation.experiment.data.normalization == "rescale"
    assert not network.translation.remarks[:-1]  # but for the loss, which the file does not say


def test_a_normalization_in_front_comes_with_its_statistics(digits_info: DatasetInfo) -> None:
    front = layer("Normalization", "n", axis=[], invert=False, mean=33.0, variance=4900.0)
    translation = network_of(sequential(given(28, 28, 1), front, FLAT, LAST), digits_info).translation
    assert translation.experiment.data.normalization == "standardize"
    assert translation.front.statistics is not None
    assert (translation.front.statistics.mean, translation.front.statistics.std) == ((33.0,), (70.0,))


def test_a_normalization_that_happened_outside_can_be_put_in_front(digits_info: DatasetInfo) -> None:
    translation = network_of(notebook(), digits_info, "rescale").translation
    assert translation.experiment.data.normalization == "rescale"
    assert "Rescaling" in translation.added
    inside = sequential(given(28, 28, 1), RESCALING, FLAT, LAST)
    assert not network_of(inside, digits_info, "rescale").translation.added
    with pytest.raises(FileRefused, match="means of the data"):
        network_of(notebook(), digits_info, "standardize")


@pytest.mark.parametrize(
    "front",
    [
        layer("Rescaling", "front", scale=1 / 127.5, offset=-1.0),
        layer("Rescaling", "front", scale="1/255", offset=0.0),
        layer("Normalization", "front", axis=[-1], mean=[1.0] * 28, variance=[1.0] * 28),
        layer("Normalization", "front", axis=[], mean=1.0, variance=0.0),
        layer("Normalization", "front", axis=[], mean=1.0, variance=1e300),
        layer("Normalization", "front", axis=[], mean=True, variance=1.0),
    ],
)
def test_another_normalization_in_front_is_named(front: Document, digits_info: DatasetInfo) -> None:
    assert set(problems_of(sequential(given(28, 28), front, FLAT, LAST), digits_info)) == {"front"}


def test_a_rescaling_further_back_is_told_where_it_can_stand(digits_info: DatasetInfo) -> None:
    told = problems_of(sequential(given(28, 28), FLAT, RESCALING, LAST), digits_info)
    assert "in front of all other layers only" in told["rescaling"]


def test_models_inside_each_other_are_unfolded(digits_info: DatasetInfo) -> None:
    inner = sequential(given(784), dense("dense", 5), layer("Dropout", "dropout", rate=0.3, seed=None))
    inner["config"]["name"] = "inner"
    network = network_of(sequential(given(28, 28), FLAT, inner, dense("dense", 10)), digits_info)
    assert kinds_of(network) == ["Flatten", "Dense", "Dropout", "Dense"]
    assert [each.name for each in network.translation.experiment.model.layers] == [
        "flatten",
        "dense",
        "dropout",
        "dense_1",
    ]
    assert [each.path for each in network.translation.graph.nodes] == [
        "layers/flatten",
        "layers/sequential/layers/dense",
        "layers/sequential/layers/dropout",
        "layers/dense",
    ]


def test_names_that_no_layer_can_have_here_are_changed_and_told(digits_info: DatasetInfo) -> None:
    document = sequential(
        given(28, 28), FLAT, dense("Hidden Layer!", 5), dense("9", 5), dense("ü" * 90, 10)
    )
    network = network_of(document, digits_info)
    assert [each.name for each in network.translation.experiment.model.layers] == [
        "flatten",
        "hidden_layer_",
        "layer",
        "layer_1",
    ]
    assert any("Hidden Layer? is hidden_layer_" in each for each in network.translation.remarks)


def test_all_that_can_not_be_said_is_named_at_once(digits_info: DatasetInfo) -> None:
    document = sequential(
        given(28, 28),
        layer("LSTM", "lstm", units=8),
        layer("Conv1D", "conv1d", filters=8),
        dense("wide", 1_000_000),
        layer("MultiHeadAttention", "attention"),
        {**layer("Mine", "mine"), "module": "my.package", "registered_name": "my>Mine"},
        layer("Lambda", "lambda", function="..."),
        LAST,
    )
    told = problems_of(document, digits_info)
    assert list(told) == ["lstm", "conv1d", "wide", "attention", "mine", "lambda"]
    assert "no such layer here" in told["lstm"]
    assert "units must be a whole number from 1 to 65,536" in told["wide"]
    assert "my.package" in told["mine"]


@pytest.mark.parametrize(
    "kind", ["Dense", "Residual", "Parallel", "Functional", "Sequential", "InputLayer", "Add"]
)
def test_a_class_of_somebody_else_with_a_known_name_is_not_taken_for_it(
    kind: str, digits_info: DatasetInfo
) -> None:
    for disguise in ({"module": "evil"}, {"registered_name": "evil>Dense"}, {"module": None}):
        strange = {**dense("strange", 5), "class_name": kind, **disguise}
        assert "strange" in problems_of(sequential(given(28, 28), FLAT, strange, LAST), digits_info)


def test_blocks_of_the_catalog_are_no_layers_of_keras(digits_info: DatasetInfo) -> None:
    document = sequential(given(28, 28), FLAT, layer("Residual", "r", branches=[]), LAST)
    assert "r" in problems_of(document, digits_info)


# --- size ---


def test_a_network_of_other_inputs_or_outputs_is_refused_in_words(digits_info: DatasetInfo) -> None:
    assert "takes inputs of 32 × 32 × 3" in refusal_of(
        sequential(given(32, 32, 3), FLAT, LAST), digits_info
    )
    assert "gives 7, but" in refusal_of(sequential(given(28, 28), FLAT, dense("d", 7)), digits_info)
    assert "gives 10, but" in refusal_of(sequential(given(8), dense("d", 10)), HOUSES)
    assert "whole shape" in refusal_of(sequential(given(None, 28), FLAT, LAST), digits_info)  # type: ignore[arg-type]
    assert "does not say the shape" in refusal_of(sequential(FLAT, LAST), digits_info)
    assert "no layers" in refusal_of(sequential(given(28, 28)), digits_info)


def test_too_many_weights_are_refused_before_anything_is_built(digits_info: DatasetInfo) -> None:
    layers = [dense(f"d{number}", 65_536) for number in range(3)]
    assert "20,000,000" in refusal_of(sequential(given(28, 28), FLAT, *layers, LAST), digits_info)


def test_too_many_layers_are_refused(digits_info: DatasetInfo) -> None:
    layers = [dense(f"d{number}", 2) for number in range(200)]
    assert "at most 200" in refusal_of(sequential(given(28, 28), FLAT, *layers, LAST), digits_info)


def test_models_nested_as_deep_as_json_may_be_are_read_or_refused(digits_info: DatasetInfo) -> None:
    document = sequential(given(784), LAST)
    for _ in range(13):
        document = sequential(given(784), document)
    assert kinds_of(network_of(document, digits_info)) == ["Flatten", "Dense"]
    for _ in range(13):
        document = sequential(given(784), document)
    assert "64 deep" in refusal_of(document, digits_info)


def test_joins_inside_each_other_are_bounded(digits_info: DatasetInfo) -> None:
    layers, before = [fed(given(28, 28, 1)), fed(conv("stem"), "input_layer")], "stem"
    for number in range(90):
        layers += [fed(layer("Add", f"add{number}"), "stem", before, merged=True)]
        before = f"add{number}"
    document = functional("input_layer", before, *layers)
    (told,) = network_of(document, digits_info).translation.problems
    assert "too deep in each other" in told
