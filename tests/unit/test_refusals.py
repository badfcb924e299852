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
from core.experiment import edits, link
from core.experiment.block import DEEPEST, depth_of
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import SCHEMA, Experiment
from core.experiment.fields import Choice, Field, Flag, Integer, Real, Record, Sizes, declared
from core.experiment.layer import CATALOG
from core.experiment.model_spec import MOST_LAYERS, ModelSpec
from core.experiment.presets import PRESETS
from core.experiment.training_spec import TrainingSpec

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


def _never_right(field: Field) -> list[object]:
    match field:
        case Flag():
            return [value for value in NEVER_RIGHT if not isinstance(value, bool)]
        case Sizes():
            return [value for value in NEVER_RIGHT if value not in ([1], "1")]
        case _:
            return NEVER_RIGHT


def _beyond(field: Field) -> list[Any]:
    match field:
        case Integer(low=low, high=high):
            return [low - 1, high + 1, low + 0.5, float(high + 1), str(low)]
        case Real(low=low, high=high):
            return [low - 0.001, high + 0.001, str(low)]
        case Choice(options=options):
            return [options[0].value.upper() + " ", options[0].label + "?"]
        case Flag():
            return [0, 1, "true", "yes", 1.0]
        case Sizes(fewest=fewest, most=most, high=high):
            wrong = [(), (0,), (1,) * (most + 1), (1,) * (fewest - 1), (high + 1,), (1.5,), (True,), ("1",)]
            return [*wrong, (-1,), ((1,),), "7 ×", "7 -1", "٣", "7 7 7 7", "1.5", "1 " * 1_000, "9" * 5_000]
        case _:
            return ["1a", "A", "a b", "a" * 41, "ä", "a\n", "../a", "a;b"]


@pytest.mark.parametrize(("record", "name", "field"), FIELDS)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    record: type[Record], name: str, field: Field
) -> None:
    for value in [*_never_right(field), *_beyond(field)]:
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
BLOCK = {"kind": "Residual", "name": "r"}
FORK = {"kind": "Parallel", "name": "p"}


def _nested(depth: int) -> dict[str, Any]:
    layer: dict[str, Any] = DENSE
    for number in range(depth):
        layer = {**BLOCK, "name": f"r{number}", "branches": [[layer]]}
    return layer


def _design(*layers: object) -> dict[str, Any]:
    return {**WHOLE, "model": {"layers": [*layers]}}


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
        (_design({**BLOCK, "branches": [[DENSE] * 10_000]}), "10,001 layers"),
        (_design({**BLOCK, "branches": {}}), "branches must be lists"),
        (_design({**BLOCK, "branches": [DENSE]}), "branches must be lists"),
        (_design({**BLOCK, "branches": ["Dense"]}), "branches must be lists"),
        (_design({**BLOCK, "branches": [["Dense"]]}), "A layer must be an object"),
        (_design({**BLOCK, "branches": [[], []]}), "has 1 branches"),
        (_design({**FORK, "branches": [[]]}), "has 2 to 8 branches"),
        (_design({**FORK, "branches": [[]] * 9}), "has 2 to 8 branches"),
        (_design({**BLOCK, "joining": "add"}), "has no 'joining'"),
        (_design({**DENSE, "branches": [[]]}), "has no 'branches'"),
        (_design({**BLOCK, "branches": [[{"kind": "LSTM", "name": "a"}]]}), "'LSTM' is not known"),
        (_design({**BLOCK, "branches": [[DENSE, DENSE]]}), "Two layers are called a"),
        (_design(DENSE, {**BLOCK, "branches": [[DENSE]]}), "Two layers are called a"),
        (_design({**BLOCK, "name": "a", "branches": [[DENSE]]}), "Two layers are called a"),
        (_design(_nested(DEEPEST + 1)), f"more than {DEEPEST} deep"),
        (_design(_nested(50_000)), f"more than {DEEPEST} deep"),
    ],
)
def test_a_document_that_is_no_design_is_refused_in_words(document: object, words: str) -> None:
    with pytest.raises(InvalidExperiment, match=words) as refused:
        Experiment.from_dict(document)
    assert len(str(refused.value)) < 500  # the longest one lists all layers there are


def test_too_many_layers_are_refused_however_they_come() -> None:
    stack = tuple(CATALOG["Flatten"](name=f"f{n}") for n in range(MOST_LAYERS + 1))
    with pytest.raises(InvalidExperiment, match=f"at most {MOST_LAYERS}"):
        ModelSpec(layers=stack)
    assert len(ModelSpec(layers=stack[1:]).layers) == MOST_LAYERS


def test_the_deepest_nesting_that_is_allowed_is_read() -> None:
    assert depth_of(Experiment.from_dict(_design(_nested(DEEPEST))).model.layers) == DEEPEST


@pytest.mark.parametrize("depth", [DEEPEST + 1, 100, 950, 3_000])
def test_blocks_in_json_nested_too_deep_are_refused(depth: int) -> None:
    opening = '{"kind":"Residual","name":"r","branches":[['
    text = '{"schema":2,"model":{"layers":[' + opening * depth + "]]}" * depth + "]}}"
    with pytest.raises(InvalidExperiment):
        Experiment.from_json(text)


def test_a_block_that_is_inserted_with_wrong_branches_is_refused() -> None:
    branches: list[object] = [3, [3], [["Dense"]], [[{"kind": "LSTM"}]], [[]] * 9, [[_nested(DEEPEST)]]]
    for wrong in branches:
        with pytest.raises(InvalidExperiment):
            edits.insert(Experiment(), 0, "Residual", branches=wrong)


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
    "place",
    [
        '{"schema":1,"data":{"seed":@}}',
        '{"schema":@}',
        '{"schema":1,"data":@}',
        '{"schema":2,"model":{"layers":[{"kind":"Residual","name":"r","branches":@}]}}',
        "@",
    ],
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
