"""Commands of `python -m core` in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.home import VARIABLE

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit code."""

    code: int
    out: str
    err: str


def command(home: Path, *words: str, **more: str) -> Said:
    """Return what `python -m core …` says."""
    done = subprocess.run(
        [sys.executable, "-m", "core", *words],
        cwd=ROOT,
        env=environment(home, more),
        capture_output=True,
        timeout=200,
        check=False,
    )
    letters = more.get("PYTHONIOENCODING", "utf-8")
    return Said(done.returncode, done.stdout.decode(letters), done.stderr.decode(letters))


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return what a command finds set."""
    return {**os.environ, VARIABLE: str(home), "PYTHONIOENCODING": "utf-8", **more}


@contextmanager
def training(home: Path, *words: str, stdout: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """Begin to train, and end that whatever happens."""
    begun = subprocess.Popen(
        [sys.executable, "-m", "core", "train", *words],
        cwd=ROOT,
        env=environment(home, {}),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield begun
    finally:
        begun.kill()
        begun.communicate()
