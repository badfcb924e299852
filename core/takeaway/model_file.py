"""A run's network as a file that carries its design: `.keras` for Keras, `.tflite` for phones."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path

from core.errors import RunRefused
from core.experiment.carried import NETWORK_MEMBER
from core.runs.files import verify_checksum, write_whole
from core.runs.run import Run
from core.takeaway.card import member

TFLITE = "model.tflite"


def keras_file(run: Run) -> bytes:
    """Return a run's `.keras` file with its design and card inside.

    It holds layers, weights, the optimizer's state and the normalization, as Keras wrote them.

    Args:
        run: One with a trained network.

    Raises:
        RunRefused: It has none.
        FileDamaged: The file is not what was written.
    """
    if not run.has_model:
        raise RunRefused(f"Run {run.number} has no trained network to take away.")
    verify_checksum(run.model_path)
    made = io.BytesIO(run.model_path.read_bytes())
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(NETWORK_MEMBER, json.dumps(member(run), indent=1))
    return made.getvalue()


def write_tflite(model: Path, path: Path) -> None:
    """Write a network of our own as TensorFlow Lite, for phones and small machines. Loads TensorFlow.

    Args:
        model: A `.keras` file that LayerLab wrote.
        path: What is written: whole, or not at all.

    Raises:
        FileDamaged: The file is not what was written.
        StorageFailed: The disk is full, or the folder can't be written.
    """
    import keras
    import tensorflow as tf

    verify_checksum(model)
    network = keras.saving.load_model(model, compile=False)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it does
        content = tf.lite.TFLiteConverter.from_keras_model(network).convert()
    write_whole(path, lambda temporary: _write(temporary, content))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
