"""Ask a run's model. For worker processes: it loads TensorFlow."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import RunRefused
from core.home import home
from core.runs.files import verify_checksum
from core.runs.store import RunStore

MODELS_KEPT = 8


def predict(run_id: str, image: list[list[int]]) -> list[float]:
    """Return the network's output for one image.

    Args:
        run_id: A finished run.
        image: Grey values from 0 to 255, as rows.

    Returns:
        One number per class; shares that add up to 1 where the network ends in softmax.

    Raises:
        RunNotFound: There is no such run.
        RunRefused: It has no model.
        FileDamaged: Its model's file is not what was written.
    """
    run = RunStore(home()).get(run_id)
    if not run.has_model:
        raise RunRefused(f"Run {run.number} has no trained network to ask. Choose another run.")
    answer = _answerer(run.model_path, run.model_path.stat().st_mtime_ns)
    return [float(value) for value in answer(np.asarray(image, np.float32)[None, ..., None])[0]]


@functools.lru_cache(MODELS_KEPT)
def _answerer(path: Path, stamp: int) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Load a model of our own once; a new `stamp` means a new file."""
    import keras
    import tensorflow as tf

    verify_checksum(path)
    model = keras.saving.load_model(path, compile=False)
    # as a graph one answer takes about 1 ms, where calling the model takes 8 and predict() 130
    graph = tf.function(lambda inputs: model(inputs, training=False))
    return lambda inputs: graph(tf.constant(inputs)).numpy()
