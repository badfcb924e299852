"""What was there at the moment of a fault, and whether it is still there at the end."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.errors import FileDamaged, LayerLabError
from core.runs.checkpoints import Checkpoints
from core.runs.files import verify_checksum
from core.runs.journal import Journal
from core.runs.run import Event, Run
from core.runs.store import RunStore

MOST_LOST = 1
"""Whole epochs that a fault may cost."""


@dataclass(frozen=True)
class Snapshot:
    """A run at the moment of a fault.

    Attributes:
        events: What the database has.
        kept: After which epoch its newest checkpoint was kept; 0 where there is none.
        seq: The newest event at that time.
    """

    events: tuple[Event, ...]
    kept: int
    seq: int

    @property
    def epochs(self) -> int:
        """Whole epochs that the database knows of."""
        return sum(event.kind == "epoch" for event in self.events)


def snapshot(store: RunStore, run: Run) -> Snapshot:
    """Return what is there now, read without mending anything."""
    with closing(sqlite3.connect(store.home / "runs.sqlite3")) as database:
        rows = database.execute(
            "SELECT seq, kind, body FROM events WHERE run_id = ? ORDER BY seq", (run.id,)
        ).fetchall()
    events = tuple(Event(seq, kind, json.loads(body)) for seq, kind, body in rows)
    kept, seq = next(_checkpoints(run), (0, 0))
    return Snapshot(events, kept, seq)


def _checkpoints(run: Run) -> Iterator[tuple[int, int]]:
    for content in Checkpoints(run.checkpoints).newest_first():
        with np.load(io.BytesIO(content)) as packed:
            notes = json.loads(packed["notes"].tobytes())
        yield notes["position"]["epoch"], notes["origin"]["seq"]


def retrained(before: Snapshot, now: Sequence[Event]) -> int:
    """Return how many whole epochs were there before and are another's now: each tells when it was."""
    return sum(event.kind == "epoch" and event not in now for event in before.events)


def lost_rows(before: Snapshot, now: Sequence[Event]) -> list[str]:
    """Return what is no longer as it was when the newest checkpoint was kept."""
    there = {event.seq: event for event in now}
    return [
        f"event {event.seq} ({event.kind}) of before the checkpoint is "
        + ("lost" if event.seq not in there else f"changed: {event.body} → {there[event.seq].body}")
        for event in before.events
        if event.seq <= before.seq and there.get(event.seq) != event
    ]


def disorder(events: Sequence[Event], epochs: int) -> list[str]:
    """Return what is not in order in a run that is over: epochs 1 to `epochs` once, steps that rise."""
    found = []
    rows = [event.body["epoch"] for event in events if event.kind == "epoch"]
    if rows != list(range(1, epochs + 1)):
        found.append(f"epoch rows are {rows}, not 1 to {epochs}")
    steps = [event.body["step"] for event in events if event.kind == "point"]
    found += [f"step {later} follows {earlier}" for earlier, later in pairwise(steps) if later <= earlier]
    if [event.seq for event in events] != list(range(1, len(events) + 1)):
        found.append("events are not numbered without gaps")
    return found


def disagreement(run: Run, events: Sequence[Event]) -> list[str]:
    """Return where the files of a run that is over do not fit what the database says."""
    found = []
    if Journal(run.folder).read() != list(events):
        found.append("the journal is not what the database has")
    if run.has_model:
        try:
            verify_checksum(run.model_path)
        except FileDamaged as damaged:
            found.append(str(damaged))
        with (run.folder / "history.csv").open(encoding="utf-8") as file:
            rows = [row["epoch"] for row in csv.DictReader(file)]
        if rows != [str(event.body["epoch"]) for event in events if event.kind == "epoch"]:
            found.append(f"history.csv has epochs {rows}")
        found += _model_faults(run)
    temporary = [str(path) for path in run.folder.rglob(".new-*")]
    return [*found, *(f"{path} is left over" for path in temporary)]


def _model_faults(run: Run) -> list[str]:
    """Return what is wrong with a saved model, loaded by Keras alone and tried on the test set."""
    import keras

    from core.data import library
    from core.data.split import encode

    try:
        model = keras.saving.load_model(run.model_path)
        dataset = library.load(run.experiment.data.dataset)
    except (LayerLabError, ValueError, OSError) as error:
        return [f"the model can't be loaded: {error}"]
    answers = encode(dataset.test.answers, run.experiment.training.loss, dataset.info)
    found = model.evaluate(dataset.test.inputs, answers, batch_size=512, verbose=0, return_dict=True)
    said = run.result.get("test_accuracy", -1.0)
    if abs(found["accuracy"] - said) > 0.004:
        return [f"the model's test accuracy is {found['accuracy']:.4f}, but {said:.4f} is told"]
    return []
