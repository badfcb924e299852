"""What the Learn page shows of a lesson in every state, and what its buttons do."""

from __future__ import annotations

import pytest

from core.data import library
from core.data.sources import source
from core.experiment import lessons
from core.experiment.presets import preset
from core.runs.run import Progress, Request, Run, Status
from core.runs.store import RunStore
from tests.app.conftest import Open, text_of
from tests.app.made_runs import BUSY

INFO = source("digits").info
pytestmark = pytest.mark.usefixtures("busy_foreman")


@pytest.fixture(autouse=True)
def _digits_are_here() -> None:
    if not library.state("digits").here:
        library.fetch("digits")


def begun(store: RunStore, word: str, epochs: int = 10) -> list[Run]:
    """Return the runs of a lesson that wait for a foreman that never comes to them."""
    names = [f"The notebook, {scale.inputs}" for scale in lessons.SCALES]
    pairs = zip(lessons.notebook(INFO, epochs), names, strict=True)
    runs = [store.create(design, name, word) for design, name in pairs]
    for run in runs:
        store.claim(run.id, BUSY)
    return runs


def train(store: RunStore, run: Run, accuracies: list[float]) -> None:
    """Let a run tell its first batch and some epochs."""
    store.begin(run.id)
    epochs = [
        {"epoch": number, "loss": 0.2, "accuracy": 0.95, "val_loss": 0.3, "val_accuracy": accuracy}
        for number, accuracy in enumerate(accuracies, start=1)
    ]
    first = {"epoch": 0.02, "step": 1, "loss": 97.3, "accuracy": 0.1}
    progress = Progress(epoch=len(epochs), epochs=10, step=20, steps=41, seconds=4.0)
    store.record(run.id, progress, [("point", first), *(("epoch", body) for body in epochs)])


def finished(store: RunStore, word: str) -> list[Run]:
    """Return the runs of a lesson that is over."""
    runs = begun(store, word)
    for run, accuracy in zip(runs, (0.85, 0.95, 0.97), strict=True):
        train(store, run, [accuracy - 0.1, accuracy])
        figures = {"accuracy": 0.99, "val_accuracy": accuracy, "test_accuracy": 0.911, "test_loss": 0.4321}
        store.finish(run.id, Status.COMPLETED, result=figures)
    return runs


# --- before ---


def test_before_the_first_lesson_it_says_what_there_will_be_and_shows_the_inputs(
    open_page: Open, store: RunStore
) -> None:
    app = open_page("learn")
    said = text_of(app)
    assert "The same digits, the same network, three scales" in said
    assert "784 → 512 → 512 → 10" in said
    assert not app.button("train-lesson").disabled
    assert "on this machine" in said  # how long it will take
    for words in ("Histogram of raw pixels: from 0 to 255", "Histogram of pixels ÷ 255: from 0 to 1"):
        assert words in said
    assert "mean <b>0.00</b>, spread <b>1.00</b>" in said
    assert "What came of them" not in said


def test_data_that_are_not_here_are_offered_as_a_download(open_page: Open, store: RunStore) -> None:
    app = open_page("learn")
    app.selectbox("lesson-data").set_value("mnist").run()
    assert app.button("train-lesson").disabled
    assert "MNIST" in app.button("download").label
    assert "MNIST has to be on this machine first." in text_of(app)


def test_an_emptied_box_of_epochs_takes_ten_again(open_page: Open, store: RunStore) -> None:
    app = open_page("learn")
    app.number_input("lesson-epochs").set_value(None).run()
    assert app.number_input("lesson-epochs").value == 10


# --- the one click ---


def test_one_click_starts_three_runs_that_share_a_word(open_page: Open, store: RunStore) -> None:
    app = open_page("learn")
    app.number_input("lesson-epochs").set_value(3).run()
    app.button("train-lesson").click().run()
    runs = store.newest()
    assert len(runs) == 3
    (word,) = {run.collection for run in runs}
    assert app.query_params["lesson"] == word
    assert [run.experiment for run in store.of_collection(word)] == list(lessons.notebook(INFO, epochs=3))
    assert app.button("train-lesson").disabled
    assert "What came of them" in text_of(app)
    app.button("stop-lesson").click().run()
    assert {store.request_of(run.id) for run in runs} == {Request.STOP}


# --- on the way ---


def test_rows_tell_where_each_run_is(open_page: Open, store: RunStore) -> None:
    raw, rescaled, _ = begun(store, "now")
    train(store, raw, [0.8])
    said = text_of(open_page("learn", lesson="now"))
    assert "0 of 3 are done" in said
    assert "epoch 1 of 10" in said
    assert said.count("waits its turn") == 2
    assert "80.0 %" in said
    assert "More of it comes as they learn." not in said  # nothing can be compared yet
    train(store, rescaled, [0.9])
    said = text_of(open_page("learn", lesson="now"))
    assert "Worse than guessing at first" in said
    assert "More of it comes as they learn." in said


# --- after ---


def test_a_finished_lesson_shows_figures_and_reads_them(open_page: Open, store: RunStore) -> None:
    finished(store, "before")
    app = open_page("learn", lesson="before")
    said = text_of(app).replace("&nbsp;", " ")
    assert said.count("<strong>completed</strong>") == 3
    for figure in ("91.1 %", "0.4321", "97.0 %"):
        assert figure in said
    assert "Ended best with standardized pixels" in said
    assert "which is better is told by the validation set" in said
    assert not app.button("train-lesson").disabled


def test_the_last_lesson_is_offered_and_shown(open_page: Open, store: RunStore) -> None:
    finished(store, "earlier")
    app = open_page("learn")
    assert "What came of them" not in text_of(app)
    app.button("last-lesson").click().run()
    assert "What came of them" in text_of(app)
    assert app.query_params["lesson"] == "earlier"
    assert not [button for button in app.button if button.key == "last-lesson"]


def test_open_goes_to_the_run(open_page: Open, store: RunStore) -> None:
    _, rescaled, _ = finished(store, "before")
    app = open_page("learn", lesson="before")
    app.button("open-rescale").click().run()
    assert f"Run {rescaled.number} · The notebook, pixels ÷ 255" in text_of(app)


def test_runs_that_failed_were_interrupted_or_deleted_are_told(open_page: Open, store: RunStore) -> None:
    raw, rescaled, standardized = begun(store, "sad")
    for run in (raw, rescaled, standardized):
        train(store, run, [0.8, 0.9])
    store.finish(raw.id, Status.FAILED, "The machine ran out of <memory>.")
    store.finish(rescaled.id, Status.INTERRUPTED, "Its process ended before it did.")
    store.finish(standardized.id, Status.STOPPED)
    store.delete(standardized.id)
    said = text_of(open_page("learn", lesson="sad"))
    assert "The machine ran out of &lt;memory&gt;." in said
    assert "Its process ended before it did. Open it to resume it." in said
    assert "deleted" in said
    assert "With raw pixels it failed after 2 of 10 epochs" in said


@pytest.mark.parametrize("word", ["no-such-word", "other"])
def test_a_word_of_no_lesson_is_explained(open_page: Open, store: RunStore, word: str) -> None:
    other = store.create(preset("article").experiment(INFO), "something else", "other")
    store.claim(other.id, BUSY)
    app = open_page("learn", lesson=word)
    assert "This lesson is not here" in text_of(app)
    assert not app.button("train-lesson").disabled
    assert "lesson" not in app.query_params
