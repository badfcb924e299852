"""What Train shows of runs in every state, and what its buttons do."""

from __future__ import annotations

import math

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.run import Order, OrderKind, Request, Status
from core.runs.store import RunStore
from tests.app.conftest import Open, keys, shown, text_of
from tests.app.made_runs import (
    EPOCHS,
    design,
    over,
    progress,
    queued,
    running,
)
from ui.train import news, press

pytestmark = pytest.mark.usefixtures("busy_foreman")


# --- which run ---


def test_an_empty_store_is_explained(open_page: Open, store: RunStore) -> None:
    assert "Nothing has been trained yet" in text_of(open_page("train"))


def test_an_unknown_run_is_explained_and_the_newest_shown(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.STOPPED)
    said = text_of(open_page("train", run="no-such-run"))
    assert "This run is not here" in said
    assert f"Run {run.number}" in said


def test_the_other_runs_under_way_are_a_click_away(open_page: Open, store: RunStore) -> None:
    first, second = running(store), queued(store, "the other")
    app = open_page("train", run=first.id)
    assert app.button(f"also-{second.number}").label == f"Run {second.number} · queued, 2nd"
    app.button(f"also-{second.number}").click().run()
    assert shown(app) == second.id
    assert "the other" in text_of(app)


# --- before it begins ---


def test_a_queued_run_says_its_place_and_what_it_waits_for(open_page: Open, store: RunStore) -> None:
    queued(store)
    run = queued(store)
    store.explain(run.id, "It waits for memory: it needs about 3 GB.")
    said = text_of(open_page("train", run=run.id))
    assert "queued" in said
    assert "2nd in the queue: 1 run before it" in said
    assert "It waits for memory: it needs about 3 GB." in said


def test_a_queued_run_can_be_stopped_at_once(open_page: Open, store: RunStore) -> None:
    run = queued(store)
    app = open_page("train", run=run.id)
    app.button("stop").click().run()
    assert store.get(run.id).status is Status.STOPPED
    assert "stopped" in text_of(app)
    assert "stop" not in keys(app)


def test_pause_becomes_continue(open_page: Open, store: RunStore) -> None:
    run = queued(store)
    app = open_page("train", run=run.id)
    assert app.button("pause").label == "Pause"
    app.button("pause").click().run()
    assert app.button("pause").label == "Continue"
    assert store.request_of(run.id) is Request.PAUSE


def test_a_press_that_arrives_twice_counts_once(
    open_page: Open, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = running(store)
    app = open_page("train", run=run.id)
    monkeypatch.setattr(press, "DOUBLE_CLICK_SECONDS", math.inf)
    app = app.run()
    app.button("pause").click().run()
    app.button("pause").click().run()
    assert store.request_of(run.id) is Request.PAUSE
    monkeypatch.setattr(press, "DOUBLE_CLICK_SECONDS", 0.0)
    app.run()
    app.button("pause").click().run()
    assert store.request_of(run.id) is Request.GO


# --- while it goes on ---


def test_a_running_run_says_where_it_is(open_page: Open, store: RunStore) -> None:
    said = text_of(open_page("train", run=running(store).id))
    assert f"epoch 4 of {EPOCHS} · batch 7 of 41 · " in said
    assert "31,200 digits a second" in said
    assert "after epoch 3" in said
    assert "90.0 %" in said


@pytest.mark.parametrize(
    ("key", "kind"), [("step-batch", OrderKind.STEP_BATCH), ("step-epoch", OrderKind.STEP_EPOCH)]
)
@pytest.mark.parametrize("paused", [False, True])
def test_a_step_is_ordered_and_the_run_pauses_after_it(
    open_page: Open, store: RunStore, key: str, kind: OrderKind, paused: bool
) -> None:
    run = running(store, paused=paused)
    app = open_page("train", run=run.id)
    app.button(key).click().run()
    control = store.control(run.id)
    assert control.request is Request.PAUSE
    assert control.orders == (Order(kind),)
    assert app.button("pause").label == "Continue"


def test_nothing_can_be_asked_of_a_run_that_is_stopping(open_page: Open, store: RunStore) -> None:
    run = running(store)
    app = open_page("train", run=run.id)
    app.button("stop").click().run()
    assert store.request_of(run.id) is Request.STOP
    assert "stopping: keeping and testing what was learned" in text_of(app)
    assert all(app.button(key).disabled for key in ("pause", "step-batch", "step-epoch", "stop"))


def test_a_run_that_tells_nothing_is_said_to(
    open_page: Open, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "LONGEST_SILENCE", 0.0)
    run = running(store)
    app = open_page("train", run=run.id).run()
    assert "No news for" in text_of(app)
    store.record(run.id, progress(4, 8, paused=True))
    assert "No news for" not in text_of(app.run().run())


# --- the learning rate ---


def set_rate(app: AppTest, written: str) -> AppTest:
    """Write a learning rate into its box and press the button beside it."""
    app.text_input("rate").set_value(written)
    return app.button("set-rate").click().run()


def test_another_learning_rate_is_ordered_and_shown_until_it_is_taken(
    open_page: Open, store: RunStore
) -> None:
    run = running(store)
    app = set_rate(open_page("train", run=run.id), "0,0005")
    assert store.control(run.id).orders == (Order(OrderKind.RATE, 0.0005),)
    assert "0.001 → 0.0005" in text_of(app)
    change = {"epoch": 3.2, "step": 8, "seconds": 6.4, "learning_rate": 0.0005, "before": 0.001}
    store.record(run.id, progress(4, 8, rate=0.0005), [("rate", change)])
    said = text_of(app.run())
    assert "→" not in said
    assert "0.0005" in said


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("quick", "That is no number"),
        ("", "That is no number"),
        ("0", "larger than 0: from 1e-7 to 10"),
        ("-0.1", "larger than 0: from 1e-7 to 10"),
        ("11", "from 1e-7 to 10"),
        ("nan", "from 1e-7 to 10"),
    ],
)
def test_a_wrong_learning_rate_is_refused_in_words(
    open_page: Open, store: RunStore, written: str, words: str
) -> None:
    run = running(store)
    app = set_rate(open_page("train", run=run.id), written)
    assert words in text_of(app)
    assert store.control(run.id).orders == ()


@pytest.mark.parametrize(
    ("schedule", "goes_on"), [("constant", False), ("cosine", True), ("plateau", True)]
)
def test_a_schedule_is_said_to_go_on(
    open_page: Open, store: RunStore, schedule: str, goes_on: bool
) -> None:
    run = running(store, experiment=design(schedule=schedule))
    assert ("goes on from there" in text_of(open_page("train", run=run.id))) is goes_on
