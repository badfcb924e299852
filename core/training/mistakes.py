"""What a classifier confuses, and the samples that it is most wrong about."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.split import Samples
from core.experiment.dataset import DatasetInfo

SHOWN = 8


def mistakes(outputs: NDArray[np.floating[Any]], samples: Samples, info: DatasetInfo) -> dict[str, Any]:
    """Return the confusion matrix and the most certain mistakes.

    Args:
        outputs: What a classifier gives for the samples, shape (n, classes); the most wins.
        samples: Inputs of shape (n, *input_shape), class numbers of shape (n,).
        info: What the data set declares.

    Returns:
        JSON values: `samples`, their number; `labels`, the classes' names; `matrix`, counts with a row a
        true class and a column an answer; `wrong`, up to 8 mistakes, the most certain first: `image` (a
        PNG as a data address, empty where a sample is no image), `truth`, `given`, `share` (of the
        answer, where the outputs are shares; else None).
    """
    given, truth = outputs.argmax(axis=1), samples.answers.astype(np.int64).reshape(-1)
    labels = info.classes
    matrix = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(matrix, (truth, given), 1)
    wrong = np.flatnonzero(given != truth)
    # by how much the answer beats the truth: means something for shares, sums and scores alike
    lead = outputs[wrong, given[wrong]] - outputs[wrong, truth[wrong]]
    worst = wrong[np.argsort(-lead, kind="stable")[:SHOWN]]
    shares = _are_shares(outputs)
    return {
        "samples": len(samples),
        "labels": list(labels),
        "matrix": matrix.tolist(),
        "wrong": [
            {
                "image": _png(samples.inputs[place], info),
                "truth": labels[truth[place]],
                "given": labels[given[place]],
                "share": round(float(outputs[place, given[place]]), 4) if shares else None,
            }
            for place in worst
        ],
    }


def _are_shares(outputs: np.ndarray) -> bool:
    return bool((outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3))


def _png(sample: np.ndarray, info: DatasetInfo) -> str:
    if not info.is_image or info.input_shape[-1] not in (1, 3):
        return ""
    low, high = info.value_range
    grey = (np.clip((sample.astype(np.float64) - low) / (high - low), 0, 1) * 255).round().astype(np.uint8)
    plane = grey[..., 0] if grey.ndim == 3 and grey.shape[-1] == 1 else grey
    packed = io.BytesIO()
    Image.fromarray(plane).save(packed, "PNG")
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode()
