"""Runs as a worker would have written them, made through the store without training anything."""

from __future__ import annotations

from core.data.sources import source
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.checkpoints import Checkpoints
from core.runs.run import Progress, Run, Status
from core.runs.store import RunStore

BUSY = "a-busy-foreman"
"""A foreman that lives as long as somebody holds its lock, and never comes to its runs."""
EPOCHS, STEPS = 5, 41
LABELS = tuple("0123456789")


def design(**training: object) -> Experiment:
    """Return a small design, with some of its training changed."""
    experiment = preset("article").experiment(source("digits").info)
    return experiment.with_training(**{"epochs": EPOCHS, **training})


def queued(store: RunStore, name: str = "a run", experiment: Experiment | None = None) -> Run:
    """Return a run that waits for a foreman that is alive and never comes to it."""
    run = store.create(experiment or design(), name)
    store.claim(run.id, BUSY)
    return run


def progress(epoch: int, step: int = STEPS, paused: bool = False, rate: float = 0.001) -> Progress:
    """Return how far a run is, at a pace of two seconds an epoch."""
    seconds = 2.0 * (epoch - 1 + step / STEPS)
    return Progress(epoch, EPOCHS, step, STEPS, seconds, 31_200.0, paused, rate)


def running(
    store: RunStore, epochs: int = 3, paused: bool = False, experiment: Experiment | None = None
) -> Run:
    """Return a run that has finished some epochs, and overfits more with each."""
    run = queued(store, experiment=experiment)
    attempt = store.begin(run.id)
    for epoch in range(1, epochs + 1):
        learn(store, run, epoch)
    if epochs:
        store.keep_latest(run.id, "answers", answers(epochs), attempt)
    store.record(run.id, progress(epochs + 1, 7, paused))
    return store.get(run.id)


def take_way(store: RunStore, run: Run, way: str, why: str) -> None:
    """Write which way a run trains, as the engine does when it begins."""
    body = {"epoch": 0.0, "step": 0, "seconds": 0.0, "way": way, "why": why}
    store.record(run.id, store.get(run.id).progress, [("path", body)])


def learn(store: RunStore, run: Run, epoch: int) -> None:
    """Write another epoch of a run whose training loss falls and whose validation loss rises."""
    places = [epoch - 1 + part / 8 for part in range(1, 9)]
    points = [("point", {"epoch": x, "loss": 1.2 * 0.35**x + 0.02, "accuracy": 0.97}) for x in places]
    figures = {
        "epoch": epoch,
        "loss": 1.2 * 0.35**epoch + 0.02,
        "accuracy": 0.97,
        "val_loss": 0.3 + 0.12 * max(0, epoch - 2),
        "val_accuracy": 0.9,
    }
    store.record(run.id, progress(epoch), [*points, ("epoch", figures)])


def answers(epoch: int, mistakes: int = 14) -> dict[str, object]:
    """Return what a network mistakes after an epoch: 4 for 9 most often, and once 7 for 2."""
    matrix = [[30 if row == column else 0 for column in range(10)] for row in range(10)]
    matrix[4][9], matrix[7][2] = mistakes, 1
    wrong = [{"image": _BLACK, "truth": "4", "given": "9", "share": 0.93}]
    return {
        "epoch": epoch,
        "samples": 300 + mistakes + 1,
        "matrix": matrix,
        "labels": LABELS,
        "wrong": wrong,
    }


_BLACK = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgAB"
    "SK+kcQAAAABJRU5ErkJggg=="
)


def over(store: RunStore, status: Status, reason: str = "", epochs: int = 0, **result: float) -> Run:
    """Return a run that is over, without a model."""
    run = running(store, epochs) if epochs else queued(store)
    if not epochs:
        store.begin(run.id)
    store.finish(run.id, status, reason, {"val_accuracy": 0.5, "test_accuracy": 0.25, **result})
    return store.get(run.id)


def leave_files(run: Run) -> None:
    """Leave what a finished run leaves behind, a state to go on from included."""
    Checkpoints(run.checkpoints).keep(EPOCHS, b"a state")
    run.model_path.write_bytes(b"a network")
    (run.folder / "history.csv").write_text("epoch,loss\n1,0.3\n", encoding="utf-8")
    (run.folder / "summary.txt").write_text('Model: "sequential"', encoding="utf-8")
    (run.folder / "tensorboard").mkdir()
