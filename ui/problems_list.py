"""The problems that belong to no single card: each with its one-click fix."""

from __future__ import annotations

import streamlit as st

from core.experiment.check import Problem, Severity
from ui import messages, session

_ELSEWHERE = ("data", "model", "training")


def show(problems: tuple[Problem, ...]) -> None:
    """Draw the problems of data, training and the empty stack."""
    for problem in problems:
        if problem.where not in _ELSEWHERE:
            continue
        serious = problem.severity is Severity.ERROR
        with st.container(key=f"problem-{problem.code}"):
            (st.error if serious else st.warning)(messages.plain(problem.message))
            for fix in problem.fixes:
                st.button(
                    fix.label,
                    key=f"fix-{problem.code}-{fix.label}",
                    on_click=messages.guarded(session.edit),
                    args=(fix.edit,),
                )
