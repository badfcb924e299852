"""What LayerLab's engine makes of Keras: an epoch against `model.fit`, against PyTorch, and a bare step.

    python -m benchmarks.engine [--repeats 5] [--only NAME …] [--samples N] [--data mnist.npz]
                                [--torch-python PATH]

1. Seconds of a whole epoch, validation included, after an epoch to warm up: by the engine with as many
   cores as a run gets, and by `model.fit` on the same model and arrays with TensorFlow's own threads.
   Networks that take long learn from fewer samples unless `--samples` says how many.
2. The notebook's network against PyTorch (optional: not among the requirements; `--torch-python` names a
   Python that has it), eager, with its fused Adam and its own threads.
3. Milliseconds of a step of the notebook's network, and of nothing but its eight products of matrices, on
   as many threads: in a loop inside a graph, and in NumPy; the faster of the two counts.

Each contender has a process of its own, and they take turns; medians, and the extremes in brackets.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import contenders, material, report
from benchmarks.apart import Apart, Contender, Program, by_turns
from core.data.split import split
from core.workers import admission


@dataclass(frozen=True)
class Case:
    """A preset, how many times as fast as `fit` its epoch should be, and how many samples it gets."""

    preset: str
    aim: float
    samples: int = material.INFO.training_size


CASES = (
    Case("notebook_rescaled", 4.0),
    Case("lenet", 2.0),
    Case("small_cnn", 2.0),
    Case("small_resnet", 1.5, 6_000),
)
LEAST = 1.0
"""No network may be slower than with `fit`."""
NOTEBOOK = "notebook_rescaled"
AIM_TORCH = 3.0
AIM_PRODUCTS = 1.5


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[case.preset for case in CASES])
    parser.add_argument("--samples", type=int, help="of 60,000, for every network")
    parser.add_argument("--torch-python", default=sys.executable)
    material.add_argument(parser)
    chosen = parser.parse_args()
    report.conditions()
    cores = admission.cores_a_run()
    print(f"On {material.words(chosen.data)}; the engine on {cores} cores.\n")
    report.head("one epoch of", "samples", "engine, s", "`fit`, s", "times as fast", "aim", "")
    for case in CASES:
        if case.preset in chosen.only:
            _against_fit(case, chosen.data, chosen.samples or case.samples, chosen.repeats)
    if NOTEBOOK in chosen.only:
        samples = chosen.samples or material.INFO.training_size
        print()
        _against_torch(chosen.torch_python, chosen.data, samples, chosen.repeats)
        print()
        _against_products(chosen.data, chosen.repeats)


def _against_fit(case: Case, data: Path | None, samples: int, repeats: int) -> None:
    asked = (case.preset, data, samples)
    found = by_turns(
        {"engine": Apart(contenders.engine, *asked), "fit": Apart(contenders.fit, *asked)}, repeats
    )
    ours, theirs = found["engine"], found["fit"]
    ratio = statistics.median(theirs) / statistics.median(ours)
    met = report.at_least(ratio, case.aim)
    if ratio < LEAST:
        met += ", and slower than `fit`"
    seconds = (report.middle(ours), report.middle(theirs))
    report.row(case.preset, f"{samples:,}", *seconds, f"{ratio:.2f}", f"≥ {case.aim:g}", met)


def _against_torch(python: str, data: Path | None, samples: int, repeats: int) -> None:
    if subprocess.run([python, "-c", "import torch"], capture_output=True, check=False).returncode:
        print(f"PyTorch is left out: {python} has none; name one that has with --torch-python.")
        return
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(folder) / "arrays.npz"
        parts = split(material.dataset(data, samples), contenders.design_of(NOTEBOOK).data)
        learned, judged = parts.training, parts.validation
        np.savez(
            arrays,
            inputs=learned.inputs,
            answers=learned.answers,
            judged=judged.inputs,
            right=judged.answers,
        )
        script = Path(__file__).with_name("torch_epoch.py")
        rivals: dict[str, Contender] = {
            "engine": Apart(contenders.engine, NOTEBOOK, data, samples),
            "torch": Program(python, str(script), str(arrays)),
        }
        found = by_turns(rivals, repeats)
    ours, theirs = found["engine"], found["torch"]
    ratio = statistics.median(theirs) / statistics.median(ours)
    report.head("one epoch of", "samples", "engine, s", "PyTorch, s", "times as fast", "aim", "")
    seconds = (report.middle(ours), report.middle(theirs))
    met = report.at_least(ratio, AIM_TORCH)
    report.row(NOTEBOOK, f"{samples:,}", *seconds, f"{ratio:.2f}", f"≥ {AIM_TORCH:g}", met)


def _against_products(data: Path | None, repeats: int) -> None:
    threads = admission.cores_a_run()
    rivals = {
        "step": Apart(contenders.steps, NOTEBOOK, data, contenders.BATCH, None),
        "graph": Apart(contenders.products_in_tensorflow),
        "NumPy": Apart(contenders.products_in_numpy, threads=threads),
    }
    # one turn is short: more of them
    found = by_turns(rivals, 3 * repeats)
    bare = min(statistics.median(found[name]) for name in ("graph", "NumPy"))
    ratio = statistics.median(found["step"]) / bare
    report.head("one step, ms", "products in a graph, ms", "in NumPy, ms", "times as long", "aim", "")
    times = (report.middle(found[name]) for name in ("step", "graph", "NumPy"))
    report.row(*times, f"{ratio:.2f}", f"≤ {AIM_PRODUCTS:g}", report.at_most(ratio, AIM_PRODUCTS))


if __name__ == "__main__":
    main()
