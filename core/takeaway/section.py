"""A piece of a program: what it does, in words and in Python."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One step of a program; a cell of a notebook.

    Attributes:
        title: What it is called.
        words: What it is for: paragraphs, as Markdown. Not in the script, whose comments are shorter.
        lines: The Python, formatted.
    """

    title: str
    words: tuple[str, ...]
    lines: tuple[str, ...]
