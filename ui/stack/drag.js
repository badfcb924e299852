// --- moving by drag, with a mouse or a finger ------------------------------------------------------------

const NEAR_EDGE = 70; // px from an edge of the page where it begins to scroll
const FASTEST = 16; // px a frame

// The list, not the grip, holds the pointer: cards move in the document while it is held.
function listenForDrags(state) {
  const { list } = state;
  list.addEventListener("pointerdown", (event) => beginDrag(state, event));
  list.addEventListener("pointermove", (event) => {
    if (state.drag?.pointer === event.pointerId) followPointer(state, event);
  });
  list.addEventListener("pointerup", (event) => {
    if (state.drag?.pointer === event.pointerId) endDrag(state, true);
  });
  for (const lost of ["pointercancel", "lostpointercapture"]) {
    list.addEventListener(lost, (event) => {
      if (state.drag?.pointer === event.pointerId) endDrag(state, false);
    });
  }
}

function beginDrag(state, event) {
  const grip = event.target.closest?.(".grip");
  if (!grip || event.button !== 0 || state.drag) return;
  event.preventDefault();
  const { layer: name } = grip.closest("li").dataset;
  const item = state.cards.get(name);
  state.list.setPointerCapture(event.pointerId);
  state.drag = {
    name,
    item,
    card: find(state.view.cards, name),
    pointer: event.pointerId,
    from: { x: event.clientX, y: event.clientY },
    scroller: scrollerOf(state.root),
    slot: null,
  };
}

function followPointer(state, event) {
  const { drag } = state;
  drag.x = event.clientX;
  drag.y = event.clientY;
  if (drag.frame) return;
  if (Math.hypot(drag.x - drag.from.x, drag.y - drag.from.y) < 4) return; // a click, so far
  state.root.classList.add("dragging");
  drag.item.root.classList.add("dragged");
  state.ghost.className = `ghost ${state.data.kinds[drag.card.kind].family}`;
  state.ghost.replaceChildren(make("span", "bar"), words(drag.card.kind, "", drag.name));
  state.ghost.hidden = false;
  const frame = () => {
    drag.frame = requestAnimationFrame(frame);
    scrollNearEdges(drag);
    showSlot(state);
  };
  drag.frame = requestAnimationFrame(frame);
}

function endDrag(state, drop) {
  const { drag } = state;
  state.drag = null;
  cancelAnimationFrame(drag.frame);
  if (state.list.hasPointerCapture(drag.pointer)) state.list.releasePointerCapture(drag.pointer);
  state.root.classList.remove("dragging");
  drag.item.root.classList.remove("dragged");
  drag.slot?.list.parentElement.classList.remove("target");
  state.line.hidden = true;
  state.ghost.hidden = true;
  if (state.late) {
    state.late = false;
    draw(state);
  }
  if (!drop || !drag.frame) return;
  const slot = slotAt(state, drag, state.list);
  const { block, branch } = slot.list.dataset;
  const place = { block, branch: Number(branch), index: slot.index };
  const here = placeOf(state.view.cards, drag.name); // what was drawn late may be without it
  const there = here && stackAt(state.view.cards, place) && fits(state, drag.card, place.block);
  if (there && !samePlace(here, place)) moveTo(state, drag.name, place);
}

// --- where it would land ----------------------------------------------------------------------------------

function showSlot(state) {
  const { drag, root, line, ghost } = state;
  ghost.style.transform = `translate(${drag.x + 14}px, ${drag.y - 14}px)`;
  const slot = slotAt(state, drag, state.list);
  if (drag.slot?.list !== slot.list) {
    drag.slot?.list.parentElement.classList.remove("target");
    if (slot.list !== state.list) slot.list.parentElement.classList.add("target");
  }
  drag.slot = slot;
  const around = root.getBoundingClientRect();
  const box = slot.list.getBoundingClientRect();
  Object.assign(line.style, {
    top: `${slot.y - around.top}px`,
    left: `${box.left - around.left}px`,
    width: `${box.width}px`,
  });
  line.hidden = false;
}

// The place in the list, or in a branch of a block in it, that is nearest to the pointer.
function slotAt(state, drag, list) {
  const items = [...list.children].filter((each) => each !== drag.item.root);
  const gap = 4;
  let y = list.getBoundingClientRect().top - gap;
  for (const [index, root] of items.entries()) {
    const item = state.cards.get(root.dataset.layer);
    const box = item.box.getBoundingClientRect();
    y = box.bottom + gap;
    if (drag.y > box.bottom) continue;
    const inner = branchAt(state, drag, item);
    if (inner) return slotAt(state, drag, inner.list);
    const middle = middleOf(inner === null ? item.box : item.row);
    return drag.y < middle ? { list, index, y: box.top - gap } : { list, index: index + 1, y };
  }
  return { list, index: items.length, y };
}

// The branch at the pointer's height; undefined beside the branches of a block that takes the card, null
// where there is none that does.
function branchAt(state, drag, item) {
  const open = item.branches && !item.inner.hidden;
  if (!open || !fits(state, drag.card, item.root.dataset.layer)) return null;
  if (drag.y < middleOf(item.row)) return undefined;
  return item.branches.find(({ root }) => drag.y <= root.getBoundingClientRect().bottom);
}

function middleOf(element) {
  const box = element.getBoundingClientRect();
  return (box.top + box.bottom) / 2;
}

// --- scrolling while dragging -----------------------------------------------------------------------------

function scrollNearEdges({ scroller, y }) {
  const box = scroller.getBoundingClientRect();
  const top = Math.max(0, box.top) + NEAR_EDGE;
  const bottom = Math.min(innerHeight, box.bottom) - NEAR_EDGE;
  const beyond = y < top ? y - top : Math.max(0, y - bottom);
  const share = Math.min(Math.abs(beyond), NEAR_EDGE) / NEAR_EDGE;
  if (beyond) scroller.scrollTop += Math.sign(beyond) * Math.ceil(FASTEST * share);
}

function scrollerOf(element) {
  for (let each = element; each; each = each.parentElement ?? each.getRootNode().host) {
    const scrolls = /auto|scroll/.test(getComputedStyle(each).overflowY);
    if (scrolls && each.scrollHeight > each.clientHeight) return each;
  }
  return document.scrollingElement;
}
