"""Ten buttons, one a digit, with how many of each there are; the digits of the keyboard press them, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.data import own
from ui import session
from ui.component import inline, payload

KEY = "own-labels"
LONGEST_MARK = 80
_PRESS, _DONE = "_own_press", "_own_done"
_component = inline(
    "layerlab_own_labels", __file__, '<div class="labels"></div>', "labels.css", "labels.js"
)


@dataclass(frozen=True)
class Strip:
    """What the buttons show.

    Attributes:
        counts: How many drawings of each digit there are.
        offered: The digit that the network reads; None where nothing is offered.
        kept: The digit that the drawing was kept as; None where it is not kept.
        drawn: Whether there is a drawing to be labelled.
        words: What is told below.
    """

    counts: tuple[int, ...]
    offered: int | None
    kept: int | None
    drawn: bool
    words: str


@dataclass(frozen=True)
class Press:
    """A digit that was pressed.

    Attributes:
        label: Which one.
        mark: Tells the press from every other: the browser repeats it until it is seen.
    """

    label: int
    mark: str


def pressed(done: str | None) -> Press | None:
    """Return the digit that was pressed since the press `done`; the browser is not trusted."""
    told = session.value(_PRESS)
    if not isinstance(told, Mapping):
        return None
    label, mark = told.get("label"), told.get("mark")
    if not (isinstance(label, int) and isinstance(mark, str)):
        return None
    sound = label in range(len(own.CLASSES)) and len(mark) < LONGEST_MARK
    return Press(int(label), mark) if sound and mark != done else None


def show(strip: Strip) -> None:
    """Draw the buttons."""
    data = {
        "counts": strip.counts,
        "offered": strip.offered,
        "kept": strip.kept,
        "drawn": strip.drawn,
        "words": strip.words,
        "done": session.value(_DONE),
    }
    _component(key=KEY, data=payload(data), on_press_change=_take)


def _take() -> None:
    session.put(_PRESS, (session.value(KEY) or {}).get("press"))
