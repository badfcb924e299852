"""Edits reach into blocks: any stack at any depth is a place to put, take, move and copy layers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidExperiment
from core.experiment import edits
from core.experiment.block import DEEPEST, Block, depth_of, every_layer
from core.experiment.experiment import Experiment
from core.experiment.history import History
from core.experiment.layer import CATALOG, Layer
from core.experiment.model_spec import MOST_LAYERS, Place
from tests.unit import strategies

Tree = tuple[object, ...]


def _layer(kind: str, name: str, *branches: tuple[Layer, ...]) -> Layer:
    made = CATALOG[kind](name=name)
    return made.holding(branches) if isinstance(made, Block) else made


def _design() -> Experiment:
    """Return a, Parallel fork of (b, Residual loop of (c, d)) and (e), f."""
    loop = _layer("Residual", "loop", (_layer("Dropout", "c"), _layer("Dense", "d")))
    fork = _layer("Parallel", "fork", (_layer("Dropout", "b"), loop), (_layer("Dropout", "e"),))
    return Experiment().with_layers((_layer("Dropout", "a"), fork, _layer("Dropout", "f")))


def _tree(layers: tuple[Layer, ...]) -> Tree:
    """Return the names, a block's behind its own in one tuple a branch."""
    names: list[object] = []
    for layer in layers:
        names.append(layer.name)
        if isinstance(layer, Block):
            names += [_tree(branch) for branch in layer.branches]
    return tuple(names)


def _of(experiment: Experiment) -> Tree:
    return _tree(experiment.model.layers)


def test_the_tree_of_this_file_reads_as_its_docstring_says() -> None:
    assert _of(_design()) == ("a", "fork", ("b", "loop", ("c", "d")), ("e",), "f")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("fork", 0, 0), ("a", "fork", ("new", "b", "loop", ("c", "d")), ("e",), "f")),
        (Place("fork", 0, 2), ("a", "fork", ("b", "loop", ("c", "d"), "new"), ("e",), "f")),
        (Place("fork", 1, 99), ("a", "fork", ("b", "loop", ("c", "d")), ("e", "new"), "f")),
        (Place("fork", 1, -3), ("a", "fork", ("b", "loop", ("c", "d")), ("new", "e"), "f")),
        (Place("loop", 0, 1), ("a", "fork", ("b", "loop", ("c", "new", "d")), ("e",), "f")),
        (Place(index=1), ("a", "new", "fork", ("b", "loop", ("c", "d")), ("e",), "f")),
        (3, ("a", "fork", ("b", "loop", ("c", "d")), ("e",), "f", "new")),
    ],
)
def test_a_layer_is_put_into_any_stack(place: Place | int, expected: Tree) -> None:
    assert _of(edits.insert(_design(), place, "Dense", name="new")) == expected
    assert _of(edits.put(_design(), place, _layer("Dense", "new"))) == expected


@pytest.mark.parametrize(
    "place",
    [Place("gone", 0, 0), Place("a", 0, 0), Place("loop", 1, 0), Place("fork", 2, 0), Place("fork", -1)],
)
def test_a_place_that_is_not_there_is_refused(place: Place) -> None:
    to_nowhere: list[Callable[[Experiment], object]] = [
        lambda design: edits.insert(design, place, "Dense"),
        lambda design: edits.move(design, "f", place),
        lambda design: design.model.stack_at(place),
    ]
    for edit in to_nowhere:
        with pytest.raises(InvalidExperiment, match=r"no such branch|no layer called"):
            edit(_design())


def test_an_inserted_block_may_bring_what_it_holds() -> None:
    held = [[{"kind": "Dense", "name": "x", "units": 3}], []]
    after = edits.insert(Experiment(), 0, "Parallel", name="new", branches=held)
    assert _of(after) == ("new", ("x",), ())


def test_before_a_layer_inside_means_in_the_same_branch() -> None:
    after = edits.insert_before(_design(), "d", "Flatten")
    assert _of(after) == ("a", "fork", ("b", "loop", ("c", "flatten", "d")), ("e",), "f")


