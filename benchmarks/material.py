"""What benchmarks train on: the real MNIST where its file is named, else random arrays of its shape."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np

from core.data import files
from core.data.sources import source
from core.data.split import Dataset, Samples

INFO = source("mnist").info
FILENAME = source("mnist").filename


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Let a command's `--data` name the file with MNIST."""
    parser.add_argument("--data", type=Path, help="mnist.npz; without it, random arrays of its shape")


def words(data: Path | None) -> str:
    """Return what is trained on, in words."""
    return "MNIST" if data else "random images of MNIST's shape"


def dataset(data: Path | None, samples: int = INFO.training_size) -> Dataset:
    """Return MNIST, or what looks like it.

    Args:
        data: The file; None for random arrays.
        samples: How many to take for training and validation together, of 60,000.
    """
    if data:
        found = files.read(data, INFO)
        training, test = found.training, found.test
    else:
        training, test = _random(INFO.training_size, 0), _random(INFO.test_size, 1)
    return Dataset(INFO, Samples(training.inputs[:samples], training.answers[:samples]), test)


def put(data: Path | None, home: Path) -> None:
    """Put MNIST, or what looks like it, into a data directory."""
    path = home / "datasets" / FILENAME
    if data:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data, path)
        return
    made = dataset(None)
    arrays = {
        "x_train": made.training.inputs,
        "y_train": made.training.answers,
        "x_test": made.test.inputs,
        "y_test": made.test.answers,
    }
    files.write(path, arrays)


def _random(count: int, seed: int) -> Samples:
    random = np.random.default_rng(seed)
    inputs = random.integers(0, 256, (count, *INFO.input_shape), dtype=np.uint8)
    return Samples(inputs, random.integers(0, INFO.outputs, count).astype(np.uint8))
