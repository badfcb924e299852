"""Whether time and memory of a training grow as the data do, and no faster (Linux and macOS).

    python -m benchmarks.growth [--repeats 3] [--preset NAME] [--times 0.1 1 10] [--data mnist.npz]

The engine trains on a tenth of MNIST, on all of it and on ten times as much, made by repetition in the
memory where it stays; nine of ten samples are learned from, the rest are for validation. Each size has a
process of its own, and they take turns: seconds of an epoch after one to warm up, median, and the most
memory that the process has ever held, less what it held when TensorFlow was loaded and no data were there.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import zipfile
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.lib import format as npy
from numpy.typing import NDArray

from benchmarks import contenders, material, report
from benchmarks.apart import Apart, Turns, by_turns
from core.data import aligned
from core.data.split import Parts, Samples, Statistics
from core.workers import admission

AIM_TIME = 0.10
"""How far the times for a sample may lie apart."""
AIM_BYTES = 300e6
"""What a training may hold beside the data."""
PIECE = 1_000
"""Images that are made at a time: nothing else may fill the memory that is measured."""
VALIDATION = 0.1
STATISTICS = Statistics((33.3,), (78.6,))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--preset", default="notebook_rescaled")
    parser.add_argument("--times", type=float, nargs="*", default=[0.1, 1.0, 10.0], help="MNIST's size")
    material.add_argument(parser)
    chosen = parser.parse_args()
    report.conditions()
    print(f"{chosen.preset}, on {material.words(chosen.data)}, {admission.cores_a_run()} cores.\n")
    sizes = [round(times * material.INFO.training_size) for times in chosen.times]
    held = {size: get_context("spawn").Value("q", 0) for size in sizes}
    found = by_turns(
        {str(size): Apart(_train, chosen.preset, chosen.data, size, held[size]) for size in sizes},
        chosen.repeats,
    )
    seconds = {size: [each / _epochs_a_turn(size) for each in found[str(size)]] for size in sizes}
    _report(seconds, {size: each.value for size, each in held.items()})


def _report(seconds: dict[int, list[float]], held: dict[int, int]) -> None:
    report.head(
        "samples", "s an epoch", "µs a sample", "memory, MB", "of it data, MB", "beside the data, MB"
    )
    a_sample, beside = [], []
    for size, taken in seconds.items():
        data = size * float(np.prod(material.INFO.input_shape))
        a_sample.append(statistics.median(taken) / size)
        beside.append(held[size] - data)
        bytes_ = (f"{each / 1e6:.0f}" for each in (held[size], data, beside[-1]))
        report.row(f"{size:,}", report.middle(taken), f"{1e6 * a_sample[-1]:.1f}", *bytes_)
    apart = max(a_sample) / min(a_sample) - 1
    print(f"\ntimes for a sample lie {apart:.0%} apart (aim: ≤ {AIM_TIME:.0%})", end=": ")
    print(report.at_most(apart, AIM_TIME))
    print(f"at most {max(beside) / 1e6:.0f} MB beside the data (aim: ≤ {AIM_BYTES / 1e6:.0f} MB)", end=": ")
    print(report.at_most(max(beside), AIM_BYTES))


def _epochs_a_turn(size: int) -> int:
    """Return how many epochs are taken together: a short one alone would be told by chance."""
    return max(1, material.INFO.training_size // size)


def _train(turns: Turns, name: str, data: Path | None, size: int, held: Any) -> None:
    """Train as a training process does, on data of this size, and keep in `held` what memory it took."""
    import keras
    import tensorflow as tf  # noqa: F401

    from core.model.build import build
    from core.training import cores
    from core.training.engine import train
    from core.training.tensors import path_here

    before = psutil.Process().memory_info().rss
    judged = round(VALIDATION * size)
    parts = Parts(_made(data, size - judged), _made(data, judged), STATISTICS)
    design = contenders.design_of(name, epochs=contenders.ENDLESS)
    path = path_here(design, material.INFO, parts.training.inputs)
    cores.use(admission.cores_a_run(), path.way)
    model = build(design, material.INFO, parts.statistics)

    def lap(epoch: int, logs: object) -> None:
        held.value = _peak() - before
        if epoch % _epochs_a_turn(size) == 0:
            turns.lap()

    laps = keras.callbacks.LambdaCallback(on_epoch_begin=lap)
    train(model, parts, material.INFO, design, contenders.Nobody(), path=path, callbacks=[laps])


def _peak() -> int:
    """Return the most memory that this process has ever held, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _made(data: Path | None, count: int) -> Samples:
    """Return so many samples, in memory that TensorFlow can read in place."""
    once = min(count, material.INFO.training_size)
    inputs = aligned.empty((count, *material.INFO.input_shape), np.dtype(np.uint8))
    for start, piece in zip(range(0, once, PIECE), _pieces(data), strict=False):
        inputs[start : min(start + PIECE, once)] = piece[: once - start]
    for start in range(once, count, once):
        inputs[start : start + once] = inputs[: min(once, count - start)]
    return Samples(inputs, np.resize(_answers(data), count))


def _pieces(data: Path | None) -> Iterator[NDArray[np.uint8]]:
    """Return MNIST's images piece by piece, or what looks like them."""
    shape = (PIECE, *material.INFO.input_shape)
    if data is None:
        random = np.random.default_rng(0)
        while True:
            yield random.integers(0, 256, shape, dtype=np.uint8)
    with zipfile.ZipFile(data) as archive, archive.open("x_train.npy") as member:
        npy.read_magic(member)
        npy.read_array_header_1_0(member)
        while content := member.read(int(np.prod(shape))):
            yield np.frombuffer(content, np.uint8).reshape(shape)


def _answers(data: Path | None) -> NDArray[np.uint8]:
    if data is None:
        random = np.random.default_rng(1)
        return random.integers(0, material.INFO.outputs, material.INFO.training_size).astype(np.uint8)
    with np.load(data) as arrays:
        return np.asarray(arrays["y_train"], np.uint8)


if __name__ == "__main__":
    main()
