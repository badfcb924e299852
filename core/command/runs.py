"""List the newest runs."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

from core.command.words import say, say_json, table
from core.data.sources import known
from core.home import home
from core.runs.run import Run, Status
from core.runs.store import RunStore

EXAMPLE = "python -m core runs --limit 5"
LONGEST_NAME = 36


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what this command takes."""
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many at most (default 20)")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(asked: argparse.Namespace) -> int:
    """Write the list; return the exit code."""
    found = RunStore(home()).newest(max(asked.limit, 1))
    if asked.json:
        say_json([_told(each) for each in found])
    elif not found:
        say("There is no run yet. Train one: python -m core train notebook_rescaled")
    else:
        head = ("run", "status", "name", "data", "epochs", "validation", "test", "begun")
        for line in table(head, [_row(each) for each in found], frozenset({0, 4, 5, 6})):
            say(line)
        for line in _waiting(found):
            say(line)
    return 0


def _waiting(found: list[Run]) -> Iterator[str]:
    """Return why runs stand still, and what sets them going."""
    still = [each for each in found if each.reason and each.status in (Status.QUEUED, Status.INTERRUPTED)]
    for each in still:
        yield f"Run {each.number} ({each.status}): {each.reason}"
    if any(each.status is Status.QUEUED for each in still):
        yield "Queued runs go on while LayerLab is open: streamlit run app.py"
    if any(each.status is Status.INTERRUPTED for each in still):
        yield "Interrupted runs go on by Resume on their page: streamlit run app.py"


def _told(run: Run) -> dict[str, Any]:
    return {
        "number": run.number,
        "id": run.id,
        "name": run.name,
        "status": run.status.value,
        "reason": run.reason,
        "data": run.experiment.data.dataset,
        "epoch": run.progress.epoch,
        "epochs": run.progress.epochs,
        "result": run.result,
        "created": run.created,
        "ended": run.ended,
        "tags": list(run.tags),
    }


def _row(run: Run) -> tuple[str, ...]:
    origin = known(run.experiment.data.dataset)
    metric = origin.info.task.metric if origin else ""
    name = run.name if len(run.name) <= LONGEST_NAME else f"{run.name[: LONGEST_NAME - 1]}…"
    return (
        str(run.number),
        run.status.value,
        name,
        run.experiment.data.dataset,
        f"{run.progress.epoch}/{run.progress.epochs}",
        *(_figure(run, f"{part}_{metric}") for part in ("val", "test")),
        time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created)),
    )


def _figure(run: Run, name: str) -> str:
    return f"{run.result[name]:.4f}" if name in run.result else "-"
