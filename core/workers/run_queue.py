"""The queue of runs: begins them in order, as many at once as there is room for, and sees them end."""

from __future__ import annotations

import signal
import threading
import traceback
from multiprocessing.context import BaseContext
from typing import Any

from core.data.sources import source
from core.errors import LayerLabError
from core.runs.files import sweep
from core.runs.run import Status
from core.runs.store import RunStore
from core.workers import admission
from core.workers.children import NOT_KEPT, train_in_child

LOOK_SECONDS = 2.0
"""Time between two looks for whether other programs have given memory back."""


class RunQueue:
    """Runs that one foreman has taken. May be used from any thread."""

    def __init__(self, store: RunStore, context: BaseContext) -> None:
        """Begin to look after runs.

        Args:
            store: Where they are.
            context: How processes are started.
        """
        self._store = store
        self._context = context
        self._taking = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: list[str] = []
        self._children: dict[str, Any] = {}  # None: being started
        self._needed: dict[str, int] = {}
        self._closed = False
        self._said: dict[str, str] = {}
        threading.Thread(target=self._serve, name="run-queue", daemon=True).start()

    def take(self, run_id: str, owner: str) -> None:
        """Have a run trained when its turn comes, where it waits for a foreman still.

        Args:
            run_id: The run.
            owner: The foreman's name in the store.

        Raises:
            StorageFailed: The store can't be read or written; it waits as before.
        """
        # in one go: else a thread that takes the next run meanwhile could place it before this one
        with self._taking:
            if not self._store.claim(run_id, owner):
                return
            with self._changed:
                self._waiting.append(run_id)
                self._changed.notify_all()

    def has(self, run_id: str) -> bool:
        """Return whether a run waits here, or a process is at it."""
        with self._changed:
            return run_id in self._waiting or run_id in self._children

    def close(self) -> None:
        """Begin no more runs, and end those under way."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            children = [process for process in self._children.values() if process is not None]
            self._changed.notify_all()
        for process in children:
            process.kill()
        for process in children:
            process.join()

    # --- the thread that begins runs ---

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._closed and not self._has_turn():
                    self._changed.wait()
                if self._closed:
                    return
                run_id = self._waiting[0]
            try:
                begun = self._may_begin(run_id) and self._begin(run_id)
            except Exception:  # a full disk: the next look may do better, and those that wait are kept
                traceback.print_exc()
                begun = False
            if not begun:
                with self._changed:  # what is before it goes on; the turn is kept
                    self._changed.wait(LOOK_SECONDS)

    def _has_turn(self) -> bool:
        # one that was resumed at once waits until its last process has ended
        free = len(self._children) < admission.runs_at_once()
        return free and bool(self._waiting) and self._waiting[0] not in self._children

    def _may_begin(self, run_id: str) -> bool:
        """Return whether a run can be begun now, or need not be any more."""
        try:
            run = self._store.get(run_id)
            needed = admission.needed_bytes(run.experiment, source(run.experiment.data.dataset).info)
        except LayerLabError:  # deleted, or of a data set that is unknown here: the job says so in words
            return True
        if run.status is not Status.QUEUED:
            return True
        total = admission.total_bytes()
        refused = admission.refusal(needed, total)
        if refused:
            self._store.finish(run_id, Status.FAILED, refused)
            return True
        words = admission.lack(needed, admission.available_bytes() - self._still_to_be_taken(), total)
        if words and self._said.get(run_id) != words:
            self._store.explain(run_id, words)
            self._said[run_id] = words
        self._needed[run_id] = needed
        return not words

    def _still_to_be_taken(self) -> int:
        """Return the memory that is free now, but that runs which were just begun will take."""
        with self._changed:
            begun = [(self._needed.get(run_id, 0), child) for run_id, child in self._children.items()]
        return sum(max(0, needed - admission.held_bytes(child and child.pid)) for needed, child in begun)

    def _begin(self, run_id: str) -> bool:
        """Begin a run; False where this queue is closed meanwhile."""
        attempt = self._store.begin(run_id)
        with self._changed:
            if self._closed:
                return False
            self._said.pop(run_id, None)
            self._waiting.remove(run_id)
            self._children[run_id] = None  # its place is taken before it is there
        # without the lock: the very first process waits until TensorFlow is loaded
        process = self._started(run_id, attempt) if attempt else None
        with self._changed:
            if process is None:  # stopped while it waited, or it could not be started
                self._forget(run_id)
                return True
            self._children[run_id] = process
            if self._closed:
                process.kill()
        threading.Thread(target=self._see_it_end, args=(run_id, attempt, process), daemon=True).start()
        return True

    def _started(self, run_id: str, attempt: int) -> Any:
        process = self._context.Process(  # type: ignore[attr-defined]
            target=train_in_child, args=(run_id, attempt), name=f"run-{run_id}"
        )
        try:
            process.start()
        except OSError as error:  # no memory, or too many processes
            reason = f"The training process could not be started ({error}). Close other programs."
            self._interrupt(run_id, attempt, reason)
            return None
        return process

    def _see_it_end(self, run_id: str, attempt: int, process: Any) -> None:
        process.join()
        # does nothing where the worker closed its run itself
        self._interrupt(run_id, attempt, why(process.exitcode))
        with self._changed:
            self._forget(run_id)
            self._changed.notify_all()

    def _forget(self, run_id: str) -> None:
        self._children.pop(run_id, None)
        self._needed.pop(run_id, None)

    def _interrupt(self, run_id: str, attempt: int, reason: str) -> None:
        """Close a run, as soon as that can be written down."""
        while not self._closed:
            try:
                self._store.finish(run_id, Status.INTERRUPTED, reason, attempt=attempt)
                sweep(self._store.home / "runs" / run_id)
                return
            except Exception:  # a full disk, a database that is being mended
                traceback.print_exc()
            with self._changed:
                if not self._closed:
                    self._changed.wait(LOOK_SECONDS)


def why(exitcode: int | None) -> str:
    """Return why a worker ended without closing its run."""
    if exitcode == NOT_KEPT:
        return (
            "The data directory could not be written any more: the disk was full, or the folder read-only. "
            "What was kept before is there. Press Resume."
        )
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        if name == "SIGKILL":
            words = f"was killed ({name}). Often that is a machine out of memory"
        elif name in ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE"):
            words = f"crashed ({name}): a fault in TensorFlow, or in the machine"
        else:
            words = f"was ended ({name})"
        return f"The training process {words}."
    return f"The training process ended unexpectedly (exit code {exitcode})."
