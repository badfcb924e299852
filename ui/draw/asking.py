"""Ask networks about a picture without keeping the pen waiting for them."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.errors import WorkerLost
from ui import server, session

PATIENCE = 0.5
"""Seconds that the page waits for an answer before it says that it waits, and lets the pen go on."""
PATIENCE_FOR_MORE = 0.25
"""Seconds that it waits for the other networks' answers."""
TICK = 0.3
"""Seconds between two looks at an answer that is waited for."""
MOST_TRIES = 20
MOST_SECONDS = 60.0
_QUESTION, _MORE = "_draw_question", "_draw_more"

Answer = dict[str, Any]
"""One network's: its `outputs`, or an `error` in words."""
_loaded: set[str] = set()
"""Networks that have answered since the server began: asking them again takes no time."""


@dataclass
class Question:
    """What is asked, and what has been answered so far.

    Attributes:
        networks: The ids of those who are asked.
        image: The picture's bytes.
        side: Its width and height in pixels.
        asked: When it was asked first, on the monotonic clock.
        answers: By network.
        likeness: How much the picture looks like a digit, 0 to 1; None where nobody can tell.
        pending: What was sent to a worker and is not back yet.
        tries: How often a worker was lost over it.
    """

    networks: tuple[str, ...]
    image: bytes
    side: int
    asked: float = field(default_factory=time.monotonic)
    answers: dict[str, Answer] = field(default_factory=dict)
    likeness: float | None = None
    pending: tuple[Future[Any], tuple[str, ...]] | None = None
    tries: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """Who has not answered."""
        return tuple(each for each in self.networks if each not in self.answers)

    def go_on(self, seconds: float) -> bool:
        """Wait for answers, at most so many seconds; return whether all are there.

        Raises:
            WorkerLost: Nobody answers, however often it is asked.
        """
        until = time.monotonic() + seconds
        while self.missing:
            future, networks = self.pending = self.pending or self._send()
            try:
                found = future.result(timeout=max(0.0, until - time.monotonic()))
            except TimeoutError:
                self._check_time()
                return False
            except WorkerLost:
                self.pending = None
                self.tries += 1
                if self.tries > MOST_TRIES:
                    raise
                return False
            self.pending = None
            self.answers.update(found["answers"])
            # whoever was left out will not come by being asked again
            for each in networks:
                self.answers.setdefault(each, {"error": "No answer came. Draw again."})
            self.likeness = found.get("likeness")
            _loaded.update(networks)
        return True

    def _send(self) -> tuple[Future[Any], tuple[str, ...]]:
        # those that still have to be loaded one by one: a new stroke never waits for more than one of them
        quick = tuple(each for each in self.missing if each in _loaded)
        networks = quick or self.missing[:1]
        asked = {
            "networks": list(networks),
            "image": base64.b64encode(self.image).decode(),
            "side": self.side,
        }
        return server.workers().call("predict", **asked), networks

    def _check_time(self) -> None:
        if time.monotonic() - self.asked > MOST_SECONDS:
            raise WorkerLost("The network has not answered for a minute: the machine is busy. Draw again.")


def ask(network: str, image: NDArray[np.uint8]) -> Question:
    """Ask the main network; the question may come back without its answer.

    Raises:
        WorkerLost: Nobody answers, however often it is asked.
    """
    return _asked(_QUESTION, (network,), image, PATIENCE)


def ask_more(networks: Sequence[str], image: NDArray[np.uint8], slot: str = _MORE) -> Question:
    """Ask other networks about a picture, or one about another picture; see `ask`."""
    return _asked(slot, tuple(networks), image, PATIENCE_FOR_MORE)


def _asked(slot: str, networks: tuple[str, ...], image: NDArray[np.uint8], seconds: float) -> Question:
    question: Question | None = session.value(slot)
    content = image.tobytes()
    if question is None or question.image != content or question.networks != networks:
        question = Question(networks, content, len(image))
        session.put(slot, question)
    try:
        question.go_on(seconds)
    except Exception:
        session.put(slot, None)  # whoever draws again asks again
        raise
    return question


@st.fragment(run_every=TICK)
def wait_for(question: Question) -> None:
    """Look now and then whether the answers are there, and draw the page anew once they are."""
    try:
        done = question.go_on(0.0)
    except WorkerLost:
        done = True  # the page tells it
    if done:
        st.rerun()
