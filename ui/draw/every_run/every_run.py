"""The card as an inline component: one row a network, each of which can be made the one that is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.drawing.networks import Network
from core.drawing.verdict import strongest
from core.experiment.title import title
from ui import messages, session
from ui.component import inline, payload
from ui.draw.answer import show_number
from ui.draw.asking import Answer
from ui.draw.every_run.agreement import agreement

KEY = "every-run"
SHOWN_AT_FIRST = 12
NOTHING = "Nothing to compare yet"
_ALL = "_draw_all_networks"
_component = inline(
    "layerlab_every_run",
    __file__,
    '<section class="networks framed"></section>',
    "every_run.css",
    "every_run.js",
)


def compared(chosen: Network, networks: Sequence[Network]) -> tuple[list[Network], int]:
    """Return those whose answers are compared with the chosen one's, itself among them.

    Returns:
        A dozen until a person asks for all, since each is asked after every stroke; and how many could be.
    """
    alike = [
        each
        for each in networks
        if each.info.classes == chosen.info.classes and each.info.input_shape == chosen.info.input_shape
    ]
    if session.value(_ALL) or len(alike) <= SHOWN_AT_FIRST:
        return alike, len(alike)
    first = alike[:SHOWN_AT_FIRST]
    return (first if chosen in first else [*first[:-1], chosen]), len(alike)


def show_every_run(
    chosen: Network,
    shown: Sequence[Network],
    in_all: int,
    answers: Mapping[str, Answer],
    choose: Callable[[str], None],
) -> None:
    """Draw the card.

    Args:
        chosen: The network that is asked first.
        shown: The rows, itself among them.
        in_all: How many networks there are.
        answers: By network, as far as they are there.
        choose: Is given the id of the row that was pressed.
    """
    said = {
        each.id: _said(each, answers[each.id]["outputs"])
        for each in shown
        if "outputs" in answers.get(each.id, {})
    }
    together = agreement([name for name, _ in said.values()])
    rows = [
        _row(each, answers.get(each.id), said.get(each.id), together.majority)
        | {"chosen": each.id == chosen.id, "waits": bool(answers) and each.id not in answers}
        for each in shown
    ]

    def take() -> None:
        pressed = (session.value(KEY) or {}).get("choose")
        if pressed == "all":
            session.put(_ALL, True)
        elif pressed in {each.id for each in shown}:
            choose(str(pressed))

    _component(
        key=KEY,
        data=payload(
            {
                "words": together.words if answers else NOTHING,
                "rows": rows,
                "more": max(0, in_all - len(shown)),
            }
        ),
        on_choose_change=messages.guarded(take),
    )


def _row(
    network: Network, answer: Answer | None, said: tuple[str, str] | None, majority: str | None
) -> dict[str, Any]:
    design = title(network.experiment)
    return {
        "id": network.id,
        "label": network.label,
        # a run is called as its design until somebody names it: then its data tell it from others
        "design": network.info.label if network.label.endswith(design) else design,
        "answer": said[0] if said else "",
        "figure": said[1] if said else "",
        "differs": bool(said and majority and said[0] != majority),
        "error": (answer or {}).get("error", ""),
    }


def _said(network: Network, outputs: Sequence[float]) -> tuple[str, str]:
    best = strongest(outputs)
    return network.info.classes[best], show_number(outputs[best], network.meaning)
