"""The catalog: each layer says all that forms, cards and drawings need of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import core.experiment.layers
from core.experiment import choices
from core.experiment.dataset import Task
from core.experiment.experiment import DataSpec, TrainingSpec
from core.experiment.fields import Choice, Integer, Option, Real, Record, declared
from core.experiment.layer import CATALOG, Layer, layer_class, parameters_of

LAYERS = pytest.mark.parametrize("kind", CATALOG.values(), ids=CATALOG)
RECORDS: list[type[Record]] = [DataSpec, TrainingSpec, *CATALOG.values()]


def test_every_file_of_the_layers_folder_is_in_the_catalog() -> None:
    folder = Path(core.experiment.layers.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {kind.__module__.rsplit(".", 1)[1] for kind in CATALOG.values()} == files
    assert len(CATALOG) == len(files)


@LAYERS
def test_a_layer_can_be_made_with_its_defaults_alone(kind: type[Layer]) -> None:
    assert kind(name="a") == kind.from_dict({"name": "a"})
    assert layer_class(kind.kind()) is kind


@LAYERS
def test_a_layer_says_what_it_is(kind: type[Layer]) -> None:
    assert kind.summary
    assert kind.family
    assert kind.reference.startswith("https://")
    assert kind(name="a").caption()


@LAYERS
def test_a_layer_hands_keras_its_name_and_its_fields(kind: type[Layer]) -> None:
    arguments = kind(name="abc").keras_arguments()
    assert arguments["name"] == "abc"
    assert set(parameters_of(kind)) <= set(arguments)


@pytest.mark.parametrize("kind", [each for each in CATALOG.values() if each.width_field])
def test_the_width_field_is_a_whole_number_that_sets_the_width(kind: type[Layer]) -> None:
    assert isinstance(declared(kind)[kind.width_field], Integer)
    layer = kind(name="a").replace(**{kind.width_field: 7})
    assert layer.output_shape((6,)) == (7,)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_has_a_label_and_one_sentence_of_help(record: type[Record]) -> None:
    for field in declared(record).values():
        assert field.label
        assert field.help.endswith(".")


@pytest.mark.parametrize(
    ("rows", "look_up"),
    [
        (choices.ACTIVATIONS, choices.activation),
        (choices.LOSSES, choices.loss),
        (choices.OPTIMIZERS, choices.optimizer),
        (choices.NORMALIZATIONS, choices.normalization),
    ],
)
def test_choices_are_found_by_their_value(rows: tuple[Option, ...], look_up: object) -> None:
    assert callable(look_up)
    assert [look_up(row.value) for row in rows] == list(rows)
    assert len({row.label for row in rows}) == len(rows)
    assert all(row.help for row in rows)


@pytest.mark.parametrize("loss", choices.LOSSES, ids=lambda each: each.value)
def test_for_every_loss_some_activation_gives_what_it_reads(loss: choices.Loss) -> None:
    assert any(activation.output is loss.needs for activation in choices.ACTIVATIONS)


@pytest.mark.parametrize("task", Task)
def test_for_every_task_there_is_a_loss(task: Task) -> None:
    assert any(loss.task is task for loss in choices.LOSSES)


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (Integer("n", "N.", high=10**9), 1_234_567, "1,234,567"),
        (Real("r", "R.", high=1.0), 0.05, "0.05"),
        (Real("r", "R.", high=1.0), 1e-7, "1e-07"),
        (Choice("c", "C.", options=choices.ACTIVATIONS), "relu", "ReLU"),
    ],
)
def test_values_are_written_as_the_screen_writes_them(
    field: Integer | Real | Choice, value: object, shown: str
) -> None:
    assert field.show(value) == shown  # type: ignore[arg-type]
