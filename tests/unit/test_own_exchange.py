"""Handwriting taken away and brought back whole; whatever else is brought is refused in words."""

from __future__ import annotations

import io
import json
import re
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from core.data import own
from core.drawing.exchange import STROKES, UNTOUCHED, as_npz, as_pictures, from_npz
from core.errors import DataRefused
from tests.unit.own_digits import digit, drawn

SAMPLES = drawn(2)
WHOLE = as_npz(SAMPLES)


def packed(**members: bytes | NDArray[np.generic] | None) -> bytes:
    """Return the whole file with some members changed or left out."""
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        found: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    for key, content in members.items():
        name = STROKES if key == "strokes" else f"{key}.npy"
        if isinstance(content, np.ndarray):
            memory = io.BytesIO()
            np.save(memory, content, allow_pickle=True)
            found[name] = memory.getvalue()
        else:
            found[name] = content
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in found.items():
            if content is not None:
                archive.writestr(name, content)
    return memory.getvalue()


def refusal(content: bytes) -> str:
    """Return why a file is refused."""
    with pytest.raises(DataRefused) as refused:
        from_npz(io.BytesIO(content), "mine.npz")
    assert "mine.npz" in str(refused.value)
    assert str(refused.value).endswith(UNTOUCHED)
    return str(refused.value)


def test_what_was_saved_comes_back_whole() -> None:
    back = from_npz(io.BytesIO(WHOLE), "mine.npz")
    assert [(e.id, e.label, e.added, e.drawing) for e in back] == [
        (e.id, e.label, e.added, e.drawing) for e in SAMPLES
    ]
    assert all(np.array_equal(one.image, other.image) for one, other in zip(back, SAMPLES, strict=True))
    assert as_npz(back) == WHOLE or len(as_npz(back)) == len(WHOLE)
    assert own.code_of(back) == own.code_of(SAMPLES)


def test_numpy_alone_reads_the_arrays() -> None:
    with np.load(io.BytesIO(WHOLE), allow_pickle=False) as found:
        assert (found["x"].shape, found["x"].dtype) == ((20, 28, 28, 1), np.uint8)
        assert found["y"].tolist() == [*range(10)] * 2
        assert found["y"].dtype == np.uint8


def test_the_pictures_are_in_a_folder_a_digit() -> None:
    with zipfile.ZipFile(io.BytesIO(as_pictures(SAMPLES))) as archive:
        names = archive.namelist()
        assert [name.split("/")[0] for name in names] == [*map(str, range(10))] * 2
        assert len(set(names)) == 20
        assert all(re.fullmatch(r"\d/\d{4}-[0-9a-f]{16}\.png", name) for name in names)
        picture = np.asarray(Image.open(io.BytesIO(archive.read(names[13]))))
    assert np.array_equal(picture, SAMPLES[13].image)


def test_the_same_drawing_twice_comes_back_once_with_its_last_label() -> None:
    twice = as_npz([SAMPLES[0], SAMPLES[1], type(SAMPLES[0])(**{**vars(SAMPLES[0]), "label": 6})])
    assert [each.label for each in from_npz(io.BytesIO(twice), "mine.npz")] == [6, 1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "damaged"),
        (b"PK", "damaged"),
        (WHOLE[:-30], "damaged"),
        (packed(x=None), "should hold x, y and strokes.json"),
        (packed(strokes=None), "should hold x, y and strokes.json"),
        (packed(x=np.zeros((20, 28, 28), np.uint8)), "28 × 28"),
        (packed(x=np.zeros((20, 28, 28, 1), np.float32)), "28 × 28"),
        (packed(x=np.zeros((20, 28, 28, 1), np.uint8)), "no digits"),
        (packed(y=np.full(20, 10, np.uint8)), "no digits"),
        (packed(y=np.zeros(19, np.uint8)), "28 × 28"),
        (packed(y=np.zeros(20, np.int64)), "28 × 28"),
        (packed(y=np.zeros((20, 1), np.uint8)), "28 × 28"),
        (packed(y=np.array(3, np.uint8)), "28 × 28"),
        (packed(y=np.array([{}] * 20, object)), "28 × 28"),
        (packed(x=np.zeros((0, 28, 28, 1), np.uint8), y=np.zeros(0, np.uint8)), "28 × 28"),
        (packed(x=np.zeros((2001, 28, 28, 1), np.uint8), y=np.zeros(2001, np.uint8)), "1 to 2,000"),
        (packed(strokes=b"{"), "damaged"),
        (packed(strokes=b"[]"), "damaged"),
        (packed(strokes=b"[" * 200_000), "damaged"),
        (packed(strokes=json.dumps({"version": 1, "drawings": []}).encode()), "strokes for each"),
        (packed(strokes=json.dumps({"version": 1, "drawings": [{}] * 20}).encode()), "damaged"),
    ],
    ids=range(21),
)
def test_any_other_file_is_refused_and_the_message_says_why(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_strokes_that_no_pen_draws_are_refused() -> None:
    far = {"added": 1.0, "drawing": digit(3).to_json().replace("[", "[1e9,1e9,", 2)}
    refusal(packed(strokes=json.dumps({"version": 1, "drawings": [far] * 20}).encode()))
    never = {"added": float("nan"), "drawing": digit(3).to_json()}
    refusal(packed(strokes=json.dumps({"version": 1, "drawings": [never] * 20}).encode()))


def test_arrays_that_claim_to_be_vast_are_refused_by_their_header() -> None:
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999, 28, 28, 1), }"
    vast = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    assert "28 × 28" in refusal(packed(x=vast))


@given(place=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_does_no_harm(place: int, bit: int) -> None:
    flipped = bytearray(WHOLE)
    flipped[place] ^= 1 << bit
    try:
        back = from_npz(io.BytesIO(flipped), "mine.npz")
    except DataRefused:
        return
    assert [each.image.tobytes() for each in back] == [each.image.tobytes() for each in SAMPLES]
