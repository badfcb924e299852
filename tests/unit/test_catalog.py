"""The catalog: each layer says all that forms, cards and drawings need of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import core.experiment.layers
from core.errors import InvalidExperiment
from core.experiment import choices
from core.experiment.block import Block
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import Task
from core.experiment.fields import Choice, Field, Flag, Integer, Option, Real, Record, Sizes, declared
from core.experiment.layer import CATALOG, Family, Layer, layer_class, parameters_of
from core.experiment.training_spec import TrainingSpec

LAYERS = pytest.mark.parametrize("kind", CATALOG.values(), ids=CATALOG)
PLAIN = pytest.mark.parametrize("kind", [each for each in CATALOG.values() if not issubclass(each, Block)])
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


@PLAIN
def test_a_layer_hands_keras_its_name_and_its_fields(kind: type[Layer]) -> None:
    arguments = kind(name="abc").keras_arguments()
    assert list(arguments)[-1] == "name"
    assert arguments["name"] == "abc"
    assert {name for name, field in parameters_of(kind).items() if not field.advanced} <= set(arguments)


@PLAIN
def test_every_field_of_a_layer_reaches_keras(kind: type[Layer]) -> None:
    layer = kind(name="abc")
    for name, field in parameters_of(kind).items():
        changed = layer.replace(**{name: _other(field, getattr(layer, name))})
        assert changed.keras_call() != layer.keras_call(), name


def _other(field: Field, value: object) -> object:
    """Return another value that a field allows."""
    match field:
        case Integer() | Real():
            return field.high if value != field.high else field.low
        case Choice(options=options):
            return next(option.value for option in options if option.value != value)
        case Flag():
            return not value
        case _:
            return (1, 2)


@LAYERS
def test_a_card_never_runs_out_of_words(kind: type[Layer]) -> None:
    layer = kind(name="a")
    for name, field in parameters_of(kind).items():
        changed = layer.replace(**{name: _other(field, getattr(layer, name))})
        assert changed.caption()
        assert field.show(getattr(changed, name))


@pytest.mark.parametrize("kind", [each for each in CATALOG.values() if issubclass(each, Block)])
def test_a_block_is_made_with_as_many_empty_branches_as_it_needs(kind: type[Block]) -> None:
    assert kind(name="a").branches == ((),) * kind.fewest_branches
    assert kind(name="a", branches=((),) * kind.most_branches).branches == ((),) * kind.most_branches
    for wrong in (kind.fewest_branches - 1, kind.most_branches + 1):
        if wrong:  # none at all stands for the fewest
            with pytest.raises(InvalidExperiment, match=f"branches. Received: {wrong}"):
                kind(name="a", branches=((),) * wrong)


def test_every_family_has_a_layer_and_says_what_it_is_for() -> None:
    assert {kind.family for kind in CATALOG.values()} == set(Family)
    assert all(family.about.endswith(".") for family in Family)


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
        (choices.SCHEDULES, choices.schedule),
        (choices.BATCHINGS, choices.batching),
        (choices.INITIALIZERS, {each.value: each for each in choices.INITIALIZERS}.__getitem__),
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
    assert any(loss.labels_for(task) for loss in choices.LOSSES)


@pytest.mark.parametrize("loss", choices.LOSSES, ids=lambda each: each.value)
def test_a_loss_is_for_some_task_and_says_what_it_makes_of_every_answer(loss: choices.Loss) -> None:
    assert any(loss.labels_for(task) for task in Task)
    assert loss.needs not in loss.refuses
    assert loss.formula
    assert {loss.needs, *loss.refuses, *loss.why} == set(choices.Output)


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (Integer("n", "N.", high=10**9), 1_234_567, "1,234,567"),
        (Real("r", "R.", high=1.0), 0.05, "0.05"),
        (Real("r", "R.", high=1.0), 1e-7, "1e-07"),
        (Choice("c", "C.", options=choices.ACTIVATIONS), "relu", "ReLU"),
        (Flag("f", "F."), True, "yes"),
        (Flag("f", "F."), False, "no"),
        (Sizes("s", "S."), (7, 7, 64), "7 × 7 × 64"),
    ],
)
def test_values_are_written_as_the_screen_writes_them(field: Field, value: object, shown: str) -> None:
    assert field.show(value) == shown


@pytest.mark.parametrize("written", ["7 × 7 × 64", "7x7x64", "7 7 64", " 7, 7, 64 ", "7*7*64", "7;7;64"])
def test_sizes_are_read_as_people_write_them(written: str) -> None:
    field = Sizes("s", "S.")
    assert field.parse(written) == (7, 7, 64)
    assert field.parse(field.show((7, 7, 64))) == (7, 7, 64)
    assert field.parse([7.0, 7, 64]) == (7, 7, 64)
