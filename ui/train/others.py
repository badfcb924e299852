"""The other runs that are under way, each a link to it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.runs.run import Run
from core.wording import counted
from ui import messages, navigation, session
from ui.train import words

SHOWN = 4


def show(run: Run, under_way: list[Run]) -> None:
    """Draw links to the runs under way but this one, the one that is furthest first.

    Args:
        run: The run that is looked at.
        under_way: All runs that are queued or running.
    """
    in_turn = sorted(under_way, key=lambda each: each.number)
    elsewhere = [(place, each) for place, each in enumerate(in_turn) if each.id != run.id]
    if not elsewhere:
        return
    with st.container(key="also", horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<span class="ll-quiet">Also under way:</span>', width="content")
        for place, each in elsewhere[:SHOWN]:
            st.button(
                words.short(each, place),
                key=f"also-{each.number}",
                type="tertiary",
                on_click=messages.guarded(partial(session.show_run, each.id)),
            )
        if len(elsewhere) > SHOWN:
            navigation.link("runs", f"and {counted(len(elsewhere) - SHOWN, 'other')}")
