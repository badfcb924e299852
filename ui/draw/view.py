"""The parts of the Draw page: what is asked about, the answer, the others' answers, what lies behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data import own
from core.drawing.exchange import as_picture
from core.drawing.networks import Network, detector
from core.drawing.prepare import SMALLEST, Prepared, Switches, prepare
from core.drawing.strokes import Drawing
from core.drawing.verdict import strongest, verdict
from core.errors import LayerLabError
from core.experiment.choices import Output
from ui import messages, server
from ui.draw import answer, asking, canvas, choice, every_run, steps
from ui.draw.asking import Question
from ui.draw.inside import show_inside
from ui.draw.own import show_collection, show_labels
from ui.draw.samples import show_samples

_FULL = "_draw_question_full"


@dataclass(frozen=True)
class Asked:
    """What the networks are asked about.

    Attributes:
        image: The input; None where nothing is drawn or chosen.
        drawing: The strokes; None where pictures of the test set are chosen instead.
        prepared: The steps from the drawing to the image.
        taken: Which steps were taken.
    """

    image: NDArray[np.uint8] | None
    drawing: Drawing | None = None
    prepared: Prepared | None = None
    taken: Switches = field(default_factory=Switches)

    @property
    def is_dot(self) -> bool:
        """Whether the pen has hardly moved."""
        return self.drawing is not None and self.drawing.extent < SMALLEST


def show_input(network: Network) -> Asked:
    """Draw the canvas, or pictures to choose from where nobody draws such things by hand."""
    if not network.info.drawable:
        st.html(f'<h2 class="ll-head">Choose a {network.info.noun}</h2>')
        with messages.boundary():
            return Asked(show_samples(network))
        return Asked(None)
    st.html(f'<h2 class="ll-head">Draw a {network.info.noun}</h2>')
    drawing = canvas.show_canvas()
    canvas.show_controls(drawing)
    taken = steps.switches()
    prepared = prepare(drawing, network.side, taken)
    return Asked(prepared.image if prepared else None, drawing, prepared, taken)


def show_answer(network: Network, asked: Asked, gone: str) -> Question | None:
    """Draw the chosen network's answer; return it where it is there.

    Args:
        network: Who is asked.
        asked: About what.
        gone: A sentence where another network had been chosen.
    """
    meaning = network.meaning
    question = None
    with st.container(key="prediction"), messages.boundary():
        if gone:
            st.html(f'<p class="ll-note" role="alert">{escape(gone)}</p>')
        if asked.image is None:
            st.html(answer.empty(network.info))
        else:
            question = asking.ask(network.id, asked.image)
            if question.missing:
                st.html(answer.waiting(network.info, _why_waiting(question)))
                asking.wait_for(question)
                return None
            st.html(_answered(network, asked, question, meaning))
    st.html(answer.meant(meaning))
    return question


def show_others(network: Network, found: Sequence[Network], asked: Asked, main: Question | None) -> None:
    """Draw every network's answer; those that have to be loaded first follow by themselves."""
    shown, comparable = every_run.compared(network, found)
    answers, waited_for = {}, None
    with messages.boundary():
        if main is not None and asked.image is not None:
            more = asking.ask_more([each.id for each in shown if each.id != network.id], asked.image)
            answers = main.answers | more.answers
            waited_for = more if more.missing else None
        every_run.show_every_run(network, shown, comparable, answers, choice.choose)
        if waited_for is not None:
            asking.wait_for(waited_for)


def show_labels_for(network: Network, asked: Asked, main: Question | None) -> None:
    """Draw the ten digits that keep the drawing, while somebody collects handwriting."""
    if asked.drawing is not None:
        show_labels(asked.drawing, _strongest(network, main), canvas.clear)


def show_more(network: Network, asked: Asked, main: Question | None) -> None:
    """Draw what stands below the answers: the steps, what goes on inside, and one's own handwriting."""
    if asked.drawing is not None:
        with messages.boundary():
            steps.show_steps(asked.prepared, network, asked.taken, _now(network, asked, main))
            st.download_button(
                "Save the drawing (.png)",
                partial(as_picture, asked.drawing),
                "drawing.png",
                "image/png",
                key="save-drawing",
                disabled=asked.prepared is None,  # always there, so that nothing below it moves
                on_click="ignore",
            )
    with messages.boundary():
        show_inside(network, asked.image)
    if asked.drawing is not None:
        with messages.boundary():
            show_collection()


def _now(network: Network, asked: Asked, main: Question | None) -> str:
    """Return what the answer is without the steps that are left out, for those who look at the steps."""
    outputs = main.answers[network.id].get("outputs") if main else None
    if outputs is None or asked.taken == Switches():
        return ""
    best = strongest(outputs)
    meaning = network.meaning
    number = answer.show_number(outputs[best], meaning)
    return (
        f"The answer is now {network.info.classes[best]} ({number}). {_left_out(network, asked, meaning)}"
    )


def _strongest(network: Network, main: Question | None) -> int | None:
    """Return the digit that the network reads; None where it reads none, or none is there to be read."""
    outputs = main.answers[network.id].get("outputs") if main else None
    if outputs is None or network.info.classes != own.CLASSES:
        return None
    return strongest(outputs)


def _why_waiting(question: Question) -> str:
    if question.tries:
        return "The process that answers was lost; another one is starting. The answer comes by itself."
    if not server.workers().ready:
        return (
            "The networks are waking up: that takes some seconds after LayerLab was started. "
            "Draw on meanwhile; the answer comes by itself."
        )
    return "This network is being loaded. The answer comes by itself."


def _answered(network: Network, asked: Asked, question: Question, meaning: Output) -> str:
    told = question.answers[network.id]
    if "error" in told:
        return answer.refused(network.info, told["error"])
    outputs = told["outputs"]
    known = detector()
    said = verdict(
        outputs,
        network.info,
        meaning,
        likeness=question.likeness,
        threshold=known.threshold if known else None,
        false_alarm_rate=known.false_alarm_rate if known else None,
        dot=asked.is_dot,
    )
    return answer.answered(outputs, network.info, meaning, said, _left_out(network, asked, meaning))


def _left_out(network: Network, asked: Asked, meaning: Output) -> str:
    """Return which steps are left out and what the answer would be with all; empty where none is."""
    words = steps.without(asked.taken)
    if not words or asked.drawing is None:
        return ""
    whole = prepare(asked.drawing, network.side)
    if whole is None:
        return f"{words}."
    try:
        told = asking.ask_more([network.id], whole.image, _FULL).answers.get(network.id, {})
    except LayerLabError:
        told = {}
    if "outputs" not in told:
        return f"{words}."
    outputs = told["outputs"]
    best = strongest(outputs)
    number = answer.show_number(outputs[best], meaning)
    return f"{words}. With all steps the answer would be {network.info.classes[best]} ({number})."
