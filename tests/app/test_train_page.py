"""What Train shows of runs in every state, and what its buttons do."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.experiment import link
from core.runs.checkpoints import Checkpoints
from core.runs.run import Order, OrderKind, Request, Run, Status
from core.runs.store import RunStore
from tests.app.conftest import Open, text_of
from tests.app.made_runs import (
    BUSY,
    EPOCHS,
    design,
    learn,
    leave_files,
    over,
    progress,
    queued,
    running,
    take_way,
)
from ui.train import news, press


@pytest.fixture(autouse=True)
def _busy_foreman(store: RunStore) -> Iterator[None]:
    with store.foreman_lock(BUSY):
        yield


def named(app: AppTest, parameter: str) -> str:
    """Return a parameter of the address."""
    value = app.query_params[parameter]
    return value if isinstance(value, str) else value[0]


def shown(app: AppTest) -> str:
    """Return the id of the run that the page shows."""
    return named(app, "run")


def keys(app: AppTest) -> set[str]:
    """Return the keys of the buttons on the page."""
    return {button.key for button in app.button if button.key}


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


# --- once it is over ---


def test_the_end_is_told_in_figures(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.COMPLETED, epochs=EPOCHS, test_loss=0.0936, best_epoch=2)
    said = text_of(open_page("train", run=run.id))
    assert "<dt>test accuracy</dt><dd>25.0 %</dd>" in said
    assert "<dt>test loss</dt><dd>0.0936</dd>" in said
    assert "<dt>best epoch, kept</dt><dd>2</dd>" in said
    assert "On 360 digits it never saw" in said
    assert "after epoch 2, the best, whose weights are kept" in said


@pytest.mark.parametrize(
    ("way", "label"),
    [("XLA", "Compiled by XLA"), ("in-graph", "In one graph"), ("streamed", "Streamed")],
)
def test_how_a_run_trains_is_told_while_it_does_and_at_its_end(
    open_page: Open, store: RunStore, way: str, label: str
) -> None:
    run = running(store)
    take_way(store, run, "streamed", "Of an earlier attempt.")
    take_way(store, run, way, "It is <fast>.")
    app = open_page("train", run=run.id)
    said = text_of(app)
    assert f"<span>how it trains</span><strong>{label}</strong></summary><p>It is &lt;fast&gt;.</p>" in said
    assert "Of an earlier attempt." not in said
    store.finish(run.id, Status.COMPLETED, result={"test_accuracy": 0.25})
    said = text_of(app.run())
    assert f"<span>how it trained</span><strong>{label}</strong>" in said
    assert "<span>speed</span><strong>31,200 digits a second</strong>" in said


@pytest.mark.parametrize("way", [None, "a way of tomorrow"])
def test_a_run_that_has_not_told_its_way_says_nothing_of_it(
    open_page: Open, store: RunStore, way: str | None
) -> None:
    run = over(store, Status.COMPLETED, epochs=EPOCHS)
    if way:
        take_way(store, run, way, "Because.")
    said = text_of(open_page("train", run=run.id))
    assert "how it train" not in said
    assert "ll-speed" not in said


def test_what_a_run_leaves_can_be_taken_away(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.COMPLETED, epochs=EPOCHS)
    leave_files(run)
    app = open_page("train", run=run.id)
    assert f"take-away-{run.number}" in keys(app)
    code = [each.value for each in app.code]
    assert 'Model: "sequential"' in code
    assert str(run.folder) in code


def test_a_failed_run_says_why(open_page: Open, store: RunStore) -> None:
    run = queued(store)
    store.begin(run.id)
    store.finish(run.id, Status.FAILED, "The data <set> was deleted.")
    app = open_page("train", run=run.id)
    said = text_of(app)
    assert "failed" in said
    assert "The data &lt;set&gt; was deleted." in said
    assert {"again", "new-seed"} <= keys(app)
    assert "train-on" not in keys(app)


@pytest.mark.parametrize(("key", "seed"), [("again", 7), ("new-seed", 8)])
def test_a_run_is_run_again(open_page: Open, store: RunStore, key: str, seed: int) -> None:
    store.begin((run := queued(store, experiment=design(seed=7))).id)
    store.finish(run.id, Status.STOPPED)
    app = open_page("train", run=run.id)
    app.button(key).click().run()
    newest = store.newest()[0]
    assert newest.id != run.id
    assert shown(app) == newest.id
    assert newest.experiment == design(seed=seed)


def test_a_finished_run_is_trained_on(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.COMPLETED, epochs=EPOCHS - 1)
    leave_files(run)
    app = open_page("train", run=run.id)
    more = app.number_input(f"train-on-epochs-{run.number}")
    assert more.value == EPOCHS
    more.set_value(2).run()
    app.button("train-on").click().run()
    longer = store.newest()[0]
    assert longer.parent == run.id
    assert longer.experiment.training.epochs == EPOCHS + 2
    assert shown(app) == longer.id
    assert f"goes on from run {run.number}" in text_of(app)


def test_another_design_is_loaded_into_build(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.STOPPED)
    app = open_page("train", run=run.id)
    app.button("load-design").click().run()
    assert link.decode(named(app, "design")) == run.experiment
    assert "load-design" not in keys(app.switch_page("../pages/train.py").run())


def test_an_interrupted_run_is_resumed(open_page: Open, store: RunStore) -> None:
    run = running(store)
    Checkpoints(run.checkpoints).keep(3, b"a state")
    store.finish(run.id, Status.INTERRUPTED, "The machine was switched off.")
    app = open_page("train", run=run.id)
    said = text_of(app)
    assert "The machine was switched off." in said
    assert "What it learned up to epoch 3 is kept" in said
    app.button("resume").click().run()
    assert not store.get(run.id).status.over
    assert "resume" not in keys(app)


# --- what the curves say ---


def overfitted(store: RunStore) -> Run:
    """Return a finished run that has memorized what it learned from."""
    run = running(store)
    for epoch in range(4, EPOCHS + 1):
        learn(store, run, epoch)
    store.finish(run.id, Status.COMPLETED, result={"val_loss": 0.66, "test_loss": 0.7})
    return store.get(run.id)


def remedies(app: AppTest) -> list[str]:
    """Return the keys of what is offered to be tried."""
    return sorted(key for key in keys(app) if key.startswith("remedy-"))


def test_a_remedy_is_one_click(open_page: Open, store: RunStore) -> None:
    run = overfitted(store)
    app = open_page("train", run=run.id)
    assert "overfit" in text_of(app)
    app.button(remedies(app)[0]).click().run()
    newest = store.newest()[0]
    assert shown(app) == newest.id != run.id
    assert newest.experiment != run.experiment
    assert newest.experiment.training.seed == run.experiment.training.seed
    assert link.decode(named(app, "design")) == newest.experiment


def test_too_few_epochs_say_nothing(open_page: Open, store: RunStore) -> None:
    app = open_page("train", run=running(store, epochs=0).id)
    assert "it takes a few epochs to tell" in text_of(app)
    assert remedies(app) == []


def test_what_was_found_follows_the_epochs(open_page: Open, store: RunStore) -> None:
    run = running(store, epochs=1)
    app = open_page("train", run=run.id)
    before = text_of(app)
    for epoch in range(2, EPOCHS + 1):
        learn(store, run, epoch)
    after = text_of(app.run())
    assert "overfit" not in before
    assert "overfit" in after
