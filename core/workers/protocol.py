"""What the web process and the foreman say to each other: one JSON object a line.

To the foreman, on its standard input:
    {"train": run_id}
    {"id": 7, "call": "predict", "arguments": {...}}
From the foreman, on its standard output:
    {"ready": true}
    {"id": 7, "result": ...}
    {"id": 7, "error": "NotDrawable", "message": "…"}
When either end closes, the other knows: pipes close however a process ends.
"""

from __future__ import annotations

import json
from typing import IO, Any


def send(pipe: IO[str], message: dict[str, Any]) -> None:
    """Write one message."""
    pipe.write(json.dumps(message, separators=(",", ":")) + "\n")
    pipe.flush()


def receive(line: str) -> dict[str, Any]:
    """Return the message that a line holds."""
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError(f"not a message: {line[:80]!r}")
    return message
