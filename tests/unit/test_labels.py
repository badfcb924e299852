"""How the labels are written for a loss, as the screen says it."""

from __future__ import annotations

import pytest

from core.data.sources import SOURCES
from core.experiment import choices
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.labels import explain
from tests.unit.made_up import HOUSES


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("sparse_categorical_crossentropy", "integers (3 → 3)"),
        ("categorical_crossentropy", "one-hot (3 → 0 0 0 1 0 0 0 0 0 0)"),
        ("mean_squared_error", "one-hot (3 → 0 0 0 1 0 0 0 0 0 0)"),
        ("hinge", "−1 or +1 (3 → −1 −1 −1 +1 −1 −1 −1 −1 −1 −1)"),
        ("categorical_hinge", "one-hot"),
    ],
)
def test_the_encoding_is_named_with_an_example_and_a_reason(
    loss: str, words: str, digits_info: DatasetInfo
) -> None:
    said = explain(loss, digits_info)
    assert words in said
    assert ", as " in said


def test_a_class_that_is_no_number_is_quoted() -> None:
    said = explain("sparse_categorical_crossentropy", SOURCES["fashion_mnist"].info)
    assert "“Dress” → 3" in said


def test_numbers_stay_numbers() -> None:
    assert "the numbers themselves" in explain("huber", HOUSES)


@pytest.mark.parametrize("loss", choices.LOSSES, ids=lambda each: each.value)
def test_nothing_is_said_exactly_where_a_loss_is_not_for_the_task(
    loss: choices.Loss, digits_info: DatasetInfo
) -> None:
    for info in (digits_info, HOUSES):
        assert bool(explain(loss.value, info)) is (loss.labels_for(info.task) is not None)
    assert loss.labels_for(Task.CLASSIFICATION) is not None
