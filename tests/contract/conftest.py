"""What tests with TensorFlow share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.runs.store import RunStore
from core.workers.client import Workers
from tests.contract.foremen import START
from tests.contract.processes import until


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory for a whole file of tests."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def store(data_folder: Path) -> RunStore:
    """The run store of that directory."""
    return RunStore(data_folder)


@pytest.fixture(scope="module")
def workers(data_folder: Path) -> Iterator[Workers]:
    """One foreman for the whole file; TensorFlow takes seconds to load."""
    started = Workers(data_folder)
    started.start()
    until(lambda: started.ready, START, "TensorFlow is loaded")
    yield started
    started.close()


@pytest.fixture
def step_by_step() -> Iterator[None]:
    """Compute without graphs: where there are many small models, to make those would take most of the time.

    Keras warns of it; a test that uses this ignores `run_functions_eagerly`.
    """
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)
