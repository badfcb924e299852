"""How well the time of a training is told before it is begun, preset by preset.

    python -m benchmarks.estimate [--fit] [--only NAME …]

Each preset is trained by the engine on as many made-up images as MNIST has (one epoch), and as Digits
has (three epochs); the time it takes stands beside `core.training.estimate`'s figure for a machine
like the one measured (factor 1) and with the factor that this machine's other runs give. `--fit`
prints the figures that would suit this machine best, to be put into `core/training/estimate.py`.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import statistics
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from core.data.sources import source
from core.data.split import Array, Dataset, Samples, split
from core.experiment.block import every_layer
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import PRESETS
from core.model.build import build
from core.runs.run import Control, Progress
from core.training import cores, estimate
from core.training.engine import train
from core.training.estimate import COSTS, COUNTS, reference_seconds, work
from core.training.path import Way
from core.training.state import State
from core.training.tensors import path_here
from core.workers import admission

Row = tuple[str, Experiment, DatasetInfo, float]
"""A training: its name, design, data set and the seconds it took."""
WITHIN = 2.0
PULL = 0.01
EPOCHS = {"mnist": 1, "digits": 3}


class _Clock:
    """Listens to a training and keeps how long it took."""

    seconds = 0.0

    def record(self, progress: Progress, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep the time of the last word."""
        self.seconds = progress.seconds

    def control(self) -> Control:
        """Ask for nothing."""
        return Control()

    def keep(self, state: State) -> None:
        """Keep nothing."""

    def note_mistakes(self, body: Mapping[str, Any]) -> None:
        """Note nothing."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    chosen = parser.parse_args()
    rows: list[Row] = []
    for each in PRESETS:
        if each.to_mend or (chosen.only and each.name not in chosen.only):
            continue
        for name, epochs in EPOCHS.items():
            info = source(name).info
            design = each.experiment(info).with_training(epochs=epochs)
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
                seconds = process.submit(_measure, design, info).result()
            rows.append((f"{each.name}, {name}", design, info, seconds))
            _print(rows[-1], 1.0)
    _report(rows)
    if chosen.fit:
        for way in COSTS:
            _fit(way, [row for row in rows if estimate.way(row[1], row[2]) is way])


def _measure(design: Experiment, info: DatasetInfo) -> float:
    """Return the seconds of a training, in a process that has computed nothing yet."""
    random = np.random.default_rng(0)
    images = random.integers(0, 255, (info.training_size, *info.input_shape), dtype=np.uint8)
    answers = random.integers(0, info.outputs, info.training_size).astype(np.uint8)
    samples = Samples(images, answers)
    dataset = Dataset(info, training=samples, test=Samples(images[:10], answers[:10]))
    parts = split(dataset, design.data)
    path = path_here(design, info, parts.training.inputs)
    cores.use(admission.cores_a_run(), path.way)
    model = build(design, info, parts.statistics)
    clock = _Clock()
    train(model, parts, info, design, clock, path=path)
    return clock.seconds


def _print(row: Row, factor: float) -> None:
    name, design, info, seconds = row
    told = factor * reference_seconds(design, info)
    print(f"{name:34}{seconds:8.1f}s{told:8.1f}s{told / seconds:8.2f}", flush=True)


def _report(rows: list[Row]) -> None:
    ratios = [seconds / reference_seconds(design, info) for _, design, info, seconds in rows]
    print(f"\nwith the factor of all the other runs\n{'':34}{'took':>9}{'told':>9}{'told/took':>9}")
    worst = 1.0
    for index, row in enumerate(rows):
        factor = statistics.median([*ratios[:index], *ratios[index + 1 :]] or [1.0])
        _print(row, factor)
        told = factor * reference_seconds(row[1], row[2])
        worst = max(worst, told / row[3], row[3] / told)
    print(f"worst: {worst:.2f} times off (aim: at most {WITHIN})")


def _fit(way: Way, rows: list[Row]) -> None:
    """Find the times whose ratios to what was measured are nearest to 1, for one way.

    They are held near today's figures, by PULL: presets alone can't tell a layer's time from its
    multiply-adds, and what they can't tell stays as it is.
    """
    from scipy.optimize import minimize

    table, taken = [], np.log([seconds for *_, seconds in rows])
    for _, design, info, _seconds in rows:
        found = work(design, info)
        counts = [design.training.epochs * getattr(found, name) for name in COUNTS]
        table.append([*counts, 1.0, float(len(list(every_layer(design.model.layers))))])
    matrix, costs = np.array(table), COSTS[way]
    today = np.log([*(getattr(costs.work, name) for name in COUNTS), costs.start, costs.start_layer])

    def misfit(times: Array) -> float:
        ratios = np.log(matrix @ np.exp(times)) - taken
        return float((ratios**2).mean() + PULL * ((times - today) ** 2).mean())

    found_times = minimize(misfit, today).x
    print(f"\n{way}")
    for name, value in zip((*COUNTS, "start", "start_layer"), np.exp(found_times), strict=True):
        print(f"    {name}={value:.2e},")
    worst = np.abs(np.log(matrix @ np.exp(found_times)) - taken).max()
    print(f"worst after the fit: {math.exp(worst):.2f}")


if __name__ == "__main__":
    main()
