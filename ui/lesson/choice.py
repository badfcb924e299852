"""What the lesson is about, what to train it on, and the one click that does."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial

import streamlit as st

from core.data import library
from core.data.sources import source
from core.errors import DataUnavailable, RunNotFound
from core.experiment import lessons
from core.experiment.dataset import DatasetInfo
from core.experiment.fields import Integer, declared
from core.experiment.shapes import walk
from core.experiment.training_spec import TrainingSpec
from core.wording import counted
from ui import actions, data_card, messages, server, session
from ui.lesson import found
from ui.lesson.found import Lesson
from ui.start import about

DATASETS = ("digits", "mnist")
_DATA, _EPOCHS, _STARTED = "lesson-data", "lesson-epochs", "lesson-started"
_PLAN = declared(TrainingSpec)["epochs"]
assert isinstance(_PLAN, Integer)  # it is declared with its limits
_LEAST, _MOST = _PLAN.low, _PLAN.high


def show(shown: Lesson | None) -> DatasetInfo:
    """Draw the head of the lesson.

    Args:
        shown: The lesson whose runs are looked at, if any.

    Returns:
        What the chosen data set declares.
    """
    _begin_with(shown)
    with st.container(key="card-lesson", border=True):
        st.html(
            '<p class="ll-head">Lesson 1 · The notebook’s lesson</p>'
            '<h2 class="ll-title">The same digits, the same network, three scales</h2>'
            '<p class="ll-quiet">Watch one network learn from raw pixels, from pixels divided by 255, and '
            "from standardized pixels: all else is the same, down to the seed. It matters because data "
            "come in whatever unit they were measured in, and that alone can decide how a network "
            "learns.</p>"
        )
        info = _choices(shown)
        st.html(f'<p class="ll-quiet">{_network(info)}</p>')
        _begin(info, shown)
        _earlier(shown)
    return info


def _begin_with(shown: Lesson | None) -> None:
    """Give the widgets what the lesson has, where they have nothing yet or were emptied."""
    if session.value(_DATA) is None:
        session.put(
            _DATA, shown.info.name if shown and shown.info.name in DATASETS else library.default_name()
        )
    if session.value(_EPOCHS) is None:
        session.put(_EPOCHS, shown.epochs if shown else TrainingSpec().epochs)


def _choices(shown: Lesson | None) -> DatasetInfo:
    with st.container(key="lesson-choices", horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Data", DATASETS, key=_DATA, format_func=_label)
        st.number_input(
            "Epochs", value=None, min_value=_LEAST, max_value=_MOST, step=1, key=_EPOCHS, width=120
        )
    return source(chosen).info


def _network(info: DatasetInfo) -> str:
    """Return the network and its plan in words; they are the same on all scales."""
    design = lessons.notebook(info, 1)[0]
    widths = (step.output_shape for step in walk(design.model.layers, info.input_shape))
    chain = " → ".join(f"{width[0]:,}" for width in widths if width)
    plan = design.training
    return (
        f"The network: {chain} numbers, with ReLU and, at the end, softmax. Adam with a learning rate of "
        f"{plan.learning_rate:g}, batches of {plan.batch_size}."
    )


def _label(name: str) -> str:
    info, state = source(name).info, library.state(name)
    if state.refused:
        return f"{info.label} (file damaged)"
    if not state.here and not source(name).ships:
        return f"{info.label} (not here yet)"
    return f"{info.label}, {info.training_size + info.test_size:,} {info.noun}s"


def _begin(info: DatasetInfo, shown: Lesson | None) -> None:
    """Draw the button, or the way to the data where they are not here."""
    refused = library.state(info.name).refused
    ready = source(info.name).ships or library.state(info.name).here
    if not ready:
        if refused:
            st.warning(messages.plain(refused))
        data_card.show_download(info)
    training = bool(shown and shown.under_way)
    with st.container(key="lesson-start", horizontal=True, vertical_alignment="center"):
        st.button(
            "Train all three",
            key="train-lesson",
            type="primary",
            disabled=training or not ready,
            on_click=messages.guarded(_train),
        )
        st.html(f'<p class="ll-quiet">{_plan(info, training, ready)}</p>')


def _plan(info: DatasetInfo, training: bool, ready: bool) -> str:
    if training:
        return "All three are in training below."
    if not ready:
        return f"{info.label} has to be on this machine first."
    designs = lessons.notebook(info, session.value(_EPOCHS))
    return f"about {about(sum(map(server.seconds_to_train, designs)))} on this machine"


def _train() -> None:
    """Start all three, and look at them; the second click of a double click starts nothing."""
    info, epochs = source(session.value(_DATA)).info, session.value(_EPOCHS)
    if not source(info.name).ships and not library.state(info.name).here:
        raise DataUnavailable(f"{info.label} is not on this machine: download it first.")
    if _has_begun():
        return
    session.put(_STARTED, time.monotonic())
    designs = lessons.notebook(info, epochs)
    names = [f"The notebook, {scale.inputs}" for scale in lessons.SCALES]
    session.show_lesson(actions.start_together(list(zip(designs, names, strict=True))))


def _has_begun() -> bool:
    """Return whether this session has just started a lesson, or looks at one that is under way."""
    started = session.value(_STARTED)
    if started is not None and time.monotonic() - started < actions.DOUBLE_CLICK_SECONDS:
        return True
    word = session.lesson()
    with suppress(RunNotFound):
        return bool(word) and found.lesson(str(word)).under_way
    return False


def _earlier(shown: Lesson | None) -> None:
    newest = found.last()
    if newest is None or (shown and shown.word == newest.word):
        return
    doing = "The last one is still in training" if newest.under_way else "Trained before"
    with st.container(key="lesson-earlier", horizontal=True, vertical_alignment="center", gap="small"):
        trained = f"{doing}: {newest.info.label}, {counted(newest.epochs, 'epoch')}."
        st.html(f'<p class="ll-quiet">{trained}</p>', width="content")
        st.button(
            "Show the last one",
            key="last-lesson",
            type="tertiary",
            on_click=messages.guarded(partial(_look_at, newest)),
        )


def _look_at(lesson: Lesson) -> None:
    session.show_lesson(lesson.word)
    session.put(_DATA, lesson.info.name)
    session.put(_EPOCHS, lesson.epochs)
