"""What Train shows of a run that is over, and what can be done with it."""

from __future__ import annotations

import pytest

from core.experiment import link
from core.runs.checkpoints import Checkpoints
from core.runs.run import Status
from core.runs.store import RunStore
from tests.app.conftest import Open, keys, named, shown, text_of
from tests.app.made_runs import (
    EPOCHS,
    design,
    leave_files,
    over,
    queued,
    running,
    take_way,
)

pytestmark = pytest.mark.usefixtures("busy_foreman")


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
