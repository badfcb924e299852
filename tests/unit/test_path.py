"""Which way a training goes, in which chunks and in which order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data import aligned
from core.data.order import order
from core.experiment.layer import Layer
from core.experiment.presets import preset
from core.training import chunks
from core.training.chunks import Chunks
from core.training.path import Device, Way, choose
from tests.unit.designs import FLAT, SOFTMAX, design, layer
from tests.unit.made_up import PICTURES

GIGABYTE = 10**9
PROCESSOR = Device(is_gpu=False, memory=8 * GIGABYTE)
CARD = Device(is_gpu=True, memory=8 * GIGABYTE)
CONV, DROPOUT = layer("Conv2D", filters=2), layer("Dropout", rate=0.2)


@pytest.mark.parametrize(
    ("stack", "slow"),
    [
        ((FLAT, layer("Dense", units=4)), ""),
        ((FLAT, layer("BatchNormalization"), layer("Activation")), ""),
        ((FLAT, layer("Residual", (layer("Dense", units=4),))), ""),
        ((CONV, FLAT), "Conv2D"),
        ((FLAT, DROPOUT), "Dropout"),
        ((CONV, layer("MaxPooling2D"), FLAT, DROPOUT), "Conv2D, MaxPooling2D and Dropout"),
        ((layer("Parallel", (CONV,), ()), FLAT), "Conv2D"),
        ((layer("Residual", (layer("Dense", units=4),)), FLAT), "Conv2D"),
    ],
    ids=str,
)
def test_only_networks_that_xla_makes_faster_are_compiled(stack: tuple[Layer, ...], slow: str) -> None:
    path = choose(design(PICTURES, *stack, SOFTMAX), PICTURES, GIGABYTE, PROCESSOR)
    assert path.way is (Way.IN_GRAPH if slow else Way.XLA)
    assert slow in path.why


def test_data_larger_than_half_of_the_memory_are_streamed() -> None:
    made = preset("article").experiment(PICTURES)
    assert choose(made, PICTURES, 4 * GIGABYTE, PROCESSOR).way is Way.XLA
    for device in (PROCESSOR, CARD):
        path = choose(made, PICTURES, 4 * GIGABYTE + 1, device)
        assert path.way is Way.STREAMED
        assert "8.0 GB" in path.why


def test_on_a_graphics_card_steps_are_taken_in_the_graph() -> None:
    assert choose(preset("article").experiment(PICTURES), PICTURES, GIGABYTE, CARD).way is Way.IN_GRAPH


def test_an_order_has_every_sample_once_and_depends_on_seed_and_epoch_alone() -> None:
    first = order(1_000, seed=3, epoch=0)
    assert sorted(first) == list(range(1_000))
    assert np.array_equal(first, order(1_000, seed=3, epoch=0))
    for other in (order(1_000, seed=3, epoch=1), order(1_000, seed=4, epoch=0), np.arange(1_000)):
        assert (first != other).mean() > 0.9


@pytest.mark.parametrize("batch", [1e-5, 1e-3, 0.05, 2.0])
def test_chunks_grow_until_they_take_their_time(batch: float) -> None:
    sized, counts = Chunks(), []
    for _ in range(12):
        counts.append(sized.next(100_000))
        sized.took(counts[-1], batch * counts[-1] + 0.002)
    assert counts[:2] == [1, 1]  # the first also waits for its graph to be made
    assert batch * counts[-1] <= chunks.SECONDS or counts[-1] == 1
    assert batch * (counts[-1] + 1) > 0.8 * chunks.SECONDS
    assert all(after <= chunks.GROWTH * before for before, after in pairwise(counts))


def test_a_chunk_is_never_larger_than_what_is_left() -> None:
    sized = Chunks()
    for _ in range(5):
        sized.took(sized.next(1_000), 1e-9)
    assert sized.next(7) == 7


@pytest.mark.parametrize("shape", [(5,), (3, 7, 2), (1, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.int64])
def test_rows_taken_are_those_asked_for_and_lie_where_they_can_be_shared(
    shape: tuple[int, ...], dtype: type
) -> None:
    array: NDArray[Any] = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    places = np.arange(len(array))[::-2]
    rows = aligned.taken(array, places)
    assert rows.dtype == dtype
    assert np.array_equal(rows, array[places])
    assert aligned.is_shareable(rows)
