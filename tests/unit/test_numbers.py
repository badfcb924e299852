"""A design in figures, counted by hand."""

from __future__ import annotations

import pytest

from core.experiment.numbers import numbers, show_bytes, show_count, training_samples
from core.experiment.training_spec import TrainingSpec
from tests.unit.designs import NUMBER, SQUARES, design, layer
from tests.unit.made_up import HOUSES

STACK = (layer("Dense", units=4), layer("BatchNormalization"), NUMBER)
TRAINABLE = (8 * 4 + 4) + 2 * 4 + (4 + 1)
KEPT = 2 * 4


def test_a_small_design_is_counted_as_by_hand() -> None:
    found = numbers(design(HOUSES, *STACK, training=SQUARES), HOUSES)
    assert (found.trainable, found.non_trainable) == (TRAINABLE, KEPT)
    assert found.multiply_adds == 8 * 4 + 4 + 4
    assert found.weight_bytes == 4 * (TRAINABLE + KEPT)
    assert (found.samples, found.steps) == (144, 5)


@pytest.mark.parametrize(
    ("plan", "slots", "batch"),
    [
        ({}, 2, 32),
        ({"optimizer": "sgd"}, 1, 32),
        ({"batching": "stochastic"}, 2, 1),
        ({"batching": "all"}, 2, 144),
        ({"batch_size": 100_000}, 2, 144),
    ],
)
def test_training_holds_weights_gradients_the_optimizers_numbers_outputs_and_data(
    plan: dict[str, object], slots: int, batch: int
) -> None:
    training = TrainingSpec.from_dict({"loss": "mean_squared_error", **plan})
    found = numbers(design(HOUSES, *STACK, training=training), HOUSES)
    weights = TRAINABLE * (2 + slots) + KEPT
    values = 8 + 4 + 4 + 1
    assert found.training_bytes == 4 * (weights + 2 * batch * values) + 160 * 8


def test_what_a_block_holds_counts_as_if_it_stood_alone() -> None:
    inside = numbers(design(HOUSES, layer("Parallel", STACK, STACK)), HOUSES)
    assert (inside.trainable, inside.non_trainable) == (2 * TRAINABLE, 2 * KEPT)


def test_nothing_can_be_counted_behind_an_illegal_layer() -> None:
    found = numbers(design(HOUSES, layer("Dense", units=4), layer("Conv2D"), NUMBER), HOUSES)
    assert found.trainable == 8 * 4 + 4


@pytest.mark.parametrize("fraction", [0.01, 0.5, 0.9])
def test_samples_to_learn_from_are_those_not_kept_for_validation(fraction: float) -> None:
    made = design(HOUSES, NUMBER).with_data(validation_fraction=fraction)
    assert training_samples(made, HOUSES) == 160 - round(160 * fraction)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (2_678_824, "2.7 MB"), (16e9, "16.0 GB")],
)
def test_sizes_are_written_as_people_write_them(count: int, shown: str) -> None:
    assert show_bytes(int(count)) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (9_999, "9,999"), (10_000, "10.0 k"), (1_300_000, "1.3 M"), (2 * 10**9, "2.0 G")],
)
def test_large_counts_are_written_in_a_few_letters(count: int, shown: str) -> None:
    assert show_count(count) == shown
