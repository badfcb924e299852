// --- what is done to a card, by its buttons and by keys -------------------------------------------------

function select(state, name) {
  ask(state, { do: "select", name: state.view.selected === name ? null : name });
}

function remove(state, name) {
  const { block, index, stack } = placeOf(state.view.cards, name);
  const next = stack[index + 1]?.name ?? stack[index - 1]?.name ?? block;
  announce(state, `${name} removed`);
  ask(state, { do: "remove", name });
  (state.cards.get(next)?.head ?? state.add).focus();
}

function duplicate(state, name) {
  const focused = focusedIn(state);
  ask(state, { do: "duplicate", name }, () => {
    const here = placeOf(state.view.cards, name);
    const copy = here?.stack[here.index + 1]?.name;
    if (!copy) return;
    announce(state, `${name} duplicated: ${positionWords(state, copy)}`);
    if (!hasGoneOn(state, focused)) state.cards.get(copy)?.head.focus();
  });
}

function unwrap(state, name) {
  const { branches } = find(state.view.cards, name);
  const first = branches[0][0]?.name;
  const rest = branches.length > 1 ? "the layers of branch 1 stay, the others went with it" : "its layers stay";
  announce(state, `${name} is gone, ${rest}`);
  ask(state, { do: "unwrap", name });
  (state.cards.get(first)?.head ?? state.add).focus();
}

function removeBranch(state, name, branch) {
  announce(state, `Branch ${branch + 1} of ${name} removed`);
  ask(state, { do: "remove_branch", name, branch });
  state.cards.get(name)?.head.focus({ preventScroll: true });
}

function moveBy(state, name, step) {
  const place = placeBeside(state, name, step);
  if (place) moveTo(state, name, place);
}

function moveTo(state, name, place) {
  ask(state, { do: "move", name, place });
  announce(state, positionWords(state, name));
  const item = state.cards.get(name);
  item.root.scrollIntoView({ block: "nearest" });
}

// One step further in the order in which the cards are read: past a card, into a block beside it, on to
// the next branch, out of the block. The place counts without the card itself, as Python counts it.
function placeBeside(state, name, step) {
  const { cards } = state.view;
  const { block, branch, index, stack } = placeOf(cards, name);
  const edge = (held, number) => {
    return { block: held.name, branch: number, index: step > 0 ? 0 : held.branches[number].length };
  };
  const beside = stack[index + step];
  if (beside) {
    const open = beside.branches && !state.folded.has(beside.name);
    if (open && fits(state, find(cards, name), beside.name)) {
      return edge(beside, step > 0 ? 0 : beside.branches.length - 1);
    }
    return { block, branch, index: index + step };
  }
  if (!block) return null;
  const around = find(cards, block);
  if (around.branches[branch + step]) return edge(around, branch + step);
  const outside = placeOf(cards, block);
  return { block: outside.block, branch: outside.branch, index: outside.index + (step > 0 ? 1 : 0) };
}

// --- keys on a card's head ----------------------------------------------------------------------------

function takeHeadKey(state, event) {
  const head = event.target.closest?.(".head");
  if (!head || event.shiftKey || state.drag) return;
  const { layer: name } = head.closest("li").dataset;
  const done = headAction(state, name, head, event);
  if (!done) return;
  event.preventDefault();
  event.stopPropagation();
  done();
}

function headAction(state, name, head, event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const control = event.ctrlKey || event.metaKey;
  if (control) {
    return event.key.toLowerCase() === "d" && !event.altKey ? () => duplicate(state, name) : null;
  }
  if (event.altKey) return step ? () => moveBy(state, name, step) : null;
  if (step) return () => focusBeside(state, head, step);
  if (event.key === "Delete" || event.key === "Backspace") return () => remove(state, name);
  const block = state.cards.get(name).branches;
  if (block && event.key === "ArrowRight") return () => fold(state, name, false);
  if (block && event.key === "ArrowLeft") return () => fold(state, name, true);
  return null;
}

function focusBeside(state, head, step) {
  const heads = [...state.list.querySelectorAll(".head")].filter((each) => !each.closest("[hidden]"));
  heads[heads.indexOf(head) + step]?.focus();
}

// --- keys anywhere on the page --------------------------------------------------------------------------

function takeDocumentKey(state, event) {
  if (state.drag) {
    if (event.key === "Escape") endDrag(state, false);
    return;
  }
  const key = event.key?.toLowerCase();
  const control = event.ctrlKey || event.metaKey;
  const undo = control && key === "z" && !event.shiftKey;
  const redo = (control && key === "z" && event.shiftKey) || (event.ctrlKey && key === "y");
  if (!(undo || redo) || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.composedPath()[0])) return;
  event.preventDefault();
  ask(state, { do: undo ? "undo" : "redo" }, () => announce(state, undo ? "Undone" : "Done again"));
}

// Whether the keys belong to a text that is being typed. A box of ours that holds what the design says, and
// a list that nothing was typed into, have nothing of their own to undo.
function isTyping(target) {
  if (target.isContentEditable || target.tagName === "TEXTAREA") return true;
  if (target.tagName !== "INPUT") return false;
  if (["checkbox", "radio", "button", "range"].includes(target.type)) return false;
  if (target.layerlabShown !== undefined) return target.value !== target.layerlabShown;
  // Streamlit's lists are boxes too: they hold the chosen label, and nothing of their own unless open
  return !(target.getAttribute("role") === "combobox" && target.getAttribute("aria-expanded") !== "true");
}
