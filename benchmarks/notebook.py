"""The notebook's lesson on the real MNIST, by the road that the product takes, and by `model.fit`.

    python -m benchmarks.notebook [--epochs 10] [--seeds 3] [--data mnist.npz]

Trains the notebook's network on raw pixels, on pixels ÷ 255 and on standardized pixels: as the Learn page
does (run store, job, test set), and with `model.fit` from the same starting weights, on the same digits in
an order of its own. Prints the test accuracy after the last epoch beside what the notebook published, and
the validation accuracy, mean of the later half of all epochs: what a single epoch leaves behind is partly
luck. Without `--data`, the `mnist.npz` of this machine's data directory is taken.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from benchmarks import contenders, report
from benchmarks.material import INFO
from core.data import files, library
from core.data.sources import source
from core.data.split import split
from core.experiment import lessons
from core.experiment.experiment import Experiment
from core.home import VARIABLE
from core.runs.run import Status
from core.runs.store import RunStore
from core.training.job import run_to_end

PUBLISHED = {"rescale": "0.9814"}
"""Test accuracy that the notebook published, by normalization."""
AIM_POINTS = 0.3
"""Percentage points that the medians may lie apart."""


def main() -> None:
    """Train all, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=files.folder() / source("mnist").filename)
    chosen = parser.parse_args()
    if not chosen.data.is_file():
        parser.error(f"{chosen.data} is not there; name the file with --data")
    report.conditions()
    print(f"{chosen.epochs} epochs; the median of {chosen.seeds} seeds (each seed).\n")
    report.head("inputs", "", "LayerLab", "`fit`", "points apart", "", "published")
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        shutil.copyfile(chosen.data, files.folder() / source("mnist").filename)
        store = RunStore(Path(folder))
        for design in lessons.notebook(INFO, chosen.epochs):
            seeds = [design.with_training(seed=seed) for seed in range(chosen.seeds)]
            # by turns, so that both find the machine as busy
            _rows(design, [(_run(store, each), _fitted(each)) for each in seeds])


@dataclass(frozen=True)
class Trained:
    """What came of one training: test accuracy, validation accuracy by epoch, seconds."""

    test: float
    validation: Sequence[float]
    seconds: float

    @property
    def later(self) -> float:
        """Mean validation accuracy of the later half of the epochs."""
        return statistics.mean(self.validation[len(self.validation) // 2 :])


def _run(store: RunStore, design: Experiment) -> Trained:
    run = store.create(design, design.data.normalization)
    run_to_end(store, run.id)
    run = store.get(run.id)
    if run.status is not Status.COMPLETED:
        raise SystemExit(f"a run {run.status}: {run.reason}")
    epochs = [event.body["val_accuracy"] for event in store.events(run.id, kind="epoch")]
    return Trained(run.result["test_accuracy"], epochs, run.progress.seconds)


def _fitted(design: Experiment) -> Trained:
    """Train with Keras's own loop, called as the notebook calls it."""
    dataset = library.load("mnist")
    model, fitting = contenders.by_keras(design, split(dataset, design.data))
    begun = time.perf_counter()
    history = fitting(design.training.epochs)
    seconds = time.perf_counter() - begun
    tested = contenders.for_keras(dataset.test, design)
    accuracy = model.evaluate(*tested, verbose=0, return_dict=True)["accuracy"]
    keras.backend.clear_session()
    return Trained(accuracy, history.history["val_accuracy"], seconds)


def _rows(design: Experiment, pairs: list[tuple[Trained, Trained]]) -> None:
    inputs = lessons.scale_of(design).inputs
    ours, fits = zip(*pairs, strict=True)
    published = PUBLISHED.get(design.data.normalization, "–")
    _compare(inputs, "test", [each.test for each in ours], [each.test for each in fits], published)
    _compare("", "validation", [each.later for each in ours], [each.later for each in fits], "")
    seconds = (f"{statistics.median(each.seconds for each in them):.1f}" for them in (ours, fits))
    report.row("", "seconds", *seconds, "", "", "")


def _compare(inputs: str, what: str, ours: list[float], fits: list[float], published: str) -> None:
    apart = 100 * (statistics.median(ours) - statistics.median(fits))
    met = report.at_most(abs(apart), AIM_POINTS)
    report.row(inputs, what, _cell(ours), _cell(fits), f"{apart:+.2f}", met, published)


def _cell(figures: list[float]) -> str:
    return f"{statistics.median(figures):.4f} ({', '.join(f'{each:.4f}' for each in figures)})"


if __name__ == "__main__":
    main()
