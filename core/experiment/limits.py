"""How large a network may be on this machine."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MOST_PARAMETERS = 20_000_000
VARIABLE = "LAYERLAB_MOST_PARAMETERS"
_CONTAINER = Path("/sys/fs/cgroup/memory.max")
_DRIVER = Path("/proc/driver/nvidia/version")
"""There where a graphics card's driver is loaded; TensorFlow uses none but NVIDIA's, on Linux."""


@dataclass(frozen=True)
class Limits:
    """What `check` allows.

    Attributes:
        parameters: The most weights that a network may have.
        memory: Bytes of memory there are; None where that does not matter.
        card: Whether there is a graphics card that TensorFlow can use; None where that does not matter.
    """

    parameters: int = MOST_PARAMETERS
    memory: int | None = None
    card: bool | None = None

    @classmethod
    @functools.cache
    def of_machine(cls) -> Self:
        """Return this machine's limits; the environment variable LAYERLAB_MOST_PARAMETERS moves one."""
        return cls(
            parameters=_configured(os.environ.get(VARIABLE, "")), memory=_memory(), card=_DRIVER.exists()
        )


def _configured(written: str) -> int:
    plain = written.replace(",", "").replace("_", "")
    return int(plain) if plain.isdecimal() and int(plain) > 0 else MOST_PARAMETERS


def _memory() -> int:
    total = _total_memory()
    try:
        return min(total, int(_CONTAINER.read_text()))  # a container may be given less
    except (OSError, ValueError):
        return total


def _total_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        import psutil  # not at the top: it would cost the first page 30 ms everywhere

        return int(psutil.virtual_memory().total)
