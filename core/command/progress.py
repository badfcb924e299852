"""How a training goes, in a terminal as a bar, elsewhere as one line an epoch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from core.command.words import figures, say
from core.data.sources import source
from core.runs.run import Event, Request, Run, Status
from core.wording import counted, duration

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live


class Display(Protocol):
    """Where a training is shown."""

    def epoch(self, run: Run, event: Event) -> None:
        """Show an epoch that has ended."""

    def now(self, run: Run, point: Event | None, ahead: int) -> None:
        """Show where the run is.

        Args:
            run: As it is now.
            point: The newest figures within an epoch, or None.
            ahead: How many runs are before it in the queue.
        """


@contextmanager
def display() -> Iterator[Display]:
    """Give what shows a training: a bar where standard output is a terminal, else lines."""
    if not sys.stdout.isatty():
        yield Lines()
        return
    from rich.console import Console  # not where there is no terminal, nor for --help

    console = Console(highlight=False)
    if console.is_dumb_terminal:
        yield Lines()
        return
    from rich.live import Live

    with Live(console=console, transient=True, refresh_per_second=8) as live:
        yield Bar(live)


class Lines:
    """One line an epoch, and one where the run has to wait."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._said = ""

    def epoch(self, run: Run, event: Event) -> None:
        """Write the epoch's line."""
        say(epoch_line(run, event))

    def now(self, run: Run, point: Event | None, ahead: int) -> None:
        """Write why the run waits, where that is new."""
        words = waiting(run, ahead)
        if words and words != self._said:
            say(words)
        self._said = words


class Bar:
    """A bar that grows below the lines of the epochs that have ended."""

    def __init__(self, live: Live) -> None:
        """Draw into a part of the terminal that is drawn anew."""
        self._live = live
        self._last: Event | None = None

    def epoch(self, run: Run, event: Event) -> None:
        """Write the epoch's line above the bar."""
        self._last = event
        self._live.console.print(_ended(run, event), markup=False, soft_wrap=True)

    def now(self, run: Run, point: Event | None, ahead: int) -> None:
        """Draw the bar as it is now."""
        below = waiting(run, ahead) or "  ".join(self._within(run, point))
        self._live.update(_bar(run, below or "reading the data and building the network"))

    def _within(self, run: Run, point: Event | None) -> list[str]:
        progress = run.progress
        if not progress.epoch:
            return []
        parts = [f"step {progress.step:,} of {progress.steps:,}"]
        if progress.share >= 1:
            parts = [f"testing on {_noun(run)}s it never saw"]
        for event, names in ((point, _names(run)), (self._last, ("val_loss",))):
            parts += [figures(event.body, names)] if event else []
        return [*parts, *_pace(run)]


def _bar(run: Run, below: str) -> Group:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    progress = run.progress
    grid = Table.grid(padding=(0, 2))
    grid.add_row(
        f"epoch {progress.epoch} of {progress.epochs}" if progress.epoch else f"run {run.number}",
        ProgressBar(total=1.0, completed=progress.share, width=32),
        f"{progress.share:.0%}".replace("%", " %"),
        _left(run),
    )
    return Group(grid, Text(below, style="dim"))


def epoch_line(run: Run, event: Event) -> str:
    """Return an epoch that has ended as one line, with the pace and how long it will take still."""
    number, epochs = round(event.body["epoch"]), run.progress.epochs
    left = run.progress.seconds / number * (epochs - number)
    ahead = [f"{duration(left)} left"] if number < epochs else []
    return "  ".join([_ended(run, event), *_pace(run), *ahead])


def _ended(run: Run, event: Event) -> str:
    names, epochs = _names(run), run.progress.epochs
    number = f"{round(event.body['epoch']):>{len(str(epochs))}}"
    return f"epoch {number}/{epochs}  {figures(event.body, (*names, *(f'val_{name}' for name in names)))}"


def waiting(run: Run, ahead: int) -> str:
    """Return what a run waits for, in a few words; empty where it does not."""
    if run.progress.paused:
        return "It was paused on its page, and waits there to go on."
    if run.status is not Status.QUEUED or not (run.reason or ahead):
        return ""
    place = f"It waits: {counted(ahead, 'run')} before it." if ahead else ""
    return " ".join(part for part in (place, run.reason) if part)


def _left(run: Run) -> str:
    if run.request is Request.STOP:
        return "stopping"
    left = run.progress.seconds_left
    return f"{duration(left)} left" if left and run.progress.share < 1 else ""


def _pace(run: Run) -> list[str]:
    pace = run.progress.samples_per_second
    return [f"{pace:,.0f} {_noun(run)}s a second"] if pace and not run.progress.paused else []


def _names(run: Run) -> tuple[str, str]:
    return "loss", source(run.experiment.data.dataset).info.task.metric


def _noun(run: Run) -> str:
    return source(run.experiment.data.dataset).info.noun
