"""The dialog in which a design or a run is taken away: what there is, how it looks, its buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.data.sources import known, source
from core.experiment.check import check, errors
from core.experiment.experiment import Experiment
from core.experiment.limits import Limits
from core.runs.run import Run
from core.takeaway.origin import origin_of
from ui import dialogs, messages, server
from ui.takeaway import code, design, files
from ui.takeaway.thing import Thing

PROGRAM, NOTEBOOK, NETWORK, CURVES, DESIGN = "Program", "Notebook", "Network", "Curves", "Design"


def offer_design(experiment: Experiment) -> None:
    """Draw the button that opens the dialog for a design."""
    dialogs.offer("Take away", "take-away", partial(_dialog, Thing(experiment)))


def offer_run(run: Run) -> None:
    """Draw the button that opens the dialog for a run.

    Args:
        run: One that is over.
    """
    dialogs.offer("Take away", f"take-away-{run.number}", partial(_dialog, Thing(run.experiment, run)))


@st.dialog("Take away", width="large", on_dismiss=dialogs.close)
def _dialog(thing: Thing) -> None:
    with st.container(key="take"), messages.boundary():
        shown = _offered(thing)
        chosen = st.segmented_control(
            "What",
            list(shown),
            default=next(iter(shown)),
            required=True,
            key="take-what",
            label_visibility="collapsed",
        )
        shown[chosen if chosen in shown else next(iter(shown))]()


def _offered(thing: Thing) -> dict[str, Callable[[], None]]:
    """Return what there is to take, by the name of its tab."""
    offered: dict[str, Callable[[], None]] = {}
    if _is_sound(thing.experiment):
        offered |= {
            PROGRAM: lambda: code.program(thing, origin_of(thing.run, server.store())),
            NOTEBOOK: lambda: code.notebook(thing, origin_of(thing.run, server.store())),
        }
    run = thing.run
    if run is not None and run.has_model:
        offered[NETWORK] = lambda: files.network(run)
    if run is not None and run.history_path.exists():
        offered[CURVES] = lambda: files.curves(run)
    offered[DESIGN] = lambda: design.show(thing)
    return offered


def _is_sound(experiment: Experiment) -> bool:
    if known(experiment.data.dataset) is None:
        return False
    info = source(experiment.data.dataset).info
    return not errors(check(experiment, info, Limits.of_machine()))
