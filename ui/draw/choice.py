"""Which network is asked: the list of them all, and what this session has chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core import wording
from core.drawing.networks import READY, Network
from ui import messages, session

KEY = "draw-model"
_CHOSEN = "_draw_chosen"


def label(network: Network) -> str:
    """Return a network as the list shows it."""
    if network.run is None:
        return f"{network.label} · trained before, by LayerLab"
    accuracy = wording.figure(network.run.result.get("test_accuracy"), share=True)
    return f"{network.label} · {network.info.label}, {accuracy} of the test set"


def chosen(networks: Sequence[Network]) -> tuple[Network, str]:
    """Return the network that is asked, and a sentence where the one that was asked is gone.

    A run that was looked at since the last choice comes first to mind; then the last choice; then the
    first of the list.

    Args:
        networks: All that can be asked, at least one.
    """
    by_id = {network.id: network for network in networks}
    held: str | None = session.value(KEY)
    if held in by_id:
        return by_id[held], ""
    last, run_then = session.value(_CHOSEN, (None, None))
    wanted = last if last in by_id and run_then == session.run_id() else session.run_id()
    found = by_id.get(wanted or "", networks[0])
    session.put(KEY, found.id)
    gone = held is not None
    return found, (
        f"The network you had chosen is gone: its run was deleted. {found.label} answers now; choose any "
        "other in the list."
        if gone
        else ""
    )


def show_list(networks: Sequence[Network]) -> None:
    """Draw the list; `chosen` has been called before."""
    labels = {network.id: label(network) for network in networks}
    st.selectbox(
        "Which network",
        tuple(labels),
        key=KEY,
        format_func=lambda each: labels.get(each, ""),
        on_change=messages.guarded(_take),
    )


def _take() -> None:
    choose(session.value(KEY))


def choose(network: str) -> None:
    """Ask this network from now on; a run's id goes into the address, so that it outlives a reload."""
    session.put(KEY, network)
    session.show_run(None if network == READY else network)
    session.put(_CHOSEN, (network, session.run_id()))
    session.keep_address()
