"""Two networks are the same only where every field, every feeding layer and the output are."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from core.bringback.compare import Differences, compare
from core.bringback.graph import Graph, read_graph
from tests.unit.keras_files import Document, dense, fed, functional, given, keras_object, layer, sequential

DEFAULTS = {
    ("Dense", "quantization_config"): None,
    ("Dense", "activation"): None,
    ("Dropout", "training"): False,
}


def defaults(kind: str, name: str, of_call: bool = False) -> Any:
    """Return what Keras would take."""
    return DEFAULTS[(kind, name)]


def _document() -> Document:
    return functional(
        "input_layer",
        "last",
        fed(given(4)),
        fed(
            dense("a", 4, kernel_regularizer=keras_object("L2", "keras.regularizers", l2=0.01)),
            "input_layer",
        ),
        fed(layer("Dropout", "drop", rate=0.5, seed=None), "a", training=False),
        fed(layer("Concatenate", "join", axis=-1), "a", "drop", merged=True),
        fed(dense("last", 2), "join"),
    )


def _graph(document: Document | None = None) -> Graph:
    return read_graph(document or _document())


def _differences(
    theirs: Document, added: frozenset[str] = frozenset(), ours: Graph | None = None
) -> Differences:
    graph = _graph(theirs)
    names = {node.name: node.name for node in graph.nodes}
    return compare(graph, ours or _graph(), names, added, defaults)


def test_a_network_is_the_same_as_itself() -> None:
    assert _differences(_document()) == Differences((), ())


CHANGES: list[tuple[str, Any, str]] = [
    ("units", 5, "units is 5"),
    ("activation", "tanh", "activation is 'tanh'"),
    ("activation", keras_object("LeakyReLU", "keras.layers", slope=1), "activation is LeakyReLU(slope=1)"),
    ("use_bias", 1, "use_bias is 1"),
    ("kernel_regularizer", None, "kernel_regularizer is None"),
    ("kernel_regularizer", keras_object("L2", "evil", l2=0.01), "kernel_regularizer"),
    ("kernel_regularizer", keras_object("L2", "keras.regularizers", l2=0.02), "l2=0.02"),
    ("kernel_constraint", keras_object("NonNeg", "keras.constraints"), "kernel_constraint is NonNeg()"),
    ("dtype", "float16", "dtype is 'float16'"),
    ("dtype", {"class_name": "QuantizedDTypePolicy", "config": {"name": "float32"}}, "dtype is"),
    ("lora_rank", 4, "lora_rank is 4"),
    ("trainable", False, "trainable is False"),
]


@pytest.mark.parametrize(("field", "value", "said"), CHANGES)
def test_a_field_that_differs_is_named(field: str, value: Any, said: str) -> None:
    theirs = _document()
    theirs["config"]["layers"][1]["config"][field] = value
    (told,) = _differences(theirs).problems
    assert told.startswith("a (Dense): its ")
    assert said in told


def test_a_field_that_is_left_out_is_what_keras_takes() -> None:
    theirs = _document()
    del theirs["config"]["layers"][1]["config"]["activation"]
    (told,) = _differences(theirs).problems
    assert "activation is None" in told
    theirs = _document()
    theirs["config"]["layers"][1]["config"]["quantization_config"] = None
    assert _differences(theirs) == Differences((), ())
    del theirs["config"]["layers"][1]["config"]["units"]
    assert "units is 'not said'" in _differences(theirs).problems[0]


def test_what_weights_begin_from_is_only_remarked() -> None:
    theirs = _document()
    theirs["config"]["layers"][1]["config"]["kernel_initializer"] = keras_object("Zeros", "evil")
    theirs["config"]["layers"][2]["config"]["seed"] = 7
    found = _differences(theirs)
    assert found.problems == ()
    assert ["kernel_initializer" in each or "seed" in each for each in found.remarks] == [True, True]


def test_a_call_that_is_not_keras_own_is_named() -> None:
    theirs = _document()
    theirs["config"]["layers"][2]["inbound_nodes"][0]["kwargs"] = {"training": True}
    (told,) = _differences(theirs).problems
    assert "training when it is called is True" in told


def test_other_feeding_layers_are_named() -> None:
    theirs = _document()
    theirs["config"]["layers"][3] = fed(layer("Concatenate", "join", axis=-1), "drop", "a", merged=True)
    assert "fed by" in _differences(theirs).problems[0]
    for document in (theirs, _document()):
        document["config"]["layers"][3]["class_name"] = "Add"
    adds = copy.deepcopy(_document())
    adds["config"]["layers"][3]["class_name"] = "Add"
    assert _differences(theirs, ours=_graph(adds)) == Differences((), ())  # sums do not mind the order


def test_a_layer_too_many_or_too_few_is_named() -> None:
    ours = _graph(sequential(given(4), dense("first", 4), dense("last", 2)))
    theirs = sequential(given(4), dense("last", 2))
    assert "no such layer" in _differences(theirs, ours=ours).problems[-1]
    assert _differences(theirs, frozenset({"first"}), ours) == Differences((), ())
    fewer = compare(ours, _graph(theirs), {"last": "last"}, frozenset(), defaults)
    assert "can't be built" in fewer.problems[0]


def test_another_last_layer_is_named() -> None:
    graph = _graph()
    names = {node.name: node.name for node in graph.nodes}
    found = compare(replace(graph, output="join"), graph, names, frozenset(), defaults)
    assert "last layer" in found.problems[-1]
