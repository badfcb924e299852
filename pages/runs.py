"""Runs: every run there is in a table; one of them looked at, several over each other."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

import ui.runs
from ui import server
from ui.runs import deletion, live, one, rows, selection, several, summary, table

SHOWN = 500
STYLE = Path(ui.runs.__file__).resolve().parent / "panel.css"

st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
table.follow()
under_way = live.under_way()
runs = server.store().newest(SHOWN)
best = rows.best(runs)
if runs:
    table.show(runs, best, SHOWN)
else:
    summary.invitation()
with st.container(key="runs-panel"):
    chosen = selection.among(runs)
    if len(chosen) > 1:
        several.show(chosen)
    elif chosen:
        tags = [tag for run in runs for tag in run.tags]
        one.show(chosen[0], tags, best.get(chosen[0].id, ""))
    elif runs:
        summary.show(runs, best)
deletion.show_undo()
live.follow(under_way)
