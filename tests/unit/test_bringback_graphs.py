"""Functional networks become stacks and blocks; ways that cross, and graphs that are none, are refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from core.experiment.dataset import DatasetInfo
from tests.unit.keras_files import (
    fed,
    layer,
)
from tests.unit.translated import (
    conv,
    joining,
    kinds_of,
    network_of,
    picture,
    problems_of,
    refusal_of,
)


def test_a_value_that_goes_by_is_a_residual(digits_info: DatasetInfo) -> None:
    for order in (("stem", "b"), ("b", "stem")):
        document = picture(fed(conv("a"), "stem"), fed(conv("b"), "a"), joining(*order))
        network = network_of(document, digits_info)
        assert kinds_of(network) == ["Conv2D", "Residual", "Flatten", "Dense"]


def test_a_projection_on_the_way_by_belongs_to_the_residual(digits_info: DatasetInfo) -> None:
    wide = fed(conv("b", 8, strides=[2, 2]), "stem")
    short = {"kernel_size": [1, 1], "activation": "linear", "use_bias": False, "padding": "valid"}
    side = fed(conv("side", 8, strides=[2, 2], **short), "stem")
    network = network_of(picture(wide, side, joining("side", "b")), digits_info)
    assert kinds_of(network) == ["Conv2D", "Residual", "Flatten", "Dense"]
    assert network.translation.names["side"] == "join_Projection"
    other = fed(conv("side", 8, strides=[2, 2], **{**short, "use_bias": True}), "stem")
    network = network_of(picture(wide, other, joining("side", "b")), digits_info)
    assert kinds_of(network) == ["Conv2D", "Parallel", "Flatten", "Dense"]


def test_ways_side_by_side_are_a_parallel(digits_info: DatasetInfo) -> None:
    ways = [fed(conv(name), "stem") for name in ("a", "b", "c")]
    for kind, how in (("Add", "add"), ("Concatenate", "concatenate")):
        network = network_of(picture(*ways, joining("a", "b", "c", "stem", kind=kind)), digits_info)
        block = network.translation.experiment.model.layers[1]
        assert block.kind() == "Parallel"
        assert block.to_dict()["joining"] == how


def test_blocks_may_begin_at_the_same_value(digits_info: DatasetInfo) -> None:
    inner = fed(layer("Add", "inner"), "stem", "a", merged=True)
    document = picture(fed(conv("a"), "stem"), inner, fed(conv("b"), "inner"), joining("stem", "b"))
    network = network_of(document, digits_info)
    assert kinds_of(network) == ["Conv2D", "Residual", "Flatten", "Dense"]
    assert [
        each["kind"]
        for each in network.translation.experiment.to_dict()["model"]["layers"][1]["branches"][0]
    ] == [
        "Residual",
        "Conv2D",
    ]


def test_ways_that_cross_are_named(digits_info: DatasetInfo) -> None:
    first = fed(layer("Add", "first"), "stem", "b", merged=True)
    document = picture(fed(conv("a"), "stem"), fed(conv("b"), "a"), first, joining("first", "a"))
    (told,) = network_of(document, digits_info).translation.problems
    assert "cross" in told


def test_a_layer_that_leads_nowhere_is_named(digits_info: DatasetInfo) -> None:
    document = picture(fed(conv("a"), "stem"), fed(conv("nowhere"), "a"), joining("stem", "a"))
    (told,) = network_of(document, digits_info).translation.problems
    assert told.startswith("nowhere")


def test_a_layer_that_is_used_twice_is_named(digits_info: DatasetInfo) -> None:
    shared = fed(conv("a"), "stem")
    shared["inbound_nodes"] *= 2
    assert "weights are shared" in problems_of(picture(shared, joining("stem", "a")), digits_info)["a"]


@pytest.mark.parametrize("kind", ["Multiply", "Maximum", "Dot", "Average"])
def test_other_ways_of_joining_are_named(kind: str, digits_info: DatasetInfo) -> None:
    document = picture(fed(conv("a"), "stem"), joining("stem", "a", kind=kind))
    assert "can't be joined" in problems_of(document, digits_info)["join"]


def test_a_sum_that_is_no_layer_is_named(digits_info: DatasetInfo) -> None:
    plus = {**joining("stem", "a"), "module": "keras.src.ops.numpy", "registered_name": "Add"}
    assert "keras.layers" in problems_of(picture(fed(conv("a"), "stem"), plus), digits_info)["join"]


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
        lambda config: config["layers"].append(fed(conv("c"), "c")),
        lambda config: config["layers"].append(fed(conv("c"), "absent")),
    ],
)
def test_a_graph_that_is_none_is_refused(spoil: Any, digits_info: DatasetInfo) -> None:
    document = copy.deepcopy(picture(fed(conv("a"), "stem"), joining("stem", "a")))
    spoil(document["config"])
    refusal_of(document, digits_info)
