"""What the inline components share."""

from __future__ import annotations

import json
from typing import Any


def payload(data: dict[str, Any]) -> bytes:
    """Return a component's data as JSON bytes.

    Streamlit looks into a dict for data frames, and loads pandas for that: 0.4 s before the first
    page is there. Bytes pass as they are; the component's JavaScript parses them.
    """
    return json.dumps(data).encode()
