"""A process for one file: builds its network, compares, reads the weights, and saves a model of our own.

It reads one job from its standard input and writes one answer to its standard output; see `disposable`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.bringback.archive import open_archive
from core.bringback.disposable import MEMORY, SECONDS, info_from
from core.bringback.network import WEIGHTS, parts, read_network
from core.errors import LayerLabError

MOST_ALIKE = 8
NO_MEMORY = (
    f"This network takes more than {MEMORY / (1 << 30):g} GB of memory to rebuild, and was given up. "
    "Bring a smaller one."
)


def main() -> None:
    """Do the job that comes in, and end."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    _load()
    limit()
    try:
        job = json.loads(sys.stdin.buffer.readline())
        said: dict[str, Any] = work(job, parts(open_archive(sys.stdin.buffer.read())))
    except LayerLabError as refused:
        said = {"refused": str(refused)}
    except MemoryError:
        said = {"refused": NO_MEMORY}
    except Exception as error:  # whatever a stranger's file brought about ends here
        traceback.print_exc()
        short = type(error).__name__ == "ResourceExhaustedError"
        said = {"refused": NO_MEMORY} if short else {"failed": type(error).__name__}
    with answer:
        answer.write(json.dumps(said).encode())


def _load() -> None:
    """Load TensorFlow and have it start its threads, so that limits count from there."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    import core.bringback.rebuild  # noqa: F401


def limit() -> None:
    """Bound what this process may take from now on, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows: whoever started this process ends it when it takes too long
        return
    used = _address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if used:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = used + MEMORY if hard == resource.RLIM_INFINITY else min(used + MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)  # ends the process, in C code as well


def _address_space() -> int:
    """Return how many bytes of addresses this process has; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def work(job: Mapping[str, Any], read: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what a job asks for.

    Args:
        job: The data that the network is for, the normalization, and where to save the model.
        read: The members of the file.

    Raises:
        FileRefused: The network can't be brought back.
    """
    from core.bringback import rebuild

    info = info_from(job["info"])
    network = read_network(read, info, job["normalization"])
    if network.translation.problems:
        raise rebuild.refusal([*network.translation.problems, *rebuild.differences_of_each(network)])
    statistics = rebuild.statistics(network, read[WEIGHTS])
    model, differences = rebuild.rebuild(network, statistics)
    if differences.problems:
        raise rebuild.refusal(differences.problems)
    remarks = [*shortly(differences.remarks), *rebuild.fill(model, network, read[WEIGHTS])]
    remarks += rebuild.plan_differences(network)
    model.save(job["save"])
    return {"remarks": remarks}


def shortly(remarks: tuple[str, ...]) -> list[str]:
    """Return the first of many sentences that are much alike, and how many there are more."""
    more = len(remarks) - MOST_ALIKE
    told = [f"And {more} more like these, which matter only for a training from the beginning."]
    return [*remarks[:MOST_ALIKE], *(told if more > 0 else [])]


if __name__ == "__main__":
    main()
