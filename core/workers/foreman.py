"""The foreman: a small process beside the server that starts, watches and buries the workers.

The server starts it as `python -m core.workers.foreman`. It stays apart from the server because a
process that Streamlit runs must neither load TensorFlow nor fork: the script's `__main__` would be
run again in every child. Each run gets a process of its own, forked from a server that has
TensorFlow loaded already (spawned where forking is not safe), so that killing one harms no other.

It ends when its standard input closes, and its workers end with it.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import IO, Any

from core.data import library
from core.errors import LayerLabError, WorkerLost
from core.home import home
from core.runs.store import RunStore
from core.workers import strays
from core.workers.calls import ASKED_AGAIN, CALLS
from core.workers.children import call_in_child, end_with_parent, load_tensorflow
from core.workers.protocol import receive, send
from core.workers.run_queue import RunQueue

TEND_SECONDS = 3.0
"""Time between two looks for runs that another foreman has left behind."""
LOCK_SECONDS = 5.0
"""How long another foreman may take to see that this one's lock file is not a dead one's."""
CALLS_AT_ONCE = 16
"""Calls that may wait for a worker, each in a thread; the workers answer one after the other."""


def main() -> None:
    """Serve until standard input closes."""
    answers = _take_standard_output()
    store = RunStore(home())
    owner = secrets.token_hex(8)
    lock = store.foreman_lock(owner)
    with lock.acquire(LOCK_SECONDS):
        store.check()
        store.purge()
        store.bury()
        foreman = Foreman(store, owner, answers)
        for line in sys.stdin:
            foreman.take(receive(line))
        foreman.close()
    Path(lock.lock_file).unlink(missing_ok=True)


class Foreman:
    """Takes messages, has them done by worker processes, and answers."""

    def __init__(self, store: RunStore, owner: str, answers: IO[str]) -> None:
        """Begin to serve.

        Args:
            store: Where runs are.
            owner: This foreman's name in the store; its lock is held by the caller.
            answers: Where messages to the server go.
        """
        self._store = store
        self._owner = owner
        self._answers = answers
        self._writing = threading.Lock()
        self._context = _context()
        self._runs = RunQueue(store, self._context)
        self._calls = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="call")
        self._pools = {name: _Pool(self._context) for name in CALLS}
        self._closing = threading.Event()
        threading.Thread(target=self._prepare, daemon=True).start()
        threading.Thread(target=self._tend, daemon=True).start()

    def take(self, message: dict[str, Any]) -> None:
        """Begin what a message asks for; never waits for it."""
        if "train" in message:
            self._train(message["train"])
        else:
            self._calls.submit(self._call, message)

    def close(self) -> None:
        """End every worker; the runs they were at go on with the next foreman."""
        self._closing.set()
        self._runs.close()
        self._calls.shutdown(wait=False, cancel_futures=True)
        try:
            self._store.release_all(self._owner, "LayerLab was closed while this run was under way.")
        except LayerLabError as error:  # the next foreman finds them without that
            print(error, file=sys.stderr)
        for pool in self._pools.values():
            pool.close()

    def _train(self, run_id: str) -> None:
        try:
            self._runs.take(run_id, self._owner)
        except LayerLabError as error:  # the next look for runs that nobody has taken does better
            print(error, file=sys.stderr)

    def _prepare(self) -> None:
        """Get ready before anybody asks: the data that ship with a library, then TensorFlow."""
        if not library.state("digits").here:
            library.fetch("digits")
        try:
            self._pools["predict"].warm()
        except WorkerLost:
            if self._closing.is_set():
                return  # it was ended before it was there
            raise
        with self._writing:
            send(self._answers, {"ready": True})

    def _tend(self) -> None:
        """Take over what other foremen have left behind, now and as long as this one lives."""
        mislaid: set[str] = set()
        while True:
            try:
                for run_id in self._store.orphans():
                    self._take_over(run_id)
                # a list of runs that was made anew may know less than was done
                before = mislaid
                mislaid = {each for each in self._store.owned(self._owner) if not self._runs.has(each)}
                for run_id in before & mislaid:
                    self._store.release(run_id, "Its process was lost sight of.", self._owner)
                for run_id in self._store.unclaimed():
                    self._train(run_id)
            except Exception:  # a full disk, a database that is being mended: the next look may do better
                traceback.print_exc()
            if self._closing.wait(TEND_SECONDS):
                return

    def _take_over(self, run_id: str) -> None:
        owner, worker = self._store.left_behind(run_id)
        if owner:  # else another foreman was quicker: what is at it now is no stray
            strays.end(worker, Path(self._store.writer_lock(run_id).lock_file))
            words = "LayerLab was closed or killed while this run was under way."
            self._store.release(run_id, words, owner)

    def _call(self, message: dict[str, Any]) -> None:
        answer: dict[str, Any] = {"id": message["id"]}
        try:
            answer["result"] = self._pools[message["call"]].call(message["call"], message["arguments"])
        except LayerLabError as error:
            answer |= {"error": type(error).__name__, "message": str(error)}
        except Exception as error:
            traceback.print_exc()
            answer |= {"error": "", "message": repr(error)}
        with self._writing:
            send(self._answers, answer)


class _Pool:
    """One resident worker process; a new one where it died."""

    def __init__(self, context: BaseContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
        self._closed = False

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Return what a call gives; waits for it."""
        try:
            return self._result(call_in_child, name, arguments)
        except WorkerLost:
            if name not in ASKED_AGAIN or self._closed:
                raise
            return self._result(call_in_child, name, arguments)

    def warm(self) -> None:
        """Start the worker, and return once it is there."""
        self._result(load_tensorflow)

    def close(self) -> None:
        """End the worker at once, whatever it is doing."""
        with self._lock:  # one that is just being started is there then
            self._closed = True
            executor = self._executor
        if executor is not None:
            for process in list((executor._processes or {}).values()):
                process.kill()
            # waited for: else Python's own end may wake the thread that tends the worker while that one is
            # closing the pipe it is woken by, and stumbles
            executor.shutdown(wait=True, cancel_futures=True)

    def _result(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            executor, future = self._submit(function, *arguments)
        except BrokenProcessPool:  # it died while nobody looked
            executor, future = self._submit(function, *arguments)
        try:
            return future.result()
        except (BrokenProcessPool, CancelledError):
            self._drop(executor)
            raise WorkerLost(
                "The process that was working on this has ended unexpectedly. A new one is being "
                "started; try again."
            ) from None

    def _submit(
        self, function: Callable[..., Any], *arguments: Any
    ) -> tuple[ProcessPoolExecutor, Future[Any]]:
        with self._lock:
            if self._closed:
                raise WorkerLost("LayerLab is being closed.")
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    1, mp_context=self._context, initializer=end_with_parent
                )
            executor = self._executor
            try:
                return executor, executor.submit(function, *arguments)
            except BrokenProcessPool:
                self._executor = None
                raise

    def _drop(self, executor: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._executor is executor:
                self._executor = None


def _context() -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["core.workers.preload"])
    return context


def _take_standard_output() -> IO[str]:
    """Keep the pipe to the server for messages alone; whatever prints goes to the log instead."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main()
