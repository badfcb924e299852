"""The steps of a training, many in one call: in a graph, compiled by XLA, or streamed.

Whatever the way, it is `train_step` of the Keras model that is done, batch after batch in the order that is
given, so that optimizer, losses, metrics, regularizers and random layers are Keras's own. Where chunks
begin and end changes no number.

On a processor each way gives what `fit` with the same `jit_compile` gives, to the last bit, so that the
program which is taken away repeats a run. Two things are so for that alone: a graph does not know how many
samples a batch has, as `fit`'s does not (batch normalization is computed a little differently where it is
known); and what XLA compiles, it compiles from the first batch to the last short one.
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
        size = min(self._batch, self._samples - start * self._batch)
        return dict(self._graph(self._order, tf.constant(start), tf.constant(count), tf.constant(size)))

    def _several(self, order: tf.Tensor, start: tf.Tensor, count: tf.Tensor, size: tf.Tensor) -> Logs:
        def one(number: tf.Tensor) -> tuple[tf.Tensor]:
            places = tf.slice(order, [number * self._batch], [size])
            self._model.train_step((tf.gather(self._inputs, places), tf.gather(self._answers, places)))
            return (number + 1,)

        tf.while_loop(lambda number: number < start + count, one, (start,))
        return dict(self._model.get_metrics_result())


class _Compiled(_InGraph):
    """Batches go through programs that XLA has made: one for blocks of whole ones, one for the short one.

    Making one takes a second, a graph a third of that: so the very first batch goes through a graph, too,
    and there is something to see; what it learned is taken back before the program learns from that batch.
    """

    def __init__(self, model: keras.Model, inputs: NDArray[Any], answers: NDArray[Any], batch: int) -> None:
        super().__init__(model, inputs, answers, batch)
        bytes_a_batch = max(1, batch * inputs[:1].nbytes)
        self._most = max(1, min(MOST_IN_A_BLOCK, BLOCK_BYTES // bytes_a_batch))  # batches in a block
        self._program = tf.function(self._block, autograph=False, jit_compile=True)
        self._programs = tf.function(self._blocks, autograph=False)
        self._before: list[tuple[keras.Variable, NDArray[Any]]] = []

    def begin(self, order: NDArray[np.int32]) -> None:
        # the last block reaches beyond the end; what it gathers there is not learned from
        super().begin(np.pad(order, (0, self._most * self._batch)))

    def run(self, start: int, count: int) -> Logs:
        if start == 0 and self._is_worth_showing():
            self._before = [(each, each.numpy()) for each in self._learned()]
            logs = super().run(0, 1)
            return logs if count == 1 else self.run(1, count - 1)
        if self._before:
            for variable, value in self._before:
                variable.assign(value)
            self._model.reset_metrics()
            self._before, start, count = [], 0, start + count
        left = self._samples - start * self._batch
        most, size = (1, left) if left < self._batch else (self._most, self._batch)
        return dict(self._programs(self._order, tf.constant(start), tf.constant(count), most, size))

    def _learned(self) -> list[keras.Variable]:
        """Return what a batch changes; the rate is a person's to change, and stays as it is then."""
        optimizer = self._model.optimizer
        state = [each for each in optimizer.variables if each is not optimizer.learning_rate]
        return [*self._model.variables, *state]

    def _is_worth_showing(self) -> bool:
        # with fewer batches, an epoch could be over before the first was learned from for good
        return int(self._model.optimizer.iterations) == 0 and self._samples >= 2 * self._batch

    def _blocks(self, order: tf.Tensor, start: tf.Tensor, count: tf.Tensor, most: int, size: int) -> Logs:
        def one(start: tf.Tensor, count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            places = tf.slice(order, [start * self._batch], [most * size])
            places = tf.reshape(places, [most, size])
            here = tf.minimum(count, most)
            self._program(tf.gather(self._inputs, places), tf.gather(self._answers, places), here)
            return start + here, count - here

        tf.while_loop(lambda _, left: left > 0, one, (start, count))
        return dict(self._model.get_metrics_result())

    def _block(self, inputs: tf.Tensor, answers: tf.Tensor, count: tf.Tensor) -> None:
        def one(number: tf.Tensor) -> tuple[tf.Tensor]:
            self._model.train_step((inputs[number], answers[number]))
            return (number + 1,)

        if inputs.shape[0] == 1:  # a loop of its own would be compiled to a slightly different last bit
            one(tf.constant(0))
            return
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
