"""What the Draw page answers, with a network trained for real behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from core.data.sources import source
from core.drawing import kept, networks
from core.drawing.strokes import Drawing, Stroke, to_canvas
from core.experiment.presets import preset
from core.runs.run import Run, Status
from tests.app.conftest import Open, text_of
from tests.browser.strokes import drawing
from ui import server

SECONDS = 60


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
    if any(each.id == run.id for each in server.store().newest()):
        server.store().delete(run.id)


Drawn = Callable[..., AppTest]


@pytest.fixture
def open_drawn(open_page: Open) -> Drawn:
    """Open the Draw page with a drawing on its canvas, which AppTest can't draw on itself."""

    def opened(drawn: Drawing, **address: str) -> AppTest:
        open_page("draw")  # the canvas's package can only be imported while a page runs
        canvas = SimpleNamespace(json_data=to_canvas(drawn))
        with patch("ui.draw.canvas.st_canvas", return_value=canvas):
            app = open_page("draw", **address)
            # AppTest has no ticks: the page looks again as it would by itself
            deadline = time.monotonic() + SECONDS
            while "One moment" in text_of(app):
                assert time.monotonic() < deadline, "no answer comes"
                app.run()
            return app

    return opened


def test_a_drawing_is_answered_by_the_trained_network(open_drawn: Drawn, trained: Run) -> None:
    app = open_drawn(drawing(0), run=trained.id)
    assert app.selectbox("draw-model").value == trained.id
    said = text_of(app)
    assert '<div class="ll-answer sure" role="status"><strong>0</strong>' in said
    assert said.count('<th scope="row">') == 10
    assert "A share is how this network divides 100 % among its answers." in said


def test_an_empty_canvas_asks_for_a_digit(open_drawn: Drawn, trained: Run) -> None:
    assert '<h2 class="ll-title">Draw a digit</h2>' in text_of(open_drawn(Drawing(), run=trained.id))


def test_a_dot_is_called_a_dot(open_drawn: Drawn, trained: Run) -> None:
    dot = Drawing((Stroke(((140.0, 140.0),), 20.0),))
    assert "This is a dot. Draw a digit" in text_of(open_drawn(dot, run=trained.id))


def test_what_is_drawn_is_kept_and_its_id_stands_in_the_address(
    open_drawn: Drawn, open_page: Open, trained: Run, app_home: Path
) -> None:
    drawn = drawing(6)
    app = open_drawn(drawn, run=trained.id)
    told = app.query_params["drawing"]
    name = told if isinstance(told, str) else told[0]
    assert kept.kept(app_home, name) == Drawing.from_json(drawn.to_json())
    # a new session with this address, and a canvas that has told nothing yet
    again = open_page("draw", run=trained.id, drawing=name)
    assert '<h2 class="ll-title">Draw a digit</h2>' not in text_of(again)


def test_a_damaged_drawing_is_told_and_costs_no_more(open_page: Open, trained: Run, app_home: Path) -> None:
    name = kept.new_id()
    kept.keep(app_home, name, drawing(3))
    (app_home / "drawings" / f"{name}.json").write_text("{")
    said = text_of(open_page("draw", run=trained.id, drawing=name))
    assert "The kept drawing can't be read. Draw it again." in said
    assert '<h2 class="ll-title">Draw a digit</h2>' in said


@pytest.mark.parametrize("name", ["unknown", "../../etc/passwd", "0" * 24])
def test_an_address_that_names_no_drawing_opens_an_empty_canvas(
    name: str, open_page: Open, trained: Run
) -> None:
    assert '<h2 class="ll-title">Draw a digit</h2>' in text_of(open_page("draw", drawing=name))


def test_a_run_whose_model_is_damaged_is_refused_in_words(open_drawn: Drawn, trained: Run) -> None:
    whole = trained.model_path.read_bytes()
    trained.model_path.write_bytes(whole[: len(whole) // 2])
    try:
        said = text_of(open_drawn(drawing(0), run=trained.id))
    finally:
        trained.model_path.write_bytes(whole)
    assert "model.keras is damaged" in said
    assert "Traceback" not in said


def test_where_nobody_can_be_asked_a_network_is_asked_for_first(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, app_home: Path
) -> None:
    monkeypatch.setattr(networks, "READY_FOLDER", tmp_path)
    if server.store().newest():
        for run in server.store().newest():
            server.store().delete(run.id)
    assert "once there is a network to ask" in text_of(open_page("draw"))
