"""What the Draw page answers, with a network trained for real behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from core.data.sources import source
from core.experiment.presets import preset
from core.runs.run import Run, Status
from tests.app.conftest import Open, text_of
from ui import server


@pytest.fixture(scope="module")
def trained(app_home: Path) -> Iterator[Run]:
    """A run trained for real, by the server's own workers."""
    design = preset("notebook_rescaled").experiment(source("digits").info).with_training(epochs=8)
    run_id = server.store().create(design, "trained for drawing").id
    server.workers().train(run_id)
    deadline = time.monotonic() + 120
    while not (run := server.store().get(run_id)).status.over:
        assert time.monotonic() < deadline, "the run does not end"
        time.sleep(0.05)
    assert run.status is Status.COMPLETED, run.reason
    yield run
    server.store().delete(run.id)


def circle() -> NDArray[np.uint8]:
    """Return a canvas with a drawn 0: white on black, with alpha."""
    picture = Image.new("RGBA", (280, 280), (0, 0, 0, 255))
    ImageDraw.Draw(picture).ellipse((80, 45, 200, 235), outline=(255, 255, 255, 255), width=20)
    return np.asarray(picture)


def blank() -> NDArray[np.uint8]:
    """Return a canvas on which nothing is drawn."""
    return np.asarray(Image.new("RGBA", (280, 280), (0, 0, 0, 255)))


@pytest.fixture
def open_drawn(open_page: Open) -> Callable[[NDArray[np.uint8], str], AppTest]:
    """Open the Draw page with a drawing on its canvas, which AppTest can't draw on itself."""

    def opened(canvas: NDArray[np.uint8], run_id: str) -> AppTest:
        open_page("draw")  # the canvas's package can only be imported while a page runs
        with patch("ui.canvas.st_canvas", return_value=SimpleNamespace(image_data=canvas)):
            return open_page("draw", run=run_id)

    return opened


Drawn = Callable[[NDArray[np.uint8], str], AppTest]


def test_a_drawing_is_answered_by_the_trained_network(open_drawn: Drawn, trained: Run) -> None:
    app = open_drawn(circle(), trained.id)
    assert app.selectbox("draw-model").value == trained.id
    said = text_of(app)
    assert '<p class="ll-answer" role="status"><strong>0</strong>' in said
    assert said.count('<th scope="row">') == 10


def test_an_empty_canvas_asks_for_a_digit(open_drawn: Drawn, trained: Run) -> None:
    assert '<h2 class="ll-title">Draw a digit</h2>' in text_of(open_drawn(blank(), trained.id))
