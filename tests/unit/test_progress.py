"""Progress says how much is done and how long is left."""

from __future__ import annotations

import pytest

from core.runs.run import Progress, Status


@pytest.mark.parametrize(
    ("progress", "share"),
    [
        (Progress(), 0.0),
        (Progress(epochs=4), 0.0),
        (Progress(epoch=1, epochs=4, step=0, steps=10), 0.0),
        (Progress(epoch=1, epochs=4, step=5, steps=10), 0.125),
        (Progress(epoch=4, epochs=4, step=10, steps=10), 1.0),
        (Progress(epoch=5, epochs=4, step=10, steps=10), 1.0),
    ],
)
def test_the_share_counts_epochs_and_batches(progress: Progress, share: float) -> None:
    assert progress.share == pytest.approx(share)


def test_the_time_left_goes_by_the_pace_so_far() -> None:
    assert Progress(epoch=2, epochs=4, step=0, steps=10, seconds=5.0).seconds_left == pytest.approx(15.0)
    assert Progress(epoch=4, epochs=4, step=10, steps=10, seconds=5.0).seconds_left == 0
    assert Progress(epochs=4).seconds_left is None


def test_four_statuses_are_over_and_an_interrupted_run_may_still_go_on() -> None:
    final = {Status.COMPLETED, Status.STOPPED, Status.FAILED}
    assert {status for status in Status if status.final} == final
    assert {status for status in Status if status.over} == {*final, Status.INTERRUPTED}
