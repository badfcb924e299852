"""A process for each file that a stranger wrote, with an end to its time and memory."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import FileRefused
from core.experiment.dataset import DatasetInfo, Task
from core.runs.files import storage

SECONDS = 30
"""How long it may take, once TensorFlow is loaded."""
LOADING = 90
"""Seconds that loading TensorFlow may take beside that, on a busy machine."""
MEMORY = 3 << 29
"""Bytes that it may take beside what TensorFlow takes by itself, which is about one GB."""
_ROOT = Path(__file__).resolve().parents[2]
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each takes about a GB and a core; whoever comes third waits."""
_LOG = logging.getLogger(__name__)
_QUIET = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "HDF5_PLUGIN_PRELOAD": "::",  # HDF5 then loads no filters from anywhere
    "KERAS_BACKEND": "tensorflow",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


@dataclass(frozen=True)
class Rebuilt:
    """A network that our own builder made, with the weights of a file.

    Attributes:
        model: The bytes of a `.keras` file that our own process saved.
        remarks: Sentences for the person.
    """

    model: bytes
    remarks: tuple[str, ...]


def rebuild(content: bytes, info: DatasetInfo, normalization: str) -> Rebuilt:
    """Rebuild a file's network in a process of its own.

    Args:
        content: The file; its archive has been looked at.
        info: The data that it is to be fed with.
        normalization: What was done to the inputs before they came to the network.

    Raises:
        FileRefused: It is not what it seems, or took too much time or memory.
        StorageFailed: There is no room for it.
    """
    with _AT_ONCE, storage(), tempfile.TemporaryDirectory(prefix="layerlab-") as folder:
        saved = Path(folder) / "model.keras"
        job = {
            "info": asdict(info),
            "normalization": normalization,
            "save": str(saved),
        }
        answer = _run(json.dumps(job).encode() + b"\n" + content, folder)
        if "refused" in answer:
            raise FileRefused(str(answer["refused"]))
        if "remarks" not in answer:
            raise _gone("it holds something that could not be rebuilt")
        return Rebuilt(saved.read_bytes(), tuple(answer["remarks"]))


def _run(job: bytes, folder: str) -> dict[str, Any]:
    with subprocess.Popen(
        [sys.executable, "-m", "core.bringback.worker"],
        cwd=_ROOT,
        env={**os.environ, **_QUIET, "TMPDIR": folder},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=os.name == "posix",
    ) as process:
        try:
            said, printed = process.communicate(job, timeout=LOADING + SECONDS)
        except subprocess.TimeoutExpired:
            raise _gone(f"it took more than {SECONDS} seconds") from None
        finally:
            process.kill()
    try:
        answer = json.loads(said)
    except ValueError:
        answer = None
    if isinstance(answer, dict) and "failed" not in answer:
        return answer
    _LOG.warning(
        "a file could not be rebuilt (%s): %s",
        process.returncode,
        printed[-4000:].decode("utf-8", "replace"),
    )
    if process.returncode == -getattr(signal, "SIGALRM", 0):
        raise _gone(f"it took more than {SECONDS} seconds")
    if process.returncode:
        raise _gone("the process that read it broke off, as too large or damaged files make it")
    raise _gone("it holds something that could not be rebuilt")


def _gone(reason: str) -> FileRefused:
    return FileRefused(
        f"This network was given up: {reason}. Nothing of it was kept. Save the model again with "
        "model.save(…), or bring a smaller one."
    )


def info_from(document: Mapping[str, Any]) -> DatasetInfo:
    """Return what a data set declares, sent as JSON."""
    lists = {name: tuple(value) for name, value in document.items() if isinstance(value, list)}
    return DatasetInfo(**{**document, **lists, "task": Task(document["task"])})
