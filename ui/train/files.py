"""What a run leaves behind: its files, to be taken away, and Keras's summary of its network."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from core.runs.run import Run
from ui.takeaway import offer_run

LONGEST_SUMMARY = 60_000


def show(run: Run) -> None:
    """Draw what a run that is over has left: the way to take it away, its summary, its folder."""
    if not run.has_model and not run.history_path.exists():
        return
    with st.container(key="card-files", border=True):
        st.html('<h2 class="ll-head">What it leaves</h2>')
        st.html(
            '<p class="ll-quiet">The network, the program that trains it, a notebook, the curves, '
            "the design.</p>"
        )
        offer_run(run)
        _summary(run.summary_path)
        with st.expander("Where they are"):
            st.html('<p class="ll-quiet">On the machine that serves this page:</p>')
            st.code(str(run.folder), language=None, wrap_lines=True)
            if run.tensorboard_path.exists():
                st.html('<p class="ll-quiet">The curves in TensorBoard:</p>')
                command = f'tensorboard --logdir "{run.tensorboard_path}"'
                st.code(command, language=None, wrap_lines=True)


def _summary(path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")[:LONGEST_SUMMARY]
    except OSError:
        return
    with st.expander("The network as Keras sums it up"):
        st.code(text, language=None)


def show_origin(run: Run) -> None:
    """Say of a network that was trained elsewhere what is known of it, where curves would stand."""
    with st.container(key="card-origin", border=True):
        st.html('<h2 class="ll-head">Trained elsewhere</h2>')
        st.html(
            '<p class="ll-quiet">Its curves stayed there. Here it answers drawings, is compared with other '
            "networks, and can be taken away again; <em>Run again</em> trains its design from the "
            "beginning.</p>"
        )
        notes = "".join(f"<li>{escape(line)}</li>" for line in run.notes.splitlines())
        st.html(f'<ul class="ll-quiet">{notes}</ul>')
