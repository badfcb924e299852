"""The stack as an inline component: what it is told (describe.py), and what it asks for (take.py)."""

from __future__ import annotations

from functools import partial

from core.experiment.check import Problem
from ui import messages, session
from ui.component import inline, payload
from ui.stack.describe import describe
from ui.stack.take import take

__all__ = ["describe", "show_stack"]

_component = inline(
    "layerlab_stack",
    __file__,
    '<div class="stack"></div>',
    *("stack.css", "cards.css", "blocks.css", "palette.css"),
    *("stack.js", "tree.js", "cards.js", "fields.js", "palette.js", "keys.js", "drag.js"),
)
KEY = "stack"


def show_stack(problems: tuple[Problem, ...]) -> None:
    """Draw the design's stack as cards; what is done to them edits the design.

    Args:
        problems: The design's problems; each stands on its layer's card with its fixes.
    """
    _component(
        key=KEY,
        data=payload(
            describe(session.design(), session.info(), problems, session.selected())
            | {"seen": session.last_seen()}
        ),
        on_actions_change=messages.guarded(partial(_take, problems)),
    )


def _take(problems: tuple[Problem, ...]) -> None:
    sent = session.value(KEY) or {}
    take(sent.get("actions"), problems)
