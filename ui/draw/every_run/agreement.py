"""Who says what of the same drawing, and who differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """What several networks say together.

    Attributes:
        words: One line: how many say what.
        majority: What most say; None where no answer has more voices than each other one.
    """

    words: str
    majority: str | None


def agreement(answers: Sequence[str]) -> Agreement:
    """Return how far networks agree.

    Args:
        answers: The class that each network gives, by name.
    """
    if not answers:
        return Agreement("", None)
    counted = Counter(answers).most_common()
    first, voices = counted[0]
    if len(answers) == 1:
        return Agreement(f"1 network says {first}", first)
    if voices == len(answers):
        return Agreement(f"Both say {first}" if voices == 2 else f"All {voices} say {first}", first)
    if counted[1][1] == voices:
        counted.sort(key=lambda each: (-each[1], each[0]))
        parts = [f"{number} for {name}" for name, number in counted]
        return Agreement(f"No majority: {', '.join(parts)}", None)
    return Agreement(f"{voices} of {len(answers)} say {first}", first)
