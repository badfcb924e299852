"""Keeps TensorFlow's chatter from standard error; errors come through."""

from __future__ import annotations

import faulthandler
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_CHATTER = re.compile(
    r"[IW]\d{4} \d\d:\d\d:\d\d"  # a line that says of itself that it is no error
    r"|[IW]\d{4} [\d:. ]+\d+ \S+\.cc:\d+\]"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IW] "
    r"|WARNING: All log messages before absl::InitializeLog"
    r"|To enable the following instructions"
    r"|E\d{4} .*failed call to cuInit.*\((?:100|303)\)"  # there is no graphics card
)
"""TensorFlow writes these before it reads TF_CPP_MIN_LOG_LEVEL."""
_LAST_SECONDS = 2.0
"""How long what other processes still have to say is waited for."""


@contextmanager
def quiet() -> Iterator[None]:
    """Leave chatter out of what this process, and those it starts meanwhile, write to standard error.

    What Python itself writes goes its way directly.
    """
    python, real = sys.stderr, os.dup(2)
    reading, writing = os.pipe()
    sys.stderr = os.fdopen(os.dup(real), "w", 1, encoding=python.encoding, errors="replace")
    os.dup2(writing, 2)
    os.close(writing)
    crashes = not faulthandler.is_enabled()
    if crashes:
        faulthandler.enable(real)  # a crash would take what is on its way with it
    thread = threading.Thread(target=_pass_on, args=(reading, real), daemon=True)
    thread.start()
    try:
        yield
    finally:
        if crashes:
            faulthandler.disable()
        sys.stderr.close()
        sys.stderr = python
        os.dup2(real, 2)  # with the last writer the pipe ends
        thread.join(_LAST_SECONDS)
        if not thread.is_alive():
            os.close(real)


def is_chatter(line: str) -> bool:
    """Return whether a line of TensorFlow's tells no error."""
    return _CHATTER.match(line) is not None


def _pass_on(reading: int, real: int) -> None:
    with os.fdopen(reading, "r", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not is_chatter(line):
                os.write(real, line.encode("utf-8"))
