"""A run's card: what the network is, what it learned from, how well it does, by which versions."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from core.data.sources import Source, source
from core.experiment import choices
from core.experiment.carried import NETWORK_FORMAT
from core.experiment.dataset import Task, show_shape
from core.experiment.shapes import parameter_count, walk
from core.experiment.title import title
from core.runs.run import Run

PACKAGES = ("tensorflow", "keras", "numpy")
_PARTS = (("training", ""), ("validation", "val_"), ("test", "test_"))


def card(run: Run) -> dict[str, Any]:
    """Return a run's card as JSON values.

    Args:
        run: One that is over.

    Raises:
        InvalidExperiment: Its data set is not known here.
    """
    origin = source(run.experiment.data.dataset)
    return {
        "name": run.name,
        "run": run.number,
        "status": run.status.value,
        "ended": _date(run.ended),
        "data": {"name": origin.info.name, "label": origin.info.label, "licence": origin.licence},
        "figures": {name: value for name, value in run.result.items() if isinstance(value, int | float)},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }


def member(run: Run) -> dict[str, Any]:
    """Return what a network's file carries of its run: design and card."""
    return {"format": NETWORK_FORMAT, "experiment": run.experiment.to_dict(), "card": card(run)}


def text(run: Run) -> str:
    """Return a run's card for people, as Markdown."""
    return "\n".join(_lines(card(run), run, source(run.experiment.data.dataset))) + "\n"


def _lines(told: dict[str, Any], run: Run, origin: Source) -> Iterator[str]:
    info, design = origin.info, run.experiment
    steps = walk(design.model.layers, info.input_shape)
    plan, normalization = design.training, choices.normalization(design.data.normalization)
    yield f"# {plain(run.name)}"
    yield ""
    yield (
        ", ".join(each for each in (f"Run {run.number} of LayerLab", run.status, told["ended"]) if each)
        + "."
    )
    yield ""
    yield "## Network"
    yield ""
    yield f"- {plain(title(design))}: {parameter_count(steps) or 0:,} weights that training set"
    low, high = info.value_range
    yield f"- Input: {show_shape(info.input_shape)}, values as they are ({low:g} to {high:g})"
    yield f"- Normalization, inside the network: {normalization.label}"
    yield f"- Output: {_output(origin)}"
    yield ""
    yield "## Learned from"
    yield ""
    yield f"- {plain(info.label)}: {plain(info.summary)}"
    yield f"- Licence of the data: {plain(origin.licence)}"
    kept = design.data.kept_for_validation(info.validatable)
    yield f"- {kept:,} of {info.training_size:,} kept for validation, {info.test_size:,} for the test"
    yield f"- Loss: {choices.loss(plan.loss).label}"
    yield f"- {choices.optimizer(plan.optimizer).label}, learning rate {plan.learning_rate:g}"
    yield f"- {run.progress.epoch} of {plan.epochs} epochs"
    yield f"- Seeds: {plan.seed} for the weights, {design.data.seed} for what is kept for validation"
    yield ""
    yield "## Figures"
    yield ""
    yield from _figures(told["figures"], info.task)
    yield ""
    yield "## Made with"
    yield ""
    yield ", ".join(f"{name} {number}" for name, number in told["versions"].items())


def _output(origin: Source) -> str:
    info = origin.info
    if info.task is Task.REGRESSION:
        return f"{info.outputs} number{'' if info.outputs == 1 else 's'}"
    return f"one number a class: {', '.join(map(plain, info.classes))}"


def _figures(figures: dict[str, float], task: Task) -> Iterator[str]:
    parts = [(label, start) for label, start in _PARTS if f"{start}loss" in figures]
    if not parts:
        yield "None: no epoch was finished."
        return
    yield f"| | {' | '.join(label for label, _ in parts)} |"
    yield f"|---|{'---|' * len(parts)}"
    for name in ("loss", task.metric):
        row = (figures.get(start + name) for _, start in parts)
        written = " | ".join("–" if value is None else f"{value:.4f}" for value in row)
        yield f"| {name.replace('_', ' ')} | {written} |"


def plain(words: str) -> str:
    """Return a text as Markdown shows it letter by letter, in one line."""
    line = "".join(each if each.isprintable() else " " for each in words)
    return "".join(f"\\{each}" if each in r"\`*_{}[]<>()#+!|~$" else each for each in line)


def _date(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC") if seconds else ""
