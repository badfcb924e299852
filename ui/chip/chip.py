"""The chip as an inline component that asks the server what is under way (`/layerlab/now`)."""

from __future__ import annotations

from ui import messages, navigation, server, session
from ui.component import inline

KEY = "chip-of-runs"
_WANTED = "chip-wanted"
_component = inline(
    "layerlab_chip",
    __file__,
    '<button class="chip" type="button" hidden></button><span class="said" role="status"></span>',
    "chip.css",
    "chip.js",
)


def show_chip() -> None:
    """Draw the chip; it is not there while nothing is under way."""
    _component(key=KEY, on_open_change=messages.guarded(_take))


def _take() -> None:
    wanted = (session.value(KEY) or {}).get("open")
    if isinstance(wanted, str):
        session.put(_WANTED, server.store().get(wanted).id)


def follow() -> None:
    """Go to the run whose chip was clicked; called before the page is drawn."""
    wanted = session.value(_WANTED)
    if wanted:
        session.put(_WANTED, None)
        session.show_run(wanted)
        navigation.go("train")
