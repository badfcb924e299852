"""Draw: a digit by hand, and what a trained network makes of it."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data.sources import SOURCES, source
from core.drawing.prepare import prepare
from core.errors import WorkerLost
from core.experiment.checks.answer import read_as
from core.experiment.shapes import walk
from core.runs.run import Run
from ui import answer, messages, navigation, run_view, server, session
from ui.canvas import show_canvas

_MODEL = "draw-model"
ANSWER_SECONDS = 60


def drawable_runs() -> list[Run]:
    """Return the runs whose network can be asked about a drawing, newest first."""
    return [run for run in server.store().newest() if run.has_model and is_drawable(run)]


def is_drawable(run: Run) -> bool:
    """Return whether a run's data are known here, and drawings."""
    origin = SOURCES.get(run.experiment.data.dataset)
    return origin is not None and origin.info.drawable


def label(run: Run) -> str:
    """Return a run as the list shows it."""
    data = source(run.experiment.data.dataset).info.label
    accuracy = run_view.figure(run.result.get("test_accuracy"), share=True)
    return f"Run {run.number} · {run.name} · {data}, {accuracy} of the test set"


def choose(runs: list[Run]) -> Run:
    """Draw the list of networks; the run last looked at comes first to mind."""
    by_id = {run.id: run for run in runs}
    if session.value(_MODEL) not in by_id:
        last = session.run_id()
        session.put(_MODEL, last if last in by_id else runs[0].id)
    chosen = st.selectbox(
        "Which network",
        list(by_id),
        key=_MODEL,
        format_func=lambda run_id: label(by_id[run_id]),
        on_change=messages.guarded(_keep),
    )
    return by_id[chosen]


def _keep() -> None:
    """Keep the choice in the address, so that it outlives a reload."""
    session.show_run(session.value(_MODEL))
    session.keep_address()


def ask(run: Run, image: NDArray[np.uint8] | None) -> None:
    """Draw the network's answer."""
    info = source(run.experiment.data.dataset).info
    with st.container(key="prediction"):
        if image is None:
            st.html(
                '<h2 class="ll-title">Draw a digit</h2><p class="ll-quiet">With mouse, pen or finger, as '
                "large as you like. The answer comes when the pen is lifted.</p>"
            )
            return
        future = server.workers().call("predict", run_id=run.id, image=image.tolist())
        with st.spinner("The network is waking up …", show_time=True):
            try:
                outputs = future.result(timeout=ANSWER_SECONDS)
            except TimeoutError:
                raise WorkerLost(
                    "The network has not answered for a minute: the machine is busy. Draw again."
                ) from None
        steps = walk(run.experiment.model.layers, info.input_shape)
        st.html(answer.bars(outputs, info, read_as(steps)))


@st.fragment
def page() -> None:
    """Draw canvas and answer; a stroke runs only this part of the page again."""
    messages.show_notice()
    left, right = st.columns([3, 7], gap="medium")
    with left:
        st.html('<h2 class="ll-head">Draw a digit</h2>')
        canvas = show_canvas()
    with right, st.container(key="card-answer", border=True), messages.boundary():
        runs = drawable_runs()
        if not runs:
            with st.container(key="prediction"):
                st.html(
                    '<h2 class="ll-title">Draw a digit, once there is a network to ask</h2>'
                    '<p class="ll-quiet">None has been trained on digits yet. On the Build page one is '
                    "ready: it takes a few seconds.</p>"
                )
            navigation.link("build", "Train one first")
            return
        run = choose(runs)
        info = source(run.experiment.data.dataset).info
        image = None if canvas is None else prepare(canvas, info)
        ask(run, image)
    if image is not None:
        with left:
            answer.show_input(image)


page()
