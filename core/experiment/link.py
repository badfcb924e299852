"""The experiment in an address: compressed JSON, so that a link alone opens the design."""

from __future__ import annotations

import base64
import binascii
import zlib

from core.errors import InvalidExperiment
from core.experiment.experiment import LARGEST_DOCUMENT, Experiment

LONGEST_LINK = 40_000
"""Characters of the longest text that is decoded."""


def encode(experiment: Experiment) -> str:
    """Return the experiment as a short text that is safe in an address."""
    packed = zlib.compress(experiment.to_json().encode(), level=9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str) -> Experiment:
    """Return the experiment that `encode` wrote.

    Raises:
        InvalidExperiment: The text was cut off, changed, or holds no experiment.
    """
    broken = InvalidExperiment(
        "The design in this link could not be read; the link may have been cut off. "
        "Ask for it again, or go on with the design shown here."
    )
    if len(text) > LONGEST_LINK:
        raise broken
    try:
        packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        unpacker = zlib.decompressobj()
        document = unpacker.decompress(packed, LARGEST_DOCUMENT)
        if not unpacker.eof:
            raise broken
        written = document.decode()
    except (binascii.Error, zlib.error, UnicodeError, ValueError):
        raise broken from None
    try:
        return Experiment.from_json(written)
    except InvalidExperiment as error:
        raise InvalidExperiment(f"The design in this link could not be opened. {error}") from None
