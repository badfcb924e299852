"""Contenders that measure by turns, each in a process of its own: a busy moment slows all of them alike."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Protocol

REST_SECONDS = 0.3
"""Time between two turns: threads that wait for more work spin for a while before they sleep."""


class Contender(Protocol):
    """What measures something again and again."""

    def measure(self) -> float:
        """Return its next figure; it works only while this waits for it."""

    def close(self) -> None:
        """End its process."""


class Turns:
    """A contender's side: it waits for its turn, and tells what it measured."""

    def __init__(self, connection: Connection) -> None:
        """Take turns over this connection."""
        self._connection = connection
        self._begun: float | None = None

    def wait(self) -> None:
        """Return when it is this contender's turn; ends the process when there are no more."""
        try:
            self._connection.recv()
        except EOFError:
            os._exit(0)  # whatever the libraries would still do: nobody waits for it

    def tell(self, figure: float) -> None:
        """Tell what was measured in this turn."""
        self._connection.send(figure)

    def lap(self) -> None:
        """Tell the seconds since this was last called, if it was, and wait for the next turn."""
        if self._begun is not None:
            self.tell(time.perf_counter() - self._begun)
        self.wait()
        self._begun = time.perf_counter()


class Apart:
    """A function of this project, in a process that is started for it alone."""

    def __init__(self, work: Callable[..., None], *arguments: Any, threads: int = 0) -> None:
        """Start `work(turns, *arguments)`.

        Args:
            work: A function of a module; it waits and tells until it is ended.
            arguments: What it is called with behind its `Turns`.
            threads: How many NumPy's products of matrices may use; 0: as they like.
        """
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_begin, args=(work, theirs, self._connection, arguments))
        with _environment(_limits(threads)):
            self._process.start()
        theirs.close()

    def measure(self) -> float:
        """Return its next figure."""
        self._connection.send(None)
        return float(self._connection.recv())

    def close(self) -> None:
        """End its process."""
        self._connection.close()
        self._process.join()


class Program:
    """A program of its own, perhaps of another Python: for each line that it reads it writes its figure."""

    def __init__(self, *command: str) -> None:
        """Start the program."""
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def measure(self) -> float:
        """Return its next figure."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the program."""
        self._process.communicate()


def by_turns(contenders: Mapping[str, Contender], repeats: int) -> dict[str, list[float]]:
    """Return what each contender measured, `repeats` times; ends them all.

    The first turn of each warms it up and is not counted.
    """
    found: dict[str, list[float]] = {name: [] for name in contenders}
    try:
        for number in range(repeats + 1):
            for name, contender in contenders.items():
                time.sleep(REST_SECONDS)
                figure = contender.measure()
                if number:
                    found[name].append(figure)
    finally:
        for contender in contenders.values():
            contender.close()
    return found


def _begin(
    work: Callable[..., None], connection: Connection, others: Connection, arguments: tuple[Any, ...]
) -> None:
    others.close()  # else it would never hear that the other end is closed
    work(Turns(connection), *arguments)


def _limits(threads: int) -> dict[str, str]:
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS") if threads else ()
    return {"TF_CPP_MIN_LOG_LEVEL": "2", **dict.fromkeys(names, str(threads))}


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Have a process that is started meanwhile find these variables; it reads them as it loads NumPy."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
