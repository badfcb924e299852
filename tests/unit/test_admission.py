"""How many runs train at once, and which have to wait or can't be trained here: figures by hand."""

from __future__ import annotations

import os
import re

import pytest

from core.data.sources import source
from core.experiment.numbers import numbers
from core.experiment.presets import preset
from core.workers import admission

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("cores", "named", "runs", "threads"),
    [
        # two cores keep a run busy
        (1, "", 1, 1),
        (2, "", 1, 2),
        (3, "", 1, 3),
        (4, "", 2, 2),
        (16, "", 8, 2),
        (None, "", 1, 1),
        # a person decides otherwise
        (2, "3", 3, 1),
        (16, "1", 1, 16),
        (16, "4", 4, 4),
        # what is no number of runs is not heard
        (4, "0", 2, 2),
        (4, "-1", 2, 2),
        (4, "two", 2, 2),
        (4, "1.5", 2, 2),
        (4, " ", 2, 2),
    ],
)
def test_as_many_runs_as_pairs_of_cores_share_them_unless_a_person_decides(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, named: str, runs: int, threads: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setenv("LAYERLAB_RUNS_AT_ONCE", named)
    assert admission.runs_at_once() == runs
    assert admission.cores_a_run() == threads


@pytest.mark.parametrize(("needed", "total"), [(0.95, 1.0), (7.6, 8.0), (1.0, 64.0)])
def test_what_fits_is_not_refused(needed: float, total: float) -> None:
    assert admission.refusal(int(needed * GB), int(total * GB)) == ""


def test_what_takes_more_than_the_machine_has_is_refused_in_words() -> None:
    # 5 % are left to others: 7.6 of 8.0 may be taken
    assert admission.refusal(7_700_000_000, 8 * GB) == (
        "This training takes about 7.7 GB of memory, and this machine has 8.0 GB."
        " Use a smaller network or smaller batches."
    )


@pytest.mark.parametrize(
    ("needed", "available", "waits"),
    # of 8 GB in all, 0.4 are left to others
    [(1.6, 2.0, False), (1.7, 2.0, True), (0.5, 0.5, True), (2.0, 0.0, True), (0.5, 8.0, False)],
)
def test_what_is_not_free_now_is_waited_for_in_words(needed: float, available: float, waits: bool) -> None:
    words = admission.lack(int(needed * GB), int(available * GB), 8 * GB)
    assert bool(words) is waits
    if waits:
        assert words == (
            f"It waits for memory: about {needed} GB are needed, {available} GB are free."
            " Close other programs, or let other runs end."
        )


def test_a_training_needs_tensorflow_itself_and_twice_what_it_holds() -> None:
    info = source("digits").info
    design = preset("article").experiment(info)
    assert admission.needed_bytes(design, info) == 524_288_000 + 2 * numbers(design, info).training_bytes


def test_the_machine_has_memory_and_some_of_it_is_free() -> None:
    assert 0 < admission.available_bytes() <= admission.total_bytes()
    said = admission.refusal(2 * admission.total_bytes(), admission.total_bytes())
    assert re.search(r"this machine has \d+\.\d GB", said)