def test_new_names_are_free_at_every_depth() -> None:
    design = edits.insert(_design(), Place("loop", 0, 0), "Dense")
    assert edits.new_name("Dense", every_layer(design.model.layers)) == "dense_1"
    assert edits.insert(design, 0, "Dense").model.layers[0].name == "dense_1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("c", ("a", "fork", ("b", "loop", ("d",)), ("e",), "f")),
        ("e", ("a", "fork", ("b", "loop", ("c", "d")), (), "f")),
        ("loop", ("a", "fork", ("b",), ("e",), "f")),
        ("fork", ("a", "f")),
    ],
)
def test_removing_takes_along_what_is_held(name: str, expected: Tree) -> None:
    assert _of(edits.remove(_design(), name)) == expected


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("a", Place("loop", 0, 1), ("fork", ("b", "loop", ("c", "a", "d")), ("e",), "f")),
        ("d", 0, ("d", "a", "fork", ("b", "loop", ("c",)), ("e",), "f")),
        ("d", Place("loop", 0, 0), ("a", "fork", ("b", "loop", ("d", "c")), ("e",), "f")),
        ("b", Place("fork", 1, 1), ("a", "fork", ("loop", ("c", "d")), ("e", "b"), "f")),
        ("loop", 99, ("a", "fork", ("b",), ("e",), "f", "loop", ("c", "d"))),
        ("fork", 0, ("fork", ("b", "loop", ("c", "d")), ("e",), "a", "f")),
    ],
)
def test_layers_and_whole_blocks_move_in_and_out(name: str, place: Place | int, expected: Tree) -> None:
    assert _of(edits.move(_design(), name, place)) == expected


@pytest.mark.parametrize(("name", "into"), [("loop", "loop"), ("fork", "fork"), ("fork", "loop")])
def test_a_block_cannot_be_put_into_itself(name: str, into: str) -> None:
    with pytest.raises(InvalidExperiment, match="put into itself"):
        edits.move(_design(), name, Place(into, 0, 0))


def test_a_copy_of_a_block_has_new_names_inside_and_the_same_settings() -> None:
    before = edits.change(_design(), "d", units=7)
    after = edits.duplicate(before, "loop")
    assert _of(after) == (
        "a",
        "fork",
        ("b", "loop", ("c", "d"), "residual", ("dropout", "dense")),
        ("e",),
        "f",
    )
    assert after.model.find("dense") == before.model.find("d").replace(name="dense")
    names = [layer.name for layer in every_layer(edits.duplicate(after, "fork").model.layers)]
    assert len(names) == len(set(names)) == 2 * 11 - 2


def test_a_layer_inside_is_found_changed_and_copied_where_it_is() -> None:
    after = edits.change(_design(), "d", units=3)
    assert after.model.find("d") == CATALOG["Dense"].from_dict({"name": "d", "units": 3})
    assert after.model.place_of("d") == Place("loop", 0, 1)
    assert _of(edits.duplicate(after, "e")) == (
        "a",
        "fork",
        ("b", "loop", ("c", "d")),
        ("e", "dropout"),
        "f",
    )


def test_unwrapping_leaves_the_first_branch_in_the_blocks_place() -> None:
    assert _of(edits.unwrap(_design(), "loop")) == ("a", "fork", ("b", "c", "d"), ("e",), "f")
    assert _of(edits.unwrap(_design(), "fork")) == ("a", "b", "loop", ("c", "d"), "f")
    assert edits.unwrap(_design(), "a") == _design()


