"""Which data: choosing, saying where they come from, and bringing them here."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.data import library
from core.data.sources import Source, fetched_bytes, source
from core.errors import LayerLabError
from core.experiment.check import Fix, Problem, Severity
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import fitted
from ui import messages, server, session

_KEY = "dataset"


def problems(name: str) -> tuple[Problem, ...]:
    """Return why the data set can't be trained on now, if so."""
    origin, state = source(name), library.state(name)
    if state.here or (origin.ships and not state.refused):
        return ()
    message = state.refused or f"{origin.info.label} is not on this machine yet: download it above."
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
    session.put(_KEY, info.name)
    st.selectbox(
        "Data",
        [each.name for each in library.infos()],
        key=_KEY,
        format_func=_label,
        help="What the network learns from.",
        on_change=messages.guarded(_choose),
    )
    st.html(f'<p class="ll-quiet">{_sentence(info)}</p>')


def show_download(info: DatasetInfo) -> None:
    """Draw the way to bring the chosen data here, where they are not."""
    origin = source(info.name)
    if origin.ships or library.state(info.name).here:
        return
    under_way = server.download(info.name)
    st.fragment(_progress, run_every=0.5 if under_way and not under_way.done() else None)(origin)


def _progress(origin: Source) -> None:
    name, label = origin.info.name, origin.info.label
    download = server.download(name)
    if download is not None and not download.done():
        share = min(1.0, fetched_bytes(origin) / origin.download_bytes)
        st.progress(share, f"Downloading {label}: {share:.0%} of {origin.download_bytes / 1e6:.0f} MB")
        return
    if download is not None and download.exception() is None and library.state(name).here:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        failed = download.exception() if download else None
        if failed:
            reason = str(failed) if isinstance(failed, LayerLabError) else "It could not be downloaded."
            st.warning(reason, icon="📡")
        st.button(
            "Try again" if failed else f"Download {label} ({origin.download_bytes / 1e6:.0f} MB)",
            key="download",
            on_click=messages.guarded(partial(server.download, name, again=True)),
        )
    st.html(
        f'<p class="ll-quiet">No network? Put <code>{origin.filename}</code> into '
        f"<code>{library.folder()}</code> and reload the page.</p>"
    )
    if download is not None and failed is None:
        st.rerun()


def _sentence(info: DatasetInfo) -> str:
    if info.name == "digits" and not library.state("mnist").here:
        return f"{info.summary} MNIST becomes the default once it is on this machine."
    return info.summary


def _label(name: str) -> str:
    origin = source(name)
    here = origin.ships or library.state(name).here
    return origin.info.label if here else f"{origin.info.label} (not here yet)"


def _choose() -> None:
    session.edit(partial(_on_other_data, name=session.value(_KEY)))


def _on_other_data(experiment: Experiment, name: str) -> Experiment:
    return fitted(experiment, source(experiment.data.dataset).info, source(name).info)
