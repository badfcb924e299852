"""Mutated configs, and nonsense in every field, are refused or read: nothing else comes of them."""

from __future__ import annotations

import copy
import json
import random

import pytest

from core.bringback.graph import read_graph
from core.bringback.network import read_network
from core.errors import FileRefused, LayerLabError
from core.experiment.dataset import DatasetInfo
from core.experiment.layer import CATALOG
from tests.unit.keras_files import (
    STRANGE,
    dense,
    fed,
    given,
    keras_object,
    layer,
    mutate,
    notebook,
    sequential,
)
from tests.unit.translated import (
    FLAT,
    LAST,
    RESCALING,
    conv,
    joining,
    network_of,
    picture,
)


def test_ten_thousand_mutated_configs_are_refused_or_read(digits_info: DatasetInfo) -> None:
    chance = random.Random(11)
    ways = [fed(conv("a"), "stem"), fed(conv("b", 4, padding="same"), "stem"), joining("a", "b", "stem")]
    bases = [
        notebook(compile_config={"loss": "mse", "optimizer": keras_object("SGD", "k", learning_rate=0.1)}),
        picture(*ways),
        sequential(given(28, 28, 1), RESCALING, conv("c"), FLAT, sequential(dense("i", 4)), LAST),
    ]
    outcomes = {"read": 0, "named": 0, "refused": 0}
    for _ in range(10_000):
        document = copy.deepcopy(chance.choice(bases))
        for _ in range(chance.choice([1, 1, 1, 2, 4])):
            mutate(document, chance)
        members = {"config.json": json.dumps(document).encode(), "model.weights.h5": b""}
        try:
            translation = read_network(members, digits_info).translation
        except LayerLabError:
            outcomes["refused"] += 1
        else:
            outcomes["named" if translation.problems else "read"] += 1
            assert all(len(each) < 1_000 for each in translation.problems)
    assert min(outcomes.values()) > 500, outcomes


@pytest.mark.parametrize("kind", sorted(CATALOG))
def test_each_layer_says_of_any_nonsense_that_it_is_none(kind: str, digits_info: DatasetInfo) -> None:
    for strange in STRANGE:
        fields = dict.fromkeys(CATALOG[kind].from_dict({"name": "x"}).to_dict(), strange)
        del fields["name"]
        document = sequential(given(28, 28, 1), layer(kind, "x", **fields), FLAT, LAST)
        try:
            network_of(document, digits_info)
        except FileRefused:
            continue


def test_reading_a_graph_twice_gives_the_same() -> None:
    assert read_graph(notebook()) == read_graph(notebook())
