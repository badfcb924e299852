"""A run as the store gives it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.experiment.experiment import Experiment

HISTORY, SUMMARY, TENSORBOARD = "history.csv", "summary.txt", "tensorboard"
"""What runs leave for other tools, in their folders."""


class Status(StrEnum):
    """Where a run is on its way: queued → running → completed | stopped | failed | interrupted."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Its process ended before it did; it can be resumed."""

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to the run by itself."""
        return self not in (Status.QUEUED, Status.RUNNING)

    @property
    def final(self) -> bool:
        """Whether the run will never change again."""
        return self.over and self is not Status.INTERRUPTED


class Request(StrEnum):
    """What a person has asked of a run, until asked otherwise."""

    GO = "go"
    PAUSE = "pause"
    STOP = "stop"


class OrderKind(StrEnum):
    """What a person has asked of a run, once."""

    STEP_BATCH = "step_batch"
    STEP_EPOCH = "step_epoch"
    RATE = "rate"


@dataclass(frozen=True)
class Order:
    """Something to be done once, on the way.

    Attributes:
        kind: One batch and pause again, the rest of the epoch and pause again, or another rate.
        value: The learning rate, where that is what is asked for.
    """

    kind: OrderKind
    value: float = 0.0


@dataclass(frozen=True)
class Control:
    """All that is asked of a run now."""

    request: Request = Request.GO
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        epoch: The epoch under way, counted from 1; 0 before the first.
        epochs: How many there are to be.
        step: Batches done in this epoch.
        steps: Batches in an epoch.
        seconds: Time spent training so far.
        samples_per_second: Training samples a second so far, the time for validation included.
        paused: Whether it waits for a person.
        learning_rate: What the next step is multiplied by; None before the first.
    """

    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    samples_per_second: float = 0.0
    paused: bool = False
    learning_rate: float | None = None

    @property
    def share(self) -> float:
        """How much of the whole is done, 0 to 1."""
        if not (self.epochs and self.steps and self.epoch):
            return 0.0
        return min(1.0, (self.epoch - 1 + self.step / self.steps) / self.epochs)

    @property
    def seconds_left(self) -> float | None:
        """Time still to go at the pace so far; None before there is a pace."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0 else None


@dataclass(frozen=True)
class Run:
    """One run: an experiment, and what has come of it so far.

    Attributes:
        id: Unguessable; it is the address of the run.
        number: Counted from 1 in this store; what people call it by.
        name: Given by the person, or made from the design.
        status: Where it is on its way.
        reason: Why it failed or was interrupted, or what it waits for, in words; else empty.
        experiment: What was asked.
        request: What a person has asked of it since.
        progress: How far it is.
        result: Final figures by Keras's names (loss, accuracy, val_loss, …, test_loss, …).
        created: When it was asked for, seconds since 1970 (UTC).
        ended: When it was over, or None.
        folder: Where its files are.
        notes: What a person wrote about it.
        tags: Words that a person has sorted it by.
        attempt: How often it was begun; a process that writes for an earlier attempt is refused.
        generation: How often its events were taken back to a checkpoint: who has read them reads anew.
        parent: The id of the run that it continues; empty where it began anew.
        collection: The runs that were started together share this word; empty for one alone.
    """

    id: str
    number: int
    name: str
    status: Status
    reason: str
    experiment: Experiment
    request: Request
    progress: Progress
    result: dict[str, float]
    created: float
    ended: float | None
    folder: Path
    notes: str = ""
    tags: tuple[str, ...] = ()
    attempt: int = 0
    generation: int = 0
    parent: str = ""
    collection: str = ""

    @property
    def model_path(self) -> Path:
        """Where the trained model is, once there is one."""
        return self.folder / "model.keras"

    @property
    def history_path(self) -> Path:
        """Where its curves are as a table, once it is over."""
        return self.folder / HISTORY

    @property
    def summary_path(self) -> Path:
        """Where Keras's summary of its network is."""
        return self.folder / SUMMARY

    @property
    def tensorboard_path(self) -> Path:
        """The folder of its event files for TensorBoard."""
        return self.folder / TENSORBOARD

    @property
    def has_model(self) -> bool:
        """Whether there is something to draw for."""
        return self.status.over and self.model_path.exists()

    @property
    def adopted(self) -> bool:
        """Whether it was trained elsewhere: its network came in a file."""
        return self.status is Status.COMPLETED and self.attempt == 0

    @property
    def checkpoints(self) -> Path:
        """The folder of the states that it can go on from."""
        return self.folder / "checkpoints"


@dataclass(frozen=True)
class Event:
    """Something that happened in a run.

    Attributes:
        seq: Its place, counted from 1 without gaps.
        kind: "point" within an epoch, "epoch" at its end, "rate" where a person changed the learning
            rate, "resume" where it went on from a checkpoint, "path" each time it begins to train.
        body: Figures by Keras's names, with `epoch` as a position on the axis (1.5 is the middle of
            the second epoch). Of a "path": `way`, a `Way` of core/training/path.py ("XLA", "in-graph"
            or "streamed"), `why`, a sentence for people, and `threads`, where they were set: TensorFlow's
            within an operation, and operations side by side.
    """

    seq: int
    kind: str
    body: dict[str, Any] = field(default_factory=dict)
