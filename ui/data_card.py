"""Which data: choosing, saying where they come from, and bringing them here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from core.data import files, library, offered, own
from core.data.sources import Source, fetched_bytes, source
from core.drawing.handwriting import Collection, Sample
from core.errors import LayerLabError
from core.experiment.check import Fix, Problem, Severity
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import fitted
from ui import dialogs, messages, server, session

_KEY = "dataset"


def problems(name: str) -> tuple[Problem, ...]:
    """Return why the data set can't be trained on now, if so."""
    origin, state = source(name), library.state(name)
    if state.here or origin.ships:
        return ()
    wanted = _to_bring(origin)
    message = state.refused or f"{wanted.info.label} is not on this machine yet: download it above."
    if wanted.version and not state.refused:
        message = own.absent(wanted.version.code)
    label = source("digits").info.label
    return (
        Problem(
            "data-not-here",
            Severity.ERROR,
            "data",
            message,
            (Fix(f"Use {label}, which are here", partial(_on_other_data, name="digits")),),
        ),
    )


def show(info: DatasetInfo) -> None:
    """Draw the list of data sets, and a download where the chosen one is not here."""
    session.show_in_widget(_KEY, info.name)
    drawings = Collection().samples()
    labels = {each.name: _label(each.name) for each in library.infos()} | offered.labels(drawings)
    labels.setdefault(info.name, info.label)
    st.selectbox(
        "Data",
        list(labels),
        key=_KEY,
        format_func=lambda name: labels.get(name, name),
        help="What the network learns from.",
        on_change=messages.guarded(_choose),
    )
    st.html(
        f'<p class="ll-quiet" title="{escape(source(info.name).licence)}">{_sentence(info, drawings)}</p>'
    )


def show_download(info: DatasetInfo) -> None:
    """Draw the way to bring the chosen data here, where they are not."""
    origin = _to_bring(source(info.name))
    if origin.ships or origin.version or library.state(origin.info.name).here:
        return
    # a fragment ticks, or not, from its first drawing on: the page is drawn anew when that changes
    ticking = _under_way(origin.info.name)
    st.fragment(_download, run_every=0.5 if ticking else None)(origin, ticking)


def _to_bring(origin: Source) -> Source:
    """Return the data set that has to be here first: what handwriting is mixed with, or itself."""
    base = source(origin.base) if origin.base else origin
    return origin if base.ships or library.state(base.info.name).here else base


def _under_way(name: str) -> bool:
    download = server.download(name)
    return download is not None and not download.done()


def _download(origin: Source, ticking: bool) -> None:
    messages.show_notice()
    name, label = origin.info.name, origin.info.label
    if _under_way(name) != ticking or library.state(name).here:
        dialogs.draw_anew()
    megabytes = origin.download_bytes / 1e6
    if ticking:
        share = min(1.0, fetched_bytes(origin) / origin.download_bytes)
        st.progress(share, f"Downloading {label}: {share:.0%} of {megabytes:.0f} MB")
        return
    download = server.download(name)
    failed = download.exception() if download else None
    if failed:
        known = isinstance(failed, LayerLabError)
        st.warning(messages.plain(str(failed)) if known else f"{label} could not be downloaded.")
    st.button(
        "Try again" if failed else f"Download {label} ({megabytes:.0f} MB)",
        key="download",
        on_click=messages.guarded(partial(server.download, name, again=True)),
    )
    st.html(
        f'<p class="ll-quiet">No network? Put <code>{origin.filename}</code> into '
        f"<code>{escape(str(files.folder()))}</code> and reload the page.</p>"
    )


def _sentence(info: DatasetInfo, drawings: Sequence[Sample]) -> str:
    if info.name == "digits" and not library.state("mnist").here:
        return f"{info.summary} MNIST becomes the default once it is on this machine."
    version = source(info.name).version
    if version and offered.has_changed(version, drawings):
        return (
            f"{info.summary} Your drawings are not the same since: what they are now is in the list, too."
        )
    return info.summary


def _label(name: str) -> str:
    origin = source(name)
    state = library.state(name)
    if state.refused:
        return f"{origin.info.label} (file damaged)"
    return origin.info.label if state.here or origin.ships else f"{origin.info.label} (not here yet)"


def _choose() -> None:
    name = session.taken_from_widget(_KEY)
    if name is not None:
        wanted = offered.written_down(name, Collection().samples())
        session.edit(partial(_on_other_data, name=wanted))


def _on_other_data(experiment: Experiment, name: str) -> Experiment:
    return fitted(experiment, source(experiment.data.dataset).info, source(name).info)
