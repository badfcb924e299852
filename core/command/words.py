"""How the command line speaks: lines, figures, tables; and the error of a wrong use."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from core.errors import LayerLabError, StorageFailed


class WrongUse(LayerLabError):
    """What was asked for can't be done as it was asked; other words on the command line could."""


def say(text: str = "") -> None:
    """Write a line of the result.

    Raises:
        BrokenPipeError: Nobody reads it.
        StorageFailed: It could not be written.
    """
    with _output():
        print(text, flush=True)


@contextmanager
def _output() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_output()
        raise StorageFailed(f"The output could not be written ({error.strerror}).") from error


def forget_output() -> None:
    """Let Python end quietly where nothing can be written any more: it would flush, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """Write a line for the person beside the result."""
    print(text, file=sys.stderr, flush=True)


def say_json(value: Any) -> None:
    """Write a result for programs."""
    say(json.dumps(value, indent=1))


def write_bytes(content: bytes) -> None:
    """Write a file to standard output: as it is, but for a person's screen in the screen's own letters."""
    with _output():
        if sys.stdout.isatty():
            print(content.decode("utf-8"), end="")
        else:
            sys.stdout.buffer.write(content)
        sys.stdout.flush()


def figures(found: Mapping[str, float], names: Sequence[str]) -> str:
    """Return those of the figures that are there, by Keras's names: `loss 0.1234  accuracy 0.9567`."""
    return "  ".join(f"{name} {found[name]:.4f}" for name in names if name in found)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int]) -> list[str]:
    """Return lines in columns.

    Args:
        head: What stands over the columns.
        rows: One text a column.
        right: Numbers of the columns that end under each other, as figures do.
    """
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    return [
        "  ".join(
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]


def can_write(text: str) -> bool:
    """Return whether standard output has these letters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True
