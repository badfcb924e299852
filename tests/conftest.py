"""What all tests share: a home of their own, and data sets unlike MNIST in every size."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from core.data.sources import SOURCES, Source
from core.experiment.dataset import DatasetInfo
from core.home import VARIABLE
from tests.unit import made_up

# the same examples in every run: a red test stays red until it is mended; none is red for a busy machine
settings.register_profile(
    "layerlab",
    derandomize=True,
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("layerlab")


@pytest.fixture(autouse=True)
def fresh_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point LayerLab at a data directory of its own, so that no test touches a real one."""
    # only named here; whoever needs it makes it, and most tests don't
    path = tmp_path_factory.getbasetemp() / f"home-{uuid.uuid4().hex}"
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.fixture
def digits_info() -> DatasetInfo:
    """Return what the Digits data set declares: 28 × 28 × 1, ten classes."""
    return SOURCES["digits"].info


@pytest.fixture
def made_up_sources(monkeypatch: pytest.MonkeyPatch) -> dict[str, Source]:
    """Register the made-up data sets beside the real ones for one test."""
    sources = {each.info.name: each for each in (made_up.PICTURES_SOURCE, made_up.HOUSES_SOURCE)}
    for name, each in sources.items():
        monkeypatch.setitem(SOURCES, name, each)
    return sources
