"""The server: `streamlit run app.py`. What it shows begins in `ui/shell.py`.

Streamlit gives a folder called `pages` beside the main script a meaning of its own, so the main
script is `ui/shell.py`, whose folder has none; this file only says what is served.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from ui.messages import log_unexpected  # noqa: E402 - needs the path set above
from ui.server import ROUTES, lifespan  # noqa: E402

app = st.App(ROOT / "ui" / "shell.py", routes=ROUTES, lifespan=lifespan, on_script_error=log_unexpected)
