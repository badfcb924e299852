"""Runs that belong together: one that continues another, several started at once; notes and tags."""

from __future__ import annotations

import pytest

from core.errors import StorageFailed
from core.experiment.experiment import Experiment
from core.runs.checkpoints import Checkpoints
from core.runs.journal import Journal
from core.runs.run import Progress, Request, Run, Status
from core.runs.store import RunStore
from core.runs.wishes import LONGEST_NOTES, LONGEST_TAG, MOST_TAGS

POINT = ("point", {"epoch": 0.5, "loss": 1.25})


@pytest.fixture
def parent(store: RunStore, running: Run) -> Run:
    """A finished run of two whole epochs and a bit, with a checkpoint."""
    for epoch in (1, 2):
        events = [("point", {"epoch": epoch - 0.5}), ("epoch", {"epoch": epoch, "loss": 1 / epoch})]
        store.record(running.id, Progress(epoch=epoch), events)
    store.record(running.id, Progress(epoch=3), [("point", {"epoch": 2.5})])
    Checkpoints(running.checkpoints).keep(2, b"a state")
    store.finish(running.id, Status.STOPPED, result={"loss": 0.5})
    return store.get(running.id)


def _continued(store: RunStore, parent: Run) -> Run:
    longer = parent.experiment.with_training(epochs=7)
    newest = Checkpoints(parent.checkpoints).newest()
    return store.create(longer, "longer", parent=parent, checkpoint=newest)


def test_a_continued_run_begins_with_the_whole_epochs_and_the_state_of_the_other(
    store: RunStore, parent: Run
) -> None:
    events = store.events(parent.id)
    run = _continued(store, parent)
    assert (run.parent, run.status, run.progress) == (parent.id, Status.QUEUED, Progress(epochs=7))
    assert store.events(run.id) == Journal(run.folder).read() == events[:4]
    assert list(Checkpoints(run.checkpoints).newest_first()) == [b"a state"]
    assert Checkpoints(run.checkpoints).newest_epoch() == 2


def test_the_run_that_is_continued_stays_as_it_is(store: RunStore, parent: Run) -> None:
    events = store.events(parent.id)
    run = _continued(store, parent)
    store.begin(run.id)
    store.record(run.id, Progress(epoch=3), [POINT], attempt=1)
    for epoch in (3, 4, 5):
        Checkpoints(run.checkpoints).keep(epoch, b"another state")
    assert store.get(parent.id) == parent
    assert store.events(parent.id) == events
    assert list(Checkpoints(parent.checkpoints).newest_first()) == [b"a state"]
    store.finish(run.id, Status.COMPLETED)
    store.delete(parent.id)
    store.purge(older_than=0)
    assert store.get(run.id).parent == parent.id
    assert len(store.events(run.id)) == 5


def test_of_a_run_without_a_whole_epoch_no_events_are_copied(store: RunStore, running: Run) -> None:
    store.record(running.id, Progress(), [POINT])
    store.finish(running.id, Status.STOPPED)
    run = store.create(Experiment(), "longer", parent=store.get(running.id))
    assert store.events(run.id) == []


def test_where_the_state_cannot_be_brought_along_there_is_no_new_run(store: RunStore, parent: Run) -> None:
    newest = Checkpoints(parent.checkpoints).newest()
    assert newest is not None
    newest.unlink()
    with pytest.raises((StorageFailed, FileNotFoundError)):
        store.create(Experiment(), "longer", parent=parent, checkpoint=newest)
    assert store.newest() == [parent]
    assert [path.name for path in (store.home / "runs").iterdir()] == [parent.id]


def test_runs_started_together_are_found_by_their_word_in_their_order(store: RunStore) -> None:
    together = [store.create(Experiment(), f"run {number}", "a-word") for number in range(3)]
    store.create(Experiment(), "alone")
    store.create(Experiment(), "of others", "another-word")
    assert [run.id for run in store.of_collection("a-word")] == [run.id for run in together]
    assert {run.collection for run in store.of_collection("a-word")} == {"a-word"}
    store.ask(together[1].id, Request.STOP)
    store.delete(together[1].id)
    assert [run.id for run in store.of_collection("a-word")] == [together[0].id, together[2].id]


def test_under_way_are_the_runs_that_wait_or_run_the_newest_first(store: RunStore, running: Run) -> None:
    waiting = [store.create(Experiment(), f"run {number}") for number in range(3)]
    assert [run.number for run in store.under_way()] == [4, 3, 2, 1]
    assert [store.ahead_of(run) for run in (running, *waiting)] == [0, 1, 2, 3]
    store.ask(waiting[1].id, Request.STOP)
    store.finish(running.id, Status.COMPLETED)
    assert [run.number for run in store.under_way()] == [4, 2]
    assert [store.ahead_of(run) for run in (waiting[0], waiting[2])] == [0, 1]


def test_a_queued_run_says_what_it_waits_for_until_it_begins(store: RunStore, queued: Run) -> None:
    store.explain(queued.id, "It waits for memory.")
    assert store.get(queued.id).reason == "It waits for memory."
    assert store.begin(queued.id)
    store.explain(queued.id, "It waits for memory.")
    assert store.get(queued.id).reason == ""


@pytest.mark.parametrize("status", [None, *Status])
def test_notes_and_tags_can_be_written_at_any_time(
    store: RunStore, running: Run, status: Status | None
) -> None:
    if status and status.over:
        store.finish(running.id, status)
    store.annotate(running.id, "  The first <b>good</b> one.\nSee 'run 7'. ")
    store.tag(running.id, ["thesis", "small"])
    run = store.get(running.id)
    assert run.notes == "The first <b>good</b> one.\nSee 'run 7'."
    assert run.tags == ("thesis", "small")


def test_tags_are_tidied_and_none_is_there_twice(store: RunStore, queued: Run) -> None:
    store.tag(queued.id, ["  two \n words ", "", " ", "two words", "ä" * 99, "x'; DROP TABLE runs; --"])
    assert store.get(queued.id).tags == ("two words", "ä" * LONGEST_TAG, "x'; DROP TABLE runs; --")
    store.tag(queued.id, (f"tag {number}" for number in range(99)))
    assert store.get(queued.id).tags == tuple(f"tag {number}" for number in range(MOST_TAGS))
    store.tag(queued.id, [])
    assert store.get(queued.id).tags == ()


def test_endless_notes_are_cut(store: RunStore, queued: Run) -> None:
    store.annotate(queued.id, "x" * 2 * LONGEST_NOTES)
    assert store.get(queued.id).notes == "x" * LONGEST_NOTES
