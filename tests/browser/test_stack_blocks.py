"""The stack as a tree: the palette, blocks, dragging, keys, and the fields of an open card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from core.data.sources import source
from core.experiment import edits, link
from core.experiment.experiment import Experiment
from core.experiment.model_spec import Place
from core.experiment.presets import PRESETS
from tests.browser.conftest import Server, Visitor
from tests.browser.line import Line

pytestmark = pytest.mark.browser


def own_design() -> Experiment:
    """Return flatten, parallel (dense; empty), dense_1 (ReLU), dense_2 (softmax)."""
    design = PRESETS[0].experiment(source("digits").info)
    design = edits.insert(design, 1, "Parallel")
    return edits.move(design, "dense", Place("parallel", 0, 0))


@pytest.fixture
def page(visitor: Visitor, server: Server) -> Page:
    """The Build page with a block in its design."""
    return opened(visitor, server, own_design())


def opened(visitor: Visitor, server: Server, design: Experiment, **settings: Any) -> Page:
    """Open the Build page with a design."""
    page = visitor.open(f"{server.address}/?design={link.encode(design)}", **settings)
    layer(page, design.model.layers[0].name).wait_for()
    return page


def layer(page: Page, name: str) -> Locator:
    """Return a layer's element."""
    return page.locator(f"li[data-layer={name}]")


def head(page: Page, name: str) -> Locator:
    """Return the head of a layer's card."""
    return layer(page, name).locator("> .card > .row > .head")


def expect_stack(page: Page, names: Sequence[str], block: str = "", branch: int = 0) -> None:
    """Wait until a stack holds these layers in this order."""
    cards = page.locator(f'ol.cards[data-block="{block}"][data-branch="{branch}"] > li')
    expect(cards).to_have_count(len(names))
    for index, name in enumerate(names):
        expect(cards.nth(index)).to_have_attribute("data-layer", name)


