"""How good a model is on samples that it does not learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.data.split import Samples, encode
from core.experiment.dataset import DatasetInfo
from core.experiment.training_spec import TrainingSpec

FEWEST, MOST = 256, 1_024
"""Samples at a time. Nothing is learned here, so a batch may be large: faster, with the same result."""


@dataclass(frozen=True)
class Judged:
    """What came of an evaluation.

    Attributes:
        figures: The loss and the metric, by Keras's names.
        outputs: What the model gave, shape (n, …), float32.
    """

    figures: Mapping[str, float]
    outputs: NDArray[np.float32]


class Evaluation:
    """Evaluates one model on one set of samples, with the figures of Keras's own `evaluate`."""

    def __init__(self, model: keras.Model, samples: Samples, info: DatasetInfo, plan: TrainingSpec) -> None:
        """Get ready.

        Args:
            model: Compiled; takes raw inputs.
            samples: At least one.
            info: What the data set declares.
            plan: Says the loss and the batch size.
        """
        self._samples = samples
        self._model = model
        self._answers = encode(samples.answers, plan.loss, info)
        self._size = min(max(plan.samples_a_step(len(samples)), FEWEST), MOST)
        # one graph for whole and short batches
        shapes = [
            tf.TensorSpec((None, *each.shape[1:]), each.dtype) for each in (samples.inputs, self._answers)
        ]
        self._graph = tf.function(self._batch, input_signature=shapes, autograph=False)

    def judge(self, told: keras.callbacks.CallbackList | None = None) -> Judged:
        """Evaluate the model as it is now.

        Args:
            told: Callbacks that hear of each batch, as under `evaluate`.
        """
        told = told or keras.callbacks.CallbackList()
        self._model.reset_metrics()
        told.on_test_begin()
        outputs, figures = [], {}
        for number, start in enumerate(range(0, len(self._samples), self._size)):
            told.on_test_batch_begin(number)
            part = slice(start, start + self._size)
            given, logs = self._graph(self._samples.inputs[part], self._answers[part])
            outputs.append(given.numpy())
            figures = {name: float(value) for name, value in logs.items()}
            told.on_test_batch_end(number, figures)
        told.on_test_end(figures)
        return Judged(figures, np.concatenate(outputs))

    def _batch(self, inputs: tf.Tensor, answers: tf.Tensor) -> tuple[tf.Tensor, Mapping[str, Any]]:
        given = self._model(inputs, training=False)
        loss = self._model.compute_loss(inputs, answers, given, training=False)
        # the first of the metrics is the mean of the loss; Keras's own `test_step` hides the outputs
        self._model.metrics[0].update_state(loss, sample_weight=tf.shape(inputs)[0])
        logs = self._model.compute_metrics(inputs, answers, given)
        return given, dict(logs)


def evaluate(
    model: keras.Model, samples: Samples, info: DatasetInfo, plan: TrainingSpec
) -> Mapping[str, float]:
    """Return the loss and the metric of `model` on `samples`, by Keras's names."""
    return Evaluation(model, samples, info, plan).judge().figures
