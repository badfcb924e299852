"""What a run leaves for other tools: its epochs as CSV and as TensorBoard's event files."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.runs.files import storage, write_whole
from core.runs.run import HISTORY, TENSORBOARD

Epochs = Sequence[Mapping[str, float]]
_FIRST = ("epoch", "step", "seconds", "learning_rate")
_VALIDATION = "val_"


def write_csv(folder: Path, epochs: Epochs) -> None:
    """Write one row an epoch, with Keras's names as its head.

    Raises:
        StorageFailed: The disk is full, or the folder can't be written.
    """
    names = dict.fromkeys((*_FIRST, *(name for epoch in epochs for name in epoch)))

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, list(names))
            rows.writeheader()
            rows.writerows(epochs)

    write_whole(folder / HISTORY, write)


def write_tensorboard(folder: Path, epochs: Epochs) -> None:
    """Write event files as Keras's own callback lays them out: `train` and `validation`, by epoch.

    They replace those that an earlier, interrupted try has left.

    Raises:
        StorageFailed: The disk is full, or the folder can't be written.
    """
    import tensorflow as tf

    # `tf.summary.scalar` would need the tensorboard package; this is what it writes
    scalars = tf.compat.v1.SummaryMetadata(
        plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
    )
    with storage():
        shutil.rmtree(folder / TENSORBOARD, ignore_errors=True)
        try:
            for part, prefix in (("train", ""), ("validation", _VALIDATION)):
                with tf.summary.create_file_writer(str(folder / TENSORBOARD / part)).as_default() as writer:
                    for epoch in epochs:
                        for name, value in _of_part(epoch, prefix):
                            step = int(epoch["epoch"]) - 1
                            tf.summary.write(f"epoch_{name}", tf.constant(value, tf.float32), step, scalars)
                    writer.close()
        except tf.errors.OpError as error:  # TensorFlow writes by itself, with errors of its own
            raise OSError(error.message) from error


def _of_part(epoch: Mapping[str, float], prefix: str) -> Sequence[tuple[str, float]]:
    figures = [(name, value) for name, value in epoch.items() if name not in ("epoch", "step", "seconds")]
    if prefix:
        return [(name.removeprefix(prefix), value) for name, value in figures if name.startswith(prefix)]
    return [(name, value) for name, value in figures if not name.startswith(_VALIDATION)]
