"""A run's curves for other programs: event files of TensorBoard in one file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from core.runs.run import Run


def tensorboard_files(run: Run) -> bytes:
    """Return a run's event files in a zip that is unpacked into TensorBoard's `--logdir`."""
    folder = run.tensorboard_path
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            archive.write(path, Path(f"run-{run.number}") / path.relative_to(folder))
    return packed.getvalue()
