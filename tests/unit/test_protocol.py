"""Server and foreman understand each other: one JSON object a line."""

from __future__ import annotations

import inspect
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.workers.calls import CALLS
from core.workers.protocol import receive, send

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=30)
@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=4))
def test_messages_arrive_as_they_were_sent_one_a_line(messages: list[dict[str, Any]]) -> None:
    pipe = io.StringIO()
    for message in messages:
        send(pipe, message)
    lines = pipe.getvalue().split("\n")
    assert lines.pop() == ""
    assert [receive(line) for line in lines] == messages


@pytest.mark.parametrize("text", ["line\nbreak", "\r", "\u2028", "ä😀", '"', "\x00", "\ud800"])
def test_no_text_breaks_the_line(text: str) -> None:
    pipe = io.StringIO()
    send(pipe, {"message": text})
    assert pipe.getvalue().isascii()
    assert len(pipe.getvalue().splitlines()) == 1
    assert receive(pipe.getvalue()) == {"message": text}


@pytest.mark.parametrize("line", ["", "{", "[]", "3", "null", "hello", '{"a": 1} {"b": 2}'])
def test_what_is_no_message_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        receive(line)


def test_the_calls_take_what_the_screens_send() -> None:
    assert list(inspect.signature(CALLS["fetch"]).parameters) == ["name"]
    assert list(inspect.signature(CALLS["predict"]).parameters) == ["networks", "image", "side"]
    assert list(inspect.signature(CALLS["inside"]).parameters) == ["network", "image", "side", "target"]
    assert list(inspect.signature(CALLS["samples"]).parameters) == ["dataset", "count", "seed"]
