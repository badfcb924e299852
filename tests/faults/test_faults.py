"""Whatever happens to a run, the store soon says what is so, and little or nothing is lost.

Each kind of fault once, always the same; `python -m tests.faults.runner` tries them by the hundred.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.faults.kinds import KINDS, Where
from tests.faults.runner import Faults

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the faults are done by Linux's own means"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, loading
]
HOLD = 10.0
"""Seconds that a process stays frozen, or a tenth of them; the runner takes a minute."""
EPOCHS = (5, 6)
TRIED = [name for name, kind in KINDS.items() if kind.where is not Where.REAL]


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    doing = Faults(tmp_path_factory.mktemp("faults"), seed=1, hold=HOLD, epochs=EPOCHS, shared_for=99)
    yield doing
    assert doing.close() == []


@pytest.mark.parametrize("kind", TRIED)
def test_a_run_outlives(kind: str, faults: Faults) -> None:
    outcome = faults.do(TRIED.index(kind) + 1, kind)
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert outcome.breaches == [], outcome.line()


@pytest.mark.browser
def test_a_run_outlives_the_browser_that_started_it(faults: Faults) -> None:
    outcome = faults.do(0, "browser closed")
    assert outcome.breaches == [], outcome.line()
