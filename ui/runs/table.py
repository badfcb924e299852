"""The table of runs as an inline component: what it is told, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from core.runs.run import Run
from ui import messages, navigation, server, session
from ui.component import inline, payload
from ui.runs import deletion, rows, selection

_component = inline(
    "layerlab_runs",
    __file__,
    '<div class="runs"></div>',
    *("table.css", "rows.css", "cards.css"),
    *("table.js", "columns.js", "rows.js", "sorting.js", "choosing.js"),
)
KEY = "runs"
_WANTED = "runs-wanted"


def show(runs: Sequence[Run], best: Mapping[str, str], limit: int) -> None:
    """Draw the table.

    Args:
        runs: All runs, newest first.
        best: Why some of them are the best, by id.
        limit: How many are shown at most.
    """
    _component(
        key=KEY,
        data=payload(
            {
                "runs": [rows.describe(run, best.get(run.id, "")) for run in runs],
                "asked": selection.asked(),
                "limit": limit,
                "undo": deletion.can_undo(),
            }
        ),
        on_chosen_change=messages.guarded(_take_chosen),
        on_wish_change=messages.guarded(partial(_take_wish, runs)),
    )


def _sent(name: str) -> object:
    return (session.value(KEY) or {}).get(name)


def _take_chosen() -> None:
    chosen = _sent("chosen")
    if isinstance(chosen, list):
        selection.ticked(chosen)


def _take_wish(runs: Sequence[Run]) -> None:
    """Do what a key or a click asked for. Nothing that comes from the browser is trusted."""
    wish = _sent("wish")
    if not isinstance(wish, Mapping):
        return
    asked = wish.get("runs")
    wanted = [run for run in runs if isinstance(asked, list) and run.id in asked]
    match wish.get("do"):
        case "open" if wanted:
            session.put(_WANTED, wanted[0].id)
        case "delete":
            deletion.delete(wanted)
        case "undo":
            deletion.undo()


def follow() -> None:
    """Go to the run that was opened in the table; called before the page is drawn."""
    wanted = session.value(_WANTED)
    if wanted:
        session.put(_WANTED, None)
        open_run(server.store().get(wanted))


def open_run(run: Run) -> None:
    """Go to a run's own page; nothing after this call is run."""
    session.show_run(run.id)
    navigation.go("train")