def test_branches_come_and_go_between_the_fewest_and_the_most() -> None:
    design = edits.add_branch(_design(), "fork")
    assert _of(design) == ("a", "fork", ("b", "loop", ("c", "d")), ("e",), (), "f")
    assert _of(edits.remove_branch(design, "fork", 0)) == ("a", "fork", ("e",), (), "f")
    assert edits.remove_branch(design, "fork", 2) == _design()
    with pytest.raises(InvalidExperiment, match="has 2 to 8 branches"):
        edits.remove_branch(_design(), "fork", 0)
    for _ in range(5):
        design = edits.add_branch(design, "fork")
    with pytest.raises(InvalidExperiment, match="has 2 to 8 branches"):
        edits.add_branch(design, "fork")


@pytest.mark.parametrize("branch", [-1, 3, 99])
def test_a_branch_that_is_not_there_is_not_removed(branch: int) -> None:
    design = edits.add_branch(_design(), "fork")
    with pytest.raises(InvalidExperiment, match="branch"):
        edits.remove_branch(design, "fork", branch)


@pytest.mark.parametrize("name", ["loop", "a"])
def test_only_blocks_with_room_take_branches(name: str) -> None:
    with pytest.raises(InvalidExperiment, match="branches"):
        edits.add_branch(_design(), name)
    with pytest.raises(InvalidExperiment, match="branches"):
        edits.remove_branch(_design(), name, 0)


def test_blocks_nest_only_so_deep_however_they_come() -> None:
    design, place = Experiment(), Place()
    for number in range(DEEPEST):
        design = edits.insert(design, place, "Residual", name=f"r{number}")
        place = Place(f"r{number}", 0, 0)
    assert depth_of(design.model.layers) == DEEPEST
    design = edits.insert(design, place, "Dense")
    with pytest.raises(InvalidExperiment, match=f"more than {DEEPEST} deep"):
        edits.insert(design, place, "Residual")
    beside = edits.insert(design, 0, "Residual", name="beside")
    with pytest.raises(InvalidExperiment, match=f"more than {DEEPEST} deep"):
        edits.move(beside, "r0", Place("beside", 0, 0))
    with pytest.raises(InvalidExperiment, match=f"more than {DEEPEST} deep"):
        edits.move(beside, "beside", place)


def test_layers_inside_blocks_count_towards_the_most() -> None:
    held = [[{"kind": "Flatten", "name": f"f{n}"} for n in range(MOST_LAYERS - 1)]]
    full = edits.insert(Experiment(), 0, "Residual", branches=held)
    too_many: list[edits.Edit] = [
        lambda design: edits.insert(design, 0, "Flatten"),
        lambda design: edits.insert(design, Place("residual", 0, 0), "Flatten"),
        lambda design: edits.duplicate(design, "f0"),
        lambda design: edits.duplicate(design, "residual"),
    ]
    for edit in too_many:
        with pytest.raises(InvalidExperiment, match=f"at most {MOST_LAYERS}"):
            edit(full)


@settings(max_examples=40)
@given(strategies.experiments(4), st.data())
def test_any_move_keeps_all_layers_and_can_be_undone(experiment: Experiment, data: st.DataObject) -> None:
    places = list(experiment.model.places())
    if not places:
        return
    moved = data.draw(st.sampled_from([layer for layer, _ in places]))
    place = data.draw(st.sampled_from([place for _, place in places]))
    try:
        after = edits.move(experiment, moved.name, place)
    except InvalidExperiment:
        assert place.block in [each.name for each in every_layer((moved,))]  # into itself
        return
    names = sorted(layer.name for layer in every_layer(experiment.model.layers))
    assert sorted(layer.name for layer in every_layer(after.model.layers)) == names
    assert after.model.find(moved.name) == moved
    assert after.model.place_of(moved.name).block == place.block
    assert Experiment.from_json(after.to_json()) == after
    assert History(experiment).edit(after).undo().present == experiment


@settings(max_examples=40)
@given(strategies.experiments(4))
def test_every_layer_is_where_its_place_says(experiment: Experiment) -> None:
    for layer, place in experiment.model.places():
        assert experiment.model.place_of(layer.name) == place
        assert experiment.model.stack_at(place)[place.index] == layer
        assert experiment.model.has(layer.name)
