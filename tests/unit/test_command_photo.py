"""A picture file of a digit is what MNIST would hold, however it was made; else there are words."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from core.command.photo import MOST_PIXELS, read_digit
from core.command.words import WrongUse
from core.data.mnist_manner import as_mnist
from core.drawing.picture import picture
from core.drawing.strokes import Drawing, Stroke
from tests.handwriting import DIGITS

Ink = NDArray[np.uint8]


def _ink(pen: float = 20) -> Ink:
    """Return a four as a canvas of 280 × 280 shows it: white on black."""
    lines = DIGITS[4].lines
    strokes = (
        Stroke(tuple((60 + 1.6 * float(x), 60 + 1.6 * float(y)) for x, y in line), pen) for line in lines
    )
    return picture(Drawing(tuple(strokes)))[..., 0]


INK = _ink()
WANTED = as_mnist(INK)


def _likeness(found: Ink) -> float:
    """Return how near a digit is to the four, a pixel to any side not counting: its middle is rounded."""
    return max(
        float(np.corrcoef(np.roll(found, (down, across), (0, 1)).ravel(), WANTED.ravel())[0, 1])
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
    )


def _saved(folder: Path, image: Image.Image, name: str = "digit.png", **settings: Any) -> Path:
    image.save(folder / name, **settings)
    return folder / name


def _with_alpha(grey: Ink | int, alpha: Ink) -> Image.Image:
    plane = np.full(alpha.shape, grey, np.uint8) if isinstance(grey, int) else grey
    return Image.fromarray(np.dstack([plane, plane, plane, alpha]))


SAME: dict[str, Callable[[], Image.Image]] = {
    "white on black": lambda: Image.fromarray(INK),
    "black on white": lambda: Image.fromarray(255 - INK),
    "in colours": lambda: Image.fromarray(255 - INK).convert("RGB"),
    "black on nothing": lambda: _with_alpha(0, INK),
    "white on nothing": lambda: _with_alpha(255, INK),
    "black on white, opaque": lambda: _with_alpha(255 - INK, np.full_like(INK, 255)),
    "with few colours": lambda: Image.fromarray(255 - INK).quantize(256),
    "16 bits a value": lambda: Image.fromarray(INK.astype(np.uint16) * 257),
}


@pytest.mark.parametrize("made", SAME)
def test_the_same_digit_is_the_same_however_it_was_saved(tmp_path: Path, made: str) -> None:
    found = read_digit(_saved(tmp_path, SAME[made]())).astype(int)
    assert abs(found - WANTED).max() <= 3


def test_a_sheet_with_a_transparent_margin_is_a_sheet(tmp_path: Path) -> None:
    alpha = np.zeros_like(INK)
    alpha[30:-30, 30:-30] = 255
    found = read_digit(_saved(tmp_path, _with_alpha(255 - INK, alpha))).astype(int)
    assert abs(found - WANTED).max() <= 3


@pytest.mark.parametrize("side", [28, 64, 1_000, 3_000])
def test_size_does_not_matter(tmp_path: Path, side: int) -> None:
    shown = Image.fromarray(255 - INK).resize((side, side), Image.Resampling.BICUBIC)
    found = read_digit(_saved(tmp_path, shown))
    assert _likeness(found) > 0.97


def test_a_camera_s_paper_is_neither_white_nor_even(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    shown = np.clip(190 - 0.6 * INK + random.normal(0, 5, INK.shape), 0, 255).astype(np.uint8)
    found = read_digit(_saved(tmp_path, Image.fromarray(shown), "digit.jpg", quality=80))
    assert _likeness(found) > 0.95
    assert not found[:3].any(), "the paper is clean"


def test_a_picture_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    lying = Image.fromarray(255 - INK).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    found = read_digit(_saved(tmp_path, lying, "digit.jpg", exif=exif, quality=95))
    assert _likeness(found) > 0.97


def test_thin_strokes_are_full_ink_too(tmp_path: Path) -> None:
    assert as_mnist(_ink(pen=2)).max() < 200
    assert read_digit(_saved(tmp_path, Image.fromarray(_ink(pen=2)))).max() == 255


@pytest.mark.parametrize("grey", [0, 127, 255])
def test_a_picture_of_nothing_is_refused(tmp_path: Path, grey: int) -> None:
    with pytest.raises(WrongUse, match="shows nothing"):
        read_digit(_saved(tmp_path, Image.new("L", (50, 40), grey)))


def test_a_picture_that_is_all_transparent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="shows nothing"):
        read_digit(_saved(tmp_path, _with_alpha(INK, np.zeros_like(INK))))


def test_what_is_no_picture_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("a digit", encoding="utf-8")
    (tmp_path / "empty.png").write_bytes(b"")
    Image.fromarray(INK).save(tmp_path / "digit.gif")
    for name in ("text.png", "empty.png", "digit.gif"):
        with pytest.raises(WrongUse, match="no PNG and no JPEG"):
            read_digit(tmp_path / name)
    with pytest.raises(WrongUse, match="There is no file"):
        read_digit(tmp_path / "nowhere.png")
    with pytest.raises(WrongUse, match=r"folder|can't be read"):
        read_digit(tmp_path)


def test_a_file_that_would_fill_the_memory_is_refused_unread(tmp_path: Path) -> None:
    for side in (40_000, 12_000):
        path = tmp_path / f"bomb{side}.png"
        path.write_bytes(_empty_png(side, side))
        with pytest.raises(WrongUse, match=f"{MOST_PIXELS:,}"):
            read_digit(path)


def _empty_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def _file(kind: str) -> bytes:
    made = io.BytesIO()
    Image.fromarray(INK[::4, ::4]).save(made, kind)
    return made.getvalue()


FILES = [_file("PNG"), _file("JPEG")]


@given(st.sampled_from(FILES), st.data())
def test_a_damaged_file_gives_a_digit_or_words(
    tmp_path_factory: pytest.TempPathFactory, file: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(file)))
    changed = bytearray(file[:cut])
    for place in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=6)):
        if place < cut:
            changed[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.png"
    path.write_bytes(changed)
    with suppress(WrongUse):  # nothing else
        assert read_digit(path).shape == (28, 28)
