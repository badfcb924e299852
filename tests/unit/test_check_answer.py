"""Problems of the network's answer: its shape, the loss for the task, the output for the loss."""

from __future__ import annotations

import dataclasses

import pytest

from core.experiment import choices
from core.experiment.check import Severity, check
from core.experiment.choices import Output
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.layer import Layer
from core.experiment.training_spec import TrainingSpec
from tests.unit.designs import FLAT, NUMBER, SOFTMAX, SQUARES, design, layer
from tests.unit.made_up import HOUSES, PICTURES
from tests.unit.problem_cases import ERROR, WARNING, Case, parameters

FIVE = dataclasses.replace(PICTURES, input_shape=(5,))
TWO = dataclasses.replace(PICTURES, classes=("top", "bottom"))
PAIR = dataclasses.replace(HOUSES, targets=2)
RELU = layer("Dense", units=5)
LINEAR = layer("Dense", units=5, activation="linear")
SIGMOID = layer("Dense", units=5, activation="sigmoid")
YES_OR_NO = TrainingSpec(loss="binary_crossentropy")

LOSS_FOR_TASK = [
    Case(
        "loss-for-task",
        HOUSES,
        (NUMBER,),
        "training",
        ("Use mean squared error",),
        ERROR,
        TrainingSpec(loss=loss),
    )
    for loss in (
        "sparse_categorical_crossentropy",
        "categorical_crossentropy",
        "binary_crossentropy",
        "hinge",
        "squared_hinge",
        "categorical_hinge",
    )
] + [
    Case("loss-for-task", info, stack, training=TrainingSpec(loss=loss), near=True)
    for loss in ("mean_squared_error", "mean_absolute_error", "huber")
    for info, stack in ((HOUSES, (NUMBER,)), (PICTURES, (FLAT, SOFTMAX)))
]

OUTPUT_SHAPE = [
    Case("output-shape", PICTURES, (), "model", ("Add a Dense of 5 (softmax) at the end",), ERROR),
    Case("output-shape", PICTURES, (FLAT,), "l0", ("Add a Dense of 5 (softmax) at the end",), ERROR),
    Case(
        "output-shape",
        PICTURES,
        (FLAT, layer("Dense", units=10, activation="softmax")),
        "l1",
        ("Give l1 5 units", "Add a Dense of 5 (softmax) at the end"),
        ERROR,
    ),
    Case(
        "output-shape",
        PICTURES,
        (FLAT, SOFTMAX, layer("Dropout"), layer("Dense", units=7)),
        "l3",
        ("Give l3 5 units", "Add a Dense of 5 (softmax) at the end"),
        ERROR,
    ),
    Case(
        "output-shape",
        PICTURES,
        (FLAT, layer("Dense", units=7), layer("Dropout")),
        "l2",
        ("Give l1 5 units", "Add a Dense of 5 (softmax) at the end"),
        ERROR,
    ),
    Case(
        "output-shape",
        PICTURES,
        (layer("Conv2D"),),
        "l0",
        ("Add a Dense of 5 (softmax) at the end",),
        ERROR,
    ),
    Case(
        "output-shape",
        PICTURES,
        (SOFTMAX,),
        "l0",
        ("Add Flatten before l0", "Add a Dense of 5 (softmax) at the end"),
        ERROR,
    ),
    Case(
        "output-shape",
        HOUSES,
        (),
        "model",
        ("Add a Dense of 1 (none (linear)) at the end",),
        ERROR,
        SQUARES,
    ),
    Case(
        "output-shape",
        PAIR,
        (NUMBER,),
        "l0",
        ("Give l0 2 units", "Add a Dense of 2 (none (linear)) at the end"),
        ERROR,
        SQUARES,
    ),
    Case(
        "output-shape",
        HOUSES,
        (layer("Parallel", (NUMBER,), (NUMBER,)),),
        "l0",
        ("Add a Dense of 1 (none (linear)) at the end",),
        ERROR,
        SQUARES,
    ),
    Case("output-shape", PICTURES, (FLAT, SOFTMAX), near=True),
    Case("output-shape", HOUSES, (NUMBER,), training=SQUARES, near=True),
    Case("output-shape", PAIR, (layer("Parallel", (NUMBER,), (NUMBER,)),), training=SQUARES, near=True),
    # unknown until the illegal layer is mended
    Case("output-shape", PICTURES, (FLAT, layer("Conv2D")), near=True),
]

