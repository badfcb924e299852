"""`python -m core`: train, evaluate, predict, export and list runs without the screen."""

from __future__ import annotations

import sys

from core.command.main import main

if __name__ == "__main__":
    sys.exit(main())
