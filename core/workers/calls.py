"""What a worker can be called to do, by name. Each runs in a process that may load TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def fetch(name: str) -> None:
    """Bring a data set to this machine."""
    from core.data import library

    library.fetch(name)


def predict(networks: list[str], image: str, side: int) -> dict[str, Any]:
    """Return what networks answer to one picture; see `core.drawing.predict`."""
    from core.drawing.predict import predict as answer

    return answer(networks, image, side)


def inside(network: str, image: str, side: int, target: int | None) -> dict[str, Any]:
    """Return what went on inside a network for one picture; see `core.drawing.inside`."""
    from core.drawing.inside import inside as looked_into

    return looked_into(network, image, side, target)


def samples(dataset: str, count: int, seed: int) -> dict[str, Any]:
    """Return pictures of a test set; see `core.drawing.samples`."""
    from core.drawing.samples import samples as drawn

    return drawn(dataset, count, seed)


def measure(network: str, images: str, side: int) -> dict[str, Any]:
    """Return what a network answers to many pictures; see `core.drawing.measure`."""
    from core.drawing.measure import measure as measured

    return measured(network, images, side)


def summary(document: str) -> str:
    """Return what Keras prints of a design; see `core.model.summary`."""
    from core.model.summary import summary as printed

    return printed(document)


def tflite(run: str) -> None:
    """Write a run's network as TensorFlow Lite into its folder; see `core.takeaway.model_file`."""
    from core.home import home
    from core.runs.store import RunStore
    from core.takeaway.model_file import TFLITE, write_tflite

    found = RunStore(home()).get(run)
    write_tflite(found.model_path, found.folder / TFLITE)


def mlflow(run: str) -> str:
    """Log a run to MLflow, and return where; see `core.takeaway.tracking`."""
    from core.home import home
    from core.runs.store import RunStore
    from core.takeaway.tracking import log_to_mlflow

    store = RunStore(home())
    return log_to_mlflow(store.get(run), store.events(run, kind="epoch"))


def judge(path: str, document: str) -> dict[str, float]:
    """Return how a network's file of our own does on its test set; see `core.training.judging`."""
    from pathlib import Path

    from core.data.sources import source
    from core.experiment.experiment import Experiment
    from core.training.judging import judged

    experiment = Experiment.from_json(document)
    return dict(judged(Path(path), experiment, source(experiment.data.dataset).info))


CALLS: dict[str, Callable[..., Any]] = {
    "fetch": fetch,
    "predict": predict,
    "inside": inside,
    "samples": samples,
    "measure": measure,
    "summary": summary,
    "tflite": tflite,
    "mlflow": mlflow,
    "judge": judge,
}
ASKED_AGAIN = frozenset({"predict", "inside", "samples", "measure", "summary", "tflite", "judge"})
"""Calls that only answer: where the worker dies under one, another worker is asked the same once more."""
