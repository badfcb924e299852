"""What came of the three: a row a network, live."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.experiment import lessons
from core.experiment.lessons import Scale
from core.experiment.numbers import training_samples
from core.runs.run import Request, Run, Status
from core.wording import counted, duration, figure
from ui import messages, navigation, server, session
from ui.lesson.found import Lesson

PUBLISHED = {
    "mnist": "For pixels ÷ 255, the notebook published a test accuracy of 98.14 % and a loss of 0.0936.",
    "digits": "The test digits tend to be by other hands than those it learned from: harder, more honest.",
}
"""What else is known of the results on a data set."""
_COLUMNS = (
    "validation after epoch 1",
    "training accuracy",
    "validation accuracy",
    "test accuracy",
    "test loss",
    "time",
)


def show(lesson: Lesson) -> None:
    """Draw the results so far."""
    with st.container(key="card-results", border=True, gap=None):
        with st.container(key="lesson-head", horizontal=True, vertical_alignment="center"):
            st.html(f'<h2 class="ll-head">What came of them</h2><p class="ll-quiet">{_plan(lesson)}</p>')
            if lesson.under_way:
                asked = all(run.request is Request.STOP for run in lesson.runs if not run.status.over)
                st.button(
                    "Stopping …" if asked else "Stop all",
                    key="stop-lesson",
                    disabled=asked,
                    on_click=messages.guarded(_stop),
                    args=(lesson,),
                )
        names = "".join(f"<span>{name}</span>" for name in _COLUMNS)
        st.html(f'<div class="ll-row heads" aria-hidden="true"><span></span>{names}</div>')
        for scale in lessons.SCALES:
            _row(lesson, scale)
        note = PUBLISHED.get(lesson.info.name, "")
        judged = (
            "The test set is looked at once, at the end; which is better is told by the validation set."
        )
        st.html(f'<p class="ll-quiet ll-foot">{note} {judged}</p>')


def _plan(lesson: Lesson) -> str:
    experiment, info = lesson.runs[0].experiment, lesson.info
    learned = training_samples(experiment, info)
    over = sum(run.status.over for run in lesson.runs)
    parts = [
        info.label,
        counted(lesson.epochs, "epoch"),
        f"{learned:,} {info.noun}s to learn from, {info.training_size - learned:,} for validation, "
        f"{info.test_size:,} for the test",
        f"seed {experiment.training.seed}",
    ]
    done = (
        f'<span role="status">{over} of {len(lesson.runs)} are done</span> · ' if lesson.under_way else ""
    )
    return done + escape(" · ".join(parts))


def _stop(lesson: Lesson) -> None:
    for run in reversed(lesson.runs):  # or the next would begin when the first has stopped
        server.store().ask(run.id, Request.STOP)


def _row(lesson: Lesson, scale: Scale) -> None:
    colour = lesson.colour(scale)
    with st.container(
        key=f"lesson-row-{scale.normalization}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        if not colour:
            st.html(
                f'<div class="ll-row"><div><strong class="name">{scale.title}</strong>'
                '<p class="ll-state">deleted</p></div></div>'
            )
            return
        run = lesson.runs[colour - 1]
        st.html(
            f'<div class="ll-row colour-{colour}"><div><strong class="name">{scale.title}</strong>'
            f"{_state(run)}</div>{_cells(run)}{_remark(run)}</div>"
        )
        if st.button("Open", key=f"open-{scale.normalization}"):
            session.show_run(run.id)
            navigation.go("train")


def _state(run: Run) -> str:
    paused = run.status is Status.RUNNING and run.progress.paused
    words = " · ".join(
        f"{part}" for part in ("paused" if paused else run.status.value, _where(run)) if part
    )
    first, _, rest = words.partition(" · ")
    line = f'<p class="ll-state {first}"><strong>{first}</strong>{f" · {rest}" if rest else ""}</p>'
    if run.status is not Status.RUNNING:
        return line
    done = f"{100 * run.progress.share:.1f}"
    return (
        f'{line}<div class="ll-done" role="progressbar" aria-label="Progress of run {run.number}" '
        f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{done}">'
        f'<span style="width: {done}%"></span></div>'
    )


def _where(run: Run) -> str:
    progress = run.progress
    place = f"epoch {progress.epoch:,} of {progress.epochs:,}"
    match run.status:
        case Status.QUEUED:
            words = "waits its turn"
        case Status.RUNNING if not progress.epoch:
            words = "getting ready"
        case Status.RUNNING if progress.share >= 1:
            words = "being tested"
        case Status.RUNNING if run.request is Request.STOP:
            words = "stopping"
        case Status.RUNNING:
            words = place
        case Status.COMPLETED:
            words = counted(progress.epoch, "epoch")
        case _:
            words = f"in {place}" if progress.epoch else "before it began"
    return words


def _cells(run: Run) -> str:
    epochs = [event.body for event in server.store().events(run.id, kind="epoch")]
    last = run.result or (epochs[-1] if epochs else {})
    values = (
        figure(epochs[0].get("val_accuracy") if epochs else None, share=True),
        figure(last.get("accuracy"), share=True),
        figure(last.get("val_accuracy"), share=True),
        figure(run.result.get("test_accuracy"), share=True),
        figure(run.result.get("test_loss"), share=False),
        duration(run.progress.seconds) if run.progress.seconds else "–",
    )
    return "".join(
        f'<span class="value"><small>{name}</small> {value}</span>'
        for name, value in zip(_COLUMNS, values, strict=True)
    )


def _remark(run: Run) -> str:
    told = run.status in (Status.QUEUED, Status.FAILED, Status.INTERRUPTED) and run.reason
    if not told:
        return ""
    more = " Open it to resume it." if run.status is Status.INTERRUPTED else ""
    return f'<p class="ll-quiet remark">{escape(run.reason)}{more}</p>'
