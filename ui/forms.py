"""Native widgets made from the fields of a record; what is set in them edits the design."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from core.experiment.experiment import Experiment
from core.experiment.fields import Choice, Flag, Integer, Real, Record, declared
from ui import messages, session

Setter = Callable[..., Experiment]


def field(record: Record, name: str, setter: Setter, label: str | None = None) -> None:
    """Draw the widget of one field, showing what the design says.

    Args:
        record: The part of the design that holds the field.
        name: The field.
        setter: An edit that takes the experiment and `name=value`.
        label: What stands above it; the field's own label by default.
    """
    declaration = declared(record)[name]
    key = f"{record.called()}-{name}"
    # the design is the truth: the widget shows it, also after an undo
    session.show_in_widget(key, getattr(record, name))
    shared: dict[str, Any] = {
        "label": (label or declaration.label).capitalize(),
        "key": key,
        "help": declaration.help,
        "on_change": messages.guarded(partial(_take, key, name, setter)),
    }
    match declaration:
        case Choice():
            st.selectbox(
                options=[option.value for option in declaration.options],
                format_func=declaration.show,
                **shared,
            )
            option = declaration.option(getattr(record, name))
            formula = f" <code>{escape(option.formula)}</code>" if option.formula else ""
            st.html(f'<p class="ll-quiet">{escape(option.help)}{formula}</p>')
        case Flag():
            st.toggle(**shared)
        case Integer():
            # without a value of its own: a box that is emptied gives none, not the smallest
            st.number_input(
                value=None, min_value=declaration.low, max_value=declaration.high, step=1, **shared
            )
        case Real():
            st.number_input(
                value=None,
                min_value=declaration.low,
                max_value=declaration.high,
                step=declaration.step,
                format="%g",
                **shared,
            )


def _take(key: str, name: str, setter: Setter) -> None:
    value = session.taken_from_widget(key)
    if value is not None:
        session.edit(partial(setter, **{name: value}))
