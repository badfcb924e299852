"""All kinds of faults by name: what each does, how often it is tried, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from tests.faults import processes, storage, world
from tests.faults.scene import Scene


class Where(Enum):
    """What a fault needs around it."""

    SHARED = auto()
    """A server that others were done to before."""
    OWN = auto()
    """A data directory of its own."""
    DISK = auto()
    """A small disk."""
    REAL = auto()
    """A real Streamlit server, with a browser."""


LASTING = {Where.SHARED, Where.DISK}
"""Where several faults are done one after the other."""


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    Attributes:
        do: Does it, and notes what is not as it should be.
        where: What it needs.
        weight: How often it is tried, against the others.
    """

    do: Callable[[Scene], None]
    where: Where = Where.SHARED
    weight: int = 1


KINDS = {
    "worker mid-batch": Kind(processes.worker_in_batch, weight=2),
    "worker mid-save": Kind(processes.worker_in_save, weight=3),
    "worker mid-commit": Kind(processes.worker_in_commit, weight=3),
    "segfault": Kind(processes.segfault),
    "out of memory": Kind(processes.out_of_memory),
    "foreman": Kind(processes.foreman, weight=2),
    "server": Kind(processes.server),
    "both": Kind(processes.both),
    "real server": Kind(partial(processes.server, real=True), Where.REAL),
    "both, real": Kind(partial(processes.both, real=True), Where.REAL),
    "frozen": Kind(processes.frozen, weight=3),
    "disk full": Kind(storage.disk_full, Where.DISK, weight=2),
    "read-only": Kind(storage.read_only, Where.DISK),
    "checkpoint damaged": Kind(storage.checkpoint, weight=2),
    "database damaged": Kind(storage.database, Where.OWN, weight=3),
    "data deleted": Kind(storage.data_deleted),
    "two servers": Kind(world.two_servers),
    "two servers, real": Kind(partial(world.two_servers, real=True), Where.REAL),
    "clock": Kind(world.clock),
    "not a number": Kind(world.not_a_number),
    "browser closed": Kind(world.browser_closed, Where.REAL),
}


def kinds_in_turn(count: int, only: str = "") -> list[str]:
    """Return the kinds of `count` faults: each by its weight, well mixed, the same every time."""
    names = [name for name in KINDS if only in name]
    rounds = [name for turn in range(3) for name in names if KINDS[name].weight > turn]
    return [rounds[number % len(rounds)] for number in range(count)]
