"""Each beginning of a run has a number: who writes for an earlier one changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from core.experiment.experiment import Experiment
from core.runs.journal import Journal
from core.runs.run import Control, Event, Order, OrderKind, Progress, Request, Run, Status
from core.runs.store import RunStore
from core.runs.work import MOST_TRIES

POINT = ("point", {"epoch": 0.5, "loss": 1.25})
EPOCH = ("epoch", {"epoch": 1, "loss": 1.0})


def _begun_again(store: RunStore, run: Run) -> None:
    store.release(run.id, "LayerLab was closed.")
    assert store.begin(run.id) == run.attempt + 1


def _seen(store: RunStore, run: Run) -> tuple[object, ...]:
    return (
        store.get(run.id),
        store.events(run.id),
        Journal(run.folder).read(),
        store.latest_of(run.id, "answers"),
        store.worker_of(run.id),
    )


LATE: dict[str, Callable[[RunStore, str], bool]] = {
    "record": lambda store, run: store.record(run, Progress(epoch=9), [POINT], attempt=1),
    "finish": lambda store, run: store.finish(run, Status.FAILED, "Late.", {"loss": 9.0}, attempt=1),
    "keep_latest": lambda store, run: store.keep_latest(run, "answers", {"epoch": 9}, attempt=1),
    "register": lambda store, run: store.register(run, 1, 99_999),
}


@pytest.mark.parametrize("late", LATE)
def test_who_writes_for_an_earlier_attempt_changes_nothing(
    store: RunStore, running: Run, late: str
) -> None:
    _begun_again(store, running)
    assert store.register(running.id, 2, 1_234)
    assert store.record(running.id, Progress(epoch=1), [EPOCH], attempt=2)
    assert store.keep_latest(running.id, "answers", {"epoch": 1}, attempt=2)
    before = _seen(store, running)
    assert not LATE[late](store, running.id)
    assert _seen(store, running) == before
    # the one whose turn it is can do the same
    assert store.record(running.id, Progress(epoch=2), [POINT], attempt=2)
    assert store.keep_latest(running.id, "answers", {"epoch": 2}, attempt=2)
    assert store.finish(running.id, Status.COMPLETED, attempt=2)


@pytest.mark.parametrize("late", ["record", "keep_latest"])
def test_a_run_that_waits_to_be_begun_again_is_not_written_to(
    store: RunStore, running: Run, late: str
) -> None:
    store.release(running.id, "LayerLab was closed.")
    before = _seen(store, running)
    assert not LATE[late](store, running.id)
    assert _seen(store, running) == before


def test_who_was_at_a_run_may_say_how_it_ended_until_another_begins(store: RunStore, running: Run) -> None:
    store.release(running.id, "LayerLab was closed.")
    assert store.finish(running.id, Status.COMPLETED, attempt=1)
    assert not store.begin(running.id)


def test_only_the_newest_of_what_a_run_says_again_and_again_is_kept(store: RunStore, running: Run) -> None:
    assert store.latest_of(running.id, "answers") is None
    for epoch in (1, 2, 3):
        assert store.keep_latest(running.id, "answers", {"epoch": epoch}, attempt=1)
    assert store.latest_of(running.id, "answers") == {"epoch": 3}
    assert store.latest_of(running.id, "else") is None
    assert store.latest_of("nope", "answers") is None


def test_a_resumed_run_is_queued_as_if_new_and_keeps_what_it_has(store: RunStore, running: Run) -> None:
    store.record(running.id, Progress(epoch=1), [POINT, EPOCH], attempt=1)
    store.ask(running.id, Request.PAUSE)
    store.finish(running.id, Status.INTERRUPTED, "It was killed.", attempt=1)
    assert store.under_way() == []
    assert store.resume(running.id)
    resumed = store.get(running.id)
    assert (resumed.status, resumed.reason, resumed.ended) == (Status.QUEUED, "", None)
    assert resumed.request is Request.GO  # who presses Resume wants it to go on
    assert store.unclaimed() == [running.id]
    assert len(store.events(running.id)) == 2
    assert not store.resume(running.id)
    assert store.claim(running.id, "next")
    assert store.begin(running.id) == 2


# --- released by itself ---


def test_a_run_that_brings_the_machine_down_is_not_begun_for_ever(store: RunStore, running: Run) -> None:
    for attempt in range(1, MOST_TRIES):
        store.release(running.id, "LayerLab was killed.")
        assert store.begin(running.id) == attempt + 1
    store.release(running.id, "LayerLab was killed.")
    given_up = store.get(running.id)
    assert given_up.status is Status.INTERRUPTED
    assert (
        given_up.reason == "LayerLab was killed. That happened 3 times in a row. Press Resume to try again."
    )
    # a person may try again, as often as before
    assert store.resume(running.id)
    assert store.begin(running.id) == MOST_TRIES + 1
    store.release(running.id, "LayerLab was killed.")
    assert store.get(running.id).status is Status.QUEUED


def test_a_run_that_gets_on_between_two_falls_is_begun_again_each_time(
    store: RunStore, running: Run
) -> None:
    for attempt in range(1, 3 * MOST_TRIES):
        store.progressed(running.id)
        store.release(running.id, "LayerLab was killed.")
        assert store.begin(running.id) == attempt + 1


def test_a_released_run_says_that_it_goes_on_by_itself(store: RunStore, running: Run) -> None:
    store.register(running.id, 1, 1_234)
    store.release(running.id, "LayerLab was closed.")
    released = store.get(running.id)
    assert (released.status, released.ended) == (Status.QUEUED, None)
    assert released.reason == "LayerLab was closed. It goes on by itself."
    assert store.worker_of(running.id) is None
    assert store.unclaimed() == [running.id]


def test_a_run_stopped_while_it_waits_to_go_on_can_still_be_resumed(store: RunStore, running: Run) -> None:
    store.record(running.id, Progress(epoch=1), [POINT, EPOCH], attempt=1)
    store.release(running.id, "LayerLab was closed.")
    store.ask(running.id, Request.STOP)
    stopped = store.get(running.id)
    assert stopped.status is Status.INTERRUPTED
    assert stopped.reason.startswith("It was stopped while it waited to go on. Press Resume")
    assert stopped.ended is not None
    assert not store.begin(running.id)
    assert store.resume(running.id)
    assert store.begin(running.id) == 2
    assert store.control(running.id) == Control(Request.GO)
    assert len(store.events(running.id)) == 2


# --- taken back ---


def _with_events(store: RunStore, run: Run, count: int) -> list[Event]:
    for number in range(1, count + 1):
        store.record(run.id, Progress(), [("point", {"epoch": number / 10})], attempt=1)
    return store.events(run.id)


@pytest.mark.parametrize("seq", [0, 3, 5, 6])
def test_a_run_taken_back_has_its_events_up_to_there_in_both_places(
    store: RunStore, running: Run, seq: int
) -> None:
    events = _with_events(store, running, 5)
    store.rewind(running.id, seq)
    assert store.events(running.id) == Journal(running.folder).read() == events[:seq]
    assert store.get(running.id).generation == running.generation + 1
    store.record(running.id, Progress(), [EPOCH], attempt=1)
    after = store.events(running.id)
    assert after == Journal(running.folder).read() == [*events[:seq], Event(min(seq, 5) + 1, *EPOCH)]


def test_events_that_the_database_lost_come_back_from_the_journal(store: RunStore, running: Run) -> None:
    events = _with_events(store, running, 5)
    lost = Event(6, "point", {"epoch": 0.6})
    Journal(running.folder).append([lost, Event(7, "point", {"epoch": 0.7})])
    store.rewind(running.id, 6)
    assert store.events(running.id) == Journal(running.folder).read() == [*events, lost]


@pytest.mark.parametrize(("seq", "rates"), [(6, ()), (4, (0.03,)), (2, (0.03,)), (0, (0.03,))])
def test_the_last_rate_that_a_person_had_set_since_is_set_again_once(
    store: RunStore, running: Run, seq: int, rates: tuple[float, ...]
) -> None:
    for rate in (0.01, 0.02, 0.03):
        body = {"epoch": 1.5, "step": 1, "seconds": 1.0, "learning_rate": rate, "before": 0.001}
        store.record(running.id, Progress(), [("rate", body), POINT], attempt=1)
    store.rewind(running.id, seq)
    orders = tuple(Order(OrderKind.RATE, rate) for rate in rates)
    assert store.control(running.id) == Control(Request.GO, orders)
    store.rewind(running.id, seq)
    assert store.control(running.id).orders == ()


# --- orders ---


def test_orders_are_handed_out_once_and_in_the_order_they_were_given(store: RunStore, running: Run) -> None:
    given = [Order(OrderKind.RATE, 0.5), Order(OrderKind.STEP_BATCH), Order(OrderKind.STEP_EPOCH)]
    other = store.create(Experiment(), "another")
    for order in given:
        store.order(running.id, order)
    assert store.control(other.id) == Control()
    assert store.control(running.id) == Control(Request.PAUSE, tuple(given))
    assert store.control(running.id) == Control(Request.PAUSE)


@pytest.mark.parametrize("kind", [OrderKind.STEP_BATCH, OrderKind.STEP_EPOCH])
def test_a_step_pauses_a_run_that_is_under_way(store: RunStore, running: Run, kind: OrderKind) -> None:
    store.order(running.id, Order(kind))
    assert store.get(running.id).request is Request.PAUSE


def test_another_rate_pauses_nothing(store: RunStore, running: Run) -> None:
    store.order(running.id, Order(OrderKind.RATE, 0.5))
    assert store.control(running.id) == Control(Request.GO, (Order(OrderKind.RATE, 0.5),))


def test_a_run_that_is_to_stop_takes_no_more_orders(store: RunStore, running: Run) -> None:
    store.ask(running.id, Request.STOP)
    for kind in OrderKind:
        store.order(running.id, Order(kind, 0.5))
    assert store.control(running.id) == Control(Request.STOP)


def test_a_run_that_is_not_there_is_to_stop(store: RunStore) -> None:
    assert store.control("nope") == Control(Request.STOP)


def test_the_card_in_the_folder_says_what_the_database_says(store: RunStore, running: Run) -> None:
    store.register(running.id, 1, 1_234)
    store.finish(running.id, Status.STOPPED, "x", {"loss": 0.5})
    card = json.loads((running.folder / "run.json").read_text("utf-8"))
    assert (card["id"], card["status"], card["attempt"]) == (running.id, "stopped", 1)
    assert json.loads(card["result"]) == {"loss": 0.5}
