"""Pictures of a test set, for networks that no drawing can be shown to. For worker processes."""

from __future__ import annotations

import base64
import functools
from typing import Any

import numpy as np

from core.data import library
from core.data.split import Samples
from core.drawing.networks import takes_pictures
from core.errors import NotDrawable

MOST = 60


def samples(dataset: str, count: int, seed: int) -> dict[str, Any]:
    """Return pictures drawn at random from a data set's test set, each at most once.

    Args:
        dataset: Its name; square grey pictures in classes.
        count: How many, at most `MOST`; fewer where the test set has fewer.
        seed: The same seed draws the same pictures.

    Returns:
        `images`: grey values, row by row, in base64. `labels`: the number of each one's true class.

    Raises:
        InvalidExperiment: No data set has that name.
        DataUnavailable: It is not on this machine.
        DataRefused: Its file is damaged.
        NotDrawable: It has no such pictures.
    """
    test = _test_set(dataset)
    order = np.random.default_rng(abs(seed)).permutation(len(test))
    chosen = order[: min(max(count, 0), MOST)]
    images = np.ascontiguousarray(test.inputs[chosen], np.uint8)
    return {
        "images": [base64.b64encode(image.tobytes()).decode() for image in images],
        "labels": [int(label) for label in test.answers[chosen]],
    }


@functools.lru_cache(1)
def _test_set(dataset: str) -> Samples:
    loaded = library.load(dataset)
    if not takes_pictures(loaded.info):
        raise NotDrawable(f"{loaded.info.label} has no square grey pictures to choose from.")
    # a copy: a view would keep the training set in memory, too
    return Samples(loaded.test.inputs.copy(), loaded.test.answers.copy())
