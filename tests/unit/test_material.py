"""What the ready network learns from is parted first, and prepared as the page prepares drawings."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from core.drawing.making import material, pen_digits, scribbles
from core.drawing.making.pen_digits import PenDigit
from core.drawing.prepare import prepare
from core.drawing.strokes import SIDE

ONE = PenDigit((np.array([[10.0, 0], [12, 50], [10, 100]]),), 1)
ZERO = PenDigit((np.array([[0.0, 50], [30, 0], [60, 50], [30, 100], [0, 50]]),), 0)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return small files in the form of the real ones, whose pictures say by their value which they are."""
    monkeypatch.setattr(material, "MNIST_KEPT", 3)
    monkeypatch.setattr(material, "PENS_LEARNED", 5)
    monkeypatch.setattr(material, "PENS_KEPT", 2)
    x = np.arange(10, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=x, y_train=np.arange(10), x_test=x + 100, y_test=np.arange(10))
    digits = [{"label": k, "strokes": [[[k, 0], [k, 9]]]} for k in range(10)]
    with gzip.open(tmp_path / "pens.json.gz", "wt", encoding="utf-8") as file:
        json.dump(digits, file)
    return tmp_path / "mnist.npz", tmp_path / "pens.json.gz"


def test_the_parts_have_nothing_in_common(files: tuple[Path, Path]) -> None:
    parts = material.read(*files)
    assert parts.mnist[1].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert parts.mnist_kept[1].tolist() == [7, 8, 9]
    assert parts.mnist_test[0][:, 0, 0].tolist() == list(range(100, 110))
    labels = [[digit.label for digit in part] for part in (parts.pens, parts.pens_kept, parts.pens_test)]
    assert labels == [[0, 1, 2, 3, 4], [5, 6], [7, 8, 9]]


def test_renderings_come_round_by_round_with_their_labels() -> None:
    images, labels = material.renderings([ONE, ZERO], 3, np.random.default_rng(0))
    assert images.shape == (6, 28, 28)
    assert labels.tolist() == [1, 0, 1, 0, 1, 0]
    assert all(image.any() for image in images)
    assert not np.array_equal(images[0], images[2])


def test_measured_digits_are_prepared_exactly_as_the_page_does() -> None:
    found = material.at([ONE, ZERO], SIDE / 5, (1.0, 0.0), 30.0)
    for image, digit in zip(found, (ONE, ZERO), strict=True):
        page = prepare(pen_digits.on_canvas(digit.lines, SIDE / 5, (1.0, 0.0), 30.0))
        assert page is not None
        assert np.array_equal(image, page.image)


@pytest.mark.parametrize("name", [*scribbles.KINDS, *scribbles.KEPT_APART])
def test_every_kind_of_scribble_leaves_ink_of_many_forms(name: str) -> None:
    make = {**scribbles.KINDS, **scribbles.KEPT_APART}[name]
    images = material.no_digits(12, {name: make}, (), np.random.default_rng(0))
    assert images.shape == (12, 28, 28)
    assert all(image.any() for image in images)
    assert len(np.unique(images.reshape(12, -1), axis=0)) == 12


def test_kinds_that_are_kept_apart_are_not_learned_from() -> None:
    assert not set(scribbles.KINDS) & set(scribbles.KEPT_APART)


def test_two_digits_side_by_side_are_no_digit() -> None:
    images = material.no_digits(
        4, {"level line": scribbles.KINDS["level line"]}, [ZERO], np.random.default_rng(0)
    )
    columns = (images[1] > 0).any(axis=0)
    assert columns.sum() >= 18  # wider than it is tall
    assert images[1][:, 14].sum() < images[1].sum() / 10  # and parted in the middle
