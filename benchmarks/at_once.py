"""What it brings to train several runs at once: the lesson on normalization, together and in turn.

    python -m benchmarks.at_once [--repeats 3] [--epochs 5] [--at-once 3] [--data mnist.npz]

The three runs go the product's road, each time from an empty data directory: the foreman has loaded
TensorFlow and waits, all three are asked for at once, and the time is taken until the last is completed.
By turns with LAYERLAB_RUNS_AT_ONCE=1 and with as many as `--at-once` says; medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import material, report
from core.data import library
from core.experiment import lessons
from core.home import VARIABLE
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.workers import admission
from core.workers.client import Workers

AIM = 1.6
LOOK_SECONDS = 0.02


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=3)
    material.add_argument(parser)
    chosen = parser.parse_args()
    report.conditions()
    print(f"Three runs of {chosen.epochs} epochs on {material.words(chosen.data)}.\n", flush=True)
    counts = (1, chosen.at_once)
    taken: dict[int, list[float]] = {count: [] for count in counts}
    spent: dict[int, list[float]] = {count: [] for count in counts}
    for _ in range(chosen.repeats):
        for count in counts:
            seconds, runs = _measure(count, chosen.epochs, chosen.data)
            if any(run.status is not Status.COMPLETED for run in runs):
                sys.exit("\n".join(f"{run.name}: {run.status} {run.reason}" for run in runs))
            taken[count].append(seconds)
            spent[count].append(statistics.mean(run.progress.seconds for run in runs))
    _report(taken, spent)


def _measure(count: int, epochs: int, data: Path | None) -> tuple[float, list[Run]]:
    """Return the seconds until all three are over, and the runs."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {VARIABLE: folder, admission.VARIABLE: str(count)}
        home = Path(folder)
        material.put(data, home)
        library.state(material.INFO.name)  # checked now, as it is long before somebody presses Train
        store, workers = RunStore(home), Workers(home)
        try:
            workers.start()
            while not workers.ready:
                time.sleep(LOOK_SECONDS)
            designs = zip(lessons.notebook(material.INFO, epochs), lessons.SCALES, strict=True)
            begun = time.perf_counter()
            runs = [store.create(design, scale.title) for design, scale in designs]
            for run in runs:
                workers.train(run.id)
            while not all(store.get(run.id).status.over for run in runs):
                time.sleep(LOOK_SECONDS)
            seconds = time.perf_counter() - begun
            return seconds, [store.get(run.id) for run in runs]
        finally:
            workers.close()


def _report(taken: dict[int, list[float]], spent: dict[int, list[float]]) -> None:
    report.head("at once", "cores a run", "s until all three are completed", "s of training, a run")
    for count, seconds in taken.items():
        cores = max(1, (os.cpu_count() or 1) // count)
        report.row(str(count), str(cores), report.middle(seconds), report.middle(spent[count]))
    one, several = (statistics.median(each) for each in taken.values())
    print(f"\n{one / several:.2f} times as much gets done (aim: ≥ {AIM:g})", end=": ")
    print(report.at_least(one / several, AIM))


if __name__ == "__main__":
    main()
