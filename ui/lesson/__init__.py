"""The notebook's lesson on the Learn page: one network on three scales of its inputs, side by side."""

from pathlib import Path

STYLE = Path(__file__).resolve().parent / "lesson.css"
