"""What the command line understands, and how it tells what happens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.bringback.bring import LARGEST_TEXT
from core.command.chatter import is_chatter, quiet
from core.command.evaluate import refuse_other_shapes
from core.command.finding import find_design, find_run, is_run
from core.command.progress import epoch_line, waiting
from core.command.watching import Epochs
from core.command.words import WrongUse, table
from core.data.sources import source
from core.errors import FileRefused, InvalidExperiment
from core.experiment import link
from core.experiment.experiment import Experiment
from core.experiment.presets import PRESETS, preset
from core.runs.run import Progress, Run, Status
from core.runs.store import RunStore
from core.takeaway.notebook import notebook
from core.takeaway.script import script
from core.wording import duration

DIGITS = source("digits")
DESIGN = preset("small_resnet").experiment(DIGITS.info).with_training(epochs=7)
WRITTEN = {
    "design.json": DESIGN.to_json(indent=2),
    "train.py": script(DESIGN, DIGITS),
    "train.ipynb": notebook(DESIGN, DIGITS),
    "design.link": f"http://localhost:8501/?design={link.encode(DESIGN)}\n",
    "bare.txt": link.encode(DESIGN),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_design_is_read_from_all_that_carries_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(WRITTEN[name], encoding="utf-8-sig")
    assert find_design(str(tmp_path / name)) == DESIGN


@pytest.mark.parametrize("text", [WRITTEN["design.link"].strip(), WRITTEN["bare.txt"]])
def test_a_link_may_stand_on_the_command_line_itself(text: str) -> None:
    assert find_design(text) == DESIGN


@pytest.mark.parametrize("name", [each.name for each in PRESETS])
def test_every_preset_is_a_design(name: str) -> None:
    assert find_design(name) == preset(name).experiment(DIGITS.info)
    assert find_design(name.replace("_", "-"), "mnist") == preset(name).experiment(source("mnist").info)


def test_a_design_is_fitted_to_other_data(made_up_sources: object, tmp_path: Path) -> None:
    (tmp_path / "design.json").write_text(preset("article").experiment(DIGITS.info).to_json(), "utf-8")
    moved = find_design(str(tmp_path / "design.json"), "pictures")
    assert moved.data.dataset == "pictures"
    assert getattr(moved.model.layers[-1], "units") == source("pictures").info.outputs  # noqa: B009


def test_a_preset_that_does_not_fit_the_data_names_those_that_do(made_up_sources: object) -> None:
    with pytest.raises(WrongUse, match=r"does not fit.*notebook_rescaled"):
        find_design("lenet", "houses")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("network.keras", b"PK\x03\x04 whatever a stranger put there"),
        ("renamed.json", b"PK\x03\x04 whatever a stranger put there"),
        ("network.h5", b"\x89HDF\r\n\x1a\n"),
        ("design.json", b"{"),
        ("design.json", b'{"schema": 999}'),
        ("design.json", b"\xff\xfe\x00"),
        ("huge.json", b" " * (LARGEST_TEXT + 1)),
        ("other.py", b"print('not one of ours')"),
        ("other.ipynb", b'{"nbformat": 4, "metadata": {}, "cells": []}'),
        ("broken.py", b"# layerlab: abcdefgh\n"),
        ("no.link", b"http://localhost:8501/?design="),
    ],
)
def test_what_carries_no_design_is_refused_in_words(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((WrongUse, FileRefused, InvalidExperiment)) as refused:
        find_design(str(tmp_path / name))
    assert str(refused.value)[-1] in ".!?"


def test_a_word_that_is_nothing_lists_the_presets(tmp_path: Path) -> None:
    for word in ("nothing", "no.json", str(tmp_path)):
        with pytest.raises(WrongUse, match=r"small_resnet|can't be read"):
            find_design(word)


def test_a_run_is_found_by_number_id_and_as_the_latest(store: RunStore) -> None:
    first, second = (store.create(Experiment(), name) for name in ("first", "second"))
    assert find_run("1", store).id == first.id
    assert find_run(second.id, store).id == find_run("latest", store).id == second.id
    assert all(is_run(word) for word in ("1", first.id, "latest"))
    assert not any(is_run(word) for word in ("small_resnet", "design.json", WRITTEN["bare.txt"]))


def test_a_run_that_is_not_there_is_no_run(store: RunStore) -> None:
    for word in ("1", "0", "9" * 40, "latest", "whatever", "-1"):
        with pytest.raises(WrongUse, match="no run"):
            find_run(word, store)


def test_a_deleted_run_is_not_found_by_its_number(store: RunStore) -> None:
    run = store.create(Experiment(), "first")
    store.finish(run.id, Status.FAILED, "so that it can be deleted")
    store.delete(run.id)
    assert store.numbered(run.number) is None


def test_an_epoch_is_told_once_even_where_the_run_goes_back(store: RunStore, running: Run) -> None:
    epochs = Epochs(store, running.id)

    def record(*numbers: int) -> None:
        told = [("epoch", {"epoch": number, "loss": 1 / number}) for number in numbers]
        assert store.record(running.id, Progress(epochs=5, seconds=1.0), told, running.attempt)

    def new() -> list[int]:
        return [event.body["epoch"] for event in epochs.new(store.get(running.id))]

    assert new() == []
    record(1, 2)
    assert new() == [1, 2]
    assert new() == []
    store.rewind(running.id, 1)
    assert new() == []
    record(2, 3)
    assert new() == [3]


def test_an_epoch_s_line_holds_all_that_is_known(store: RunStore, running: Run) -> None:
    progress = Progress(epoch=2, epochs=10, step=5, steps=5, seconds=4.0, samples_per_second=12_345.6)
    body = {"epoch": 2, "loss": 0.5, "accuracy": 0.75, "val_loss": 0.6, "val_accuracy": 0.7}
    store.record(running.id, progress, [("epoch", body)], running.attempt)
    event = store.events(running.id)[0]
    assert epoch_line(store.get(running.id), event) == (
        "epoch  2/10  loss 0.5000  accuracy 0.7500  val_loss 0.6000  val_accuracy 0.7000"
        "  12,346 digits a second  16 s left"
    )


def test_a_run_says_what_it_waits_for(queued: Run) -> None:
    assert waiting(queued, 0) == ""
    assert waiting(queued, 2) == "It waits: 2 runs before it."


def test_times_and_tables_are_written_for_people() -> None:
    assert [duration(each) for each in (0.2, 59.4, 61, 7_260)] == [
        "0 s",
        "59 s",
        "1 min 01 s",
        "2 h 01 min",
    ]
    assert table(("a", "long"), [("1", "x"), ("22", "y")], frozenset({0})) == [" a  long", " 1  x", "22  y"]


CHATTER = [
    "I0000 00:00:1795373894.620790    7751 port.cc:153] oneDNN custom operations are on.",
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
    "2026-11-22 18:57:00.123456: W tensorflow/core/framework/op.cc:1] something slow",
    "E0000 00:00:1795373902.926179 7770 cuda_platform.cc:52] failed call to cuInit: UNKNOWN ERROR (303)",
]
NEWS = [
    "E0000 00:00:1795373902.926179    7770 gpu.cc:52] out of memory",
    "F0000 00:00:1795373902.926179    7770 gpu.cc:52] check failed",
    "2026-11-22 18:57:00.123456: E tensorflow/core/framework/op.cc:1] something wrong",
    "Traceback (most recent call last):",
]


def test_errors_come_through_and_chatter_does_not(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet():
        for line in (*CHATTER, *NEWS):
            os.write(2, f"{line}\n".encode())
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err.splitlines() == [*NEWS, "afterwards"]
    assert all(map(is_chatter, CHATTER))


@pytest.mark.parametrize("name", ["pictures", "houses"])
def test_a_network_is_not_evaluated_on_data_that_do_not_fit(
    name: str, made_up_sources: object, store: RunStore
) -> None:
    run = store.create(Experiment(), "on digits")
    with pytest.raises(WrongUse, match=r"28 × 28 × 1"):
        refuse_other_shapes(run, DIGITS.info, source(name).info)
    refuse_other_shapes(run, DIGITS.info, source("mnist").info)
