"""Build: the stack, the network, what it learns from and how. The front page."""

from __future__ import annotations

import streamlit as st

from core.experiment.check import Problem, check, errors
from core.experiment.limits import Limits
from ui import (
    bringback,
    data_card,
    network_card,
    numbers_line,
    presets_bar,
    problems_list,
    session,
    settings_card,
    start,
)
from ui.link_button import show_link_button
from ui.stack import show_stack
from ui.takeaway import offer_design

experiment, info = session.design(), session.info()
found = check(experiment, info, Limits.of_machine())
problems: tuple[Problem, ...] = (*data_card.problems(info.name), *found)

left, right = st.columns([3, 7], gap="medium")
with left:
    presets_bar.show(experiment, info)
    show_stack(problems)
    problems_list.show(problems, "model")
    numbers_line.show(experiment, info)
    with st.container(key="design-row", horizontal=True, vertical_alignment="center"):
        show_link_button(experiment)
        offer_design(experiment)
        bringback.offer()

with right:
    network_card.show(experiment, info, blocked=bool(errors(found)))
    settings_card.show(experiment, info)
    problems_list.show(problems, "data", "training")
    start.show(experiment, info, errors(problems))
