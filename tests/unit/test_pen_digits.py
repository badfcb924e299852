"""Pen strokes come onto the canvas where and as large as asked, as the canvas itself would have them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from core.drawing.making import pen_digits
from core.drawing.making.pen_digits import Lines
from core.drawing.picture import picture
from core.drawing.strokes import PENS, SIDE

SEVEN: Lines = (
    np.array([[0, 0], [40, 2], [76, 0], [80, 0], [80, 2], [60, 50], [42, 96], [40, 100]], float),
    np.array([[30, 50], [70, 48]], float),
)


def _box_of_ink(
    lines: Lines, size: float, place: tuple[float, float], pen: float
) -> tuple[int, int, int, int]:
    ink = picture(pen_digits.on_canvas(lines, size, place, pen))[..., 0] > 127
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


@pytest.mark.parametrize("pen", PENS)
@pytest.mark.parametrize("size", [SIDE / 5, SIDE / 2, SIDE])
@pytest.mark.parametrize("place", [(0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (0.0, 1.0), (1.0, 1.0)])
def test_ink_has_the_size_and_the_place_that_were_asked_for(
    pen: float, size: float, place: tuple[float, float]
) -> None:
    top, bottom, left, right = _box_of_ink(SEVEN, size, place, pen)
    assert bottom - top == pytest.approx(size, abs=3)  # places of a mouse are whole pixels
    room_down, room_across = SIDE - (bottom - top), SIDE - (right - left)
    assert top == pytest.approx(room_down * place[1], abs=3)
    assert left == pytest.approx(room_across * place[0], abs=3)


def test_a_dot_stays_a_dot() -> None:
    drawing = pen_digits.on_canvas((np.array([[5.0, 5.0]]),), 56, (0.5, 0.5), 20)
    assert drawing.extent == 0
    assert len(drawing.strokes) == 1


def test_another_hand_writes_otherwise_but_as_many_strokes() -> None:
    random = np.random.default_rng(0)
    one, other = pen_digits.varied(SEVEN, random), pen_digits.varied(SEVEN, random)
    assert [line.shape for line in one] == [line.shape for line in SEVEN]
    assert not np.allclose(one[0], other[0])
    again = pen_digits.varied(SEVEN, np.random.default_rng(0))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))


def test_a_varied_digit_is_still_much_like_itself() -> None:
    random = np.random.default_rng(1)
    plain = SEVEN[0] / 100
    found = [pen_digits.varied(SEVEN, random)[0] for _ in range(50)]
    mean = np.mean([each - each.mean(axis=0) for each in found], axis=0)
    assert np.abs(mean - (plain - plain.mean(axis=0))).max() < 0.12


def test_a_file_is_read_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "pens.json.gz"
    digits = [{"label": 7, "strokes": [[[0, 0], [1, 2]]]}, {"label": 1, "strokes": [[[3, 3]], [[4, 4]]]}]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump(digits, file)
    found = pen_digits.read(path)
    assert [digit.label for digit in found] == [7, 1]
    assert found[0].lines[0].tolist() == [[0, 0], [1, 2]]
    assert len(found[1].lines) == 2
