"""A Keras config becomes a design by data alone; what can't be said here is named, layer by layer."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from core.bringback.archive import open_archive
from core.bringback.graph import read_graph
from core.bringback.network import Network, parts, read_network
from core.errors import FileRefused, LayerLabError
from core.experiment import choices
from core.experiment.dataset import DatasetInfo
from core.experiment.layer import CATALOG
from tests.unit.keras_files import (
    STRANGE,
    Document,
    dense,
    fed,
    functional,
    given,
    keras_object,
    layer,
    mutate,
    notebook,
    packed,
    sequential,
)
from tests.unit.made_up import HOUSES

FLAT = layer("Flatten", "flatten", data_format="channels_last")
RESCALING = layer("Rescaling", "rescaling", scale=1 / 255, offset=0.0)
LAST = dense("last", 10, "softmax")


def _network(document: Document, info: DatasetInfo, normalization: str = "none") -> Network:
    return read_network(parts(open_archive(packed(document))), info, normalization)


def _kinds(network: Network) -> list[str]:
    assert network.translation.problems == ()
    return [each.kind() for each in network.translation.experiment.model.layers]


def _problems(document: Document, info: DatasetInfo) -> dict[str, str]:
    """Return the problems of a network, by the name of the layer."""
    told = _network(document, info).translation.problems
    return {problem.split(" ", 1)[0]: problem for problem in told}


def _refused(document: Document, info: DatasetInfo) -> str:
    with pytest.raises(FileRefused) as refused:
        _network(document, info)
    return str(refused.value)


def test_the_notebooks_network_is_the_design_it_is(digits_info: DatasetInfo) -> None:
    network = _network(notebook(), digits_info)
    assert _kinds(network) == ["Flatten", "Dense", "Dense", "Dense"]
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
    assert _kinds(_network(sequential(*front, LAST), digits_info)) == [*kinds, "Dense"]


def test_a_rescaling_in_front_is_the_designs_normalization(digits_info: DatasetInfo) -> None:
    network = _network(sequential(given(28, 28, 1), RESCALING, FLAT, LAST), digits_info)
    assert _kinds(network) == ["Flatten", "Dense"]
    assert network.translation.experiment.data.normalization == "rescale"
    assert not network.translation.remarks[:-1]  # but for the loss, which the file does not say


def test_a_normalization_in_front_comes_with_its_statistics(digits_info: DatasetInfo) -> None:
    front = layer("Normalization", "n", axis=[], invert=False, mean=33.0, variance=4900.0)
    translation = _network(sequential(given(28, 28, 1), front, FLAT, LAST), digits_info).translation
    assert translation.experiment.data.normalization == "standardize"
    assert translation.front.statistics is not None
    assert (translation.front.statistics.mean, translation.front.statistics.std) == ((33.0,), (70.0,))


def test_a_normalization_that_happened_outside_can_be_put_in_front(digits_info: DatasetInfo) -> None:
    translation = _network(notebook(), digits_info, "rescale").translation
    assert translation.experiment.data.normalization == "rescale"
    assert "Rescaling" in translation.added
    inside = sequential(given(28, 28, 1), RESCALING, FLAT, LAST)
    assert not _network(inside, digits_info, "rescale").translation.added
    with pytest.raises(FileRefused, match="means of the data"):
        _network(notebook(), digits_info, "standardize")


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
    assert set(_problems(sequential(given(28, 28), front, FLAT, LAST), digits_info)) == {"front"}


def test_a_rescaling_further_back_is_told_where_it_can_stand(digits_info: DatasetInfo) -> None:
    told = _problems(sequential(given(28, 28), FLAT, RESCALING, LAST), digits_info)
    assert "in front of all other layers only" in told["rescaling"]


def test_models_inside_each_other_are_unfolded(digits_info: DatasetInfo) -> None:
    inner = sequential(given(784), dense("dense", 5), layer("Dropout", "dropout", rate=0.3, seed=None))
    inner["config"]["name"] = "inner"
    network = _network(sequential(given(28, 28), FLAT, inner, dense("dense", 10)), digits_info)
    assert _kinds(network) == ["Flatten", "Dense", "Dropout", "Dense"]
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
    network = _network(document, digits_info)
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
    told = _problems(document, digits_info)
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
        assert "strange" in _problems(sequential(given(28, 28), FLAT, strange, LAST), digits_info)


def test_blocks_of_the_catalog_are_no_layers_of_keras(digits_info: DatasetInfo) -> None:
    document = sequential(given(28, 28), FLAT, layer("Residual", "r", branches=[]), LAST)
    assert "r" in _problems(document, digits_info)


# --- graphs ---


def _conv(name: str, filters: int = 4, **config: Any) -> Document:
    settings = {
        "filters": filters,
        "kernel_size": [3, 3],
        "strides": [1, 1],
        "padding": "same",
        "activation": "relu",
        "use_bias": True,
    }
    return layer("Conv2D", name, **{**settings, **config})


def _joining(*names: str, kind: str = "Add") -> Document:
    return fed(layer(kind, "join", **({"axis": -1} if kind == "Concatenate" else {})), *names, merged=True)


def _picture(*layers: Document) -> Document:
    end = (fed(FLAT, "join"), fed(LAST, "flatten"))
    return functional(
        "input_layer", "last", fed(given(28, 28, 1)), fed(_conv("stem"), "input_layer"), *layers, *end
    )


def test_a_value_that_goes_by_is_a_residual(digits_info: DatasetInfo) -> None:
    for order in (("stem", "b"), ("b", "stem")):
        document = _picture(fed(_conv("a"), "stem"), fed(_conv("b"), "a"), _joining(*order))
        network = _network(document, digits_info)
        assert _kinds(network) == ["Conv2D", "Residual", "Flatten", "Dense"]


def test_a_projection_on_the_way_by_belongs_to_the_residual(digits_info: DatasetInfo) -> None:
    wide = fed(_conv("b", 8, strides=[2, 2]), "stem")
    short = {"kernel_size": [1, 1], "activation": "linear", "use_bias": False, "padding": "valid"}
    side = fed(_conv("side", 8, strides=[2, 2], **short), "stem")
    network = _network(_picture(wide, side, _joining("side", "b")), digits_info)
    assert _kinds(network) == ["Conv2D", "Residual", "Flatten", "Dense"]
    assert network.translation.names["side"] == "join_Projection"
    other = fed(_conv("side", 8, strides=[2, 2], **{**short, "use_bias": True}), "stem")
    network = _network(_picture(wide, other, _joining("side", "b")), digits_info)
    assert _kinds(network) == ["Conv2D", "Parallel", "Flatten", "Dense"]


def test_ways_side_by_side_are_a_parallel(digits_info: DatasetInfo) -> None:
    ways = [fed(_conv(name), "stem") for name in ("a", "b", "c")]
    for kind, joining in (("Add", "add"), ("Concatenate", "concatenate")):
        network = _network(_picture(*ways, _joining("a", "b", "c", "stem", kind=kind)), digits_info)
        block = network.translation.experiment.model.layers[1]
        assert block.kind() == "Parallel"
        assert block.to_dict()["joining"] == joining


def test_blocks_may_begin_at_the_same_value(digits_info: DatasetInfo) -> None:
    inner = fed(layer("Add", "inner"), "stem", "a", merged=True)
    document = _picture(fed(_conv("a"), "stem"), inner, fed(_conv("b"), "inner"), _joining("stem", "b"))
    network = _network(document, digits_info)
    assert _kinds(network) == ["Conv2D", "Residual", "Flatten", "Dense"]
    assert [
        each["kind"]
        for each in network.translation.experiment.to_dict()["model"]["layers"][1]["branches"][0]
    ] == [
        "Residual",
        "Conv2D",
    ]


def test_ways_that_cross_are_named(digits_info: DatasetInfo) -> None:
    first = fed(layer("Add", "first"), "stem", "b", merged=True)
    document = _picture(fed(_conv("a"), "stem"), fed(_conv("b"), "a"), first, _joining("first", "a"))
    (told,) = _network(document, digits_info).translation.problems
    assert "cross" in told


def test_a_layer_that_leads_nowhere_is_named(digits_info: DatasetInfo) -> None:
    document = _picture(fed(_conv("a"), "stem"), fed(_conv("nowhere"), "a"), _joining("stem", "a"))
    (told,) = _network(document, digits_info).translation.problems
    assert told.startswith("nowhere")


def test_a_layer_that_is_used_twice_is_named(digits_info: DatasetInfo) -> None:
    shared = fed(_conv("a"), "stem")
    shared["inbound_nodes"] *= 2
    assert "weights are shared" in _problems(_picture(shared, _joining("stem", "a")), digits_info)["a"]


@pytest.mark.parametrize("kind", ["Multiply", "Maximum", "Dot", "Average"])
def test_other_ways_of_joining_are_named(kind: str, digits_info: DatasetInfo) -> None:
    document = _picture(fed(_conv("a"), "stem"), _joining("stem", "a", kind=kind))
    assert "can't be joined" in _problems(document, digits_info)["join"]


def test_a_sum_that_is_no_layer_is_named(digits_info: DatasetInfo) -> None:
    plus = {**_joining("stem", "a"), "module": "keras.src.ops.numpy", "registered_name": "Add"}
    assert "keras.layers" in _problems(_picture(fed(_conv("a"), "stem"), plus), digits_info)["join"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda config: config.update(layers=None),
        lambda config: config.update(layers=[None]),
        lambda config: config.update(layers={}),
        lambda config: config.update(input_layers=[]),
        lambda config: config.update(input_layers=[["input_layer", 0, 0], ["stem", 0, 0]]),
        lambda config: config.update(output_layers=["absent", 0, 0]),
        lambda config: config["layers"][1].update(class_name=7),
        lambda config: config["layers"][1].update(config=[]),
        lambda config: config["layers"][1].update(inbound_nodes=[None]),
        lambda config: config["layers"][1].update(
            inbound_nodes=[{"args": [{"class_name": "__keras_tensor__"}]}]
        ),
        lambda config: config["layers"][1].update(inbound_nodes=[]),
        lambda config: config["layers"][1].update(name="input_layer"),
        lambda config: config["layers"][1].update(name="a/b"),
        lambda config: config["layers"].append(fed(_conv("c"), "c")),
        lambda config: config["layers"].append(fed(_conv("c"), "absent")),
    ],
)
def test_a_graph_that_is_none_is_refused(spoil: Any, digits_info: DatasetInfo) -> None:
    document = copy.deepcopy(_picture(fed(_conv("a"), "stem"), _joining("stem", "a")))
    spoil(document["config"])
    _refused(document, digits_info)


# --- size ---


def test_a_network_of_other_inputs_or_outputs_is_refused_in_words(digits_info: DatasetInfo) -> None:
    assert "takes inputs of 32 × 32 × 3" in _refused(sequential(given(32, 32, 3), FLAT, LAST), digits_info)
    assert "gives 7, but" in _refused(sequential(given(28, 28), FLAT, dense("d", 7)), digits_info)
    assert "gives 10, but" in _refused(sequential(given(8), dense("d", 10)), HOUSES)
    assert "whole shape" in _refused(sequential(given(None, 28), FLAT, LAST), digits_info)  # type: ignore[arg-type]
    assert "does not say the shape" in _refused(sequential(FLAT, LAST), digits_info)
    assert "no layers" in _refused(sequential(given(28, 28)), digits_info)


def test_too_many_weights_are_refused_before_anything_is_built(digits_info: DatasetInfo) -> None:
    layers = [dense(f"d{number}", 65_536) for number in range(3)]
    assert "20,000,000" in _refused(sequential(given(28, 28), FLAT, *layers, LAST), digits_info)


def test_too_many_layers_are_refused(digits_info: DatasetInfo) -> None:
    layers = [dense(f"d{number}", 2) for number in range(200)]
    assert "at most 200" in _refused(sequential(given(28, 28), FLAT, *layers, LAST), digits_info)


def test_models_nested_as_deep_as_json_may_be_are_read_or_refused(digits_info: DatasetInfo) -> None:
    document = sequential(given(784), LAST)
    for _ in range(13):
        document = sequential(given(784), document)
    assert _kinds(_network(document, digits_info)) == ["Flatten", "Dense"]
    for _ in range(13):
        document = sequential(given(784), document)
    assert "64 deep" in _refused(document, digits_info)


def test_joins_inside_each_other_are_bounded(digits_info: DatasetInfo) -> None:
    layers, before = [fed(given(28, 28, 1)), fed(_conv("stem"), "input_layer")], "stem"
    for number in range(90):
        layers += [fed(layer("Add", f"add{number}"), "stem", before, merged=True)]
        before = f"add{number}"
    document = functional("input_layer", before, *layers)
    (told,) = _network(document, digits_info).translation.problems
    assert "too deep in each other" in told


# --- the plan ---


def _plan(digits_info: DatasetInfo, **compiled: Any) -> tuple[Any, tuple[str, ...]]:
    translation = _network(notebook(compile_config=compiled), digits_info).translation
    return translation.experiment.training, translation.remarks


@pytest.mark.parametrize("row", choices.LOSSES, ids=lambda row: row.value)
def test_each_loss_is_known_by_name_and_by_class(row: choices.Loss, digits_info: DatasetInfo) -> None:
    for written in (row.value, row.keras_class, keras_object(row.keras_class, "keras.losses", name="x")):
        assert _plan(digits_info, loss=written)[0].loss == row.value


@pytest.mark.parametrize("row", choices.OPTIMIZERS, ids=lambda row: row.value)
def test_each_optimizer_comes_with_its_settings(row: choices.Optimizer, digits_info: DatasetInfo) -> None:
    config = {
        "learning_rate": 0.019999999552965164,
        "momentum": 0.9,
        "nesterov": True,
        "weight_decay": 0.01,
    }
    plan, _ = _plan(digits_info, optimizer=keras_object(row.keras_class, "keras.optimizers", **config))
    assert (plan.optimizer, plan.learning_rate) == (row.value, 0.02)
    for name in row.settings:
        assert getattr(plan, name) == config[name]


def test_what_the_plan_can_not_say_is_remarked(digits_info: DatasetInfo) -> None:
    odd = {"optimizer": keras_object("Lion", "keras.optimizers"), "loss": keras_object("Mine", "my", a=1)}
    plan, remarks = _plan(digits_info, **odd)
    assert (plan.optimizer, plan.loss) == ("adam", "sparse_categorical_crossentropy")
    assert sum("Lion" in each or "Mine" in each for each in remarks) == 2
    logits = keras_object("SparseCategoricalCrossentropy", "keras.losses", from_logits=True)
    assert any("logits" in each for each in _plan(digits_info, loss=logits)[1])


def test_a_rate_over_time_is_known(digits_info: DatasetInfo) -> None:
    decay = keras_object(
        "CosineDecay", "keras.optimizers.schedules", initial_learning_rate=0.1, decay_steps=9
    )
    plan, remarks = _plan(
        digits_info, optimizer=keras_object("SGD", "keras.optimizers", learning_rate=decay)
    )
    assert (plan.schedule, plan.learning_rate) == ("cosine", 0.1)
    assert any("epochs" in each for each in remarks)


# --- mutations ---


def test_ten_thousand_mutated_configs_are_refused_or_read(digits_info: DatasetInfo) -> None:
    chance = random.Random(11)
    ways = [fed(_conv("a"), "stem"), fed(_conv("b", 4, padding="same"), "stem"), _joining("a", "b", "stem")]
    bases = [
        notebook(compile_config={"loss": "mse", "optimizer": keras_object("SGD", "k", learning_rate=0.1)}),
        _picture(*ways),
        sequential(given(28, 28, 1), RESCALING, _conv("c"), FLAT, sequential(dense("i", 4)), LAST),
    ]
    outcomes = {"read": 0, "named": 0, "refused": 0}
    for _ in range(10_000):
        document = copy.deepcopy(chance.choice(bases))
        for _ in range(chance.choice([1, 1, 1, 2, 4])):
            mutate(document, chance)
        members = {"config.json": json.dumps(document).encode(), "model.weights.h5": b""}
        try:
            translation = read_network(members, digits_info).translation
        except LayerLabError:
            outcomes["refused"] += 1
        else:
            outcomes["named" if translation.problems else "read"] += 1
            assert all(len(each) < 1_000 for each in translation.problems)
    assert min(outcomes.values()) > 500, outcomes


@pytest.mark.parametrize("kind", sorted(CATALOG))
def test_each_layer_says_of_any_nonsense_that_it_is_none(kind: str, digits_info: DatasetInfo) -> None:
    for strange in STRANGE:
        fields = dict.fromkeys(CATALOG[kind].from_dict({"name": "x"}).to_dict(), strange)
        del fields["name"]
        document = sequential(given(28, 28, 1), layer(kind, "x", **fields), FLAT, LAST)
        try:
            _network(document, digits_info)
        except FileRefused:
            continue


def test_reading_a_graph_twice_gives_the_same() -> None:
    assert read_graph(notebook()) == read_graph(notebook())
