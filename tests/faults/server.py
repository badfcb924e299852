"""What a server has of LayerLab without Streamlit: the hold on the workers, and wishes by a pipe.

    python -m tests.faults.server HOME

Takes lines: `train RUN_ID`. Ends in order when its standard input closes, as a server does at Ctrl-C.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from core.workers.client import Workers


def main() -> None:
    """Serve until standard input closes."""
    logging.basicConfig(level=logging.INFO)
    workers = Workers(Path(sys.argv[1]))
    workers.start()
    for line in sys.stdin:
        match line.split():
            case ["train", run_id]:
                workers.train(run_id)
    workers.close()


if __name__ == "__main__":
    main()
