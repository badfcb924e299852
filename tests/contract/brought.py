"""Networks that go into a file and come back, here where TensorFlow is loaded already."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.bringback import worker
from core.bringback.archive import open_archive
from core.bringback.network import Network, parts, read_network
from core.experiment.block import Block
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import Layer

Floats = NDArray[np.float32]


def saved(model: keras.Model, folder: Path) -> bytes:
    """Return a model as Keras saves it."""
    path = folder / "stranger.keras"
    model.save(path)
    return path.read_bytes()


def read(content: bytes, info: DatasetInfo, normalization: str = "none") -> Network:
    """Return what a file's network is here."""
    return read_network(parts(open_archive(content)), info, normalization)


def brought(
    content: bytes, info: DatasetInfo, folder: Path, normalization: str = "none"
) -> tuple[Experiment, keras.Model, list[str]]:
    """Return a file's design, the model that was made of it, and what was remarked."""
    path = folder / "ours.keras"
    job = {"info": json.loads(json.dumps(asdict(info))), "normalization": normalization, "save": str(path)}
    members = parts(open_archive(content))
    said = worker.work(job, members)
    translation = read_network(members, info, normalization).translation
    model = keras.saving.load_model(path)  # our own
    return translation.experiment, model, [*translation.remarks, *said["remarks"]]


def answers(model: keras.Model, info: DatasetInfo, shape: tuple[int, ...] | None = None) -> Floats:
    """Return what a model answers to a few inputs of the data's kind.

    Args:
        model: The model.
        info: The data.
        shape: How it wants a sample to be arranged, where that is otherwise than in the data.
    """
    low, high = info.value_range
    inputs = np.random.default_rng(5).uniform(low, high, (3, *info.input_shape)).astype(np.float32)
    given = inputs.reshape(3, *(shape or info.input_shape))
    return np.asarray(model(given, training=False))


def content_of(layer: Layer) -> tuple[Any, ...]:
    """Return all that a layer is but its name, and the names of what it holds."""
    document = {name: value for name, value in layer.to_dict().items() if name != "name"}
    if document.get("strides") == document.get("pool_size", 0):
        document["strides"] = 0  # windows that do not overlap, said in the other way
    branches = layer.branches if isinstance(layer, Block) else ()
    return (layer.kind(), document, [[content_of(each) for each in branch] for branch in branches])


def contents(experiment: Experiment) -> list[tuple[Any, ...]]:
    """Return all that a design's layers are but their names."""
    return [content_of(layer) for layer in experiment.model.layers]
