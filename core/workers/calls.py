"""What a worker can be called to do, by name. Each runs in a process that may load TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def fetch(name: str) -> None:
    """Bring a data set to this machine."""
    from core.data import library

    library.fetch(name)


def predict(run_id: str, image: list[list[int]]) -> list[float]:
    """Return a run's answer to one image; see `core.drawing.predict`."""
    from core.drawing.predict import predict as answer

    return answer(run_id, image)


def summary(document: str) -> str:
    """Return what Keras prints of a design; see `core.model.summary`."""
    from core.model.summary import summary as printed

    return printed(document)


CALLS: dict[str, Callable[..., Any]] = {"fetch": fetch, "predict": predict, "summary": summary}
