"""A picture file of one digit as ink: any size, dark on light or light on dark, transparent or not."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.command.words import WrongUse
from core.data.mnist_manner import as_mnist

LARGEST_FILE = 64_000_000
"""Bytes of the largest file."""
MOST_PIXELS = 100_000_000
"""More, and a file of a few bytes could fill the memory."""
WORKED_ON = 1_024
"""Longer side, in pixels, of what is looked at; a larger picture is averaged first."""
LEAST_CONTRAST = 40.0
"""Grey values between paper and the strongest ink; below, there is nothing to be read."""
FAINT_SHARE = 0.12
"""Of the contrast: what is fainter is paper. Who makes a picture smaller, or a JPEG, leaves such a rim."""
_OPAQUE = 128
_FORMATS = ("PNG", "JPEG")
_Grey = NDArray[np.float64]


def read_digit(path: Path) -> NDArray[np.uint8]:
    """Return the digit of a picture as MNIST would hold it.

    Args:
        path: A PNG or JPEG file.

    Returns:
        Shape (28, 28); 0 is paper and 255 full ink.

    Raises:
        WrongUse: It is no such file, too large, or shows nothing.
    """
    ink = _ink(*_read(path))
    if ink is None:
        raise WrongUse(
            f"{path.name} shows nothing: all of it is of about one colour. Give it a darker digit."
        )
    digit = as_mnist(ink)
    # thin strokes turn grey where they are made smaller, which no pen of MNIST's did
    return np.asarray(np.round(digit * (255 / digit.max())), np.uint8)


def _read(path: Path) -> tuple[_Grey, _Grey]:
    """Return grey values and opacity, each of shape (height, width)."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise WrongUse(f"{path.name} has over {LARGEST_FILE // 1_000_000} MB. Bring a smaller picture.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is below
            with Image.open(path, formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _too_large(path, image.width, image.height)
                return _values(_small(image))
    except Image.DecompressionBombError:
        raise WrongUse(
            f"{path.name} has more than {MOST_PIXELS:,} pixels. Bring a smaller picture."
        ) from None
    except FileNotFoundError:
        raise WrongUse(f"There is no file {path}.") from None
    except UnidentifiedImageError:
        raise WrongUse(f"{path.name} is no PNG and no JPEG picture.") from None
    except WrongUse:
        raise
    except IsADirectoryError:
        raise WrongUse(f"{path} is a folder. Name a picture in it.") from None
    except PermissionError as error:
        raise WrongUse(f"{path} can't be read ({error.strerror}).") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError) as error:
        # what Pillow raises over a damaged file, depending on where the damage is
        raise WrongUse(f"{path.name} is damaged: the picture can't be read to its end.") from error


def _too_large(path: Path, width: int, height: int) -> WrongUse:
    return WrongUse(
        f"{path.name} has {width:,} × {height:,} pixels; at most {MOST_PIXELS:,} are read. Bring a smaller "
        "picture."
    )


def _small(image: Image.Image) -> Image.Image:
    """Return a picture whose longer side is at most about `WORKED_ON`, upright as its camera says."""
    image.draft("L", (WORKED_ON, WORKED_ON))  # a JPEG is decoded smaller at once
    image.load()
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits a value
        sixteen = np.asarray(image, np.float64)
        image = Image.fromarray(np.clip(sixteen / 257, 0, 255).astype(np.uint8))
    image = image.convert("RGBA" if image.has_transparency_data else "L")
    factor = -(-max(image.size) // WORKED_ON)
    return ImageOps.exif_transpose(image.reduce(factor) if factor > 1 else image)


def _values(image: Image.Image) -> tuple[_Grey, _Grey]:
    grey = np.asarray(image.convert("RGB").convert("L"), np.float64)
    has_alpha = image.mode == "RGBA"
    alpha = np.asarray(image.getchannel("A"), np.float64) if has_alpha else np.full(grey.shape, 255.0)
    return grey, alpha


def _ink(grey: _Grey, alpha: _Grey) -> NDArray[np.uint8] | None:
    """Return how much ink there is at each pixel; None where nothing stands out."""
    grey = _on_paper(grey, alpha)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(border))
    ink = grey - paper if paper < 128 else paper - grey
    contrast = float(ink.max())
    if contrast < LEAST_CONTRAST:
        return None
    # what the paper itself differs by, without a digit that touches the border
    noise = float(np.percentile(abs(border - paper), 75))
    ink = np.where(ink < max(FAINT_SHARE * contrast, 2 * noise), 0, ink)
    return np.asarray(np.round(np.clip(ink, 0, None) * (255 / contrast)), np.uint8)


def _on_paper(grey: _Grey, alpha: _Grey) -> _Grey:
    """Return a picture with its transparent parts filled with what its paper must be."""
    opaque = alpha >= _OPAQUE
    if opaque.all():
        return grey
    if not opaque.any():
        return np.zeros_like(grey)
    rows, columns = np.flatnonzero(opaque.any(axis=1)), np.flatnonzero(opaque.any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    frame = np.zeros_like(opaque[box])
    frame[[0, -1], :] = frame[:, [0, -1]] = True
    edge = opaque[box] & frame
    if edge.sum() > frame.sum() / 2:  # a sheet with a transparent margin
        paper = float(np.median(grey[box][edge]))
    else:  # strokes alone: what they are drawn on is the other end
        paper = 255.0 if float(grey[opaque].mean()) < 128 else 0.0
    share = alpha / 255
    return np.asarray(share * grey + (1 - share) * paper)
