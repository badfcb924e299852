"""A lesson's runs as the reading of their curves takes them."""

from __future__ import annotations

import functools

from core.data.sources import source
from core.experiment import lessons
from core.insight.doctor import diagnose
from core.insight.lesson import Learner
from core.runs.run import Run
from ui import server


def learner(run: Run) -> Learner:
    """Return what is known of one of a lesson's networks by now."""
    begun = run.progress.epoch > 0
    epoch = server.store().last_event(run.id, "epoch")
    return _learner(run.id, run.attempt, begun, epoch.seq if epoch else 0, run.status.over)


@functools.lru_cache(64)
def _learner(run_id: str, attempt: int, begun: bool, seq: int, over: bool) -> Learner:
    """Read it: asked at every tick, done when it has begun, once an epoch, and at the end."""
    run = server.store().get(run_id)
    events = server.store().curve(run_id)
    epochs, points = ([event.body for event in events if event.kind == kind] for kind in ("epoch", "point"))
    found = diagnose(run.experiment, source(run.experiment.data.dataset).info, epochs, points)
    return Learner(
        inputs=lessons.scale_of(run.experiment).inputs,
        planned=run.experiment.training.epochs,
        epochs=tuple(epochs),
        first_loss=_first_loss(run_id, attempt) if begun else None,
        ended=run.status.value if over else "",
        findings=found,
    )


@functools.lru_cache(64)
def _first_loss(run_id: str, attempt: int) -> float | None:
    """Return the loss of a run's first batch, from its events: in its curve, points are put together."""
    events = server.store().events(run_id, kind="point")
    return events[0].body["loss"] if events and events[0].body.get("step") == 1 else None
