"""What it costs to keep a run, and to ask for what is new of one.

    python -m benchmarks.keeping [--repeats 5]

1. The same trainings, by turns with nobody listening and with the run store listening (events, progress,
   a checkpoint and the mistakes after each epoch): seconds an epoch, median, and the share that keeping
   takes.
2. A run of 100,000 points: milliseconds and bytes of the first answer that the curves ask for, and of an
   answer with nothing new and with one point.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.data.sources import source
from core.data.split import Dataset, Parts, Samples, split
from core.experiment.edits import set_training
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.model.build import build
from core.runs.run import Control, Progress
from core.runs.store import RunStore
from core.training.engine import Listener, train
from core.training.job import StoreListener
from core.training.state import State
from core.training.tensors import path_here

POINTS = 100_000
CASES = (("notebook_rescaled", "digits", 6), ("small_cnn", "digits", 4), ("notebook_rescaled", "mnist", 2))


class Nobody:
    """Listens to a training, and keeps nothing but the time."""

    def record(self, progress: Progress, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep nothing."""

    def control(self) -> Control:
        """Ask for nothing."""
        return Control()

    def keep(self, state: State) -> None:
        """Keep nothing."""

    def note_mistakes(self, body: Mapping[str, Any]) -> None:
        """Keep nothing."""


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        _keeping(RunStore(Path(folder)), repeats)
        _asking(RunStore(Path(folder)), repeats)


def _keeping(store: RunStore, repeats: int) -> None:
    print("| training | alone, s an epoch | kept, s an epoch | keeping takes |\n|---|---|---|---|")
    for name, data, epochs in CASES:
        design, parts = _design(name, data, epochs)
        times: dict[str, list[float]] = {"alone": [], "kept": []}
        for _ in range(repeats):
            times["alone"].append(_seconds(design, parts, Nobody()) / epochs)
            run = store.create(design, name)
            attempt = store.begin(run.id)
            listener = StoreListener(store, run.id, attempt)
            with store.held():
                times["kept"].append(_seconds(design, parts, listener) / epochs)
        alone, kept = (statistics.median(times[name]) for name in ("alone", "kept"))
        print(f"| {name}, as many as {data} | {alone:.3f} | {kept:.3f} | {kept / alone - 1:+.1%} |")


def _design(name: str, data: str, epochs: int) -> tuple[Experiment, Parts]:
    info = source(data).info
    design = set_training(preset(name).experiment(info), epochs=epochs)
    random = np.random.default_rng(0)
    count = info.training_size
    inputs = random.integers(0, 256, (count, *info.input_shape), dtype=np.uint8)
    samples = Samples(inputs, random.integers(0, 10, count).astype(np.uint8))
    return design, split(Dataset(info, samples, samples), design.data)


def _seconds(design: Experiment, parts: Parts, listener: Listener) -> float:
    info = source(design.data.dataset).info
    model = build(design, info, parts.statistics)
    path = path_here(design, info, parts.training.inputs)
    begun = time.perf_counter()
    train(model, parts, info, design, listener, path=path)
    return time.perf_counter() - begun


def _asking(store: RunStore, repeats: int) -> None:
    run = store.create(Experiment(), "long")
    store.begin(run.id)
    body = {
        "epoch": 0.5,
        "step": 1,
        "seconds": 0.1,
        "loss": 0.123456,
        "accuracy": 0.98765,
        "learning_rate": 1e-3,
    }
    for _ in range(POINTS // 1_000):
        store.record(run.id, Progress(), [("point", body)] * 1_000)
    print(f"\n| asked of {POINTS:,} points | ms | bytes of JSON |\n|---|---|---|")
    for words, after in (("all, thinned", 0), ("one new point", POINTS - 1), ("nothing new", POINTS)):
        times = []
        for _ in range(max(3, repeats)):
            begun = time.perf_counter()
            found = store.curve(run.id, after)
            times.append(time.perf_counter() - begun)
        size = len(json.dumps([[event.seq, event.kind, event.body] for event in found]))
        print(f"| {words} | {1_000 * statistics.median(times):.1f} | {size:,} |")


if __name__ == "__main__":
    main()
