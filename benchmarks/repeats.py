"""Does the program that is taken away repeat its run on MNIST?

    python -m benchmarks.repeats --data mnist.npz [--epochs 10] [--only NAME …]

Trains each preset with the engine, then runs its program in a process of its own, as somebody does who has
taken it away; only the line that would download MNIST reads the file instead. Prints the test figures of
both, and by how much the losses of an epoch differ at most, as a share.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
from pathlib import Path

from benchmarks import material, report
from core.data.sources import source
from core.data.split import split
from core.experiment import edits
from core.experiment.presets import PRESETS, preset
from core.model.build import build
from core.takeaway.program import Origin
from core.takeaway.script import script
from core.training import cores
from core.training.engine import train
from core.training.evaluation import evaluate
from core.training.path import PROCESSOR, choose
from core.workers import admission
from tests.contract.scripts import run_program
from tests.contract.trainings import Notes

NAMES = [each.name for each in PRESETS if not each.to_mend]
DOWNLOADS = "keras.datasets.mnist.load_data()"
HOURS = 4 * 3600.0
"""Seconds that a program may take."""


def main() -> None:
    """Train each preset twice, and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="mnist.npz")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--only", nargs="*", default=NAMES, choices=NAMES)
    asked = parser.parse_args()
    report.conditions()
    report.head("preset", "way", "run: loss, accuracy", "program", "losses differ by at most")
    context = multiprocessing.get_context("spawn")
    for name in asked.only:  # a process each, with as many threads as a run gets
        process = context.Process(target=_compare, args=(name, asked.epochs, asked.data.resolve()))
        process.start()
        process.join()


def _compare(name: str, epochs: int, data: Path) -> None:
    dataset = material.dataset(data)
    design = edits.set_training(preset(name).experiment(material.INFO), epochs=epochs)
    parts = split(dataset, design.data)
    path = choose(design, material.INFO, 0, PROCESSOR)
    threads = cores.use(admission.cores_a_run(), path.way)
    model, notes = build(design, material.INFO, parts.statistics), Notes()
    train(model, parts, material.INFO, design, notes, path=path)
    ours = evaluate(model, dataset.test, material.INFO, design.training)
    program = _reading(script(design, source("mnist"), Origin(threads=threads)), data)
    with tempfile.TemporaryDirectory() as folder:
        theirs = run_program(program, Path(folder), HOURS)
    apart = max(
        abs(body[each] - told) / told
        for each in ("loss", "val_loss")
        for body, told in zip(notes.bodies("epoch"), theirs.history[each], strict=True)
    )
    figures = (f"{each['loss']:.6f}, {each['accuracy']:.4f}" for each in (ours, theirs.figures))
    report.row(name, path.way, *figures, f"{apart:.0e}")


def _reading(program: str, data: Path) -> str:
    """Return a program that reads MNIST from a file, and does not download it."""
    assert DOWNLOADS in program
    file = f"np.load({str(data)!r})"
    pairs = ", ".join(f'({file}["x_{each}"], {file}["y_{each}"])' for each in ("train", "test"))
    return program.replace(DOWNLOADS, f"({pairs})")


if __name__ == "__main__":
    main()
