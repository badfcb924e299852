"""Measure a network on one's own handwriting: how many it reads, which digits, and what it got wrong."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from core.data import own
from core.data.sources import known
from core.drawing.handwriting import Sample
from core.drawing.networks import Network, networks
from core.wording import counted
from ui import messages, server, session
from ui.draw.own.gallery import picture

WRONG_SHOWN = 60
TICK_SECONDS = 0.25
_NETWORK, _ASKED, _RESULTS = "own-network", "_own_asked", "_own_results"
_SURE = 1.96
"""Standard deviations to both sides of a mean within which 95 % of a normal distribution lie."""


@dataclass(frozen=True)
class Asked:
    """A measurement that is under way."""

    network: Network
    samples: tuple[Sample, ...]
    answers: Future[Any]


@dataclass(frozen=True)
class Result:
    """What a network made of drawings that it had not learned from.

    Attributes:
        network: Its id.
        label: What the screen calls it.
        samples: The drawings.
        answers: What it read, one digit a drawing.
    """

    network: str
    label: str
    samples: tuple[Sample, ...]
    answers: tuple[int, ...]

    @property
    def right(self) -> int:
        """How many it read as they were meant."""
        return sum(given == each.label for given, each in zip(self.answers, self.samples, strict=True))

    @property
    def wrong(self) -> list[tuple[Sample, int]]:
        """What it read as something else, and as what."""
        both = zip(self.samples, self.answers, strict=True)
        return [(each, given) for each, given in both if given != each.label]


def show(samples: Sequence[Sample]) -> None:
    """Draw the choice of a network, and what was measured last."""
    found = [each for each in networks(server.store()) if each.info.classes == own.CLASSES]
    if not found:
        st.html('<p class="ll-quiet">There is no network to measure yet: train one first.</p>')
        return
    by_id = {each.id: each for each in found}
    if session.value(_NETWORK) not in by_id:
        last = session.run_id()
        session.put(_NETWORK, last if last in by_id else found[0].id)
    asked: Asked | None = session.value(_ASKED)
    with st.container(key="own-measure-row", horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Which network", list(by_id), key=_NETWORK, format_func=lambda each: _named(by_id[each])
        )
        st.button(
            "Measure",
            key="own-measure",
            type="primary",
            disabled=asked is not None,
            on_click=messages.guarded(partial(_ask, by_id[chosen], tuple(samples))),
        )
    st.html(f'<p class="ll-quiet">{_about(by_id[chosen], samples)}</p>')
    if asked is not None:
        st.fragment(_wait, run_every=TICK_SECONDS)()
    results: dict[str, Result] = session.value(_RESULTS, {})
    if chosen in results:
        st.html(_shown(results[chosen], unseen(by_id[chosen], samples)))
    if len(results) > 1:
        st.html(_together(results, chosen))


def _named(network: Network) -> str:
    return f"{network.label} · {network.info.label}" if network.run else network.label


def unseen(network: Network, samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Return the drawings that a network has not learned from."""
    origin = known(network.experiment.data.dataset)
    learned = set(origin.version.learned) if origin and origin.version else set()
    return tuple(each for each in samples if each.id not in learned)


def _about(network: Network, samples: Sequence[Sample]) -> str:
    rest = unseen(network, samples)
    learned = len(samples) - len(rest)
    if not learned:
        return f"It has learned from none of your drawings, and is measured on all {len(samples):,}."
    return (
        f"It has learned from {learned:,} of your drawings, and is measured on the other {len(rest):,}: "
        "what it has learned from it may know by heart."
    )


def _ask(network: Network, samples: tuple[Sample, ...]) -> None:
    rest = unseen(network, samples)
    if not rest:
        return
    pixels = np.stack([each.image for each in rest])
    images = base64.b64encode(pixels.tobytes()).decode()
    answers = server.workers().call("measure", network=network.id, images=images, side=pixels.shape[1])
    session.put(_ASKED, Asked(network, rest, answers))


