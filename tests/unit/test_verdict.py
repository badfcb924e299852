"""What may be said of a network's answer, and what not."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.sources import source
from core.drawing.verdict import LEAST_MARGIN, RULE, Kind, entropy, margin, percent, verdict
from core.experiment.choices import Output
from core.experiment.dataset import DatasetInfo

INFO = source("digits").info
SHARES, UNIT, NUMBERS = Output.SHARES, Output.UNIT, Output.NUMBERS


def _shares(**given: float) -> list[float]:
    """Return ten shares: those named by their digit (`d3=0.9`), and the rest spread evenly."""
    named = {int(name[1:]): share for name, share in given.items()}
    rest = (1 - sum(named.values())) / (10 - len(named))
    return [named.get(digit, rest) for digit in range(10)]


def test_an_empty_canvas_is_asked_for_a_digit() -> None:
    found = verdict(None, INFO, SHARES)
    assert (found.kind, found.best, found.second) == (Kind.NOTHING, -1, -1)
    assert "Draw a digit" in found.words


def test_a_dot_is_called_a_dot_whatever_the_network_and_the_detector_say() -> None:
    found = verdict(_shares(d1=0.99), INFO, SHARES, likeness=0.99, threshold=0.5, dot=True)
    assert found.kind is Kind.DOT
    assert "dot" in found.words


def test_a_clear_answer_is_told_as_a_share_and_never_as_a_certainty() -> None:
    found = verdict(_shares(d3=0.91), INFO, SHARES)
    assert (found.kind, found.best) == (Kind.SURE, 3)
    assert found.words == "The network's share for 3: 91 %."
    assert "sure" not in found.words


@pytest.mark.parametrize("kind", list(Kind))
def test_no_words_promise_that_the_network_is_sure(kind: Kind) -> None:
    cases = {
        Kind.NOTHING: verdict(None, INFO, SHARES),
        Kind.DOT: verdict(_shares(d1=0.9), INFO, SHARES, dot=True),
        Kind.NO_DIGIT: verdict(_shares(d1=0.9), INFO, SHARES, likeness=0.1, threshold=0.5),
        Kind.NOT_SURE: verdict(_shares(d1=0.3, d7=0.3), INFO, SHARES),
        Kind.STRONGEST: verdict([3.0] + [0.0] * 9, INFO, NUMBERS),
        Kind.SURE: verdict(_shares(d1=0.99), INFO, SHARES),
    }
    found = cases[kind]
    assert found.kind is kind
    assert "sure" not in found.words.lower().replace("not sure", "")


def test_two_classes_close_together_are_both_named() -> None:
    found = verdict(_shares(d4=0.52, d9=0.44), INFO, SHARES)
    assert (found.kind, found.best, found.second) == (Kind.NOT_SURE, 4, 9)
    assert found.words == "Not sure: 4 or 9. The network's share for 4: 52 %, for 9 44 %."


def test_the_margin_itself_is_enough() -> None:
    low, high = (1 - LEAST_MARGIN) / 2, (1 + LEAST_MARGIN) / 2
    barely = [high + 1e-6, low - 1e-6] + [0.0] * 8
    short = [high - 1e-6, low + 1e-6] + [0.0] * 8
    assert verdict(barely, INFO, SHARES).kind is Kind.SURE
    assert verdict(short, INFO, SHARES).kind is Kind.NOT_SURE


def test_shares_spread_over_all_classes_are_not_relied_on_though_one_is_ahead() -> None:
    spread = _shares(d2=0.56)
    assert margin(spread) >= LEAST_MARGIN
    found = verdict(spread, INFO, SHARES)
    assert found.kind is Kind.NOT_SURE
    assert "no class stands out" in found.words


def test_the_detector_speaks_before_the_shares_and_says_how_often_it_is_wrong() -> None:
    found = verdict(_shares(d8=0.99), INFO, SHARES, likeness=0.2, threshold=0.5, false_alarm_rate=0.01)
    assert (found.kind, found.best) == (Kind.NO_DIGIT, 8)
    assert "doesn't look like a digit" in found.words
    assert "would say 8" in found.words
    assert "wrong about 1 % of real digits" in found.words


def test_a_likeness_at_the_threshold_or_unknown_raises_no_alarm() -> None:
    clear = _shares(d8=0.99)
    assert verdict(clear, INFO, SHARES, likeness=0.5, threshold=0.5).kind is Kind.SURE
    assert verdict(clear, INFO, SHARES, likeness=None, threshold=0.5).kind is Kind.SURE
    assert verdict(clear, INFO, SHARES, likeness=0.0, threshold=None).kind is Kind.SURE


def test_separate_yes_or_no_answers_are_compared_but_are_no_shares() -> None:
    alone = [0.02] * 10
    alone[6] = 0.97
    found = verdict(alone, INFO, UNIT)
    assert (found.kind, found.best) == (Kind.SURE, 6)
    assert found.words == "The network's number for 6: 97 %."
    both = [0.02] * 10
    both[6], both[0] = 0.97, 0.9
    assert verdict(both, INFO, UNIT).kind is Kind.NOT_SURE
    none = [0.02] * 10
    none[6] = 0.45
    said = verdict(none, INFO, UNIT)
    assert said.kind is Kind.NOT_SURE
    assert "no to every class" in said.words


def test_of_plain_numbers_only_the_strongest_is_told() -> None:
    numbers = [-5.0, 12.5, 12.4, *[0.0] * 7]
    found = verdict(numbers, INFO, NUMBERS)
    assert (found.kind, found.best, found.second) == (Kind.STRONGEST, 1, 2)
    assert "strongest answer is 1, with 12.50" in found.words
    assert "%" not in found.words
    assert "−5.00" in verdict([-5.0] + [-9.0] * 9, INFO, NUMBERS).words


def test_one_class_alone_is_told_as_it_is() -> None:
    alone = dataclasses.replace(INFO, classes=("zero",))
    assert verdict([1.0], alone, SHARES).second == -1
    assert verdict([1.0], alone, SHARES).kind is Kind.SURE
    assert verdict([0.2], alone, UNIT).kind is Kind.NOT_SURE


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.sampled_from(list(Output)))
def test_every_answer_has_a_verdict_that_names_the_strongest(values: list[float], meaning: Output) -> None:
    info: DatasetInfo = dataclasses.replace(INFO, classes=tuple(f"class {n}" for n in range(len(values))))
    found = verdict(values, info, meaning)
    assert values[found.best] == max(values)
    assert found.best != found.second
    assert info.classes[found.best] in found.words
    assert found.words.endswith(".")


def test_entropy_is_none_for_one_and_whole_for_all_alike() -> None:
    assert entropy([1.0] + [0.0] * 9) == 0
    assert entropy([0.1] * 10) == pytest.approx(1)
    assert entropy([0.5, 0.5] + [0.0] * 8) == pytest.approx(0.30103, abs=1e-5)


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0.0 %"),
        (0.0001, "under 0.1 %"),
        (0.005, "0.5 %"),
        (0.914, "91 %"),
        (0.994, "99.4 %"),
        (0.99996, "over 99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_shares_are_written_so_that_nothing_seems_certain_that_is_not(share: float, written: str) -> None:
    assert percent(share) == written


def test_the_rule_is_stated_with_the_figures_that_are_used() -> None:
    assert "50 points" in RULE
    assert "50 %" in RULE
