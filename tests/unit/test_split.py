"""The split: the same seed keeps the same samples apart, and only what is learned from is measured."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.split import Dataset, Samples, encode, split, statistics
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo, Task
from tests.unit.made_up import HOUSES, PICTURES, house_arrays, picture_arrays


def _numbered(count: int) -> Dataset:
    """Return data whose inputs are their own places, so that a split can be followed."""
    places = np.arange(count, dtype=np.float64)
    samples = Samples(places[:, None], places)
    info = DatasetInfo("n", "N", "N.", (1,), Task.REGRESSION, count, 1)
    return Dataset(info, samples, Samples(np.array([[-1.0]]), np.array([-1.0])))


def _spec(seed: int = 0, fraction: float = 0.1) -> DataSpec:
    return DataSpec(seed=seed, validation_fraction=fraction)


@given(st.integers(2, 300), st.integers(0, 2**31 - 1), st.floats(0.01, 0.9))
def test_the_two_parts_are_the_whole_and_share_nothing(count: int, seed: int, fraction: float) -> None:
    parts = split(_numbered(count), _spec(seed, fraction))
    both = np.concatenate([parts.training.inputs, parts.validation.inputs]).ravel()
    assert sorted(both) == list(range(count))
    assert np.array_equal(parts.training.inputs.ravel(), parts.training.answers)
    assert np.array_equal(parts.validation.inputs.ravel(), parts.validation.answers)
    assert len(parts.training) >= 1
    assert abs(len(parts.validation) - max(1, count * fraction)) <= 1


def test_the_same_seed_gives_the_same_split_and_another_seed_another() -> None:
    data = _numbered(200)
    first, again, other = (split(data, _spec(seed)).validation.answers for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_validation_is_drawn_from_everywhere() -> None:
    kept = split(_numbered(1_000), _spec(fraction=0.2)).validation.answers
    assert 350 < kept.mean() < 650


def test_the_test_set_is_left_alone() -> None:
    data = _numbered(20)
    parts = split(data, _spec())
    assert -1.0 not in parts.training.answers
    assert -1.0 not in parts.validation.answers
    assert data.test.answers.tolist() == [-1.0]


def test_image_statistics_are_numpys_of_the_training_part_alone() -> None:
    arrays = picture_arrays()
    images = arrays["x_train"].copy()
    data = Dataset(
        PICTURES, Samples(images, arrays["y_train"]), Samples(arrays["x_test"], arrays["y_test"])
    )
    parts = split(data, _spec(3, 0.3))
    learned = parts.training.inputs.astype(np.float64)
    assert parts.statistics.mean == pytest.approx((learned.mean(),), rel=1e-12)
    assert parts.statistics.std == pytest.approx((learned.std(),), rel=1e-12)
    assert parts.statistics.mean[0] != pytest.approx(images.mean(), rel=1e-6)


def test_feature_statistics_are_numpys_for_each_feature() -> None:
    arrays = house_arrays()
    data = Dataset(
        HOUSES, Samples(arrays["x_train"], arrays["y_train"]), Samples(arrays["x_test"], arrays["y_test"])
    )
    parts = split(data, _spec())
    learned = parts.training.inputs.astype(np.float64)
    assert parts.statistics.mean == pytest.approx(learned.mean(axis=0), rel=1e-9)
    assert parts.statistics.std == pytest.approx(learned.std(axis=0), rel=1e-9)


def test_many_images_are_counted_exactly() -> None:
    images = np.random.default_rng(0).integers(0, 256, (1_000, 7, 5, 2), dtype=np.uint8)
    info = DatasetInfo("i", "I", "I.", (7, 5, 2), Task.CLASSIFICATION, 1_000, 1, classes=("a",))
    found = statistics(images, info)
    assert found.mean[0] == pytest.approx(images.mean(dtype=np.float64), rel=1e-12)
    assert found.std[0] == pytest.approx(images.std(dtype=np.float64), rel=1e-12)


@pytest.mark.parametrize("value", [0, 7, 255])
def test_a_standard_deviation_is_never_zero(value: int) -> None:
    assert statistics(np.full((5, 12, 9, 3), value, np.uint8), PICTURES).std == (1.0,)
    assert statistics(np.full((5, 8), float(value)), HOUSES).std == (1.0,) * 8


def test_integer_labels_stay_integers() -> None:
    encoded = encode(np.array([3, 0, 4], np.uint8), "sparse_categorical_crossentropy", PICTURES)
    assert encoded.dtype == np.int32
    assert encoded.tolist() == [3, 0, 4]


def test_one_hot_labels_have_one_place_a_class() -> None:
    encoded = encode(np.array([3, 0], np.uint8), "categorical_crossentropy", PICTURES)
    assert encoded.dtype == np.float32
    assert encoded.tolist() == [[0, 0, 0, 1, 0], [1, 0, 0, 0, 0]]


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_targets_become_one_row_a_sample(shape: tuple[int, ...]) -> None:
    encoded = encode(np.array([1.5, 2, 3]).reshape(shape), "mean_squared_error", HOUSES)
    assert encoded.dtype == np.float32
    assert encoded.tolist() == [[1.5], [2], [3]]