def _wait() -> None:
    """Wait for the answers without holding the page: drawing goes on meanwhile."""
    asked: Asked | None = session.value(_ASKED)
    if asked is None:
        return
    if not asked.answers.done():
        st.html(
            f'<p class="ll-quiet" role="status">{escape(asked.network.label)} reads '
            f"{counted(len(asked.samples), 'drawing')} …</p>"
        )
        return
    session.put(_ASKED, None)
    messages.guarded(partial(_take, asked))()  # what goes wrong is told where all else is
    st.rerun()


def _take(asked: Asked) -> None:
    answers = tuple(asked.answers.result()["answers"])
    results: dict[str, Result] = session.value(_RESULTS, {})
    result = Result(asked.network.id, _named(asked.network), asked.samples, answers)
    session.put(_RESULTS, {**results, asked.network.id: result})


# --- the result ---


def share(right: int, count: int) -> str:
    """Return a share in percent, with as many places as so many drawings tell."""
    return f"{100 * right / count:.{1 if count >= 200 else 0}f} %"


def likely(right: int, count: int) -> tuple[float, float]:
    """Return between which shares the accuracy on very many drawings of this hand may lie.

    Reference: E. B. Wilson, Probable Inference, 1927; the interval that misses in one case of twenty.
    """
    share, square = right / count, _SURE**2 / count
    middle = (share + square / 2) / (1 + square)
    half = _SURE / (1 + square) * math.sqrt(share * (1 - share) / count + square / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def _shown(result: Result, now: Sequence[Sample]) -> str:
    count = len(result.samples)
    low, high = likely(result.right, count)
    perfect = "" if result.wrong else " It read every one of these right."
    old = (
        '<p class="ll-quiet">The drawings are not the same since; measure again to count them.</p>'
        if {(each.id, each.label) for each in now} != {(each.id, each.label) for each in result.samples}
        else ""
    )
    return (
        f'<div class="ll-own-result"><div><p class="ll-own-figure">'
        f"<strong>{share(result.right, count)}</strong> "
        f"<span>{result.right:,} of {count:,} read right</span></p>"
        f'<p class="ll-quiet">{counted(count, "drawing")} tell this roughly: on very many of this hand '
        f"it would lie between {100 * low:.0f} and {100 * high:.0f} %.{perfect}</p>{old}</div>"
        f"{_by_digit(result)}</div>{_wrong(result)}"
    )


def _by_digit(result: Result) -> str:
    rows = []
    for label, name in enumerate(own.CLASSES):
        given = [
            answer for answer, e in zip(result.answers, result.samples, strict=True) if e.label == label
        ]
        if not given:
            rows.append(f'<tr><th scope="row">{name}</th><td class="track"></td><td>–</td></tr>')
            continue
        right = given.count(label)
        rows.append(
            f'<tr><th scope="row">{name}</th><td class="track">'
            f'<span style="width: {right / len(given):.0%}"></span></td>'
            f"<td>{right:,} of {len(given):,}</td></tr>"
        )
    return f'<table class="ll-bars ll-own-digits">{"".join(rows)}</table>'


def _wrong(result: Result) -> str:
    wrong = result.wrong
    if not wrong:
        return ""
    figures = "".join(
        f'<figure><img alt="A drawn {each.label}" src="{picture(each)}">'
        f"<figcaption>{each.label} <span>read as</span> <b>{given}</b></figcaption></figure>"
        for each, given in wrong[:WRONG_SHOWN]
    )
    more = (
        f'<p class="ll-quiet">and {len(wrong) - WRONG_SHOWN:,} more</p>' if len(wrong) > WRONG_SHOWN else ""
    )
    return (
        f'<h3 class="ll-head">{counted(len(wrong), "drawing")} read as something else</h3>'
        f'<div class="ll-own-wrong">{figures}</div>{more}'
    )


def _together(results: dict[str, Result], chosen: str) -> str:
    rows = "".join(
        f'<tr class="{"best" if each.network == chosen else ""}"><th scope="row">{escape(each.label)}</th>'
        f"<td>{each.right:,} of {len(each.samples):,}</td>"
        f"<td>{share(each.right, len(each.samples))}</td></tr>"
        for each in results.values()
    )
    return (
        '<table class="ll-own-together"><caption>Measured so far, each on drawings that it has not '
        f"learned from</caption>{rows}</table>"
    )
