"""A design's summary as Keras itself prints it. For worker processes: it loads TensorFlow."""

from __future__ import annotations

import os

import keras

from core.data.sources import source
from core.data.split import Statistics
from core.errors import NotBuildable
from core.experiment.check import check, errors
from core.experiment.experiment import Experiment
from core.experiment.limits import Limits
from core.model.build import network

COLUMNS = "124"
"""As wide a terminal as Keras needs to cut nothing off."""


def summary(document: str) -> str:
    """Return what `model.summary()` prints.

    Args:
        document: The experiment as JSON.

    Raises:
        InvalidExperiment: The document describes none.
        NotBuildable: A layer can't take its input, or the network is larger than may be built here.
    """
    experiment = Experiment.from_json(document)
    info = source(experiment.data.dataset).info
    serious = {"illegal-input", "too-large", "too-much-memory"}
    found = errors(check(experiment, info, Limits.of_machine()))
    if any(problem.code in serious for problem in found):
        raise NotBuildable("\n".join(problem.message for problem in found if problem.code in serious))
    if not experiment.model.layers:
        raise NotBuildable("There is no layer yet: Keras has nothing to print.")
    count = info.input_shape[-1] if not info.is_image else 1
    model = network(experiment, info, Statistics((0.0,) * count, (1.0,) * count))
    return printed(model)


def printed(model: keras.Model) -> str:
    """Return what Keras prints of a model, cut off nowhere."""
    lines: list[str] = []
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = COLUMNS
    try:
        model.summary(print_fn=lambda text, line_break=False: lines.append(text))
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    return "\n".join(lines)
