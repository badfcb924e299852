"""Which runs are ticked, in the order they were, for as long as the session lives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.runs.run import Run
from ui import session

_CHOSEN, _ASKED = "runs-chosen", "runs-asked"
MOST = 500


def choose(run_ids: Iterable[str]) -> None:
    """Have these runs ticked and no others when the page is drawn next."""
    chosen = list(run_ids)
    session.put(_CHOSEN, chosen)
    session.put(_ASKED, chosen)


def ticked(run_ids: Iterable[object]) -> None:
    """Note what a person has ticked; what comes from a browser may be anything."""
    session.put(_CHOSEN, [each for each in run_ids if isinstance(each, str)][:MOST])
    session.put(_ASKED, None)


def asked() -> list[str] | None:
    """Return what the table is to tick, where another part of LayerLab wants it.

    Nothing else is told to the table: its message stays the same when a run is ticked, and Streamlit
    sends the same message once.
    """
    found: list[str] | None = session.value(_ASKED)
    return found


def among(runs: Sequence[Run]) -> list[Run]:
    """Return the ticked ones of these runs, in the order they were ticked."""
    by_id = {run.id: run for run in runs}
    chosen: list[str] = session.value(_CHOSEN, [])
    return [by_id[each] for each in dict.fromkeys(chosen) if each in by_id]
