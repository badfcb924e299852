"""The notebook's lesson: its designs, how their inputs are distributed, what is seen in their runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.distribution import Distribution, distribution, normalized
from core.data.sources import source
from core.experiment import lessons
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo
from core.experiment.presets import preset
from core.insight.finding import Finding, Kind
from core.insight.lesson import Aside, Learner, seen
from core.model.recipe import normalization

ASIDE = Aside(samples=6_000, noun="digit", classes=10)
FEW = Aside(samples=144, noun="digit", classes=10)


# --- the designs ---


def test_the_three_designs_differ_in_the_scale_of_their_inputs_alone(digits_info: DatasetInfo) -> None:
    designs = lessons.notebook(digits_info, epochs=7)
    assert [each.data.normalization for each in designs] == ["none", "rescale", "standardize"]
    assert len({each.with_data(normalization="none") for each in designs}) == 1
    assert designs[0].training.epochs == 7
    assert [each.training.seed for each in designs] == [0, 0, 0]
    assert [lessons.scale_of(each) for each in designs] == list(lessons.SCALES)


def test_it_is_the_published_network_and_plan() -> None:
    rescaled = lessons.notebook(source("mnist").info, epochs=10)[1]
    layers = rescaled.to_dict()["model"]["layers"]
    assert [(each["kind"], each.get("units"), each.get("activation")) for each in layers] == [
        ("Flatten", None, None),
        ("Dense", 512, "relu"),
        ("Dense", 512, "relu"),
        ("Dense", 10, "softmax"),
    ]
    assert (rescaled.training.optimizer, rescaled.training.loss) == (
        "adam",
        "sparse_categorical_crossentropy",
    )


def test_runs_of_something_else_are_no_lesson(digits_info: DatasetInfo) -> None:
    three = lessons.notebook(digits_info, epochs=3)
    assert lessons.belong(three, digits_info)
    assert lessons.belong(three[1:], digits_info)  # one was deleted
    assert not lessons.belong((*three[:2], three[0]), digits_info)
    assert not lessons.belong((three[0], lessons.notebook(digits_info, epochs=4)[1]), digits_info)
    assert not lessons.belong((three[0], three[1].with_training(seed=1)), digits_info)
    assert not lessons.belong((preset("article").experiment(digits_info),), digits_info)


# --- the inputs ---


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLAB_HOME", str(tmp_path_factory.mktemp("home")))
        return distribution(DataSpec(dataset="digits"))


def test_the_pixels_counted_are_those_that_are_learned_from(digits: Distribution) -> None:
    assert len(digits.counts) == 256
    assert sum(digits.counts) == 1_293 * 28 * 28  # the 144 for validation are not among them
    assert digits.background == digits.counts[0] / sum(digits.counts)
    assert 0.5 < digits.background < 0.9


def test_bins_hold_all_pixels_in_order(digits: Distribution) -> None:
    shares = digits.shares(16)
    assert len(shares) == 16
    assert sum(shares) == pytest.approx(1)
    assert shares[-1] == pytest.approx(sum(digits.counts[240:]) / sum(digits.counts))


@pytest.mark.parametrize("scale", lessons.SCALES, ids=lambda scale: scale.normalization)
def test_a_pixel_is_normalized_as_the_network_does_it(
    digits: Distribution, digits_info: DatasetInfo, scale: lessons.Scale
) -> None:
    (call,) = normalization(scale.normalization, digits_info, digits.statistics) or (None,)
    for value in (0.0, 17.0, 255.0):
        expected = value
        if call and "scale" in call.arguments:
            expected = value * float(str(call.arguments["scale"]))
        elif call:
            mean, variance = (float(str(call.arguments[name])) for name in ("mean", "variance"))
            expected = (value - mean) / math.sqrt(variance)
        found = normalized(value, scale.normalization, digits_info, digits.statistics)
        assert found == pytest.approx(expected)


def test_standardized_pixels_have_mean_zero_and_spread_one(
    digits: Distribution, digits_info: DatasetInfo
) -> None:
    values = [normalized(each, "standardize", digits_info, digits.statistics) for each in range(256)]
    mean = np.average(values, weights=digits.counts)
    assert mean == pytest.approx(0, abs=1e-9)
    assert np.average((np.array(values) - mean) ** 2, weights=digits.counts) == pytest.approx(1)


# --- what is seen ---


def learner(
    inputs: str,
    validation: Sequence[float],
    losses: Sequence[float] | None = None,
    *,
    first_loss: float | None = 2.3,
    ended: str = "completed",
) -> Learner:
    """Return a network with these validation accuracies and losses."""
    epochs = tuple(
        {"epoch": number, "loss": 0.1, "accuracy": 0.99, "val_accuracy": accuracy, "val_loss": loss}
        for number, (accuracy, loss) in enumerate(
            zip(validation, losses or [0.1] * len(validation), strict=True), start=1
        )
    )
    return Learner(inputs, 10, epochs, first_loss, ended)


def said(learners: Sequence[Learner], aside: Aside = ASIDE) -> dict[str, str]:
    """Return what is seen, texts by titles."""
    return {each.title: each.text for each in seen(learners, aside)}


def test_who_learned_fastest_and_who_ended_best_are_told_by_the_figures() -> None:
    found = said(
        [
            learner("raw pixels", [0.91, 0.955]),
            learner("pixels ÷ 255", [0.965, 0.972]),
            learner("C", [0.94, 0.98]),
        ]
    )
    assert found["Learned fastest with pixels ÷ 255"] == (
        "After the first epoch, it answers 96.5 % of the 6,000 digits kept aside right with pixels ÷ 255, "
        "94.0 % with C and 91.0 % with raw pixels."
    )
    assert "98.0 % of the 6,000" in found["Ended best with C"]


def test_a_difference_that_chance_can_make_is_no_victory() -> None:
    found = said([learner("A", [0.951]), learner("B", [0.972]), learner("C", [0.965])], FEW)
    (title, text), *_ = found.items()
    assert title == "No clear lead after one epoch"
    assert text.endswith("They lie within 3 digits, which chance alone can give.")
    # the same shares of many digits are a difference
    assert "Learned fastest with B" in said([learner("A", [0.951]), learner("B", [0.972])])


def test_two_that_are_level_lead_together() -> None:
    found = said([learner("A", [0.97]), learner("B", [0.9]), learner("C", [0.9701])])
    assert found["Learned fastest with C and A"].endswith(
        "The first two are 1 digit apart, which chance alone can give."
    )
    same = said([learner("A", [0.97]), learner("B", [0.9]), learner("C", [0.97])])
    assert same["Learned fastest with A and C"].endswith("The first two are level.")


def test_a_first_loss_far_above_guessing_is_named() -> None:
    raw = learner("raw pixels", [0.9], first_loss=97.3)
    found = said([raw, learner("B", [0.9]), learner("C", [0.9], first_loss=2.52)])
    text = found["Worse than guessing at first with raw pixels"]
    assert "a loss of 97.3 with raw pixels" in text
    assert "the 10 answers the same chance costs 2.3; it began at 2.3 with B and 2.52 with C" in text
    assert not any("guessing" in title for title in said([learner("B", [0.9]), learner("C", [0.9])]))


def test_as_many_right_at_a_far_larger_loss_means_surer_mistakes() -> None:
    costly = learner("A", [0.97] * 6, [0.5, 0.4, 0.4, 0.35, 0.36, 0.3])
    cheap = learner("B", [0.97] * 6, [0.3, 0.2, 0.2, 0.1, 0.9, 0.1])
    text = said([costly, cheap])["Surer of its mistakes with A"]
    assert (
        "in the last 3 epochs the validation loss was mostly about 0.35 with A, against 0.1 with B" in text
    )
    assert not any("Surer" in title for title in said([cheap, replace(cheap, inputs="C")]))


def finding(kind: Kind, evidence: str = "", since: float | None = None) -> Finding:
    """Return something that the doctor found."""
    return Finding(kind, "title", evidence, "meaning", since)


def test_overfitting_and_jumps_are_those_that_the_train_page_names() -> None:
    calm = learner("A", [0.97] * 10)
    over = replace(learner("B", [0.98] * 10), findings=(finding(Kind.OVERFITTING, since=4.0),))
    wild = replace(
        learner("C", [0.96] * 10), findings=(finding(Kind.NOISY, "From epoch to epoch it jumps."),)
    )
    found = said([calm, over, wild])
    assert found["Overfitting with B"].startswith("Since epoch 4 with B, the training loss fell on")
    assert "99.0 % and 98.0 % with B" in found["Overfitting with B"]
    assert found["Learns in jumps with C"] == "With C, from epoch to epoch it jumps."
    assert "No overfitting to be seen" in said([calm])
    assert said([learner("A", [0.97] * 4)]) == {}  # too early to tell


def test_while_they_learn_only_what_is_certain_is_said() -> None:
    first = learner("A", [0.9, 0.95, 0.96, 0.97, 0.97], first_loss=90.0)
    waiting = learner("B", [], first_loss=None, ended="")
    assert said([first, waiting]) == {}
    found = said([first, learner("B", [0.96], ended="")])
    assert list(found) == ["Worse than guessing at first with A", "Learned fastest with B"]


def test_those_that_ended_early_are_named_and_compared_where_all_have_been() -> None:
    found = said(
        [
            learner("A", [0.9, 0.92, 0.93], ended="stopped"),
            learner("B", [0.95] * 10),
            learner("C", [], first_loss=None, ended="failed"),
        ]
    )
    assert found["Best after epoch 3 with B"].startswith(
        "After epoch 3, the last that all of them finished"
    )
    assert found["Not all of it was trained"] == (
        "With A it was stopped after 3 of 10 epochs and with C it failed before its first epoch was over."
    )


def test_figures_after_one_that_is_no_number_are_not_compared() -> None:
    broken = learner("A", [0.9, math.nan, 0.99])
    found = said([broken, learner("B", [0.95, 0.96, 0.97])])
    assert list(found) == ["Learned fastest with B"]


FIGURES = st.floats(0, 1) | st.just(math.nan)


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(FIGURES, st.floats(0, 1e9)), max_size=12),
            st.none() | st.floats(0, 1e9),
            st.sampled_from(["", "completed", "stopped", "failed", "interrupted"]),
        ),
        max_size=3,
    ),
    st.sampled_from([ASIDE, FEW, Aside(1, "digit", 2)]),
)
def test_whatever_came_of_them_something_readable_is_said(
    cases: list[tuple[list[tuple[float, float]], float | None, str]], aside: Aside
) -> None:
    learners = [
        learner(
            f"scale {name}", [a for a, _ in pairs], [b for _, b in pairs], first_loss=first, ended=ended
        )
        for name, (pairs, first, ended) in zip("ABC", cases, strict=False)
    ]
    for each in seen(learners, aside):
        assert each.title
        assert each.text[0].isupper()
        assert each.text.endswith(".")
        assert "nan" not in each.text
