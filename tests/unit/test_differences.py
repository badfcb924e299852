"""What differs between designs is named, all of it, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from core.data.sources import SOURCES
from core.errors import InvalidExperiment
from core.experiment import edits
from core.experiment.alignment import align
from core.experiment.block import every_layer
from core.experiment.differences import Difference, differences
from core.experiment.experiment import Experiment
from core.experiment.fields import Record, declared
from core.experiment.layer import CATALOG, parameters_of
from core.experiment.model_spec import Place
from core.experiment.presets import preset
from tests.unit import strategies

DIGITS = SOURCES["digits"].info


def _rows(*designs: Experiment) -> dict[str, str]:
    return {each.name: " | ".join(each.values) for each in differences(designs)}


def _preset(name: str) -> Experiment:
    return preset(name).experiment(DIGITS)


NOTEBOOK = _preset("notebook_rescaled")
DROPOUT = _preset("article_dropout")
RESNET = _preset("small_resnet")
INCEPTION = _preset("inception")


def _renamed(design: Experiment, old: str, new: str) -> Experiment:
    layers = (each.replace(name=new) if each.name == old else each for each in design.model.layers)
    return design.with_layers(tuple(layers))


# --- what is said ---


def test_a_setting_of_a_layer_is_named_with_its_layer() -> None:
    assert _rows(NOTEBOOK, edits.change(NOTEBOOK, "dense_1", units=256, activation="tanh")) == {
        "dense_1: units": "512 | 256",
        "dense_1: activation": "ReLU | tanh",
    }


def test_settings_of_data_and_training_are_named_with_their_units_in_the_order_of_the_screen() -> None:
    other = NOTEBOOK.with_data(normalization="none").with_training(batch_size=64, epochs=20, seed=7)
    assert differences([NOTEBOOK, other]) == (
        Difference("normalization", ("÷ 255", "none (raw values)")),
        Difference("batch size (samples)", ("32", "64")),
        Difference("epochs", ("10", "20")),
        Difference("seed", ("0", "7")),
    )


def test_a_layer_that_some_do_not_have_is_described_where_it_is() -> None:
    assert _rows(_preset("article"), DROPOUT) == {"dropout": "– | Dropout, rate 0.2"}
    assert _rows(edits.remove(RESNET, "residual_1"), RESNET, RESNET) == {
        "residual_1": "– | Residual, 5 layers inside | Residual, 5 layers inside"
    }
    strided = edits.insert(NOTEBOOK, 0, "Conv2D", filters=9, strides=2, use_bias=False)
    assert _rows(strided, NOTEBOOK) == {"conv2d": "Conv2D, filters 9, strides 2, use bias no | –"}


def test_layers_are_aligned_by_what_they_are_not_by_their_place() -> None:
    deeper = edits.insert(NOTEBOOK, 1, "Dense", units=512)
    assert _rows(NOTEBOOK, deeper) == {"dense_3": "– | Dense, units 512"}
    shallow, deep = (_preset(name) for name in ("softmax_regression", "article"))
    assert _rows(shallow, deep) == {
        "dense": "– | Dense, units 64",
        "dense_1": "– | Dense, units 32",
        "loss": "cross-entropy (integer labels) | cross-entropy (one-hot labels)",
    }
    taken = edits.remove(edits.change(NOTEBOOK, "dense_2", use_bias=False), "dense")
    assert _rows(NOTEBOOK, taken) == {
        "dense": "Dense, units 512 | –",
        "dense_2: use bias": "yes | no",
    }


def test_a_layer_of_another_kind_is_another_layer() -> None:
    swapped = edits.insert(edits.remove(INCEPTION, "max_pooling2d"), 1, "AveragePooling2D")
    assert _rows(INCEPTION, swapped) == {
        "max_pooling2d": "MaxPooling2D, pool size 2 | –",
        "average_pooling2d": "– | AveragePooling2D, pool size 2",
    }


def test_a_layer_that_was_moved_is_said_to_stand_elsewhere() -> None:
    assert _rows(DROPOUT, edits.move(DROPOUT, "dropout", 1)) == {
        "dropout: place": "behind dense | behind flatten"
    }
    inside = edits.move(INCEPTION, "dropout", Place("parallel", branch=1, index=0))
    assert _rows(INCEPTION, inside, edits.remove(INCEPTION, "dropout")) == {
        "dropout: place": "behind flatten | first in branch 2 of parallel | –",
        "dropout": "Dropout, rate 0.3 | Dropout, rate 0.3 | –",
    }
    first = edits.move(RESNET, "residual", 0)
    assert _rows(RESNET, first) == {"residual: place": "behind activation | first"}


def test_what_a_block_holds_is_compared_too() -> None:
    assert _rows(
        RESNET, edits.change(RESNET, "conv2d_3", filters=48), edits.remove(RESNET, "conv2d_3")
    ) == {
        "conv2d_3": "Conv2D, filters 32, strides 2, padding same, activation none (linear), use bias no"
        " | Conv2D, filters 48, strides 2, padding same, activation none (linear), use bias no | –"
    }
    assert _rows(INCEPTION, edits.add_branch(INCEPTION, "parallel")) == {"parallel: branches": "3 | 4"}
    fewer = _rows(INCEPTION, edits.remove_branch(INCEPTION, "parallel", 0))
    assert fewer == {
        "parallel: branches": "3 | 2",
        "conv2d_1": "Conv2D, filters 8, kernel size 1, padding same | –",
    }


def test_the_layers_of_a_block_that_was_unwrapped_are_still_there() -> None:
    rows = _rows(RESNET, edits.unwrap(RESNET, "residual"))
    assert rows["residual"] == "Residual, 5 layers inside | –"
    assert rows["conv2d_1: place"] == "first in residual | behind activation"
    assert [name for name in rows if "place" not in name] == ["residual"]


def test_settings_that_have_no_meaning_are_not_compared() -> None:
    assert _rows(NOTEBOOK, NOTEBOOK.with_training(momentum=0.5, patience=9, decay_rate=0.5)) == {}
    descent = NOTEBOOK.with_training(optimizer="sgd", momentum=0.9)
    assert _rows(NOTEBOOK, descent) == {
        "optimizer": "Adam | SGD",
        "momentum": "– | 0.9",
        "Nesterov": "– | no",
    }


def test_figures_that_differ_late_are_shown_as_far_as_they_do() -> None:
    close = NOTEBOOK.with_training(learning_rate=0.0010000001)
    assert _rows(NOTEBOOK, close) == {"learning rate": "0.001 | 0.0010000001"}


def test_names_are_told_where_a_person_chose_them_or_where_nothing_else_differs() -> None:
    other = edits.change(DROPOUT, "dense_1", units=99)
    assert _rows(DROPOUT, _renamed(other, "dense", "dense_9")) == {"dense_1: units": "32 | 99"}
    assert _rows(DROPOUT, _renamed(other, "dense", "eyes")) == {
        "dense / eyes: name": "dense | eyes",
        "dense_1: units": "32 | 99",
    }
    assert _rows(DROPOUT, _renamed(DROPOUT, "dense", "dense_9")) == {
        "dense / dense_9: name": "dense | dense_9"
    }


def test_no_design_and_one_design_differ_in_nothing() -> None:
    assert differences([]) == differences([RESNET]) == ()


# --- whatever the designs ---


@given(strategies.experiments(), st.integers(1, 3))
def test_equal_designs_differ_in_nothing(experiment: Experiment, count: int) -> None:
    again = Experiment.from_dict(experiment.to_dict())
    assert differences([experiment] * count + [again]) == ()


@given(strategies.experiments(), strategies.experiments(), strategies.experiments())
def test_every_row_says_something_of_every_design_and_not_the_same(
    one: Experiment, two: Experiment, three: Experiment
) -> None:
    for row in differences([one, two, three]):
        assert len(row.values) == 3
        assert len(set(row.values)) > 1
        assert row.name


@given(strategies.experiments(), strategies.experiments())
def test_a_design_may_be_compared_twice(one: Experiment, two: Experiment) -> None:
    rows = differences([one, two, one, two])
    assert [row.values[:2] for row in rows] == [row.values[2:] for row in rows]
    assert bool(rows) == bool(differences([two, one]))


@given(strategies.experiments(), st.data())
def test_a_changed_parameter_is_the_only_row(experiment: Experiment, data: DataObject) -> None:
    layers = [each for each in every_layer(experiment.model.layers) if parameters_of(type(each))]
    assume(layers)
    changed = data.draw(st.sampled_from(layers))
    name, field = data.draw(st.sampled_from(sorted(parameters_of(type(changed)).items())))
    value = data.draw(strategies.values(field))
    assume(value != getattr(changed, name))
    found = differences([experiment, edits.change_one(experiment, changed.name, name, value)])
    assert [row.name for row in found] == [f"{changed.name}: {field.label}"]


@pytest.mark.parametrize("part", ["data", "training"])
@given(experiment=strategies.experiments(most_layers=2), data=st.data())
def test_a_changed_setting_that_is_in_use_is_named(
    part: str, experiment: Experiment, data: DataObject
) -> None:
    record: Record = getattr(experiment, part)
    fields = [
        (name, field)
        for name, field in sorted(declared(record).items())
        if part == "data" or experiment.training.in_use(name)
    ]
    name, field = data.draw(st.sampled_from(fields))
    value = data.draw(strategies.values(field))
    assume(value != getattr(record, name))
    change = experiment.with_data if part == "data" else experiment.with_training
    after = change(**{name: value})
    assert field.label in [row.name.split(" (")[0] for row in differences([experiment, after])]


@given(strategies.experiments(), st.data())
def test_a_layer_that_was_taken_out_is_named(experiment: Experiment, data: DataObject) -> None:
    layers = list(every_layer(experiment.model.layers))
    assume(layers)
    gone = data.draw(st.sampled_from(layers))
    found = differences([experiment, edits.remove(experiment, gone.name)])
    assert [(row.name, row.values[0].split(",")[0], row.values[1]) for row in found] == [
        (gone.name, gone.kind(), "–")
    ]


@given(strategies.experiments(), st.data())
def test_a_layer_that_was_put_in_is_named(experiment: Experiment, data: DataObject) -> None:
    places = [place for _, place in experiment.model.places()] or [Place()]
    kind = data.draw(st.sampled_from(sorted(CATALOG)))
    after = edits.insert(experiment, data.draw(st.sampled_from(places)), kind)
    (new,) = {each.name for each in every_layer(after.model.layers)} - {
        each.name for each in every_layer(experiment.model.layers)
    }
    (row,) = differences([experiment, after])
    assert row.values[0] == "–"
    assert row.values[1].startswith(kind)
    assert new in row.name or kind in row.values[1]


@given(strategies.experiments(), st.data())
def test_a_layer_that_was_moved_is_in_no_row_as_gone(experiment: Experiment, data: DataObject) -> None:
    layers = list(every_layer(experiment.model.layers))
    assume(len(layers) > 1)
    moved = data.draw(st.sampled_from(layers))
    others = edits.remove(experiment, moved.name)
    places = [place for _, place in others.model.places()]
    assume(places)
    try:
        after = edits.move(experiment, moved.name, data.draw(st.sampled_from(places)))
    except InvalidExperiment:  # deeper than blocks may be
        return
    found = differences([experiment, after])
    assert bool(found) == (after != experiment)
    assert "–" not in {value for row in found for value in row.values}


# --- which items go together ---


def _likeness(one: str, other: str) -> float:
    return float(one == other)


@given(st.lists(st.text("abc", max_size=8), max_size=4))
def test_an_alignment_has_every_item_of_every_row_once_and_in_order(rows: list[str]) -> None:
    columns = align(rows, _likeness)
    for number, row in enumerate(rows):
        assert "".join(column[number] or "" for column in columns) == row
    assert all(len({each for each in column if each}) == 1 for column in columns)


def test_an_alignment_puts_side_by_side_as_much_as_it_can() -> None:
    assert align(["abcde", "xbcye", "ade"], _likeness) == [
        ("a", None, "a"),
        (None, "x", None),
        ("b", "b", None),
        ("c", "c", None),
        ("d", None, "d"),
        (None, "y", None),
        ("e", "e", "e"),
    ]
