"""What several networks say of one drawing, in one line."""

from __future__ import annotations

import pytest

from ui.draw.every_run.agreement import agreement


@pytest.mark.parametrize(
    ("answers", "words", "majority"),
    [
        ([], "", None),
        (["3"], "1 network says 3", "3"),
        (["3", "3"], "Both say 3", "3"),
        (["3"] * 5, "All 5 say 3", "3"),
        (["3", "5", "3", "3", "2"], "3 of 5 say 3", "3"),
        (["2", "5", "5"], "2 of 3 say 5", "5"),
        (["3", "5"], "No majority: 1 for 3, 1 for 5", None),
        (["3", "5", "5", "3", "1"], "No majority: 2 for 3, 2 for 5, 1 for 1", None),
    ],
)
def test_who_says_what_is_counted(answers: list[str], words: str, majority: str | None) -> None:
    found = agreement(answers)
    assert (found.words, found.majority) == (words, majority)
