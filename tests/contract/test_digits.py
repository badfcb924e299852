"""The digits that come with scikit-learn, as MNIST would hold them."""

from __future__ import annotations

import numpy as np

from core.data import library


def test_digits_need_no_network_and_look_like_mnist() -> None:
    digits = library.load("digits")
    assert (len(digits.training), len(digits.test)) == (1_437, 360)
    assert digits.training.inputs.shape == (1_437, 28, 28, 1)
    assert digits.training.inputs.dtype == np.uint8
    assert np.unique(digits.training.answers).tolist() == list(range(10))
    assert library.state("digits") == library.State(here=True)
    samples = library.samples("digits")
    assert samples is not None
    assert samples.shape == (10, 28, 28, 1)
    ink = digits.training.inputs[..., 0]
    rows, columns = ink.any(axis=2).sum(axis=1), ink.any(axis=1).sum(axis=1)
    assert np.maximum(rows, columns).max() == 20  # MNIST's box, filled by the longer side
    places = np.arange(28) + 0.5
    centres = (ink.sum(axis=2) @ places) / ink.sum(axis=(1, 2))
    assert np.abs(centres - 14).max() <= 1
