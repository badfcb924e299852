"""Presses of buttons that are drawn anew at every tick.

Streamlit sends a press twice where the page's next tick is due in the same moment, and the second one
would meet the button as the first has left it: Pause would continue at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from ui import messages, session

ECHO_SECONDS = 0.12
DOUBLE_CLICK_SECONDS = 0.4
_ANSWERED = "train-answered"


def once(key: str, do: Callable[[], object], within: float = ECHO_SECONDS) -> Callable[[], None]:
    """Return a callback that ignores a press that comes right after the last one was answered.

    Args:
        key: The button's key.
        do: What a press does.
        within: For how many seconds; longer than a double click where a second press would undo the first.
    """

    def pressed() -> None:
        last: tuple[str, float] | None = session.value(_ANSWERED)
        if last and last[0] == key and time.monotonic() - last[1] < within:
            return
        do()
        session.put(_ANSWERED, (key, float("inf")))

    return messages.guarded(pressed)


def answered() -> None:
    """Note that the page was drawn as the last press has left it; the time counts from then."""
    last: tuple[str, float] | None = session.value(_ANSWERED)
    if last and last[1] == float("inf"):
        session.put(_ANSWERED, (last[0], time.monotonic()))
