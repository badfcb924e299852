"""How a network's file does on a test set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.data import library
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.runs.files import verify_checksum


def judged(path: Path, experiment: Experiment, info: DatasetInfo) -> Mapping[str, float]:
    """Return a network's loss and metric on a test set, by Keras's names. Loads TensorFlow.

    Args:
        path: A `.keras` file that LayerLab itself has written: no other is loaded.
        experiment: Its design.
        info: A data set whose shapes fit.

    Raises:
        FileDamaged: The file is not what was written.
        DataUnavailable: The data set is not here.
    """
    verify_checksum(path)
    dataset = library.load(info.name)
    import keras

    from core.model.build import compiled
    from core.training.evaluation import evaluate

    model = compiled(keras.saving.load_model(path, compile=False), experiment, info)
    return evaluate(model, dataset.test, info, experiment.training)
