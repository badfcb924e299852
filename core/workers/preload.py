"""What the fork server imports once, so that every process forked from it starts at once.

That is TensorFlow, with all that a training needs; and what the foreman imports, as each child runs that
file again. Not the foreman itself: Python would warn that it is there twice.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import core.model.build
import core.training.engine
import core.training.evaluation
import core.training.job
import core.training.tensors
import core.workers.run_queue
import core.workers.strays  # noqa: F401
