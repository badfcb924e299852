"""Compute a run's loss and metric on a test set anew."""

from __future__ import annotations

import argparse

from core.command.finding import RUN_HELP, find_run
from core.command.words import WrongUse, figures, say, say_json
from core.data.sources import SOURCES, source
from core.errors import RunRefused
from core.experiment.dataset import DatasetInfo, show_shape
from core.home import home
from core.runs.run import Run
from core.runs.store import RunStore
from core.training.judging import judged

EXAMPLE = "python -m core evaluate latest --on mnist"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what this command takes."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument(
        "--on", default="", metavar="DATASET", help=f"another data set that fits: {', '.join(SOURCES)}"
    )
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(asked: argparse.Namespace) -> int:
    """Evaluate the network and write its figures; return the exit code."""
    of = find_run(asked.run, RunStore(home()))
    if not of.has_model:
        raise RunRefused(f"Run {of.number} ({of.status}) has no trained network to evaluate.")
    own = source(of.experiment.data.dataset).info
    info = source(asked.on or own.name).info
    refuse_other_shapes(of, own, info)
    found = judged(of.model_path, of.experiment, info)
    if asked.json:
        say_json({"run": of.number, "id": of.id, "data": info.name, "samples": info.test_size, **found})
        return 0
    names = ("loss", info.task.metric)
    say(f"Run {of.number} on the test set of {info.label}, {info.test_size:,} {info.noun}s:")
    say(f"  {figures(found, names)}")
    before = {name: of.result[f"test_{name}"] for name in names if f"test_{name}" in of.result}
    if info.name == own.name and before:
        say(f"  {figures(before, names)} when it was trained")
    return 0


def refuse_other_shapes(of: Run, own: DatasetInfo, info: DatasetInfo) -> None:
    """Refuse data that a run's network can't take, or whose answers it can't give.

    Args:
        of: The run.
        own: What the data declare that it learned from.
        info: What the others declare.

    Raises:
        WrongUse: They don't fit.
    """
    if info.input_shape != own.input_shape:
        raise WrongUse(
            f"Run {of.number} takes inputs of {show_shape(own.input_shape)}, and those of {info.label} are "
            f"{show_shape(info.input_shape)}."
        )
    if (info.task, info.outputs) != (own.task, own.outputs):
        raise WrongUse(
            f"Run {of.number} gives {own.outputs} numbers ({own.task}), and {info.label} needs "
            f"{info.outputs} ({info.task})."
        )