OUTPUT_ACTIVATION = [
    Case(
        "output-activation",
        PICTURES,
        (FLAT, RELU),
        "l1",
        ("Use softmax in l1", "Use mean squared error"),
        ERROR,
    ),
    Case(
        "output-activation",
        PICTURES,
        (FLAT, SIGMOID, layer("Dropout")),
        "l1",
        ("Use softmax in l1", "Use binary cross-entropy"),
    ),
    Case(
        "output-activation",
        PICTURES,
        (FLAT, LINEAR, layer("BatchNormalization")),
        "l2",
        ("Add the activation softmax at the end", "Use mean squared error"),
        ERROR,
    ),
    Case(
        "output-activation",
        FIVE,
        (),
        "model",
        ("Add a Dense of 5 (softmax) at the end", "Use mean squared error"),
        ERROR,
    ),
    Case(
        "output-activation",
        FIVE,
        (layer("Dropout"),),
        "model",
        ("Add a Dense of 5 (softmax) at the end", "Use mean squared error"),
        ERROR,
    ),
    # shares of each pixel, laid out in a row, add up to many
    Case(
        "output-activation",
        dataclasses.replace(PICTURES, input_shape=(5, 1, 2)),
        (layer("Conv2D", filters=1, kernel_size=1, activation="softmax"), FLAT),
        "l0",
        ("Use binary cross-entropy",),
    ),
    Case(
        "output-activation",
        HOUSES,
        (layer("Dense", units=1, activation="sigmoid"),),
        "l0",
        ("Use none (linear) in l0",),
        training=SQUARES,
    ),
    Case("output-activation", PICTURES, (FLAT, SOFTMAX), near=True),
    Case("output-activation", PICTURES, (FLAT, LINEAR, layer("Softmax")), near=True),
    Case("output-activation", HOUSES, (NUMBER,), training=SQUARES, near=True),
    # another loss first
    Case("output-activation", HOUSES, (NUMBER,), near=True),
]

SIGMOID_EXCLUSIVE = [
    Case(
        "sigmoid-exclusive",
        PICTURES,
        (FLAT, SIGMOID),
        "l1",
        ("Use softmax in l1 and cross-entropy (integer labels)",),
        training=YES_OR_NO,
    ),
    Case(
        "sigmoid-exclusive",
        PICTURES,
        (FLAT, LINEAR, layer("Activation", activation="sigmoid")),
        "l2",
        ("Use softmax in l2 and cross-entropy (integer labels)",),
        training=YES_OR_NO,
    ),
    Case(
        "sigmoid-exclusive",
        TWO,
        (FLAT, layer("Dense", units=2, activation="sigmoid")),
        training=YES_OR_NO,
        near=True,
    ),
    Case("sigmoid-exclusive", PICTURES, (FLAT, SOFTMAX), training=YES_OR_NO, near=True),
]
CASES = [*LOSS_FOR_TASK, *OUTPUT_SHAPE, *OUTPUT_ACTIVATION, *SIGMOID_EXCLUSIVE]


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_problem_is_found_where_it_is_and_each_fix_mends_it(case: Case) -> None:
    case.holds()


# what each loss says of softmax, sigmoid and plain numbers at the end of a classifier
_FITS = None
CLASSIFIERS: dict[str, tuple[Severity | None, Severity | None, Severity | None]] = {
    "sparse_categorical_crossentropy": (_FITS, WARNING, ERROR),
    "categorical_crossentropy": (_FITS, WARNING, ERROR),
    "binary_crossentropy": (WARNING, _FITS, ERROR),
    "mean_squared_error": (WARNING, WARNING, _FITS),
    "mean_absolute_error": (WARNING, WARNING, _FITS),
    "huber": (WARNING, WARNING, _FITS),
    "hinge": (WARNING, WARNING, _FITS),
    "squared_hinge": (WARNING, WARNING, _FITS),
    "categorical_hinge": (WARNING, WARNING, _FITS),
}
ENDS = dict(zip(("softmax", "sigmoid", "linear"), range(3), strict=True))


def test_this_files_table_has_every_loss() -> None:
    assert set(CLASSIFIERS) == {row.value for row in choices.LOSSES}


@pytest.mark.parametrize("loss", CLASSIFIERS)
def test_every_loss_judges_every_output_of_a_classifier(loss: str) -> None:
    for row in choices.ACTIVATIONS:
        stack = (FLAT, layer("Dense", units=5, activation=row.value))
        _judged(PICTURES, stack, loss, CLASSIFIERS[loss][ENDS.get(row.value, 2)])


@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error", "huber"])
def test_every_loss_judges_every_output_of_a_regression(loss: str) -> None:
    for row in choices.ACTIVATIONS:
        stack = (layer("Dense", units=1, activation=row.value),)
        _judged(HOUSES, stack, loss, None if row.output is Output.NUMBERS else WARNING)


def _judged(info: DatasetInfo, stack: tuple[Layer, ...], loss: str, expected: Severity | None) -> None:
    made = design(info, *stack, training=TrainingSpec(loss=loss))
    found = [each for each in check(made, info) if each.code == "output-activation"]
    assert [each.severity for each in found] == ([] if expected is None else [expected])
    for problem in found:
        assert problem.fixes
        for fix in problem.fixes:
            after = {each.code for each in check(fix.edit(made), info)}
            assert not after & {"output-activation", "loss-for-task", "output-shape"}, fix.label


@pytest.mark.parametrize("task", Task)
def test_a_fix_never_offers_a_loss_for_the_other_task(task: Task) -> None:
    info, stack = (HOUSES, (NUMBER,)) if task is Task.REGRESSION else (PICTURES, (FLAT, LINEAR))
    for row in choices.LOSSES:
        made = design(info, *stack, training=TrainingSpec(loss=row.value))
        for problem in check(made, info):
            for fix in problem.fixes:
                assert choices.loss(fix.edit(made).training.loss).labels_for(task) is not None
