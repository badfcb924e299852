"""One's own handwriting on the pages: what can be chosen on Build, and what the card on Draw says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data import files, own
from core.data.sources import source
from core.drawing.handwriting import Collection
from core.experiment import link
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.run import Status
from core.runs.store import RunStore
from tests.app.conftest import Open, text_of
from tests.app.made_runs import BUSY, over
from tests.unit.own_digits import drawn
from ui import server


@pytest.fixture(autouse=True)
def collection(app_home: Path) -> Iterator[Collection]:
    """An empty collection, and no versions, before and after a test."""
    found = Collection()
    yield found
    for path in (*files.folder().glob("own_*"), *files.folder().glob("own/**/*.digit")):
        path.unlink()


def choices(app: AppTest) -> list[str]:
    """Return what the list of data offers."""
    return list(app.selectbox("dataset").options)


def data_of(app: AppTest) -> str:
    """Return the name of the data that the design in the address learns from."""
    return link.decode(app.query_params["design"]).data.dataset


# --- Build ---


def test_without_drawings_the_list_is_as_ever(open_page: Open) -> None:
    assert not any("handwriting" in each for each in choices(open_page()))


def test_too_few_drawings_are_in_the_list_and_say_what_is_lacking(
    open_page: Open, collection: Collection
) -> None:
    collection.add(*drawn(1))
    app = open_page()
    assert "My handwriting (10 of 20 drawings)" in choices(app)
    app.selectbox("dataset").set_value("own").run()
    assert "not enough to learn from yet. 10 more to go" in text_of(app)
    assert data_of(app) == app.selectbox("dataset").value == "digits"
    assert not app.button("train").disabled


def test_choosing_ones_own_writes_down_what_is_there(open_page: Open, collection: Collection) -> None:
    collection.add(*drawn(4))
    app = open_page()
    assert choices(app)[-2:] == ["My handwriting (40)", "Digits + my handwriting (40)"]
    assert own.versions() == []  # looking writes nothing
    code = own.code_of(drawn(4))
    app.selectbox("dataset").set_value(f"digits_own_{code}").run()
    assert data_of(app) == f"digits_own_{code}"
    assert [each.code for each in own.versions()] == [code]
    info = source(f"digits_own_{code}").info
    learned = info.training_size - round(0.1 * source("digits").info.training_size)
    assert f"{learned:,} digits; 144 more for validation" in text_of(app)
    assert "a fifth of all" in text_of(app)
    assert not app.button("train").disabled


def test_a_design_keeps_its_version_while_more_is_drawn(open_page: Open, collection: Collection) -> None:
    collection.add(*drawn(4))
    name = own.name_of(own.freeze(collection.samples()).code)
    design = preset("article").experiment(source(name).info)
    collection.add(*drawn(5)[40:])
    app = open_page(design=link.encode(design))
    assert app.selectbox("dataset").value == name
    assert {"My handwriting (40)", "My handwriting (50)", "Digits + my handwriting (50)"} < set(
        choices(app)
    )
    assert "not the same since" in text_of(app)
    assert data_of(app) == name
    app.selectbox("dataset").set_value(own.name_of(own.code_of(drawn(5)))).run()
    assert "not the same since" not in text_of(app)


def test_a_link_to_drawings_from_elsewhere_is_refused_in_words(open_page: Open) -> None:
    app = open_page(design=link.encode(Experiment().with_data(dataset="digits_own_3f2a91c0")))
    assert "handwriting that is not on this machine (own_3f2a91c0)" in text_of(app)
    assert "own_3f2a91c0.npz and own_3f2a91c0.json" in text_of(app)
    assert data_of(app) == "digits"


@pytest.mark.parametrize("damage", [None, b"PK"])
def test_a_version_whose_file_is_gone_or_damaged_blocks_training_and_says_so(
    open_page: Open, collection: Collection, damage: bytes | None
) -> None:
    collection.add(*drawn(4))
    version = own.freeze(collection.samples())
    design = preset("article").experiment(source(own.name_of(version.code, "digits")).info)
    path = files.folder() / version.filename
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    app = open_page(design=link.encode(design))
    assert app.button("train").disabled
    assert version.filename in text_of(app)
    next(button for button in app.button if button.label.startswith("Use Digits")).click().run()
    assert not app.button("train").disabled


# --- runs ---


def test_runs_are_shown_with_what_they_were_trained_on(
    open_page: Open, collection: Collection, store: RunStore
) -> None:
    collection.add(*drawn(4))
    version = own.freeze(collection.samples())
    info = source(own.name_of(version.code, "digits")).info
    with store.foreman_lock(BUSY):
        run = over(store, Status.STOPPED)
        again = store.create(preset("article").experiment(info), "mine")
        store.claim(again.id, BUSY)
        store.finish(again.id, Status.STOPPED)
        assert server.seconds_to_train(preset("article").experiment(info)) > 0
        assert run.id != again.id
        text_of(open_page("runs"))
        text_of(open_page("train", run=again.id))


# --- the card ---


def card() -> None:
    """Draw the card as the Draw page does."""
    from tests.unit.own_digits import digit
    from ui import session
    from ui.draw.own import show_collection, show_labels

    session.open_session()
    show_labels(digit(3, 500), 3)
    show_collection()


def shown() -> AppTest:
    """Return the card, drawn."""
    app = AppTest.from_function(card, default_timeout=60).run()
    assert not app.exception
    return app


def test_the_card_says_how_far_it_is_until_a_network_can_learn(collection: Collection) -> None:
    assert "Thirty digits take about three minutes" in text_of(shown())
    collection.add(*drawn(1))
    said = text_of(shown())
    assert "<strong>10 drawings</strong> 10 more to go" in said
    assert not [each for each in shown().button if each.key == "own-train-mixed"]


def test_with_enough_it_says_what_training_will_do(collection: Collection) -> None:
    collection.add(*drawn(4))
    app = shown()
    learned = sum(not each.is_for_test for each in drawn(4))
    assert f"A network learns from {learned} of your drawings" in text_of(app)
    assert f"The other {40 - learned} are never learned from" in text_of(app)
    assert app.button("own-train-mixed").label == "Train on Digits + mine"
    assert own.versions() == []  # looking writes nothing


def test_a_damaged_drawing_is_told_of_and_costs_itself_alone(collection: Collection) -> None:
    collection.add(*drawn(4))
    next((files.folder() / "own").glob("*.digit")).write_bytes(b"x")
    app = shown()
    app.segmented_control("own-view").set_value("All drawings").run()
    assert "1 of the files can’t be read any more" in text_of(app)
    assert len(collection.samples()) == 39
