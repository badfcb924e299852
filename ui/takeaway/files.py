"""The network's file and the curves of a run in the dialog."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from core.runs.run import Run
from core.takeaway import card
from core.takeaway.curves import tensorboard_files
from core.takeaway.model_file import TFLITE, keras_file
from core.takeaway.tracking import mlflow_is_here
from ui import messages, server
from ui.takeaway.code import HEIGHT
from ui.takeaway.download import download

SECONDS = 120.0
_LONGEST = 20_000
_FEW = 14
"""Rows that are shown without a scroll bar."""


def network(run: Run) -> None:
    """Draw the card of a run's network, and its files."""
    st.html(
        "<p class='ll-quiet'>Layers, weights, the optimizer's state and the normalization in one file, "
        "with its design and this card inside; <code>keras.models.load_model</code> reads it. "
        "TensorFlow Lite is for phones and small machines.</p>"
    )
    written = card.text(run)
    with st.container(key="take-card", height=HEIGHT, border=True):
        st.markdown(written)
    with st.container(key="take-row", horizontal=True):
        download(
            "Download .keras",
            partial(keras_file, run),
            f"run-{run.number}.keras",
            "application/octet-stream",
            key="take-keras",
            first=True,
        )
        _tflite(run)
        download(
            "Download the card (.md)",
            written,
            f"run-{run.number}.md",
            "text/markdown",
            key="take-card-file",
        )


def _tflite(run: Run) -> None:
    path = run.folder / TFLITE
    if not path.exists():
        if not st.button("Make .tflite", key="take-make-tflite"):
            return
        with st.spinner("TensorFlow writes it …"):
            server.workers().call("tflite", run=run.id).result(SECONDS)
        st.rerun(scope="fragment")
    download(
        "Download .tflite",
        partial(path.open, "rb"),
        f"run-{run.number}.tflite",
        "application/octet-stream",
        key="take-tflite",
    )


def curves(run: Run) -> None:
    """Draw a run's curves as a table, and their files."""
    st.html('<p class="ll-quiet">One row an epoch, by Keras\'s names.</p>')
    path = run.history_path
    rows = path.read_text(encoding="utf-8")[:_LONGEST]
    st.code(rows, language=None, height="content" if rows.count("\n") < _FEW else HEIGHT)
    with st.container(key="take-row", horizontal=True):
        download(
            "Download .csv",
            partial(path.open, "rb"),
            f"run-{run.number}.csv",
            "text/csv",
            key="take-csv",
            first=True,
        )
        if run.tensorboard_path.exists():
            download(
                "Download TensorBoard's files (.zip)",
                partial(tensorboard_files, run),
                f"run-{run.number}-tensorboard.zip",
                "application/zip",
                key="take-tensorboard",
            )
        if mlflow_is_here():
            _mlflow(run)


def _mlflow(run: Run) -> None:
    if st.button("Log to MLflow", key="take-mlflow"):
        with st.spinner("MLflow takes it …"), messages.boundary():
            where = server.workers().call("mlflow", run=run.id).result(SECONDS)
            st.html(f'<p class="ll-note done" role="status">Logged to {escape(where)}.</p>')
