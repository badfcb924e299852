"""One run from queued to over: what a training process does."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from filelock import Timeout

from core.data import library
from core.data.split import Parts, Samples, split
from core.errors import FileDamaged, LayerLabError, StorageFailed
from core.experiment.dataset import DatasetInfo
from core.runs.checkpoints import Checkpoints
from core.runs.files import storage, sweep, write_checksum, write_whole
from core.runs.run import Control, Progress, Run, Status
from core.runs.store import RunStore

if TYPE_CHECKING:
    from core.training.engine import Outcome
    from core.training.path import Path
    from core.training.state import State

WRITER_SECONDS = 20.0
"""How long the process of an earlier attempt may take to let go of the run."""
DURABLE_SECONDS = 1.0
"""How much work a power cut may cost beyond the epoch under way: waiting for the disk takes time."""


class Superseded(Exception):
    """The run was deleted, closed, or begun anew by another process: this one has no say any more."""


def run_to_end(store: RunStore, run_id: str, attempt: int = 0, cores: int = 0) -> None:
    """Train a run and close it, whatever happens on the way.

    Args:
        store: Where it is.
        run_id: A queued run; or, with its `attempt`, one that was begun for this process.
        attempt: The number of that beginning.
        cores: How many it may use, where this process has computed nothing yet; 0: as TensorFlow likes.
    """
    attempt = attempt or store.begin(run_id)
    if not attempt:
        return  # stopped while it waited
    run = store.get(run_id)
    try:
        with store.writer_lock(run_id).acquire(timeout=WRITER_SECONDS):
            if not store.register(run_id, attempt, os.getpid()):
                raise Superseded
            sweep(run.folder)
            with store.held():
                _train(store, run, attempt, cores)
    except Superseded:
        return
    except Exception as error:
        _close(store, run, attempt, error)


def _close(store: RunStore, run: Run, attempt: int, error: Exception) -> None:
    status, words = Status.FAILED, str(error)
    kept = Checkpoints(run.checkpoints).newest() is not None
    if isinstance(error, StorageFailed):
        status = Status.INTERRUPTED
    elif isinstance(error, Timeout):
        status, words = Status.INTERRUPTED, "Another process is still at this run. Press Resume in a while."
    elif isinstance(error, LayerLabError):
        # what was learned is kept where the cause can be mended: data that are gone, a damaged file
        mendable = kept and type(error).__name__ in ("DataUnavailable", "DataRefused", "FileDamaged")
        status = Status.INTERRUPTED if mendable else Status.FAILED
    else:
        traceback.print_exc()
        _keep_log(run)
        words = _in_words(error)
    store.finish(run.id, status, words, attempt=attempt)


def _in_words(error: Exception) -> str:
    # TensorFlow's own name for it; the class can't be named here without loading TensorFlow
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "The machine ran out of memory. Use a smaller network or smaller batches."
    return (
        f"Training ended with an error that LayerLab did not expect ({type(error).__name__}). "
        "The whole of it is in the terminal, and in log.txt in the run's folder."
    )


def _keep_log(run: Run) -> None:
    try:
        (run.folder / "log.txt").write_text(traceback.format_exc(), encoding="utf-8")
    except OSError as error:  # the disk may be what went wrong; the terminal has it all the same
        print(f"log.txt could not be written: {error}", file=sys.stderr)


def _train(store: RunStore, run: Run, attempt: int, cores: int) -> None:
    # imported here: the web process reads this room's names but must never load TensorFlow
    from core.model.build import build
    from core.training.engine import train
    from core.training.evaluation import evaluate

    plan = run.experiment.training
    listener = StoreListener(store, run.id, attempt)
    begin = _go_on_from(store, run, attempt)
    parts, test, info = _data(run)
    path = _path(run, parts, info, cores)
    model = build(run.experiment, info, parts.statistics)
    outcome = train(model, parts, info, run.experiment, listener, path=path, begin=begin)
    result = _figures(store, run.id, outcome)
    if not outcome.done:  # say how the network that is kept does, not how an earlier one did
        for name, value in evaluate(model, parts.validation, info, plan).items():
            result[f"val_{name}"] = value
    for name, value in evaluate(model, test, info, plan).items():
        result[f"test_{name}"] = value
    _leave_files(store, run, model)
    status = Status.COMPLETED if outcome.done else Status.STOPPED
    if not store.finish(run.id, status, result=result, attempt=attempt):
        raise Superseded


def _data(run: Run) -> tuple[Parts, Samples, DatasetInfo]:
    """Return what the run learns from, the test set and what was declared; no sample is held twice."""
    dataset = library.load(run.experiment.data.dataset)
    return split(dataset, run.experiment.data), dataset.test, dataset.info


def _path(run: Run, parts: Parts, info: DatasetInfo, cores: int) -> Path:
    from core.training import cores as shared
    from core.training.tensors import path_here

    path = path_here(run.experiment, info, parts.training.inputs)
    return replace(path, threads=shared.use(cores, path.way)) if cores else path


# --- going on from a checkpoint ---


def _go_on_from(store: RunStore, run: Run, attempt: int) -> State | None:
    """Return the state to go on from, with the events taken back to where it was kept."""
    if attempt == 1 and not run.parent:
        return None
    for content in Checkpoints(run.checkpoints).newest_first():
        state = _readable(content)
        if state is None:
            continue
        seq = state.origin["seq"]
        if state.origin["run"] != run.id:  # the run that this one continues has kept it
            seq, state = _seq_of(store, run, state.position.epoch), _begun_anew(state)
        store.rewind(run.id, seq)
        if store.last_seq(run.id) == seq:
            _note_resume(store, run, attempt, state)
            return state
    store.rewind(run.id, 0)
    return None


def _readable(content: bytes) -> State | None:
    from core.training.state import State

    try:
        return State.from_bytes(content)
    except FileDamaged:
        return None


def _seq_of(store: RunStore, run: Run, epoch: int) -> int:
    """Return the number of the event that ends an epoch; 0 where none does."""
    found = (event.seq for event in store.events(run.id, kind="epoch") if event.body["epoch"] <= epoch)
    return max(found, default=0)


def _begun_anew(state: State) -> State:
    """Return another run's last state as a beginning: what its callbacks had counted is over."""
    position = replace(state.position, ended=False, done=False, best_epoch=None)
    return replace(state, position=position, callbacks=())


