"""Train on one's own handwriting: mixed with many others' digits, or alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from core.data import library, own
from core.data.sources import source
from core.drawing.handwriting import Sample
from core.errors import NotBuildable
from core.experiment.check import check, errors
from core.experiment.experiment import Experiment
from core.experiment.limits import Limits
from core.experiment.presets import fitted
from core.experiment.title import title
from core.wording import counted
from ui import actions, messages, navigation, server, session
from ui.start import about


def show(samples: Sequence[Sample]) -> None:
    """Draw what there is to train on, or what is still lacking."""
    lack = own.lacking(samples)
    if lack:
        share = min(1.0, len(samples) / own.LEAST)
        st.html(
            f'<p class="ll-own-lack"><strong>{counted(len(samples), "drawing")}</strong> {escape(lack)}</p>'
            f'<div class="ll-own-way" aria-hidden="true"><i style="width: {share:.0%}"></i></div>'
        )
        return
    base = library.default_name()
    st.html(f'<p class="ll-quiet">{_words(samples, base)}</p>')
    label = source(base).info.label
    started = None
    with st.container(key="own-train-row", horizontal=True, vertical_alignment="center"):
        if st.button(f"Train on {label} + mine", key="own-train-mixed", type="primary"):
            started = base
        if st.button("Train on mine alone", key="own-train-alone"):
            started = ""
        st.button(
            "Use them on the Build page",
            key="own-to-build",
            on_click=messages.guarded(partial(_to_build, samples, base)),
        )
    st.html(f'<p class="ll-quiet">{_plan(base)}</p>')
    if session.value("_own_to_build"):
        session.put("_own_to_build", False)
        navigation.go("build")
    if started is not None:
        _start(samples, started)


def _words(samples: Sequence[Sample], base: str) -> str:
    info = source(base).info
    learned = sum(not each.is_for_test for each in samples)
    copies = own.copies(learned, info.training_size)
    return (
        f"A network learns from {learned:,} of your drawings. The other {len(samples) - learned:,} are "
        "never learned from: they are for measuring, and their own strokes decide which they are. "
        f"Mixed with {info.label}, each drawing stands there {copies:,} times, so that yours are a fifth "
        f"of all; validation and test are of {info.label} alone, to compare with other runs."
    )


def design_on(samples: Sequence[Sample], base: str) -> Experiment:
    """Return the design of the Build page, on these drawings as they are now.

    Raises:
        DataRefused: There are not enough drawings.
        NotBuildable: The design has to be mended first.
    """
    version = own.freeze(samples)
    info = source(own.name_of(version.code, base)).info
    design = fitted(session.design(), session.info(), info)
    serious = errors(check(design, info, Limits.of_machine()))
    if serious:
        raise NotBuildable(
            f"The network on the Build page can't be trained on these drawings. {serious[0].message} "
            "Mend it there first."
        )
    return design


def _plan(base: str) -> str:
    """Return what is trained and about how long that takes, mixed with `base`."""
    info = source(base).info
    design = fitted(session.design(), session.info(), info)
    time = about(server.seconds_to_train(design) / (1 - own.SHARE))  # a fifth more is learned from
    return (
        f"The network of the Build page: {escape(title(design))}, "
        f"{counted(design.training.epochs, 'epoch')}. Mixed with {info.label}, "
        f"about {time} on this machine."
    )


def _start(samples: Sequence[Sample], base: str) -> None:
    run_id = None
    with messages.boundary():
        run_id = actions.start(design_on(samples, base))
    if run_id:
        session.show_run(run_id)
        navigation.go("train")


def _to_build(samples: Sequence[Sample], base: str) -> None:
    design = design_on(samples, base)
    session.edit(lambda _: design)
    session.put("_own_to_build", True)
