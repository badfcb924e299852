"""How many batches are worked through at a time."""

from __future__ import annotations

SECONDS = 0.15
"""What a chunk should take: curves move and a stop is heard after each."""
GROWTH = 16
"""A chunk is at most so many times the one before: one batch alone says little of the pace."""


class Chunks:
    """Sizes chunks by the time that the last ones took."""

    def __init__(self) -> None:
        """Begin with one batch: the first call also waits for its graph, and the next for XLA's program."""
        self._size = 1
        self._taken = 0

    def next(self, left: int) -> int:
        """Return how many batches the next chunk takes, of `left` at least 1 that are left."""
        return min(self._size, left)

    def took(self, count: int, seconds: float) -> None:
        """Note that a chunk of `count` batches took `seconds`."""
        self._taken += 1
        if self._taken > 1:
            wanted = int(SECONDS * count / seconds) if seconds > 0 else GROWTH * count
            self._size = max(1, min(wanted, GROWTH * count))
