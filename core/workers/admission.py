"""How many runs may go on at once: what the machine's cores and memory allow."""

from __future__ import annotations

import os

import psutil

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.numbers import numbers

VARIABLE = "LAYERLAB_RUNS_AT_ONCE"
CORES_A_RUN = 2
"""A run keeps about two cores busy; more at once would only slow each other down."""
PROCESS_BYTES = 500 << 20
"""What a training process takes before it has built anything: TensorFlow, once it computes."""
SLACK = 2.0
"""TensorFlow takes more than the sum of what it holds: copies on the way, and memory not given back."""
SPARED = 0.05
"""Share of the machine's memory that is left to others."""


def runs_at_once() -> int:
    """Return how many runs may train at once; the environment variable LAYERLAB_RUNS_AT_ONCE decides."""
    named = os.environ.get(VARIABLE, "")
    if named.isdecimal() and int(named) > 0:
        return int(named)
    return max(1, (os.cpu_count() or 1) // CORES_A_RUN)


def cores_a_run() -> int:
    """Return how many cores each of them should use."""
    return max(1, (os.cpu_count() or 1) // runs_at_once())


def needed_bytes(experiment: Experiment, info: DatasetInfo) -> int:
    """Return about how much memory a training takes."""
    return PROCESS_BYTES + int(SLACK * numbers(experiment, info).training_bytes)


def refusal(needed: int, total: int) -> str:
    """Return why a training can never run here, in words; empty where it can."""
    if needed <= total * (1 - SPARED):
        return ""
    return (
        f"This training takes about {_gigabytes(needed)} of memory, and this machine has "
        f"{_gigabytes(total)}. Use a smaller network or smaller batches."
    )


def lack(needed: int, available: int, total: int) -> str:
    """Return what a training waits for, in words; empty where there is memory enough for it now."""
    if needed <= available - total * SPARED:
        return ""
    return (
        f"It waits for memory: about {_gigabytes(needed)} are needed, {_gigabytes(available)} are free. "
        "Close other programs, or let other runs end."
    )


def total_bytes() -> int:
    """Return the machine's memory."""
    return int(psutil.virtual_memory().total)


def available_bytes() -> int:
    """Return the memory that programs can have now without any being moved to the disk."""
    return int(psutil.virtual_memory().available)


def held_bytes(pid: int | None) -> int:
    """Return the memory that a process has to itself; 0 where there is none."""
    try:
        return int(psutil.Process(pid).memory_full_info().uss) if pid else 0
    except psutil.Error:  # it has just ended
        return 0


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
