"""The time a training will take: more work takes longer, and this machine's runs set the pace."""

from __future__ import annotations

import pytest

from core.data.sources import SOURCES
from core.experiment import edits
from core.experiment.dataset import DatasetInfo
from core.experiment.presets import preset
from core.training.estimate import (
    MOST_RUNS,
    SHORTEST,
    factor_of_products,
    factor_of_runs,
    reference_seconds,
    work,
)
from tests.unit.made_up import HOUSES


def test_more_epochs_data_or_layers_take_longer(digits_info: DatasetInfo) -> None:
    mnist = SOURCES["mnist"].info
    design = preset("article").experiment(digits_info)
    seconds = reference_seconds(design, digits_info)
    assert reference_seconds(edits.set_training(design, epochs=20), digits_info) > seconds
    assert reference_seconds(design, digits_info, epochs=1) < seconds
    assert reference_seconds(preset("article").experiment(mnist), mnist) > seconds
    assert reference_seconds(edits.insert(design, 1, "Dense", units=500), digits_info) > seconds
    assert reference_seconds(preset("small_resnet").experiment(digits_info), digits_info) > seconds


def test_steps_follow_the_batches(digits_info: DatasetInfo) -> None:
    design = preset("article").experiment(digits_info)
    assert work(design, digits_info).steps == 41  # 1,293 samples in batches of 32
    assert work(edits.set_training(design, batching="all"), digits_info).steps == 1
    assert work(edits.set_training(design, batching="stochastic"), digits_info).steps == 1_293


def test_work_is_counted_by_family(digits_info: DatasetInfo) -> None:
    dense = work(preset("article").experiment(digits_info), digits_info)
    modern = work(preset("modern_cnn").experiment(digits_info), digits_info)
    assert (dense.convolution, dense.augmented) == (0, 0)
    assert modern.convolution > modern.dense > 0
    assert modern.augmented > 0
    assert work(preset("article").experiment(HOUSES), HOUSES).dense > 0


@pytest.mark.parametrize(
    ("runs", "factor"),
    [
        ([], None),
        ([(SHORTEST / 2, 0.1)], None),  # too short to say anything
        ([(20.0, 10.0)], 2.0),
        ([(20.0, 10.0), (10.0, 10.0), (50.0, 10.0)], 2.0),
        ([(10.0, 10.0)] * MOST_RUNS + [(90.0, 10.0)] * 50, 1.0),  # the newest count
    ],
)
def test_the_pace_of_finished_runs_is_their_median(
    runs: list[tuple[float, float]], factor: float | None
) -> None:
    assert factor_of_runs(runs) == factor


def test_before_any_run_a_few_products_of_matrices_say_how_fast_the_machine_is() -> None:
    assert 0 < factor_of_products() < 1_000
