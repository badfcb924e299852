"""The problems that belong to no single card: each with its one-click fix."""

from __future__ import annotations

import streamlit as st

from core.experiment.check import Problem, Severity
from ui import messages, session


def show(problems: tuple[Problem, ...], *places: str) -> None:
    """Draw the problems of some places of the design: "data", "model", "training"."""
    for problem in problems:
        if problem.where not in places:
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
