"""Bent pictures stay the pictures they were, a little otherwise each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.drawing.making.warp import warp


def _bars(count: int) -> NDArray[np.uint8]:
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 6:22, 12:16] = 255
    return images


def test_each_is_bent_in_a_way_of_its_own_and_the_seed_decides() -> None:
    images = _bars(40)
    bent = warp(images, np.random.default_rng(0))
    assert bent.shape == images.shape
    assert bent.dtype == np.uint8
    assert len(np.unique(bent.reshape(40, -1), axis=0)) == 40
    assert np.array_equal(bent, warp(images, np.random.default_rng(0)))


def test_ink_is_neither_made_nor_lost_on_the_whole() -> None:
    images = _bars(500)
    bent = warp(images, np.random.default_rng(1)).astype(float)
    assert abs(bent.sum() / images.astype(float).sum() - 1) < 0.03


def test_the_mean_of_many_is_where_the_picture_was() -> None:
    images = _bars(800)
    mean = warp(images, np.random.default_rng(2)).mean(axis=0)
    rows, columns = np.indices(mean.shape)
    middle = (images[0] * rows).sum() / images[0].sum(), (images[0] * columns).sum() / images[0].sum()
    assert abs((mean * rows).sum() / mean.sum() - middle[0]) < 0.25
    assert abs((mean * columns).sum() / mean.sum() - middle[1]) < 0.25


def test_ink_at_the_edge_goes_out_and_nothing_comes_in() -> None:
    images = np.zeros((200, 28, 28), np.uint8)
    images[:, :2] = 255
    bent = warp(images, np.random.default_rng(3))
    assert bent[:, 14:].max() == 0  # what leaves at the top does not come back at the bottom
    assert bent.astype(float).mean() < images.astype(float).mean()


def test_more_pictures_than_are_bent_at_once_all_come_back() -> None:
    images = np.random.default_rng(4).integers(0, 256, (2_100, 28, 28), dtype=np.uint8)
    assert warp(images, np.random.default_rng(5)).shape == images.shape
