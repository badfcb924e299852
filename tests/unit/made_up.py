"""Made-up data sets, small and unlike MNIST in every size, so that nothing can assume 28 × 28 or ten."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.data.sources import Source
from core.data.split import Array
from core.experiment.dataset import DatasetInfo, Task

PICTURES = DatasetInfo(
    name="pictures",
    label="Pictures",
    summary="Five kinds of coloured stripes.",
    input_shape=(12, 9, 3),
    task=Task.CLASSIFICATION,
    training_size=150,
    test_size=40,
    classes=("top", "upper", "middle", "lower", "bottom"),
    noun="picture",
)
HOUSES = DatasetInfo(
    name="houses",
    label="Houses",
    summary="Prices that depend on eight figures.",
    input_shape=(8,),
    task=Task.REGRESSION,
    training_size=160,
    test_size=40,
    value_range=(-4.0, 4.0),
    noun="house",
)


def picture_arrays() -> Mapping[str, Array]:
    """Return noise with one bright stripe, whose height is the class."""
    random = np.random.default_rng(1)
    arrays: dict[str, Array] = {}
    for part, count in (("train", PICTURES.training_size), ("test", PICTURES.test_size)):
        labels = np.arange(count) % len(PICTURES.classes)
        images = random.integers(0, 60, (count, *PICTURES.input_shape), dtype=np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * label : 2 * label + 2] += 180
        arrays |= {f"x_{part}": images, f"y_{part}": labels.astype(np.uint8)}
    return arrays


def house_arrays() -> Mapping[str, Array]:
    """Return eight features of different scales, and a target that is a weighted sum of them."""
    random = np.random.default_rng(2)
    weights = np.linspace(-1, 1, 8)
    arrays: dict[str, Array] = {}
    for part, count in (("train", HOUSES.training_size), ("test", HOUSES.test_size)):
        features = random.uniform(-4, 4, (count, 8)) * np.linspace(0.1, 1, 8)
        arrays |= {f"x_{part}": features.astype(np.float32), f"y_{part}": (features @ weights)[:, None]}
    return arrays


PICTURES_SOURCE = Source(PICTURES, "pictures.npz", picture_arrays, "ours")
HOUSES_SOURCE = Source(HOUSES, "houses.npz", house_arrays, "ours")


def full_size_mnist() -> dict[str, NDArray[np.uint8]]:
    """Return arrays of exactly MNIST's sizes and types that compress to next to nothing."""
    arrays: dict[str, NDArray[np.uint8]] = {}
    for part, count in (("train", 60_000), ("test", 10_000)):
        images = np.zeros((count, 28, 28), np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        for label in range(10):
            images[label::10, 4 : 6 + label, 10:18] = 255
        arrays |= {f"x_{part}": images, f"y_{part}": labels}
    return arrays
