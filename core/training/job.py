"""One run from queued to over: what a training process does."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.data import library
from core.data.split import split
from core.errors import LayerLabError
from core.runs.run import Progress, Request, Run, Status
from core.runs.store import RunStore

if TYPE_CHECKING:
    from core.training.engine import Outcome


def run_to_end(store: RunStore, run_id: str) -> None:
    """Train a queued run and close it, whatever happens on the way."""
    if not store.begin(run_id):
        return  # stopped while it waited
    run = store.get(run_id)
    try:
        _train(store, run)
    except LayerLabError as error:
        store.finish(run_id, Status.FAILED, str(error))
    except Exception as error:
        traceback.print_exc()
        _keep_log(run)
        store.finish(run_id, Status.FAILED, _in_words(error))


def _in_words(error: Exception) -> str:
    # TensorFlow's own name for it; the class can't be named here without loading TensorFlow
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "The machine ran out of memory. Use a smaller network or smaller batches."
    return (
        f"Training ended with an error that LayerLab did not expect ({type(error).__name__}). "
        "The whole of it is in the terminal, and in log.txt in the run's folder."
    )


def _train(store: RunStore, run: Run) -> None:
    # imported here: the web process reads this room's names but must never load TensorFlow
    from core.model.build import build
    from core.training.engine import evaluate, train

    plan = run.experiment.training
    dataset = library.load(run.experiment.data.dataset)
    parts = split(dataset, run.experiment.data)
    model = build(run.experiment, dataset.info, parts.statistics)
    outcome = train(model, parts, dataset.info, plan, _StoreListener(store, run.id))
    _save(model, run.model_path)
    result = _figures(store, run.id, outcome)
    if not outcome.done:  # say how the network that is kept does, not how an earlier one did
        for name, value in evaluate(model, parts.validation, dataset.info, plan).items():
            result[f"val_{name}"] = value
    for name, value in evaluate(model, dataset.test, dataset.info, plan).items():
        result[f"test_{name}"] = value
    store.finish(run.id, Status.COMPLETED if outcome.done else Status.STOPPED, result=result)


def _keep_log(run: Run) -> None:
    try:
        (run.folder / "log.txt").write_text(traceback.format_exc(), encoding="utf-8")
    except OSError as error:  # the disk may be what went wrong; the terminal has it all the same
        print(f"log.txt could not be written: {error}", file=sys.stderr)


def _figures(store: RunStore, run_id: str, outcome: Outcome) -> dict[str, float]:
    """Return the figures of the weights that were kept, as far as they were told."""
    epochs = store.events(run_id, kind="epoch") if outcome.best_epoch else []
    for epoch in epochs:
        if epoch.body["epoch"] == outcome.best_epoch:
            return {**epoch.body, "best_epoch": outcome.best_epoch}
    # no epoch is told whose weights were taken back: the last ones were kept
    event = store.last_event(run_id, "epoch" if outcome.done else "point")
    return dict(event.body) if event else {}


def _save(model: Any, path: Path) -> None:
    """Save a Keras model so that the file is there whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".keras")
    os.close(handle)
    try:
        model.save(temporary)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class _StoreListener:
    """Passes what the engine says to the store, and what the store was asked to the engine."""

    def __init__(self, store: RunStore, run_id: str) -> None:
        self._store = store
        self._run_id = run_id

    def record(self, progress: Progress, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        self._store.record(self._run_id, progress, events)

    def request(self) -> Request:
        return self._store.request_of(self._run_id)
