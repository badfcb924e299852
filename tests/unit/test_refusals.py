"""What is no experiment is refused with `InvalidExperiment`, in words that name the trouble."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidExperiment
from core.experiment import link
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import MOST_LAYERS, SCHEMA, DataSpec, Experiment, ModelSpec, TrainingSpec
from core.experiment.fields import Choice, Field, Integer, Real, Record, declared
from core.experiment.layer import CATALOG
from core.experiment.presets import PRESETS

RECORDS: list[type[Record]] = [DataSpec, TrainingSpec, *CATALOG.values()]
FIELDS = [
    pytest.param(record, name, field, id=f"{record.__name__}.{name}")
    for record in RECORDS
    for name, field in declared(record).items()
]
NEVER_RIGHT: list[object] = [
    None,
    True,
    False,
    [],
    {},
    [1],
    b"adam",
    1 + 2j,
    float("nan"),
    float("inf"),
    -float("inf"),
    10**400,
    -(10**5000),
    "",
    "x" * 100_000,
    "Adam",
    "dense\n",
    "1",
]


def _made(record: type[Record], name: str, value: object) -> Record:
    others = {"name": "a"} if "name" in declared(record) else {}
    return record(**{**others, name: value})


def _beyond(field: Field) -> list[Any]:
    match field:
        case Integer(low=low, high=high):
            return [low - 1, high + 1, low + 0.5, float(high + 1), str(low)]
        case Real(low=low, high=high):
            return [low - 0.001, high + 0.001, str(low)]
        case Choice(options=options):
            return [options[0].value.upper() + " ", options[0].label + "?"]
        case _:
            return ["1a", "A", "a b", "a" * 41, "ä", "a\n", "../a", "a;b"]


@pytest.mark.parametrize(("record", "name", "field"), FIELDS)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    record: type[Record], name: str, field: Field
) -> None:
    for value in [*NEVER_RIGHT, *_beyond(field)]:
        with pytest.raises(InvalidExperiment) as refused:
            _made(record, name, value)
        with pytest.raises(ValueError, match=r".") as expected:
            field.parse(value)
        assert f"{name} must be {expected.value}" in str(refused.value)
        assert "Received: " in str(refused.value)
        assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("record", "name", "field"), [each for each in FIELDS if isinstance(each.values[2], Integer | Real)]
)
def test_the_ends_of_a_range_belong_to_it(record: type[Record], name: str, field: Integer | Real) -> None:
    for value in (field.low, field.high):
        assert getattr(_made(record, name, value), name) == value


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_an_unknown_attribute_is_named(record: type[Record]) -> None:
    with pytest.raises(InvalidExperiment, match=r"has no 'colour'\. It has "):
        record.from_dict({"colour": 1})


def test_a_record_says_what_it_received_in_short() -> None:
    with pytest.raises(
        InvalidExperiment, match="batch_size must be a whole number from 1 to 1,000,000"
    ) as e:
        TrainingSpec(batch_size=0)
    assert str(e.value) == "training: batch_size must be a whole number from 1 to 1,000,000. Received: 0."


WHOLE = {"schema": SCHEMA, "data": {}, "model": {"layers": []}, "training": {}}
MIXED_KEYS: dict[object, object] = {"schema": SCHEMA, 7: 1, "b": 2}
DENSE = {"kind": "Dense", "name": "a"}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "must be a JSON object"),
        ("design", "must be a JSON object"),
        (None, "must be a JSON object"),
        ({}, "schema version"),
        ({"schema": True}, "schema version"),
        ({"schema": "1"}, "schema version"),
        ({"schema": 0}, "schema version"),
        ({"schema": SCHEMA + 1}, "newer LayerLab"),
        ({"schema": 10**5000}, "newer LayerLab"),
        ({**WHOLE, "colour": 1}, "colour"),
        (MIXED_KEYS, "b"),
        ({**WHOLE, "data": []}, "data must be an object"),
        ({**WHOLE, "training": 3}, "training must be an object"),
        ({**WHOLE, "model": []}, "list of layers"),
        ({**WHOLE, "model": {"layers": {}}}, "list of layers"),
        ({**WHOLE, "model": {"layers": [], "name": 1}}, "list of layers"),
        ({**WHOLE, "model": {"layers": ["Dense"]}}, "A layer must be an object"),
        ({**WHOLE, "model": {"layers": [{"kind": "Dense"}]}}, "name must be"),
        ({**WHOLE, "model": {"layers": [{"name": "a"}]}}, "None is not known"),
        ({**WHOLE, "model": {"layers": [{"kind": "LSTM", "name": "a"}]}}, "'LSTM' is not known"),
        ({**WHOLE, "model": {"layers": [{"kind": ["Dense"], "name": "a"}]}}, "is not known"),
        ({**WHOLE, "model": {"layers": [{**DENSE, "kind": "object"}]}}, "is not known"),
        ({**WHOLE, "model": {"layers": [{**DENSE, "rate": 0.5}]}}, "has no 'rate'"),
        ({**WHOLE, "model": {"layers": [DENSE, DENSE]}}, "Two layers are called a"),
        ({**WHOLE, "model": {"layers": [DENSE] * 10_000}}, "10,000 layers"),
    ],
)
def test_a_document_that_is_no_design_is_refused_in_words(document: object, words: str) -> None:
    with pytest.raises(InvalidExperiment, match=words) as refused:
        Experiment.from_dict(document)
    assert len(str(refused.value)) < 400


def test_too_many_layers_are_refused_however_they_come() -> None:
    stack = tuple(CATALOG["Flatten"](name=f"f{n}") for n in range(MOST_LAYERS + 1))
    with pytest.raises(InvalidExperiment, match=f"at most {MOST_LAYERS}"):
        ModelSpec(layers=stack)
    assert len(ModelSpec(layers=stack[1:]).layers) == MOST_LAYERS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "NaN",
        "[" * 100_000,
        "9" * 10_000,
        '{"schema": 1e400}',
        '{"schema": 1, "training": {"learning_rate": NaN}}',
        '{"schema": 1, "training": {"learning_rate": Infinity}}',
        '{"schema": 1, "training": {"epochs": ' + "9" * 4_000 + "}}",
        '{"schema": 1}' + " " * 300_000,
        '{"schema": 1, "data": {"dataset": "\\ud800"}}',
        "\x00",
        "\ufeff{}",
    ],
)
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidExperiment):
        Experiment.from_json(text)


@pytest.mark.parametrize(
    "place", ['{"schema":1,"data":{"seed":@}}', '{"schema":@}', '{"schema":1,"data":@}', "@"]
)
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_json_nested_to_any_depth_is_refused(place: str, opening: str, closing: str) -> None:
    for depth in [*range(1, 60), *range(850, 1_000), 5_000]:
        text = place.replace("@", opening * depth + "1" + closing * depth)
        with pytest.raises(InvalidExperiment):
            Experiment.from_json(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_any_json_value_at_any_place_is_refused_or_read(value: Any) -> None:
    for document in (
        value,
        {"schema": value},
        {**WHOLE, "data": value},
        {**WHOLE, "model": value},
        {**WHOLE, "model": {"layers": value}},
        {**WHOLE, "model": {"layers": [value]}},
        {**WHOLE, "model": {"layers": [{**DENSE, "units": value}]}},
        {**WHOLE, "model": {"layers": [{**DENSE, "kind": value}]}},
        {**WHOLE, "training": {"optimizer": value}},
    ):
        try:
            read = Experiment.from_json(json.dumps(document))
        except InvalidExperiment:
            continue
        assert Experiment.from_json(read.to_json()) == read


@given(st.text() | st.text(alphabet="ABCDEFabcdef0123456789-_=", max_size=60))
def test_random_text_as_a_link_is_refused(text: str) -> None:
    with pytest.raises(InvalidExperiment):
        link.decode(text)


@given(st.binary())
def test_packed_noise_as_a_link_is_refused(noise: bytes) -> None:
    with pytest.raises(InvalidExperiment):
        link.decode(base64.urlsafe_b64encode(zlib.compress(noise)).decode())


def test_a_link_cut_off_anywhere_is_refused(digits_info: DatasetInfo) -> None:
    whole = link.encode(PRESETS[0].experiment(digits_info))
    for length in range(len(whole)):
        with pytest.raises(InvalidExperiment, match="cut off"):
            link.decode(whole[:length])


def test_a_link_that_unpacks_to_megabytes_is_refused() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 10_000_000, 9)).decode()
    assert len(bomb) < link.LONGEST_LINK
    with pytest.raises(InvalidExperiment):
        link.decode(bomb)
    with pytest.raises(InvalidExperiment):
        link.decode("A" * 10_000_000)