def _note_resume(store: RunStore, run: Run, attempt: int, state: State) -> None:
    position = state.position
    if position.ended:
        return
    place = {"epoch": position.epoch, "step": position.step, "seconds": position.seconds}
    progress = Progress(epochs=run.experiment.training.epochs, seconds=position.seconds)
    if not store.record(run.id, progress, [("resume", place)], attempt):
        raise Superseded


# --- what is left behind ---


def _figures(store: RunStore, run_id: str, outcome: Outcome) -> dict[str, float]:
    """Return the figures of the weights that were kept, as far as they were told."""
    epochs = store.events(run_id, kind="epoch") if outcome.best_epoch else []
    for epoch in epochs:
        if epoch.body["epoch"] == outcome.best_epoch:
            return {**epoch.body, "best_epoch": outcome.best_epoch}
    # no epoch is told whose weights were taken back: the last ones were kept
    event = store.last_event(run_id, "epoch" if outcome.done else "point")
    return dict(event.body) if event else {}


def _leave_files(store: RunStore, run: Run, model: Any) -> None:
    from core.model.summary import printed
    from core.training.records import write_csv, write_tensorboard

    epochs = [event.body for event in store.events(run.id, kind="epoch")]
    write_csv(run.folder, epochs)
    with storage():
        write_tensorboard(run.folder, epochs)
        run.summary_path.write_text(printed(model), encoding="utf-8")
    write_whole(run.model_path, model.save)
    write_checksum(run.model_path)
    Checkpoints(run.checkpoints).keep_newest_only()  # nothing can go wrong any more


class StoreListener:
    """Passes what the engine says to the store, and what the store was asked to the engine."""

    def __init__(self, store: RunStore, run_id: str, attempt: int) -> None:
        self._store = store
        self._run_id = run_id
        self._attempt = attempt
        self._checkpoints = Checkpoints(store.get(run_id).checkpoints)
        self._to_disk_at = -DURABLE_SECONDS

    def record(self, progress: Progress, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        durable = any(kind == "epoch" for kind, _ in events) and self._is_time()
        if not self._store.record(self._run_id, progress, events, self._attempt, durable):
            raise Superseded

    def control(self) -> Control:
        return self._store.control(self._run_id)

    def keep(self, state: State) -> None:
        durable = self._is_time() or state.position.ended
        content = state.to_bytes(run=self._run_id, seq=self._store.last_seq(self._run_id))
        self._checkpoints.keep(state.position.epoch, content, durable)
        if durable:
            self._to_disk_at = time.monotonic()
        self._store.progressed(self._run_id)

    def note_mistakes(self, body: Mapping[str, Any]) -> None:
        if not self._store.keep_latest(self._run_id, "answers", body, self._attempt):
            raise Superseded

    def _is_time(self) -> bool:
        return time.monotonic() - self._to_disk_at >= DURABLE_SECONDS
