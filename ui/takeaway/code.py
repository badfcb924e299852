"""The program and the notebook in the dialog."""

from __future__ import annotations

import base64

import streamlit as st

from core.data import files
from core.data.sources import Source, source
from core.diagram.standalone import standalone
from core.takeaway.notebook import notebook as written_notebook
from core.takeaway.program import Origin
from core.takeaway.program import program as sections
from core.takeaway.script import script
from ui.takeaway.download import download
from ui.takeaway.thing import Thing

HEIGHT = 400
"""Pixels of a preview; what is longer scrolls in it."""


def program(thing: Thing, origin: Origin) -> None:
    """Draw the program and its downloads."""
    data = source(thing.experiment.data.dataset)
    written = script(thing.experiment, data, origin)
    st.html(
        '<p class="ll-quiet">Trains this very network by itself: the same data in the same order, '
        "from the same starting weights, with TensorFlow and NumPy alone.</p>"
    )
    st.code(written, language="python", height=HEIGHT)
    with st.container(key="take-row", horizontal=True):
        download("Download train.py", written, "train.py", "text/x-python", key="take-script", first=True)
        _data(data)


def notebook(thing: Thing, origin: Origin) -> None:
    """Draw the notebook as it will look, and its downloads."""
    data = source(thing.experiment.data.dataset)
    st.html(
        '<p class="ll-quiet">The same program in cells, with what each step is for. It runs in Jupyter, '
        "and in Colab as it is.</p>"
    )
    with st.container(key="take-cells", height=HEIGHT, border=True):
        drawn = base64.b64encode(standalone(thing.experiment, data.info).encode()).decode()
        st.html(f'<img alt="The network, drawn" src="data:image/svg+xml;base64,{drawn}">')
        for section in sections(thing.experiment, data, origin):
            st.markdown("\n\n".join((f"#### {section.title}", *section.words)))
            st.code("\n".join(section.lines), language="python")
    with st.container(key="take-row", horizontal=True):
        download(
            "Download train.ipynb",
            written_notebook(thing.experiment, data, origin),
            "train.ipynb",
            "application/x-ipynb+json",
            key="take-notebook",
            first=True,
        )
        _data(data)


def _data(data: Source) -> None:
    """Draw the downloads of files that a program reads and no package brings."""
    for number, name in enumerate(data.files):
        path = files.folder() / name
        if path.exists():
            mime = "application/octet-stream"
            download(f"Download {name}", path.read_bytes(), name, mime, key=f"take-data-{number}")
