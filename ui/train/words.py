"""Where a run is, in words. Nothing here draws."""

from __future__ import annotations

from html import escape

from core.data.sources import source
from core.runs.run import Request, Run, Status
from core.wording import counted, duration, ordinal


def state(run: Run, ahead: int = 0, parent: int = 0) -> str:
    """Return the line that says where a run is, as HTML.

    Args:
        run: The run.
        ahead: How many earlier runs are queued or running.
        parent: The number of the run that it continues; 0 where it began anew, or that one is gone.
    """
    paused = run.status is Status.RUNNING and run.progress.paused
    parts = [f"<strong>{run.status}</strong>", *(["<strong>paused</strong>"] if paused else [])]
    parts += [escape(part) for part in _details(run, ahead)]
    if parent:
        parts.append(f"goes on from run {parent}")
    return f'<p class="ll-state {"paused" if paused else run.status}">{" · ".join(parts)}</p>'


def _details(run: Run, ahead: int) -> list[str]:
    if run.status is Status.QUEUED:
        return _waiting(run, ahead)
    if run.adopted:
        return ["trained elsewhere, and brought here in a file"]
    if not run.progress.epoch:
        return [
            "before it began to learn" if run.status.over else "reading the data and building the network"
        ]
    epoch = f"epoch {run.progress.epoch:,} of {run.progress.epochs:,}"
    if run.status is Status.RUNNING:
        return [epoch, *_under_way(run)]
    if run.result or not run.progress.seconds:  # the time stands with the figures
        return [epoch]
    return [epoch, f"trained for {duration(run.progress.seconds)}"]


def _waiting(run: Run, ahead: int) -> list[str]:
    place = (
        f"{ordinal(ahead + 1)} in the queue: {counted(ahead, 'run')} before it" if ahead else "it is next"
    )
    return [place, *(["it will pause before its first batch"] if run.request is Request.PAUSE else [])]


def _under_way(run: Run) -> list[str]:
    progress, noun = run.progress, source(run.experiment.data.dataset).info.noun
    parts = [f"batch {progress.step:,} of {progress.steps:,}"] if progress.share < 1 else []
    if run.request is Request.STOP:
        parts.append("stopping: keeping and testing what was learned")
    elif progress.share >= 1:
        parts.append(f"testing it on {noun}s it never saw")
    elif run.request is Request.PAUSE and not progress.paused:
        parts.append("about to pause")
    elif not progress.paused and (left := progress.seconds_left) is not None:
        parts.append(f"{duration(left)} left")
    if progress.samples_per_second and not progress.paused:
        parts.append(f"{progress.samples_per_second:,.0f} {noun}s a second")
    return parts


def short(run: Run, ahead: int = 0) -> str:
    """Return a run in a few words, for a link to it: `Run 12 · queued, 2nd`."""
    if run.status is Status.QUEUED:
        return f"Run {run.number} · queued, {ordinal(ahead + 1)}"
    if run.progress.paused:
        return f"Run {run.number} · paused"
    return f"Run {run.number} · {run.progress.share:.0%}".replace("%", " %")
