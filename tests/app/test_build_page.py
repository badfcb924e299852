"""What the Build page does for whoever opens it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.experiment import link
from core.experiment.experiment import Experiment
from core.experiment.presets import PRESETS
from core.runs.store import RunStore
from tests.app.conftest import Open, text_of


def design_in_address(app: AppTest) -> Experiment:
    """Return the design that the page's address holds."""
    return link.decode(app.query_params["design"])


def test_a_sensible_network_on_digits_is_there_at_once(open_page: Open) -> None:
    app = open_page()
    assert not app.error
    assert design_in_address(app).data.dataset == "digits"
    assert "1,797 real handwritten digits" in text_of(app)
    assert not app.button("train").disabled


def test_a_preset_replaces_the_design_and_undo_brings_it_back(open_page: Open) -> None:
    app = open_page()
    before = design_in_address(app)
    app.selectbox("preset").set_value("article").run()
    assert [getattr(layer, "units", None) for layer in design_in_address(app).model.layers] == [
        None,
        64,
        32,
        10,
    ]
    app.button("undo").click().run()
    assert design_in_address(app) == before
    assert app.selectbox("preset").value == PRESETS[0].name
    app.button("redo").click().run()
    assert app.selectbox("preset").value == "article"


def test_settings_edit_the_design_and_follow_an_undo(open_page: Open) -> None:
    app = open_page()
    app.number_input("training-epochs").set_value(3).run()
    app.selectbox("data-normalization").set_value("standardize").run()
    design = design_in_address(app)
    assert (design.training.epochs, design.data.normalization) == (3, "standardize")
    assert app.selectbox("preset").value == "own"
    app.button("undo").click().run()
    app.button("undo").click().run()
    assert app.number_input("training-epochs").value == 10
    assert app.selectbox("data-normalization").value == "rescale"


def test_the_address_opens_the_same_design_in_another_session(open_page: Open) -> None:
    first = open_page()
    first.selectbox("preset").set_value("small_cnn").run()
    second = open_page(design=first.query_params["design"])
    assert second.selectbox("preset").value == "small_cnn"
    assert design_in_address(second) == design_in_address(first)


def test_a_broken_link_is_refused_in_words_and_the_page_still_works(open_page: Open) -> None:
    app = open_page(design="eNqlkctOxDAMRf_cut-off")
    assert "The design in this link could not be read" in text_of(app)
    assert not app.button("train").disabled


def test_a_design_on_unknown_data_is_refused_in_words(open_page: Open) -> None:
    foreign = link.encode(Experiment().with_data(dataset="from_the_future"))
    app = open_page(design=foreign)
    assert "from_the_future" in text_of(app)
    assert not app.button("train").disabled


def test_an_error_blocks_training_until_its_fix_is_clicked(open_page: Open) -> None:
    app = open_page(design=link.encode(Experiment()))
    assert app.button("train").disabled
    assert "needs 10 numbers, one for each class" in text_of(app)
    fix = next(button for button in app.button if button.label.startswith("Add a Dense of 10"))
    fix.click().run()
    assert not app.button("train").disabled
    assert [layer.kind() for layer in design_in_address(app).model.layers] == ["Flatten", "Dense"]


def test_data_that_are_not_here_block_training_and_say_where_to_put_them(open_page: Open) -> None:
    app = open_page()
    app.selectbox("dataset").set_value("mnist").run()
    assert app.button("train").disabled
    assert "mnist.npz" in text_of(app)
    assert app.button("download").label.startswith("Download MNIST")
    next(button for button in app.button if button.label.startswith("Use Digits")).click().run()
    assert not app.button("train").disabled


def test_train_makes_a_run_and_goes_to_it(open_page: Open, store: RunStore) -> None:
    app = open_page()
    app.selectbox("preset").set_value("article").run()
    app.number_input("training-epochs").set_value(1).run()
    app.button("train").click().run()
    run = store.latest()
    assert run is not None
    assert run.experiment == design_in_address(app)
    assert f"Run {run.number}" in text_of(app)
    assert app.query_params["run"] == run.id
