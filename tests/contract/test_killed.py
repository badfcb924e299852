"""A run whose process is killed anywhere ends as one that nothing happened to."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pytest

from core.data import library
from core.experiment.presets import preset
from core.runs.files import verify_checksum
from core.runs.journal import Journal
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.workers.run_queue import why
from tests.contract import struck
from tests.contract.struck import Strike

EPOCHS = 12
STRIKES = (
    Strike("batch", 1),
    Strike("batch", 2, after=True),
    Strike("record", 1),
    Strike("record", 2, after=True),
    Strike("checkpoint", 1),
    Strike("to disk", 1),
    Strike("to disk", 2, after=True),
    Strike("into place", 1),
    Strike("into place", 1, after=True),
    Strike("checkpoint", 1, after=True),
    Strike("record", 5),
    Strike("batch", 7),
    Strike("into place", 2),
    Strike("checkpoint", 2, after=True),
    Strike("record", 6, after=True),
    Strike("batch", 9, after=True),
    Strike("into place", 3, after=True),
    Strike("last file"),
    Strike("last file", after=True),
    Strike("end"),
)
"""One after the other, in one run: in the midst of a batch, of a file, and between what it keeps."""


def _process(home: Path, run_id: str, attempt: int, strike: Strike | None) -> int | None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["core.workers.preload"])
    child = context.Process(target=struck.train, args=(home, run_id, attempt, strike))
    child.start()
    child.join(120)
    return child.exitcode


@pytest.mark.skipif(sys.platform == "win32", reason="There is no fork server, and no SIGKILL.")
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15, reading
def test_a_run_killed_twenty_times_ends_as_one_that_nothing_happened_to(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # children must not run pytest's
    library.fetch("digits")
    store = RunStore(data_folder)
    design = preset("article_dropout").experiment(library.load("digits").info).with_training(epochs=EPOCHS)
    whole = store.create(design, "whole")
    assert _process(data_folder, whole.id, store.begin(whole.id), None) == 0

    run = store.create(design, "killed")
    for strike in STRIKES:
        attempt = store.begin(run.id)
        code = _process(data_folder, run.id, attempt, strike)
        assert code == -signal.SIGKILL, strike
        assert store.finish(run.id, Status.INTERRUPTED, why(code), attempt=attempt), strike
        _assert_in_order(store, run)
        assert store.resume(run.id)
    assert _process(data_folder, run.id, store.begin(run.id), None) == 0

    wanted, found = store.get(whole.id), store.get(run.id)
    assert (found.status, found.attempt) == (Status.COMPLETED, len(STRIKES) + 1)
    assert _assert_in_order(store, run) == EPOCHS
    for name, value in wanted.result.items():
        if name != "seconds":
            assert found.result[name] == pytest.approx(value, rel=1e-5), name
    for one, other in zip(_weights(found), _weights(wanted), strict=True):
        assert np.array_equal(one, other)
    assert not [*found.folder.rglob(".new-*")]


def _assert_in_order(store: RunStore, run: Run) -> int:
    """See that no row is doubled or lost, in the database and beside it; return the epochs told."""
    events = store.events(run.id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert Journal(run.folder).read() == events
    steps = [event.body["step"] for event in events if event.kind == "point"]
    assert all(earlier < later for earlier, later in pairwise(steps))
    epochs = [event.body["epoch"] for event in events if event.kind == "epoch"]
    assert epochs == list(range(1, len(epochs) + 1))
    return len(epochs)


def _weights(run: Run) -> list[np.ndarray]:
    verify_checksum(run.model_path)
    return list(keras.saving.load_model(run.model_path).get_weights())
