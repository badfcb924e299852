"""The web process's hold on the workers: start them, ask them, notice when they are gone."""

from __future__ import annotations

import itertools
import logging
import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any

import core.errors
from core.errors import LayerLabError, WorkerLost
from core.home import VARIABLE
from core.workers.protocol import receive, send

_LOG = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
CLOSING_SECONDS = 5.0
MOST_FAILURES = 3
"""Foremen that may end in a row before they were ready; after that none is started."""


class Workers:
    """Starts the foreman when it is first needed, and again when it was lost.

    May be used from any thread.
    """

    def __init__(self, home: Path) -> None:
        """Prepare to serve the data directory `home`; nothing is started yet."""
        self._home = home
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[Future[Any], subprocess.Popen[str]]] = {}
        self._process: subprocess.Popen[str] | None = None
        self._ready: subprocess.Popen[str] | None = None
        self._closing = False
        self._failures = 0

    def start(self) -> None:
        """Start the foreman where it is not running; returns at once.

        Raises:
            WorkerLost: It ended several times before it was ready.
        """
        with self._lock:
            self._living()

    @property
    def ready(self) -> bool:
        """Whether TensorFlow is loaded and waits."""
        return self._ready is not None and self._ready is self._process

    @property
    def pid(self) -> int | None:
        """The foreman's process id, or None where it is not running."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def train(self, run_id: str) -> None:
        """Have a queued run trained; what becomes of it stands in the run store."""
        self._send({"train": run_id})

    def call(self, name: str, /, **arguments: Any) -> Future[Any]:
        """Have a worker do one of `core.workers.calls.CALLS`.

        Returns:
            A future with its result, or with the `LayerLabError` it ended in.
        """
        future: Future[Any] = Future()
        message = {"id": next(self._numbers), "call": name, "arguments": arguments}
        try:
            self._send(message, future)
        except WorkerLost as lost:
            future.set_exception(lost)
        return future

    def close(self) -> None:
        """End the foreman and with it all workers."""
        with self._lock:
            self._closing = True
            process = self._process
        if process is None:
            return
        _close(process.stdin)
        try:
            process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _send(self, message: dict[str, Any], answer: Future[Any] | None = None) -> None:
        with self._lock:
            for _ in range(2):  # a foreman found dead is replaced once
                process = self._living()
                if answer is not None:
                    self._waiting[message["id"]] = (answer, process)
                try:
                    send(_pipe(process.stdin), message)
                    return
                except OSError:
                    process.kill()
                    process.wait()
            self._waiting.pop(message.get("id", 0), None)
        raise WorkerLost("The worker process could not be reached. Try again.")

    def _living(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            if self._failures >= MOST_FAILURES:
                raise WorkerLost(
                    "The worker process can't be started; the terminal says why. Mend that, and "
                    "restart LayerLab."
                )
            self._closing = False
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.workers.foreman"],
                cwd=_ROOT,
                env={**os.environ, VARIABLE: str(self._home)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                # Ctrl-C in the terminal is for the server, which then closes the foreman in order
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        return self._process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        with _pipe(process.stdout) as messages:
            for line in messages:
                try:
                    self._take(process, receive(line))
                except (ValueError, KeyError):
                    _LOG.exception("the foreman said something that is no message: %r", line[:200])
        self._lost(process)

    def _take(self, process: subprocess.Popen[str], message: dict[str, Any]) -> None:
        if "ready" in message:
            self._failures, self._ready = 0, process
        elif "error" in message:
            self._settle(message["id"], error=_error(message))
        else:
            self._settle(message["id"], result=message["result"])

    def _lost(self, process: subprocess.Popen[str]) -> None:
        process.wait()
        _close(process.stdin)
        for number, (_, asked) in list(self._waiting.items()):
            if asked is process:  # the calls of its successor go on
                lost = WorkerLost("The worker process has ended unexpectedly. Try again.")
                self._settle(number, error=lost)
        if self._closing:
            return
        _LOG.error("the foreman ended unexpectedly (exit code %s)", process.returncode)
        self._failures += process is not self._ready
        if self._failures < MOST_FAILURES:
            self.start()  # the new foreman closes the runs of the lost one

    def _settle(self, number: int, result: Any = None, error: Exception | None = None) -> None:
        future, _ = self._waiting.pop(number, (None, None))
        if future is None:
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)


def _error(message: dict[str, Any]) -> Exception:
    kind = getattr(core.errors, message["error"], None) if message["error"] else None
    if isinstance(kind, type) and issubclass(kind, LayerLabError):
        return kind(message["message"])
    return RuntimeError(message["message"])


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise WorkerLost("The worker process has no pipe to speak through.")
    return pipe


def _close(pipe: IO[str] | None) -> None:
    try:
        _pipe(pipe).close()
    except OSError:
        _LOG.debug("the foreman's pipe was closed already")
