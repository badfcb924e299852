"""The steps of a training, many in one call: in a graph, compiled by XLA, or streamed.

Whatever the way, it is `train_step` of the Keras model that is done, batch after batch in the order that is
given, so that optimizer, losses, metrics, regularizers and random layers are Keras's own. Where chunks
begin and end changes no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.training.path import Way
from core.training.tensors import on_device

Logs = Mapping[str, Any]
BLOCK_BYTES = 4 << 20
"""What XLA's program is given at a time: it would copy a larger array again for every batch."""
MOST_IN_A_BLOCK = 64


class Steps(Protocol):
    """The batches of one epoch after another."""

    def begin(self, order: NDArray[np.int32]) -> None:
        """Begin an epoch that takes the samples in this order, shape (samples,)."""

    def run(self, start: int, count: int) -> Logs:
        """Learn from `count` whole batches from number `start` on, or from the short last one.

        Returns:
            Loss and metrics since they were reset, by Keras's names: tensors of one number.
        """


def steps(model: keras.Model, inputs: NDArray[Any], answers: NDArray[Any], batch: int, way: Way) -> Steps:
    """Return what trains `model` in this way.

    Args:
        model: Compiled, with its optimizer built.
        inputs: Shape (samples, *input_shape), as they are stored; not to be written to any more.
        answers: As the loss wants them, shape (samples, …).
        batch: Samples in a batch.
        way: How.
    """
    batch = min(batch, len(inputs))
    if way is Way.STREAMED:
        return _Streamed(model, inputs, answers, batch)
    kind = _Compiled if way is Way.XLA else _InGraph
    return kind(model, inputs, answers, batch)


class _InGraph:
    """Batches are gathered on the device, inside the graph that learns from them."""

    def __init__(self, model: keras.Model, inputs: NDArray[Any], answers: NDArray[Any], batch: int) -> None:
        self._model = model
        self._inputs = on_device(inputs)
        self._answers = on_device(answers)
        self._batch = batch
        self._samples = len(inputs)
        self._order = tf.constant(0)
        self._graph = tf.function(self._several, autograph=False)

    def begin(self, order: NDArray[np.int32]) -> None:
        self._order = tf.constant(order)

    def run(self, start: int, count: int) -> Logs:
        size = min(self._batch, self._samples - start * self._batch)  # each of the two sizes has its graph
        return dict(self._graph(self._order, tf.constant(start), tf.constant(count), size))

    def _several(self, order: tf.Tensor, start: tf.Tensor, count: tf.Tensor, size: int) -> Logs:
        def one(number: tf.Tensor) -> tuple[tf.Tensor]:
            places = tf.slice(order, [number * self._batch], [size])
            self._model.train_step((tf.gather(self._inputs, places), tf.gather(self._answers, places)))
            return (number + 1,)

        tf.while_loop(lambda number: number < start + count, one, (start,))
        return dict(self._model.get_metrics_result())


class _Compiled(_InGraph):
    """As in the graph, but blocks of whole batches go through one program that XLA has made.

    Making it takes a second, a graph a third of that: so the very first batch of a training goes through a
    graph, and there is something to see.
    """

    def __init__(self, model: keras.Model, inputs: NDArray[Any], answers: NDArray[Any], batch: int) -> None:
        super().__init__(model, inputs, answers, batch)
        bytes_a_batch = max(1, batch * inputs[:1].nbytes)
        self._most = max(1, min(MOST_IN_A_BLOCK, BLOCK_BYTES // bytes_a_batch))  # batches in a block
        self._program = tf.function(self._block, autograph=False, jit_compile=True)
        self._programs = tf.function(self._blocks, autograph=False)

    def begin(self, order: NDArray[np.int32]) -> None:
        # the last block reaches beyond the end; what it gathers there is not learned from
        super().begin(np.pad(order, (0, self._most * self._batch)))

    def run(self, start: int, count: int) -> Logs:
        if (start + count) * self._batch > self._samples:  # a short batch would be another program
            return super().run(start, count)
        if start == 0 and int(self._model.optimizer.iterations) == 0:
            logs = super().run(0, 1)
            return logs if count == 1 else self.run(1, count - 1)
        return dict(self._programs(self._order, tf.constant(start), tf.constant(count)))

    def _blocks(self, order: tf.Tensor, start: tf.Tensor, count: tf.Tensor) -> Logs:
        def one(start: tf.Tensor, count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            places = tf.slice(order, [start * self._batch], [self._most * self._batch])
            places = tf.reshape(places, [self._most, self._batch])
            here = tf.minimum(count, self._most)
            self._program(tf.gather(self._inputs, places), tf.gather(self._answers, places), here)
            return start + here, count - here

        tf.while_loop(lambda _, left: left > 0, one, (start, count))
        return dict(self._model.get_metrics_result())

    def _block(self, inputs: tf.Tensor, answers: tf.Tensor, count: tf.Tensor) -> None:
        def one(number: tf.Tensor) -> tuple[tf.Tensor]:
            self._model.train_step((inputs[number], answers[number]))
            return (number + 1,)

        # not `tf.range(count)`: XLA would make a program for every count
        tf.while_loop(lambda number: number < count, one, (tf.constant(0),))


class _Streamed:
    """Batches are put together on the processor while the ones before are learned from."""

    def __init__(self, model: keras.Model, inputs: NDArray[Any], answers: NDArray[Any], batch: int) -> None:
        self._model = model
        self._inputs = inputs
        self._answers = answers
        self._batch = batch
        self._batches: Any = None
        self._graph = tf.function(self._several, autograph=False)

    def begin(self, order: NDArray[np.int32]) -> None:
        places = tf.data.Dataset.from_tensor_slices(order).batch(self._batch)
        self._batches = iter(places.map(self._gathered).prefetch(tf.data.AUTOTUNE))

    def run(self, start: int, count: int) -> Logs:
        return dict(self._graph(self._batches, tf.constant(count)))

    def _gathered(self, places: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        arrays = (self._inputs, self._answers)
        types = [each.dtype for each in arrays]
        found = tf.numpy_function(lambda at: tuple(each[at] for each in arrays), [places], types)
        for tensor, array in zip(found, arrays, strict=True):
            tensor.set_shape((None, *array.shape[1:]))
        return tuple(found)

    def _several(self, batches: Any, count: tf.Tensor) -> Logs:
        def one(left: tf.Tensor) -> tuple[tf.Tensor]:
            self._model.train_step(next(batches))
            return (left - 1,)

        tf.while_loop(lambda left: left > 0, one, (count,))
        return dict(self._model.get_metrics_result())
