"""Which networks a drawing can be shown to, and what is said of the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.data.sources import SOURCES, source
from core.drawing import networks
from core.drawing.networks import READY, Detector, find, of_run, takes_pictures
from core.errors import RunNotFound, RunRefused
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.run import Run, Status
from core.runs.store import RunStore
from tests.unit.made_up import HOUSES, HOUSES_SOURCE, PICTURES

DIGITS = source("digits").info


@pytest.fixture
def ready_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder where the ready network would be."""
    folder = tmp_path / "ready"
    folder.mkdir()
    monkeypatch.setattr(networks, "READY_FOLDER", folder)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "home")


def _run(store: RunStore, dataset: str = "digits", model: bool = True) -> Run:
    """Return a run that is over, with a model's file or without."""
    experiment = preset("article").experiment(DIGITS).with_data(dataset=dataset)
    run = store.create(experiment, f"on {dataset}")
    store.claim(run.id, "nobody")
    attempt = store.begin(run.id)
    store.finish(run.id, Status.COMPLETED, attempt=attempt)
    if model:
        run.model_path.write_bytes(b"a model")
    return store.get(run.id)


def _make_ready(folder: Path, experiment: Experiment | None = None) -> None:
    design = experiment or preset("small_cnn").experiment(DIGITS)
    (folder / "experiment.json").write_text(design.to_json(), encoding="utf-8")
    (folder / "model.keras").write_bytes(b"a model")


def test_the_ready_network_comes_first_and_then_the_newest_runs(
    store: RunStore, ready_folder: Path
) -> None:
    first, second = _run(store), _run(store)
    assert [each.id for each in networks.networks(store)] == [second.id, first.id]
    _make_ready(ready_folder)
    found = networks.networks(store)
    assert [each.id for each in found] == [READY, second.id, first.id]
    assert [each.label for each in found[:2]] == ["Ready network", "Run 2 · on digits"]
    assert found[0].run is None
    assert found[1].run == second
    assert found[1].side == 28


def test_runs_without_a_model_are_left_out(store: RunStore, ready_folder: Path) -> None:
    _run(store, model=False)
    store.create(preset("article").experiment(DIGITS), "waits")
    assert networks.networks(store) == []


def test_what_nobody_draws_by_hand_is_left_out_unless_it_is_wanted(
    store: RunStore, ready_folder: Path
) -> None:
    digits, shirts = _run(store), _run(store, "fashion_mnist")
    assert [each.id for each in networks.networks(store)] == [digits.id]
    assert [each.id for each in networks.networks(store, drawable_only=False)] == [shirts.id, digits.id]


def test_a_run_on_data_that_are_unknown_here_is_refused_and_spoils_no_other(
    store: RunStore, ready_folder: Path
) -> None:
    unknown, digits = _run(store, "from_elsewhere"), _run(store)
    assert [each.id for each in networks.networks(store, drawable_only=False)] == [digits.id]
    with pytest.raises(RunRefused, match=r"Run 1 can't be asked.*'from_elsewhere' is not known"):
        find(store, unknown.id)


def test_only_square_grey_pictures_in_classes_are_taken() -> None:
    assert takes_pictures(DIGITS)
    assert takes_pictures(SOURCES["fashion_mnist"].info)
    assert not takes_pictures(PICTURES)  # coloured, and not square
    assert not takes_pictures(HOUSES)


def test_a_run_on_other_data_is_refused_in_words(
    store: RunStore, ready_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "houses", HOUSES_SOURCE)
    with pytest.raises(RunRefused, match="was trained on Houses: no square grey pictures"):
        of_run(_run(store, "houses"))


def test_who_is_asked_for_by_id_is_found_or_refused_in_words(store: RunStore, ready_folder: Path) -> None:
    run = _run(store)
    assert find(store, run.id).run == run
    with pytest.raises(RunNotFound, match="not here"):
        find(store, "nobody")
    with pytest.raises(RunRefused, match="no trained network"):
        find(store, _run(store, model=False).id)
    store.delete(run.id)
    with pytest.raises(RunNotFound, match="deleted"):
        find(store, run.id)
    with pytest.raises(RunRefused, match="ready network is not on this machine"):
        find(store, READY)
    _make_ready(ready_folder)
    assert find(store, READY).path == ready_folder / "model.keras"


@pytest.mark.parametrize("content", ["", "{}x", json.dumps({"schema": 99}), "[]"])
def test_a_ready_network_that_cannot_be_read_is_as_if_it_were_not_there(
    ready_folder: Path, content: str
) -> None:
    _make_ready(ready_folder)
    (ready_folder / "experiment.json").write_text(content)
    assert networks.ready() is None


def test_a_design_without_its_weights_is_no_network(ready_folder: Path) -> None:
    _make_ready(ready_folder)
    (ready_folder / "model.keras").unlink()
    assert networks.ready() is None


def test_the_detector_s_figures_are_those_of_its_card(ready_folder: Path) -> None:
    assert networks.detector() is None
    card = ready_folder / "card.json"
    card.write_text(json.dumps({"detector": {"threshold": 0.7, "false_alarm_rate": 0.01, "more": 1}}))
    assert networks.detector() == Detector(0.7, 0.01)


@pytest.mark.parametrize("content", ["", "{}", '{"detector": {"threshold": "much"}}', "[]"])
def test_a_card_that_cannot_be_read_leaves_the_detector_out(ready_folder: Path, content: str) -> None:
    (ready_folder / "card.json").write_text(content)
    assert networks.detector() is None