def box_of(element: Locator) -> FloatRect:
    """Return where an element is on the screen."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    return box


def drag(page: Page, name: str, to: Locator, down: float = 0.5) -> None:
    """Drag a card by its grip onto an element, `down` of its height below its top."""
    page.locator(f"li[data-layer={name}] > .card > .row > .grip").hover()
    page.mouse.down()
    target = box_of(to)
    page.mouse.move(target["x"] + 60, target["y"] + target["height"] * down, steps=6)
    expect(page.locator(".line")).to_be_visible()


def live(page: Page) -> Locator:
    """Return what is read to those who do not see the page."""
    return page.locator(".stack .live")


# --- the palette ---


def test_a_layer_is_found_by_what_it_does_and_added_by_the_keyboard_alone(page: Page) -> None:
    page.get_by_role("button", name="+ Add a layer").click()
    search = page.get_by_role("searchbox", name="Search the layers")
    expect(search).to_be_focused()
    page.keyboard.type("max window")
    expect(page.locator(".palette .entry")).to_have_count(1)
    search.fill("no such thing")
    expect(page.get_by_text("No layer is found")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".palette")).to_have_count(0)
    expect(page.get_by_role("button", name="+ Add a layer")).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.type("regularization")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".palette .entry").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    search.fill("drop")
    page.keyboard.press("Enter")
    expect_stack(page, ["flatten", "parallel", "dense_1", "dropout", "dense_2"])
    expect(layer(page, "dropout").locator("[data-field=rate]")).to_be_focused()
    expect(live(page)).to_have_text("Dropout added: dropout is now layer 4 of 5")


def test_a_layer_is_added_between_two_cards_and_into_an_empty_branch(page: Page) -> None:
    page.get_by_role("button", name="Add a layer before dense_1").click()
    expect(page.locator(".palette .place")).to_have_text("The new layer goes before dense_1.")
    page.keyboard.type("Flatten")
    page.keyboard.press("Enter")
    expect_stack(page, ["flatten", "parallel", "flatten_1", "dense_1", "dense_2"])

    expect(page.get_by_text("Empty: passes its input on").nth(1)).to_be_visible()
    page.get_by_role("button", name="to branch 2 of parallel").click()
    page.keyboard.type("Dense")
    page.keyboard.press("Enter")
    expect_stack(page, ["dense_3"], "parallel", 1)
    expect(layer(page, "dense_3").locator("[data-field=units]")).to_be_focused()


# --- blocks ---


def test_a_block_gets_and_loses_branches_is_folded_and_taken_apart(page: Page) -> None:
    block = layer(page, "parallel")
    remove = block.get_by_role("button", name="Remove this branch")
    expect(remove.first).to_be_disabled()
    block.get_by_role("button", name="+ Add a branch").click()
    expect(remove).to_have_count(3)
    remove.nth(1).click()
    expect(remove).to_have_count(2)
    expect(remove.first).to_be_disabled()
    expect_stack(page, ["dense"], "parallel", 0)

    page.get_by_role("button", name="Fold parallel").click()
    expect(head(page, "dense")).to_be_hidden()
    page.get_by_role("button", name="Unfold parallel").click()
    expect(head(page, "dense")).to_be_visible()
    head(page, "parallel").click()
    page.get_by_role("button", name="Keep branch 1 only").click()
    expect_stack(page, ["flatten", "dense", "dense_1", "dense_2"])
    expect(head(page, "dense")).to_be_focused()


def test_a_problem_inside_a_folded_block_is_told_outside_and_mended_inside(
    visitor: Visitor, server: Server
) -> None:
    design = edits.insert(own_design(), Place("parallel", 1, 0), "MaxPooling2D")
    page = opened(visitor, server, design)
    inner = layer(page, "max_pooling2d")
    expect(inner.locator(".problem.error")).to_be_visible()
    page.get_by_role("button", name="Fold parallel").click()
    expect(head(page, "parallel").locator(".inside.error")).to_have_text("1 problem inside")
    page.get_by_role("button", name="Unfold parallel").click()
    inner.locator(".fix").first.click()
    expect(page.locator(".problem.error")).to_have_count(0)
    expect(page.locator(".st-key-train button")).to_be_enabled()


# --- dragging ---


def test_a_card_is_dragged_into_a_branch_and_back(page: Page) -> None:
    drag(page, "dense_1", page.locator(".branch").nth(1).locator(".empty"))
    expect(page.locator(".branch.target")).to_have_count(1)
    page.mouse.up()
    expect_stack(page, ["dense_1"], "parallel", 1)
    expect_stack(page, ["flatten", "parallel", "dense_2"])
    expect(live(page)).to_have_text("dense_1 is now in branch 2 of parallel, layer 1 of 1")
    expect(head(page, "parallel")).to_contain_text("1,024")  # and Python has joined them

    drag(page, "dense_1", head(page, "dense_2"), down=0.2)
    page.mouse.up()
    expect_stack(page, [], "parallel", 1)
    expect_stack(page, ["flatten", "parallel", "dense_1", "dense_2"])
    expect(page.locator(".line, .ghost").locator("visible=true")).to_have_count(0)


def test_a_drag_is_given_up_with_escape_and_a_drop_in_place_is_no_step(page: Page) -> None:
    drag(page, "dense_1", page.locator(".branch").nth(1).locator(".empty"))
    page.keyboard.press("Escape")
    expect(page.locator(".line")).to_be_hidden()
    page.mouse.up()
    drag(page, "dense_1", head(page, "dense_2"), down=0.2)
    page.mouse.up()
    drag(page, "parallel", layer(page, "dense").locator(".head"))  # never into itself
    page.mouse.up()
    head(page, "dense_2").click()  # what would have come has come by then
    expect(layer(page, "dense_2").locator("[data-field=units]")).to_be_visible()
    expect_stack(page, ["flatten", "parallel", "dense_1", "dense_2"])
    expect(page.get_by_role("button", name="↶ Undo")).to_be_disabled()


def test_a_finger_drags_a_card_by_its_grip(visitor: Visitor, server: Server) -> None:
    phone = {"width": 390, "height": 844}
    page = opened(visitor, server, own_design(), viewport=phone, has_touch=True, is_mobile=True)
    target = box_of(page.locator(".branch").nth(1).locator(".empty"))
    grip = layer(page, "dense_1").locator(".grip").bounding_box()
    assert grip is not None
    assert min(grip["width"], grip["height"]) >= 40
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    x, y = grip["x"] + 15, grip["y"] + grip["height"] / 2
    touch("touchStart", (x, y))
    for step in range(1, 6):
        touch("touchMove", (x + 10 * step, y + (target["y"] + 15 - y) * step / 5))
    expect(page.locator(".branch.target")).to_have_count(1)
    touch("touchEnd")
    expect_stack(page, ["dense_1"], "parallel", 1)


# --- keys ---


def test_alt_and_arrows_carry_a_card_through_the_tree_with_its_focus(page: Page) -> None:
    card = head(page, "dense_1")
    card.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(live(page)).to_have_text("dense_1 is now in branch 2 of parallel, layer 1 of 1")
    page.keyboard.press("Alt+ArrowUp")
    expect_stack(page, ["dense", "dense_1"], "parallel", 0)
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect_stack(page, ["flatten", "dense_1", "parallel", "dense_2"])
    expect(live(page)).to_have_text("dense_1 is now layer 2 of 4")
    expect(card).to_be_focused()
    for _ in range(5):
        page.keyboard.press("Alt+ArrowDown")
    expect_stack(page, ["flatten", "parallel", "dense_2", "dense_1"])
    expect(card).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(head(page, "dense_2")).to_be_focused()


def test_a_card_that_lost_the_focus_to_nobody_has_it_again_with_the_next_answer(page: Page) -> None:
    card = head(page, "dense_1")
    card.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect_stack(page, ["dense_1"], "parallel", 1)
    card.evaluate("card => card.blur()")  # as where the component is made anew: no person did it
    page.keyboard.press("Control+z")
    expect_stack(page, ["flatten", "parallel", "dense_1", "dense_2"])
    expect(card).to_be_focused()
    page.locator("h1, h2").first.click()  # a person did it
    page.keyboard.press("Control+y")
    expect_stack(page, ["dense_1"], "parallel", 1)
    expect(live(page)).to_have_text(re.compile("Done again"))
    expect(card).not_to_be_focused()


def test_a_layer_is_duplicated_removed_and_both_taken_back_by_keys(page: Page) -> None:
    head(page, "dense").focus()
    page.keyboard.press("Control+d")
    expect_stack(page, ["dense", "dense_3"], "parallel", 0)
    expect(head(page, "dense_3")).to_be_focused()
    page.keyboard.press("Delete")
    expect_stack(page, ["dense"], "parallel", 0)
    expect(head(page, "dense")).to_be_focused()
    page.keyboard.press("Control+z")
    expect_stack(page, ["dense", "dense_3"], "parallel", 0)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+Z")
    page.keyboard.press("Control+y")
    expect_stack(page, ["dense"], "parallel", 0)
    expect(live(page)).to_have_text(re.compile("Done again"))


def test_undo_belongs_to_the_text_while_one_is_typed(page: Page) -> None:
    head(page, "dense_1").focus()
    page.keyboard.press("Delete")
    expect_stack(page, ["flatten", "parallel", "dense_2"])
    head(page, "dense").click()
    units = layer(page, "dense").locator("[data-field=units]")
    units.focus()
    page.keyboard.type("7")
    page.keyboard.press("Control+z")
    page.get_by_label("Epochs", exact=True).focus()
    page.keyboard.press("Control+z")
    units.focus()
    expect_stack(page, ["flatten", "parallel", "dense_2"])
    page.keyboard.press("Control+z")  # the box holds what the design says: nothing is being typed
    expect_stack(page, ["flatten", "parallel", "dense_1", "dense_2"])


# --- fields ---


def test_a_flag_behind_more_settings_and_sizes_as_text(visitor: Visitor, server: Server) -> None:
    design = edits.insert(PRESETS[0].experiment(source("digits").info), 1, "Reshape")
    page = opened(visitor, server, design)
    head(page, "reshape").click()
    sizes = layer(page, "reshape").locator("input[type=text]")
    sizes.fill("28 by 28")
    sizes.press("Enter")
    refusal = layer(page, "reshape").locator(".field.wrong .help")
    expect(refusal).to_contain_text("such as 7 × 7 × 64, please.")
    sizes.fill("28x14, 2")
    sizes.press("Enter")
    expect(sizes).to_have_value("28 × 14 × 2")
    expect(head(page, "reshape").locator(".shape")).to_have_text("28 × 14 × 2")

    head(page, "dense").click()
    layer(page, "dense").get_by_text("More settings").click()
    flag = layer(page, "dense").locator("[data-field=use_bias]")
    weights = layer(page, "dense").locator(".parameters")
    expect(weights).to_have_text(re.compile("weights"))
    before = weights.inner_text()
    flag.uncheck()
    expect(weights).not_to_have_text(before)
    expect(flag).not_to_be_checked()
    expect(flag).to_be_visible()  # still unfolded


def test_an_activation_shows_its_curve_and_when_to_use_it(page: Page) -> None:
    head(page, "dense_1").click()
    field = layer(page, "dense_1").locator(".field", has=page.locator("[data-field=activation]"))
    expect(field.get_by_role("img", name="The curve of ReLU")).to_be_visible()
    field.locator("select").select_option("tanh")
    expect(field.get_by_role("img", name="The curve of tanh")).to_be_visible()
    expect(field.locator(".option")).to_contain_text("f(x) = (eˣ − e⁻ˣ)")
    expect(field.locator(".help").last).to_contain_text("centred on zero")
    expect(head(page, "dense_1").locator(".caption")).to_have_text("tanh")


def test_a_card_opens_before_the_server_answers_and_stays_open(page: Page) -> None:
    line = Line(page)
    layer(page, "flatten").wait_for()
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1)
    line.stop()
    for name in ("dense_1", "dense_2", "dense", "flatten", "dense_1"):
        head(page, name).click()
        expect(page.locator(".card.selected")).to_have_count(1)
        expect(layer(page, name).locator(".card.selected")).to_be_visible()
    line.go_on()
    layer(page, "dense_1").locator("[data-field=units]").fill("77")
    page.keyboard.press("Enter")
    expect(head(page, "dense_1").locator(".shape")).to_have_text("77")
    expect(layer(page, "dense_1").locator(".card.selected")).to_be_visible()


# --- what comes back is not trusted ---

FORGE = """(actions) => {
  const hosts = [...document.querySelectorAll("*")].filter((each) => each.shadowRoot);
  const stacks = hosts.map((each) => each.shadowRoot.querySelector(".stack"));
  const stack = stacks.find((each) => each?.layerlab);
  stack?.layerlab.send({ client: "forged", actions });
  return Boolean(stack);
}"""
FIRST = {"block": "", "branch": 0, "index": 0}
FORGED: tuple[tuple[dict[str, object], str], ...] = (
    ({"do": "explode"}, "The stack can't do 'explode'."),
    ({"do": "add", "kind": "Boom", "place": FIRST}, "'Boom' is not known"),
    ({"do": "move", "name": "dense_1", "place": {**FIRST, "branch": "0"}}, "no branch in it"),
    ({"do": "move", "name": "parallel", "place": {**FIRST, "block": "parallel"}}, "into itself"),
    ({"do": "remove", "name": "gone"}, "no layer called 'gone'"),
    ({"do": "change", "name": "dense_1", "field": "experiment", "value": 1}, "no setting 'experiment'"),
    ({"do": "remove_branch", "name": "parallel", "branch": True}, "no branch in it"),
)


def test_what_no_card_would_send_is_refused_in_words(page: Page) -> None:
    for number, (action, words) in enumerate(FORGED, start=1):
        page.wait_for_function(FORGE, arg=[{"number": number, **action}])
        expect(page.get_by_test_id("stAlert")).to_contain_text(words)
    expect_stack(page, ["flatten", "parallel", "dense_1", "dense_2"])
