"""The queue of runs: in order, and as many at once as there is room for. Here they only hold a place."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from core.experiment.experiment import Experiment
from core.runs.run import Progress, Request, Run, Status
from core.runs.store import RunStore
from core.workers import admission, run_queue
from core.workers.run_queue import RunQueue, why
from tests.contract.foremen import design
from tests.contract.processes import alive, kill, until

SECONDS = 60


def hold(home: Path, run_id: str, attempt: int) -> None:
    """Stand for a training: at it until a file says that it is done."""
    store = RunStore(home)
    store.register(run_id, attempt, os.getpid())
    store.record(run_id, Progress(epoch=1), [("point", {"epoch": 1.0})], attempt)
    while not _done_file(home, run_id).exists():
        time.sleep(0.01)
    store.finish(run_id, Status.COMPLETED, attempt=attempt)


def _done_file(folder: Path, run_id: str) -> Path:
    return folder / f"{run_id}.done"


@dataclass
class Queue:
    """A queue with its store, and what tests want to know of it."""

    store: RunStore
    queue: RunQueue
    runs: list[Run] = field(default_factory=list)

    def ask(self, experiment: Experiment) -> Run:
        """Ask for another run; nobody has taken it yet."""
        run = self.store.create(experiment, f"run {len(self.runs) + 1}")
        self.runs.append(run)
        return run

    def take(self, run: Run) -> None:
        """Have a run trained that was asked for."""
        self.queue.take(run.id, "foreman")

    def add(self, experiment: Experiment) -> Run:
        """Have another run trained."""
        run = self.ask(experiment)
        self.take(run)
        return run

    def learns(self, run: Run) -> None:
        """Wait until a process is at a run."""
        until(lambda: self.store.events(run.id), SECONDS, f"run {run.number} is begun")

    def let_go(self, run: Run) -> None:
        """Let a run end, and wait until its process is gone."""
        pid = self.store.worker_of(run.id)
        assert pid is not None
        _done_file(self.store.home, run.id).touch()
        until(lambda: self.status(run).over and not alive(pid), SECONDS, f"run {run.number} is over")

    def status(self, run: Run) -> Status:
        """Return where a run is."""
        return self.store.get(run.id).status

    def statuses(self) -> list[str]:
        """Return where all are, oldest first."""
        return [self.status(run).value for run in self.runs]


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """A queue of its own that begins places to hold."""
    monkeypatch.setenv(admission.VARIABLE, "1")
    monkeypatch.setattr(run_queue, "train_in_child", partial(hold, tmp_path))
    monkeypatch.setattr(run_queue, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(admission, "available_bytes", lambda: 64 << 30)
    monkeypatch.setattr(admission, "total_bytes", lambda: 64 << 30)
    # a page that Streamlit ran in this process has left itself here, and each child would run it again
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    store = RunStore(tmp_path)
    server = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if server else "spawn")
    if server:
        context.set_forkserver_preload([__name__])  # imported once, not by each process
    begun = RunQueue(store, context)
    yield Queue(store, begun)
    begun.close()


def test_runs_are_begun_one_after_the_other_in_the_order_they_were_asked_for(queue: Queue) -> None:
    runs = [queue.add(design(1)) for _ in range(3)]
    for number, run in enumerate(runs):
        queue.learns(run)
        waiting = 2 - number
        assert queue.statuses() == ["completed"] * number + ["running"] + ["queued"] * waiting
        assert [queue.store.ahead_of(each) for each in runs[number:]] == list(range(waiting + 1))
        queue.let_go(run)
    assert queue.statuses() == ["completed"] * 3


def test_runs_are_begun_in_order_though_two_threads_take_them(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a foreman hears of runs from the server, and looks for them itself
    before, run, following = queue.add(design(1)), queue.ask(design(1)), queue.ask(design(1))
    claim, claimed, placed = queue.store.claim, threading.Event(), threading.Event()

    def dawdle(run_id: str, owner: str) -> bool:
        done = claim(run_id, owner)
        if done and run_id == run.id:
            claimed.set()
            placed.wait(1)  # all the time in the world for the other to come between
        return done

    monkeypatch.setattr(queue.store, "claim", dawdle)
    looking = threading.Thread(target=queue.take, args=(run,))
    looking.start()
    assert claimed.wait(SECONDS)
    for each in (run, following):
        queue.take(each)
    placed.set()
    looking.join()
    queue.learns(before)
    queue.let_go(before)
    queue.learns(run)
    assert queue.statuses() == ["completed", "running", "queued"]


def test_as_many_go_on_at_once_as_are_allowed_and_the_next_begins_when_one_ends(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(admission.VARIABLE, "2")
    first, second, third, fourth = (queue.add(design(1)) for _ in range(4))
    queue.learns(first)
    queue.learns(second)
    assert queue.statuses() == ["running", "running", "queued", "queued"]
    queue.let_go(second)
    queue.learns(third)
    assert queue.statuses() == ["running", "completed", "running", "queued"]
    queue.let_go(third)
    queue.learns(fourth)
    assert queue.statuses() == ["running", "completed", "completed", "running"]


def test_a_run_that_was_stopped_or_deleted_while_it_waited_is_skipped(queue: Queue) -> None:
    first, stopped, deleted, last = (queue.add(design(1)) for _ in range(4))
    queue.learns(first)
    for run in (stopped, deleted):
        queue.store.ask(run.id, Request.STOP)
    queue.store.delete(deleted.id)
    queue.let_go(first)
    queue.learns(last)
    assert queue.status(stopped) is Status.STOPPED
    assert queue.store.events(stopped.id) == queue.store.events(deleted.id) == []
    queue.let_go(last)


def test_a_run_that_can_never_fit_fails_in_words_and_the_next_one_begins(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # of 575 MB 546 may be taken; the design takes 529, and 563 where all samples are one batch
    monkeypatch.setattr(admission, "total_bytes", lambda: 575_000_000)
    large = queue.add(design(1).with_training(batching="all"))
    small = queue.add(design(1))
    queue.learns(small)
    refused = queue.store.get(large.id)
    assert refused.status is Status.FAILED
    assert "this machine has 0.6 GB. Use a smaller network or smaller batches." in refused.reason


def test_a_run_waits_for_memory_says_so_keeps_its_turn_and_begins_when_there_is_some(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [1 << 30]
    monkeypatch.setattr(admission, "available_bytes", lambda: free[0])
    run, following = queue.add(design(1)), queue.add(design(1))
    until(lambda: "1.1 GB are free" in queue.store.get(run.id).reason, SECONDS, "it says what it waits for")
    free[0] = 2 << 30
    until(lambda: "2.1 GB are free" in queue.store.get(run.id).reason, SECONDS, "it says how it is now")
    assert queue.statuses() == ["queued", "queued"]
    assert queue.store.get(following.id).reason == ""
    free[0] = 64 << 30
    queue.learns(run)
    assert queue.store.get(run.id).reason == ""
    assert queue.status(following) is Status.QUEUED


def test_a_run_waits_for_memory_that_another_one_has_not_taken_yet(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(admission.VARIABLE, "2")
    monkeypatch.setattr(admission, "total_bytes", lambda: 8_000_000_000)
    monkeypatch.setattr(admission, "available_bytes", lambda: 1_200_000_000)  # enough for one
    first, second = queue.add(design(1)), queue.add(design(1))
    queue.learns(first)
    until(lambda: "It waits for memory" in queue.store.get(second.id).reason, SECONDS, "it waits")
    queue.let_go(first)
    queue.learns(second)


def test_a_run_that_waits_for_memory_can_be_stopped_and_lets_the_next_one_by(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 400 MB are left to others: 546 may be taken
    monkeypatch.setattr(admission, "total_bytes", lambda: 8_000_000_000)
    monkeypatch.setattr(admission, "available_bytes", lambda: 946_000_000)
    large = queue.add(design(1).with_training(batching="all"))
    small = queue.add(design(1))
    until(lambda: queue.store.get(large.id).reason, SECONDS, "it waits")
    queue.store.ask(large.id, Request.STOP)
    queue.learns(small)
    assert queue.statuses() == ["stopped", "running"]


def test_a_process_that_is_killed_gives_its_place_to_the_next(queue: Queue) -> None:
    first, second = queue.add(design(1)), queue.add(design(1))
    queue.learns(first)
    kill(queue.store.worker_of(first.id))
    queue.learns(second)
    lost = queue.store.get(first.id)
    assert (lost.status, lost.reason) == (Status.INTERRUPTED, why(-9))


def test_a_resumed_run_is_begun_with_its_next_number_and_its_old_process_is_not_heard(queue: Queue) -> None:
    run = queue.add(design(1))
    queue.learns(run)
    kill(queue.store.worker_of(run.id))
    until(lambda: queue.status(run) is Status.INTERRUPTED, SECONDS, "it is interrupted")
    assert queue.store.resume(run.id)
    queue.take(run)
    until(lambda: len(queue.store.events(run.id)) == 2, SECONDS, "it is begun again")
    assert queue.store.get(run.id).attempt == 2
    queue.let_go(run)
    assert queue.status(run) is Status.COMPLETED


def test_a_closed_queue_ends_its_processes_and_begins_no_more(queue: Queue) -> None:
    first, _ = queue.add(design(1)), queue.add(design(1))
    queue.learns(first)
    pid = queue.store.worker_of(first.id)
    assert pid is not None
    queue.queue.close()
    assert not alive(pid)
    # whoever closes it says what becomes of the runs
    assert queue.statuses() == ["running", "queued"]


@pytest.mark.parametrize(
    ("exitcode", "words"),
    [
        (-9, "was killed (SIGKILL). Often that is a machine out of memory"),
        (-11, "crashed (SIGSEGV): a fault in TensorFlow, or in the machine"),
        (-15, "was ended (SIGTERM)"),
        (1, "ended unexpectedly (exit code 1)"),
        (None, "ended unexpectedly"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="elsewhere no process is ended by a signal")
def test_why_a_process_ended_is_said_in_words(exitcode: int | None, words: str) -> None:
    assert f"The training process {words}" in why(exitcode)
