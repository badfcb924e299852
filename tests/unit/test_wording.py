"""How the screen writes figures, times and places."""

from __future__ import annotations

import pytest

from core.wording import counted, duration, figure, ordinal, rate


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.001, "0.001"), (0.00025, "0.00025"), (5e-6, "5e-6"), (2.5e-7, "2.5e-7"), (10.0, "10"), (0.0, "0")],
)
def test_a_learning_rate_is_written_as_people_write_it(value: float, written: str) -> None:
    assert rate(value) == written
    assert float(rate(value)) == value


@pytest.mark.parametrize(
    ("number", "place"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (23, "23rd"),
        (113, "113th"),
    ],
)
def test_places_in_the_queue(number: int, place: str) -> None:
    assert ordinal(number) == place


def test_figures_times_and_numbers() -> None:
    assert figure(0.9794, share=True) == "97.9 %"
    assert figure(0.03125, share=False) == "0.0312"
    assert figure(None, share=True) == "–"
    assert duration(59.4) == "59 s"
    assert duration(62) == "1 min 02 s"
    assert duration(3_725) == "1 h 02 min"
    assert counted(1, "run") == "1 run"
    assert counted(1_200, "run") == "1,200 runs"
