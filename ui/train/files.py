"""What a run leaves behind: its files, to be taken away, and Keras's summary of its network."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import BinaryIO

import streamlit as st

from core.runs.run import Run

LONGEST_SUMMARY = 60_000


def show(run: Run) -> None:
    """Draw the downloads and the summary of a run that is over, where it left any."""
    offered = [
        ("Network", "model.keras", "application/octet-stream"),
        ("Curves", "history.csv", "text/csv"),
    ]
    there = [each for each in offered if (run.folder / each[1]).exists()]
    if not there:
        return
    with st.container(key="card-files", border=True):
        st.html('<h2 class="ll-head">To take away</h2>')
        with st.container(horizontal=True):
            for label, name, kind in there:
                st.download_button(
                    f"{label} (.{name.rpartition('.')[2]})",
                    data=partial(_open, run.folder / name),  # read when it is pressed, not before
                    file_name=f"run-{run.number}-{name}",
                    mime=kind,
                    key=f"download-{name}",
                    on_click="ignore",
                )
        _summary(run.folder / "summary.txt")
        with st.expander("Where they are"):
            st.html('<p class="ll-quiet">On the machine that serves this page:</p>')
            st.code(str(run.folder), language=None, wrap_lines=True)
            if (run.folder / "tensorboard").exists():
                st.html('<p class="ll-quiet">The curves in TensorBoard:</p>')
                st.code(
                    f'tensorboard --logdir "{run.folder / "tensorboard"}"', language=None, wrap_lines=True
                )


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _summary(path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")[:LONGEST_SUMMARY]
    except OSError:
        return
    with st.expander("The network as Keras sums it up"):
        st.code(text, language=None)
