"""The notebook's lesson on the real MNIST, by the road that the product takes: run store, job, test set.

    python -m benchmarks.notebook [--epochs 10] [--data mnist.npz]

Trains the notebook's network on raw pixels, on pixels ÷ 255 and on standardized pixels, each in a data
directory of its own, and prints a Markdown table beside what the notebook published. Without `--data`,
the `mnist.npz` of this machine's own data directory is taken.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from core.data import files
from core.data.sources import source
from core.experiment import lessons
from core.home import VARIABLE
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.training.job import run_to_end

INFO = source("mnist").info
PUBLISHED = {"rescale": "0.9814"}
"""Test accuracy that the notebook published, by normalization."""
PACKAGES = ("tensorflow", "keras", "numpy")


def main() -> None:
    """Train all three, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--data", type=Path, default=files.folder() / source("mnist").filename)
    chosen = parser.parse_args()
    if not chosen.data.is_file():
        parser.error(f"{chosen.data} is not there; name the file with --data")
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        shutil.copyfile(chosen.data, files.folder() / source("mnist").filename)
        store = RunStore(Path(folder))
        runs = []
        for design, scale in zip(lessons.notebook(INFO, chosen.epochs), lessons.SCALES, strict=True):
            run = store.create(design, scale.title)
            run_to_end(store, run.id)
            runs.append(store.get(run.id))
            print(f"{scale.title}: {runs[-1].status} {runs[-1].reason}", flush=True)
    if any(run.status is not Status.COMPLETED for run in runs):
        parser.exit(1, "not all three were completed\n")
    _print(runs, chosen.epochs)


def _print(runs: list[Run], epochs: int) -> None:
    today = datetime.date.today().isoformat()
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"\n{today}, `python -m benchmarks.notebook --epochs {epochs} --data mnist.npz`,")
    print(f"Python {platform.python_version()}, {versions}, {os.cpu_count()} cores\n")
    print("| inputs | validation accuracy | test accuracy | published | test loss | seconds |")
    print("|---|---|---|---|---|---|")
    for run in runs:
        result = run.result
        cells = (
            lessons.scale_of(run.experiment).inputs,
            f"{result['val_accuracy']:.4f}",
            f"{result['test_accuracy']:.4f}",
            PUBLISHED.get(run.experiment.data.normalization, "–"),
            f"{result['test_loss']:.4f}",
            f"{run.progress.seconds:.0f}",
        )
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
