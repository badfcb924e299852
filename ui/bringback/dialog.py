"""The dialog in which designs and networks come back."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import streamlit as st

from core.bringback.adopting import Adopted, adopt
from core.bringback.archive import LARGEST_FILE
from core.bringback.bring import ENDINGS, Design, Kind, Trained, bring, recognise
from core.data import library
from core.data.sources import source
from core.errors import FileRefused
from core.experiment.experiment import Experiment
from core.wording import figure
from ui import dialogs, messages, navigation, server, session

SECONDS = 120.0
"""How long a network may take for its test set."""
_TEXT, _DONE, _AWAITED = "bring-text", "_brought", "_bring_awaited"


def offer() -> None:
    """Draw the button that opens the dialog."""
    dialogs.offer("Bring back", "bring-back", _dialog, _prepare)


def _prepare() -> None:
    session.put(_DONE, None)
    session.put(_AWAITED, None)


@st.dialog("Bring back", width="medium", on_dismiss=dialogs.close)
def _dialog() -> None:
    with st.container(key="bring"), messages.boundary():
        done: Adopted | None = session.value(_DONE)
        if done is not None:
            _tell(done)
            return
        st.html(
            '<p class="ll-quiet">A design (.json), a program or notebook that LayerLab wrote, a link; or a '
            "network that Keras 3 saved (.keras), with its weights. Nothing in a file is ever run: it is "
            "read as data, and built anew here.</p>"
        )
        found = st.file_uploader(
            "A file", ENDINGS, key="bring-file", max_upload_size=LARGEST_FILE // 1_000_000
        )
        text = st.text_area(
            "or a link, a design, a program, pasted",
            key=_TEXT,
            height=110,
            placeholder="http://…/?design=…",
        )
        name = found.name if found is not None else ""
        content = found.getvalue() if found is not None else text
        dataset = _data() if name.endswith(".keras") else session.info().name
        # not disabled without content: a pasted text comes with the press, and no key would reach it
        pressed = st.button("Bring it back", key="bring-go", type="primary")
        if pressed or (found is not None and session.value(_AWAITED)):
            # a file that was still on its way when it was pressed comes with a later rerun, without a press
            nothing = found is None and not text.strip()
            session.put(_AWAITED, nothing)
            if nothing:
                raise FileRefused(
                    "There is nothing to bring yet. Choose a file, or paste a link, a design or a program. "
                    "A file that is still on its way is brought once it is here."
                )
            _bring(content, name, dataset)


def _data() -> str:
    names = [each.name for each in library.infos()]
    now = session.info().name
    chosen: str = st.selectbox(
        "Its data, where the file does not say",
        names,
        index=names.index(now) if now in names else 0,
        format_func=lambda each: source(each).info.label,
        key="bring-data",
    )
    return chosen


def _bring(content: bytes | str, name: str, dataset: str) -> None:
    info = source(dataset).info
    is_network = recognise(name, content) is Kind.NETWORK
    with st.spinner("Building it anew, in a process of its own …" if is_network else "Reading it …"):
        found = bring(content, name, info)
        if isinstance(found, Trained):
            if not isinstance(content, bytes):
                raise FileRefused("A network comes as a file, not as text.")
            session.put(_DONE, adopt(found, content, name, info, store=server.store(), judge=_judged))
            st.rerun(scope="fragment")
    assert isinstance(found, Design)
    _open(found.experiment)
    st.toast("The design is here. ↶ Undo takes you back to the one before.")
    st.rerun()


def _judged(path: Path, experiment: Experiment) -> Mapping[str, float]:
    asked = server.workers().call("judge", path=str(path), document=experiment.to_json())
    figures: Mapping[str, float] = asked.result(SECONDS)
    return figures


def _open(experiment: Experiment) -> None:
    source(experiment.data.dataset)  # a data set that is unknown here is refused, in words
    session.select(None)
    session.edit(lambda _: experiment)
    dialogs.close()


def _tell(done: Adopted) -> None:
    """Say what came of a network, and what can be done with it."""
    run = done.run
    info = source(run.experiment.data.dataset).info
    st.html(f'<h3 class="ll-title">Run {run.number} · {escape(run.name)}</h3>')
    metric = run.result.get(f"test_{info.task.metric}")
    if metric is not None:
        name = info.task.metric.replace("_", " ")
        st.html(
            f'<p class="ll-note done" role="status">It is here, with its weights: test {name} '
            f"<strong>{figure(metric, bool(info.classes))}</strong> on {info.test_size:,} "
            f"{escape(info.noun)}s of {escape(info.label)}.</p>"
        )
    if done.remarks:
        items = "".join(f"<li>{escape(each)}</li>" for each in done.remarks)
        st.html(f'<ul class="ll-quiet">{items}</ul>')
    with st.container(horizontal=True):
        if st.button("Open the run", key="bring-open", type="primary"):
            session.show_run(run.id)
            navigation.go("train")
        if info.drawable and st.button("Draw for it", key="bring-draw"):
            session.show_run(run.id)
            navigation.go("draw")
        if st.button("Load its design", key="bring-load"):
            _open(run.experiment)
            st.rerun()
