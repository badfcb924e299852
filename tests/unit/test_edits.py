"""Edits give the next experiment and leave the one they were given as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidExperiment
from core.experiment import edits
from core.experiment.experiment import Experiment
from core.experiment.layer import CATALOG, Layer
from core.experiment.model_spec import MOST_LAYERS
from tests.unit import strategies


def _design(*names: str) -> Experiment:
    return Experiment().with_layers(tuple(CATALOG["Dropout"](name=name) for name in names))


def _layer(kind: str, **attributes: object) -> Layer:
    return CATALOG[kind].from_dict(attributes)


def _names(experiment: Experiment) -> list[str]:
    return [layer.name for layer in experiment.model.layers]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0, ["dense", "a", "b"]),
        (1, ["a", "dense", "b"]),
        (2, ["a", "b", "dense"]),
        (99, ["a", "b", "dense"]),
        (-5, ["dense", "a", "b"]),
    ],
)
def test_insert_puts_a_layer_at_its_place(index: int, expected: list[str]) -> None:
    assert _names(edits.insert(_design("a", "b"), index, "Dense")) == expected


def test_insert_takes_parameters() -> None:
    layer = edits.insert(Experiment(), 0, "Dense", units=7, activation="tanh").model.layers[0]
    assert layer == _layer("Dense", name="dense", units=7, activation="tanh")


@pytest.mark.parametrize(
    ("kind", "parameters"), [("Dens", {}), ("Dense", {"units": 0}), ("Dense", {"filters": 3})]
)
def test_insert_refuses_what_the_catalog_does_not_allow(kind: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(InvalidExperiment):
        edits.insert(Experiment(), 0, kind, **parameters)


def test_insert_refuses_one_layer_too_many() -> None:
    full = _design(*(f"l{n}" for n in range(MOST_LAYERS)))
    with pytest.raises(InvalidExperiment, match="at most"):
        edits.insert(full, 0, "Flatten")


def test_insert_before_goes_by_name() -> None:
    assert _names(edits.insert_before(_design("a", "b"), "b", "Flatten")) == ["a", "flatten", "b"]


@pytest.mark.parametrize("flatten", [True, False])
def test_append_output_adds_a_dense_layer_and_a_flatten_where_wanted(flatten: bool) -> None:
    after = edits.append_output(_design("a"), units=3, activation="softmax", flatten=flatten)
    assert _names(after) == ["a", *(["flatten"] if flatten else []), "dense"]
    assert after.model.layers[-1] == _layer("Dense", name="dense", units=3, activation="softmax")


def test_remove_takes_one_layer_out() -> None:
    assert _names(edits.remove(_design("a", "b", "c"), "b")) == ["a", "c"]


@pytest.mark.parametrize(
    ("index", "expected"), [(0, "bac"), (1, "abc"), (2, "acb"), (50, "acb"), (-1, "bac")]
)
def test_move_counts_places_without_the_moved_layer(index: int, expected: str) -> None:
    assert _names(edits.move(_design("a", "b", "c"), "b", index)) == list(expected)


def test_change_sets_parameters_of_one_layer_and_keeps_its_place_and_name() -> None:
    before = _design("a", "b")
    after = edits.change(before, "b", rate=0.5)
    assert after.model.layers == (before.model.layers[0], _layer("Dropout", name="b", rate=0.5))
    assert edits.change_one(before, name="b", field="rate", value=0.5) == after


@pytest.mark.parametrize("parameters", [{"rate": 2}, {"units": 3}, {"rate": "0.5"}])
def test_change_refuses_what_the_layer_does_not_allow(parameters: dict[str, Any]) -> None:
    with pytest.raises(InvalidExperiment):
        edits.change(_design("a"), "a", **parameters)


GONE: dict[str, edits.Edit] = {
    "remove": lambda design: edits.remove(design, "gone"),
    "move": lambda design: edits.move(design, "gone", 0),
    "change": lambda design: edits.change(design, "gone", rate=0.1),
    "insert before": lambda design: edits.insert_before(design, "gone", "Flatten"),
}


@pytest.mark.parametrize("edit", GONE.values(), ids=GONE)
def test_an_edit_of_a_layer_that_is_gone_says_so(edit: edits.Edit) -> None:
    with pytest.raises(InvalidExperiment, match="no layer called 'gone'"):
        edit(_design("a"))


def test_data_and_training_settings_change_alone() -> None:
    before = _design("a")
    after = edits.set_training(edits.set_data(before, normalization="none"), epochs=3)
    assert after == before.with_data(normalization="none").with_training(epochs=3)
    assert (after.data.normalization, after.training.epochs) == ("none", 3)
    with pytest.raises(InvalidExperiment):
        edits.set_data(before, epochs=3)


@pytest.mark.parametrize(
    ("kind", "taken", "expected"),
    [
        ("Dense", [], "dense"),
        ("Dense", ["dense"], "dense_1"),
        ("Dense", ["dense", "dense_2"], "dense_1"),
        ("Dense", ["dense_1"], "dense"),
        ("Conv2D", [], "conv2d"),
        ("MaxPooling2D", ["max_pooling2d"], "max_pooling2d_1"),
    ],
)
def test_new_names_are_the_first_free_in_keras_manner(kind: str, taken: list[str], expected: str) -> None:
    assert edits.new_name(kind, _design(*taken).model.layers) == expected


@given(strategies.experiments(), st.data())
def test_edits_leave_the_experiment_they_were_given(experiment: Experiment, data: st.DataObject) -> None:
    before = experiment.to_json()
    kind = data.draw(st.sampled_from(sorted(CATALOG)))
    edited = edits.insert(experiment, data.draw(st.integers(0, 7)), kind)
    name = data.draw(st.sampled_from(_names(edited)))
    moved = edits.move(edited, name, data.draw(st.integers(0, 7)))
    assert sorted(_names(moved)) == sorted(_names(edited))
    assert len(edits.remove(moved, name).model.layers) == len(experiment.model.layers)
    assert experiment.to_json() == before
