"""How long a step takes each way, preset by preset, and whether `core.training.path` chooses the faster.

    python -m benchmarks.paths [--repeats 5] [--only NAME …] [--batches 1 32 256 2048] [--all]
                               [--data mnist.npz]

Milliseconds of one step on MNIST, nothing but steps, with as many cores as a run gets: in a graph, and as
a program that XLA makes (for networks with convolutions only with `--all`: it takes long to make, and
longer to run). The two ways take turns, each in a process of its own, as they share out the cores in
different ways; medians.
"""

from __future__ import annotations

import argparse
import math
import statistics
from pathlib import Path

from benchmarks import contenders, material, report
from benchmarks.apart import Apart, by_turns
from core.experiment.block import every_layer
from core.experiment.layer import Family
from core.experiment.limits import Limits
from core.experiment.presets import PRESETS, presets_for
from core.training.path import Device, Way, choose
from core.workers import admission

BATCHES = (1, 32, 256, 2_048)
SLOWER = 0.10
"""How much slower the chosen way may be than the other before it is told."""
BYTES = material.INFO.training_size * math.prod(material.INFO.input_shape)
DEVICE = Device(is_gpu=False, memory=Limits.of_machine().memory or 0)


def main() -> None:
    """Measure, and print a table."""
    names = [each.name for each in presets_for(material.INFO) if not each.to_mend]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=names, choices=[each.name for each in PRESETS])
    parser.add_argument("--batches", type=int, nargs="*", default=BATCHES)
    parser.add_argument("--all", action="store_true", help="XLA for every network")
    material.add_argument(parser)
    chosen = parser.parse_args()
    report.conditions()
    print(f"On {material.words(chosen.data)}, {admission.cores_a_run()} cores.\n")
    report.head("network", "batch", "in a graph, ms a step", "XLA, ms a step", "chosen", "")
    slow = []
    for name in chosen.only:
        for batch in chosen.batches:
            slower = _row(name, batch, chosen.data, chosen.repeats, chosen.all)
            if slower > SLOWER:
                slow.append(f"{name}, batch {batch:,}: {slower:.0%}")
    print(f"\nThe way that is chosen is slower than the other by more than {SLOWER:.0%}:")
    print("\n".join(slow) or "nowhere, as far as both were measured")


def _row(name: str, batch: int, data: Path | None, repeats: int, every: bool) -> float:
    """Measure and print one row; return by what share the way that is chosen is the slower one."""
    design = contenders.design_of(name, batch_size=batch)
    way = choose(design, material.INFO, BYTES, DEVICE).way
    convolves = any(each.family is Family.CONVOLUTION for each in every_layer(design.model.layers))
    ways = [Way.IN_GRAPH, *([Way.XLA] if every or not convolves else [])]
    rivals = {each.value: Apart(contenders.steps, name, data, batch, each) for each in ways}
    found = by_turns(rivals, repeats)
    times = {each: statistics.median(found[each.value]) for each in ways}
    slower = times[way] / min(times.values()) - 1
    cells = (report.middle(found[each.value]) if each in ways else "–" for each in (Way.IN_GRAPH, Way.XLA))
    report.row(name, f"{batch:,}", *cells, way.value, f"slower by {slower:.0%}" if slower > SLOWER else "")
    return slower


if __name__ == "__main__":
    main()
