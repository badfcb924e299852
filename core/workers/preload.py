"""What the fork server imports once, so that every process forked from it starts at once."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: F401
import tensorflow  # noqa: F401
