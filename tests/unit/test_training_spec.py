"""The plan: which settings have a meaning beside the others, and how batches make steps."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.experiment import choices
from core.experiment.data_spec import DataSpec
from core.experiment.fields import declared
from core.experiment.training_spec import TrainingSpec
from tests.unit import strategies

ALWAYS = {
    "dtype_policy",
    "loss",
    "optimizer",
    "learning_rate",
    "schedule",
    "batching",
    "epochs",
    "early_stopping",
    "seed",
}


def _in_use(**settings: object) -> set[str]:
    plan = TrainingSpec.from_dict(settings)
    return {name for name in declared(TrainingSpec) if plan.in_use(name)} - ALWAYS


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"batch_size"}),
        ({"batching": "stochastic"}, set()),
        ({"batching": "all"}, set()),
        ({"optimizer": "sgd", "batching": "all"}, {"momentum", "nesterov"}),
        ({"optimizer": "adamw", "batching": "all"}, {"weight_decay"}),
        ({"schedule": "exponential", "batching": "all"}, {"decay_rate"}),
        ({"schedule": "plateau", "batching": "all"}, {"plateau_factor", "plateau_patience"}),
        ({"schedule": "cosine", "early_stopping": True}, {"batch_size", "patience"}),
    ],
)
def test_only_settings_that_do_something_are_in_use(
    settings: dict[str, object], expected: set[str]
) -> None:
    assert _in_use(**settings) == expected


@given(strategies.records(TrainingSpec))
def test_what_every_plan_needs_is_always_in_use(plan: TrainingSpec) -> None:
    assert all(plan.in_use(name) for name in ALWAYS)


def test_every_setting_that_a_choice_names_is_there_to_be_set() -> None:
    tables = (choices.OPTIMIZERS, choices.SCHEDULES, choices.BATCHINGS, (choices.EARLY_STOPPING,))
    named = {name for table in tables for row in table for name in row.settings}
    assert named | ALWAYS == set(declared(TrainingSpec))


@given(strategies.records(TrainingSpec), st.integers(1, 100_000))
def test_steps_go_once_through_all_samples(plan: TrainingSpec, samples: int) -> None:
    size = {"stochastic": 1, "all": samples, "mini_batch": plan.batch_size}[plan.batching]
    assert plan.samples_a_step(samples) == size
    assert plan.steps_an_epoch(samples) == math.ceil(samples / size)


@given(strategies.records(DataSpec), st.integers(2, 100_000))
def test_validation_keeps_its_share_and_leaves_something_to_learn_from(
    spec: DataSpec, samples: int
) -> None:
    kept = spec.kept_for_validation(samples)
    assert 1 <= kept <= samples - 1
    assert abs(kept - samples * spec.validation_fraction) <= 1


@pytest.mark.parametrize("row", choices.OPTIMIZERS, ids=lambda each: each.value)
def test_the_usual_rate_of_an_optimizer_is_one_that_it_may_have(row: choices.Optimizer) -> None:
    assert TrainingSpec(learning_rate=row.usual).learning_rate == row.usual
    assert row.usual <= row.highest
    assert row.highest_raw < row.highest
