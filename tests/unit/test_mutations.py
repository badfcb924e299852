"""A document or link that somebody changed anywhere is read or refused, and nothing else ever happens."""

from __future__ import annotations

import base64
import copy
import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidExperiment
from core.experiment import link
from core.experiment.experiment import Experiment
from tests.unit import strategies

Path = tuple[str | int, ...]
STRANGE: list[Any] = [
    None,
    True,
    -1,
    0,
    1.5,
    10**30,
    1e308,
    float("nan"),
    float("-inf"),
    "",
    "Dense",
    "x" * 5_000,
    "7 × 7",
    "\ud800",
    "\x00",
    [],
    [[]],
    [[[[[]]]]],
    {},
    {"kind": "Dense", "name": "new"},
    {"kind": "Residual", "name": "new", "branches": [[]]},
    {"kind": "FutureLayer", "name": "new"},
]


def _paths(value: Any, before: Path = ()) -> Iterator[Path]:
    yield before
    if isinstance(value, dict):
        for key in value:
            yield from _paths(value[key], (*before, key))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from _paths(value[index], (*before, index))


def _changed(document: Any, path: Path, how: str, value: Any) -> Any:
    """Return the document with one change at a path."""
    if not path:
        return value
    document = copy.deepcopy(document)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    last = path[-1]
    match how:
        case "replace":
            holder[last] = value
        case "delete":
            del holder[last]
        case "twice" if isinstance(holder, list):
            holder.insert(int(last), copy.deepcopy(holder[int(last)]))
        case "insert" if isinstance(holder, list):
            holder.insert(int(last), value)
        case _:
            holder["new"] = value
    return document


def _read_or_refused(text: str) -> None:
    try:
        opened = Experiment.from_json(text)
    except InvalidExperiment as refused:
        words = str(refused)
    else:
        assert Experiment.from_json(opened.to_json()) == opened
        assert link.decode(link.encode(opened)) == opened
        words = "read"
    assert 0 < len(words) < 700


@settings(max_examples=70)
@given(strategies.experiments(4), st.data())
def test_a_document_changed_at_any_place_is_read_or_refused(
    experiment: Experiment, data: st.DataObject
) -> None:
    document = experiment.to_dict()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(_paths(document))))
        how = data.draw(st.sampled_from(["replace", "delete", "twice", "insert"]))
        document = _changed(document, path, how, data.draw(st.sampled_from(STRANGE)))
    _read_or_refused(json.dumps(document))


@settings(max_examples=40)
@given(strategies.experiments(4), st.data())
def test_a_document_cut_or_with_other_letters_is_read_or_refused(
    experiment: Experiment, data: st.DataObject
) -> None:
    text = experiment.to_json()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    between = data.draw(st.text(max_size=4) | st.just(text[start:end] * 2))
    _read_or_refused(text[:start] + between + text[end:])


def _decoded_or_refused(text: str) -> None:
    try:
        opened = link.decode(text)
    except InvalidExperiment:
        return
    assert link.decode(link.encode(opened)) == opened


@settings(max_examples=40)
@given(strategies.experiments(4), st.data())
def test_a_link_with_another_letter_or_byte_is_read_or_refused(
    experiment: Experiment, data: st.DataObject
) -> None:
    text = link.encode(experiment)
    place = data.draw(st.integers(0, len(text) - 1))
    _decoded_or_refused(text[:place] + data.draw(st.characters()) + text[place + 1 :])
    packed = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    _decoded_or_refused(base64.urlsafe_b64encode(packed).decode().rstrip("="))


@settings(max_examples=40)
@given(strategies.experiments(4), st.data())
def test_a_link_that_was_packed_again_with_other_bytes_is_read_or_refused(
    experiment: Experiment, data: st.DataObject
) -> None:
    document = bytearray(experiment.to_json().encode())
    for _ in range(data.draw(st.integers(1, 4))):
        document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    _decoded_or_refused(base64.urlsafe_b64encode(zlib.compress(bytes(document))).decode().rstrip("="))


def test_the_changes_of_this_file_are_not_all_refused() -> None:
    document = Experiment().to_dict()
    _read_or_refused(json.dumps(_changed(document, ("training", "epochs"), "delete", None)))
    shorter = _changed(document, ("training", "epochs"), "delete", None)
    assert Experiment.from_json(json.dumps(shorter)) == Experiment()
    with pytest.raises(InvalidExperiment):
        Experiment.from_json(json.dumps(_changed(document, ("training", "epochs"), "replace", -1)))
