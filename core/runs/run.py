"""A run as the store gives it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.experiment.experiment import Experiment


class Status(StrEnum):
    """Where a run is on its way: queued → running → completed | stopped | failed."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to the run."""
        return self not in (Status.QUEUED, Status.RUNNING)


class Request(StrEnum):
    """What a person has asked of a run."""

    GO = "go"
    PAUSE = "pause"
    STOP = "stop"


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
    """

    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    samples_per_second: float = 0.0
    paused: bool = False

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
        reason: Why it failed, in words; empty otherwise.
        experiment: What was asked.
        request: What a person has asked of it since.
        progress: How far it is.
        result: Final figures by Keras's names (loss, accuracy, val_loss, …, test_loss, …).
        created: When it was asked for, seconds since 1970 (UTC).
        ended: When it was over, or None.
        folder: Where its files are.
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

    @property
    def model_path(self) -> Path:
        """Where the trained model is, once there is one."""
        return self.folder / "model.keras"

    @property
    def has_model(self) -> bool:
        """Whether there is something to draw for."""
        return self.status.over and self.model_path.exists()


@dataclass(frozen=True)
class Event:
    """Something that happened in a run.

    Attributes:
        seq: Its place, counted from 1 without gaps.
        kind: "point" within an epoch, "epoch" at its end.
        body: Figures by Keras's names, with `epoch` as a position on the axis (1.5 is the middle of
            the second epoch).
    """

    seq: int
    kind: str
    body: dict[str, Any] = field(default_factory=dict)
