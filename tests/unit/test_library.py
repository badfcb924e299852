"""The library knows which data sets are here, checks a file when it changes, and brings what is missing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import files, library
from core.data.sources import SOURCES, Source, fetched_bytes, source
from core.data.split import Array, split
from core.errors import DataRefused, DataUnavailable, InvalidExperiment
from core.experiment.data_spec import DataSpec
from tests.unit.made_up import HOUSES, PICTURES, full_size_mnist, picture_arrays


@pytest.fixture(autouse=True)
def _same_patience_afterwards() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    yield
    socket.setdefaulttimeout(before)


def test_nothing_is_here_in_a_fresh_home_and_digits_is_the_default() -> None:
    assert [library.state(name).here for name in SOURCES] == [False] * len(SOURCES)
    assert library.samples("digits") is None
    assert library.default_name() == "digits"
    assert library.infos() == tuple(each.info for each in SOURCES.values())


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_data_that_would_have_to_be_downloaded_are_unavailable_and_the_folder_is_named(
    name: str, fresh_home: Path
) -> None:
    with pytest.raises(DataUnavailable) as unavailable:
        library.load(name)
    assert str(fresh_home / "datasets") in str(unavailable.value)
    assert source(name).filename in str(unavailable.value)


def test_an_unknown_name_is_refused_everywhere() -> None:
    for use in (library.state, library.load, library.fetch, library.samples, source):
        with pytest.raises(InvalidExperiment, match="'cats' is not known"):
            use("cats")


def test_a_full_size_mnist_put_into_the_folder_is_found_and_becomes_the_default() -> None:
    np.savez_compressed(files.folder() / "mnist.npz", **full_size_mnist())  # type: ignore[arg-type]
    assert library.state("mnist").here
    assert library.default_name() == "mnist"
    samples = library.samples("mnist")
    assert samples is not None
    assert [int(image.any(axis=1).sum()) for image in samples] == [2 + label for label in range(10)]


@pytest.mark.usefixtures("made_up_sources")
def test_the_verdict_on_a_file_lasts_until_the_file_changes() -> None:
    path = files.folder() / "pictures.npz"
    path.write_bytes(b"nothing")
    refused = library.state("pictures")
    assert not refused.here
    assert "pictures.npz is damaged" in refused.refused
    assert library.state("pictures") == refused
    files.write(path, picture_arrays())
    assert library.state("pictures") == library.State(here=True)
    whole = path.read_bytes()
    path.write_bytes(whole[:-40] + b"x" * 40)
    os.utime(path, ns=(1, 1))
    assert "damaged" in library.state("pictures").refused
    path.unlink()
    assert library.state("pictures") == library.State(here=False)


@pytest.mark.usefixtures("made_up_sources")
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"stamp": 1}'])
def test_a_damaged_verdict_is_made_again(damage: bytes) -> None:
    library.fetch("pictures")
    for verdict in (files.folder() / ".checked").glob("*.json"):
        verdict.write_bytes(damage)
    assert library.state("pictures") == library.State(here=True)


@pytest.mark.usefixtures("made_up_sources")
def test_a_made_up_image_data_set_goes_all_the_way() -> None:
    library.fetch("pictures")
    assert library.state("pictures").here
    dataset = library.load("pictures")
    assert dataset.info == PICTURES
    samples = library.samples("pictures")
    assert samples is not None
    assert [int(image.mean(axis=(1, 2)).argmax()) // 2 for image in samples] == [0, 1, 2, 3, 4]
    parts = split(dataset, DataSpec(dataset="pictures", validation_fraction=0.2))
    assert (len(parts.training), len(parts.validation)) == (120, 30)


@pytest.mark.usefixtures("made_up_sources")
def test_a_made_up_regression_goes_all_the_way() -> None:
    dataset = library.load("houses")  # it ships, so load brings it
    assert dataset.info == HOUSES
    samples = library.samples("houses")
    assert samples is not None
    assert np.array_equal(samples, dataset.training.inputs[:10])
    assert len(split(dataset, DataSpec(dataset="houses")).statistics.mean) == 8


def _failing(error: Exception) -> Source:
    def fetch() -> Mapping[str, Array]:
        raise error

    return Source(replace(PICTURES, name="far"), "far.npz", fetch, "ours", download_bytes=1)


@pytest.mark.parametrize(
    "error", [OSError("no route to host"), TimeoutError("timed out"), Exception("URL fetch failure on …")]
)
def test_a_fetch_that_fails_is_unavailable_with_the_cause_and_the_way_out(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "far", _failing(error))
    with pytest.raises(DataUnavailable) as unavailable:
        library.fetch("far")
    for words in ("Pictures could not be downloaded", str(error), "far.npz", str(files.folder())):
        assert words in str(unavailable.value)
    assert library.state("far") == library.State(here=False)


def test_a_sources_own_words_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "far", _failing(DataUnavailable("It arrived damaged.")))
    with pytest.raises(DataUnavailable, match=r"^It arrived damaged\.$"):
        library.fetch("far")


def test_what_came_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch() -> Mapping[str, Array]:
        return {**picture_arrays(), "x_train": np.ones((3, 3), np.uint8)}

    monkeypatch.setitem(SOURCES, "far", replace(_failing(OSError()), fetch=fetch))
    with pytest.raises(DataRefused, match=r"far\.npz is not Pictures"):
        library.fetch("far")
    assert not library.state("far").here


def test_a_download_is_followed_by_the_size_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    assert fetched_bytes(source("mnist")) == 0
    arriving = tmp_path / "keras" / "datasets" / "mnist.npz"
    arriving.parent.mkdir(parents=True)
    arriving.write_bytes(b"x" * 321)
    assert fetched_bytes(source("mnist")) == 321
    assert fetched_bytes(source("digits")) == 0
