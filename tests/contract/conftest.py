"""What tests with TensorFlow share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


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
