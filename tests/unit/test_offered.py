"""What one's own handwriting offers to learn from, and what becomes of a choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.data import own
from core.data.offered import has_changed, labels, written_down
from core.errors import DataRefused
from tests.unit.own_digits import drawn

FEW, ENOUGH, MORE = drawn(1), drawn(4), drawn(5)


@pytest.fixture(autouse=True)
def _home(fresh_home: Path) -> None:
    fresh_home.mkdir()


def test_nothing_is_offered_without_drawings_and_only_a_count_of_too_few() -> None:
    assert labels([]) == {}
    assert labels(FEW) == {"own": "My handwriting (10 of 20 drawings)"}


def test_enough_are_offered_alone_and_mixed_with_what_is_here_and_nothing_is_written() -> None:
    code = own.code_of(ENOUGH)
    assert labels(ENOUGH) == {
        f"own_{code}": "My handwriting (40)",
        f"digits_own_{code}": "Digits + my handwriting (40)",
    }
    assert own.versions() == []


@pytest.mark.parametrize("base", ["", "digits"])
def test_what_is_chosen_is_written_down_as_it_was_offered(base: str) -> None:
    name = own.name_of(own.code_of(ENOUGH), base)
    assert name in labels(ENOUGH)
    assert written_down(name, ENOUGH) == name
    assert [each.code for each in own.versions()] == [own.code_of(ENOUGH)]


@pytest.mark.parametrize("base", ["", "digits"])
def test_who_draws_on_before_choosing_gets_what_is_there_now(base: str) -> None:
    offered = own.name_of(own.code_of(ENOUGH), base)
    assert written_down(offered, MORE) == own.name_of(own.code_of(MORE), base)
    assert written_down("own", MORE) == own.name_of(own.code_of(MORE))


def test_an_earlier_version_and_any_other_data_stay_what_they_are() -> None:
    earlier = own.freeze(ENOUGH)
    for name in (own.name_of(earlier.code), own.name_of(earlier.code, "digits"), "digits", "mnist"):
        assert written_down(name, MORE) == name
        assert written_down(name, []) == name
    assert own.versions() == [earlier]


def test_too_few_are_refused_with_what_is_lacking() -> None:
    for name in ("own", own.name_of(own.code_of(ENOUGH), "digits")):
        with pytest.raises(DataRefused, match=r"not enough to learn from yet\. 10 more to go"):
            written_down(name, FEW)
    assert own.versions() == []


def test_drawings_have_changed_once_they_make_another_version() -> None:
    version = own.freeze(ENOUGH)
    assert not has_changed(version, ENOUGH[::-1])
    assert has_changed(version, MORE)
    assert not has_changed(version, FEW)  # they make none
