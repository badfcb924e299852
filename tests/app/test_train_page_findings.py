"""What Train reads in the curves, and its remedies."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.experiment import link
from core.runs.run import Run, Status
from core.runs.store import RunStore
from tests.app.conftest import Open, keys, named, shown, text_of
from tests.app.made_runs import (
    EPOCHS,
    learn,
    running,
)

pytestmark = pytest.mark.usefixtures("busy_foreman")


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
