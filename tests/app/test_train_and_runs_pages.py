"""What Train and Runs show for runs in every state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.data.sources import source
from core.experiment.presets import preset
from core.runs.run import Request, Run, Status
from core.runs.store import RunStore
from tests.app.conftest import Open, text_of

BUSY = "a-busy-foreman"


def queued(store: RunStore, name: str = "a run") -> Run:
    """Return a run that waits for a foreman that is alive and never comes to it."""
    design = preset("article").experiment(source("digits").info).with_training(epochs=5)
    run = store.create(design, name)
    store.claim(run.id, BUSY)
    return run


@pytest.fixture(autouse=True)
def _busy_foreman(store: RunStore) -> Iterator[None]:
    with store.foreman_lock(BUSY):
        yield


def over(store: RunStore, status: Status, reason: str = "") -> Run:
    """Return a run that is over, without a model."""
    run = queued(store)
    store.begin(run.id)
    store.finish(run.id, status, reason, {"val_accuracy": 0.5, "test_accuracy": 0.25})
    return store.get(run.id)


# --- without any run ---


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("train", "Nothing has been trained yet"),
        ("draw", "Draw a digit, once there is a network to ask"),
        ("runs", "No runs yet"),
    ],
)
def test_an_empty_store_is_explained(open_page: Open, store: RunStore, name: str, sentence: str) -> None:
    assert sentence in text_of(open_page(name))


# --- Train ---


def test_a_queued_run_can_be_stopped_at_once(open_page: Open, store: RunStore) -> None:
    run = queued(store)
    app = open_page("train", run=run.id)
    assert "queued" in text_of(app)
    app.button("stop").click().run()
    assert store.get(run.id).status is Status.STOPPED
    assert "stopped" in text_of(app)


def test_pause_becomes_continue(open_page: Open, store: RunStore) -> None:
    run = queued(store)
    app = open_page("train", run=run.id)
    assert app.button("pause").label == "Pause"
    app.button("pause").click().run()
    assert app.button("pause").label == "Continue"
    assert store.request_of(run.id) is Request.PAUSE


def test_a_failed_run_says_why(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.FAILED, "The data set was deleted.")
    said = text_of(open_page("train", run=run.id))
    assert "failed" in said
    assert "The data set was deleted." in said


def test_an_unknown_run_is_explained_and_the_newest_shown(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.STOPPED)
    said = text_of(open_page("train", run="no-such-run"))
    assert "This run is not here" in said
    assert f"Run {run.number}" in said


# --- Runs ---


def test_a_run_is_renamed_and_deleted(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.COMPLETED)
    app = open_page("runs")
    assert f"Run {run.number} · a run" in text_of(app)
    app.text_input(f"name-{run.number}").set_value("the best <b>one</b>").run()
    assert store.get(run.id).name == "the best <b>one</b>"
    assert "the best &lt;b&gt;one&lt;/b&gt;" in text_of(app)
    app.button(f"delete-{run.number}").click().run()
    assert all(each.id != run.id for each in store.newest())
    assert f"Run {run.number} ·" not in text_of(app)


def test_open_goes_to_the_run(open_page: Open, store: RunStore) -> None:
    first, second = over(store, Status.COMPLETED), over(store, Status.STOPPED)
    app = open_page("runs")
    app.button(f"open-{first.number}").click().run()
    said = text_of(app)
    assert f"Run {first.number} ·" in said
    assert f"Run {second.number} ·" not in said


def test_an_empty_name_is_refused_in_words(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.COMPLETED)
    app = open_page("runs")
    app.text_input(f"name-{run.number}").set_value("   ").run()
    assert "A run needs a name" in text_of(app)
    assert store.get(run.id).name == "a run"
