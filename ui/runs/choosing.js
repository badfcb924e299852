// Ticking runs with mouse, finger and keys. One box in the whole table is on the way of the Tab key; arrows
// lead to the others.

const COLOURS = 8; // of curves that can be told apart; the chart has as many

function choose(state, ids) {
  const chosen = [...new Set(ids)];
  const changed = chosen.join() !== state.chosen.join();
  state.chosen = chosen;
  drawChosen(state);
  if (!changed) return;
  report(state);
  announce(state, chosen.length ? `${counted(chosen.length, "run")} ticked` : "None ticked");
}

function report(state) {
  keep(state);
  state.tell(state.chosen);
}

function toggle(state, id) {
  state.anchor = id;
  choose(state, state.chosen.includes(id) ? state.chosen.filter((each) => each !== id) : [...state.chosen, id]);
}

function chooseAll(state) {
  const shown = new Set(state.shown);
  const hidden = state.chosen.filter((id) => !shown.has(id));
  choose(state, state.all.checked ? [...hidden, ...state.shown] : hidden);
}

// All between the run ticked last and this one, as lists have it everywhere.
function chooseStretch(state, id) {
  const from = state.shown.indexOf(state.anchor);
  const to = state.shown.indexOf(id);
  if (from < 0) return toggle(state, id);
  const stretch = state.shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  choose(state, [...state.chosen, ...stretch]);
}

function drawChosen(state) {
  const several = state.chosen.length > 1;
  for (const [id, { row, box }] of state.rows) {
    const place = state.chosen.indexOf(id);
    box.checked = place >= 0;
    row.classList.toggle("on", place >= 0);
    // the colour of the run's curves below
    const colour = several && place >= 0 && place < COLOURS;
    box.style.setProperty("--tick", colour ? `var(--ll-run-${place + 1}, var(--ll-accent))` : "");
  }
  const ticked = state.shown.filter((id) => state.chosen.includes(id)).length;
  state.all.checked = ticked > 0 && ticked === state.shown.length;
  state.all.indeterminate = ticked > 0 && ticked < state.shown.length;
  state.all.disabled = !state.shown.length;
  drawPicked(state, state.chosen.length - ticked);
  keepOneInReach(state);
}

// --- the line that says how many are ticked -------------------------------------------------------

function buildPicked(state) {
  const box = make("div", "picked");
  state.pickedWords = make("span");
  state.below = textButton("below", "", () =>
    document.querySelector(".st-key-runs-panel")?.scrollIntoView({ behavior: "smooth", block: "start" }),
  );
  const none = textButton("clear", "Untick all", () => choose(state, []));
  box.append(state.pickedWords, state.below, none);
  return box;
}

function drawPicked(state, hidden) {
  const count = state.chosen.length;
  const grows = !count === state.root.classList.contains("some");
  state.root.classList.toggle("some", count > 0);
  // the table is lower then: what was ticked at its edge stays in sight
  if (grows && count) state.rows.get(state.chosen[0])?.row.scrollIntoView({ block: "nearest" });
  state.picked.hidden = !count;
  state.pickedWords.textContent = `${count} ticked${hidden ? `, ${hidden} of them hidden by the filter` : ""}`;
  state.below.textContent = count > 1 ? "Compare them" : "Look at it";
  state.below.classList.toggle("one", count === 1);
}

// --- mouse and finger -----------------------------------------------------------------------------

function takeClick(state, event) {
  const row = event.target.closest("tr");
  if (!row || event.target.closest("a, button")) return;
  const { id } = row.dataset;
  const onBox = event.target.closest("td.check");
  if (!onBox && !getSelection().isCollapsed) return; // words were marked, to be copied
  state.focused = id;
  if (event.shiftKey) chooseStretch(state, id);
  else if (onBox || event.ctrlKey || event.metaKey) toggle(state, id);
  else {
    state.anchor = id;
    choose(state, state.chosen.length === 1 && state.chosen[0] === id ? [] : [id]);
  }
}

// --- keys -----------------------------------------------------------------------------------------

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

function takeKey(state, event) {
  const id = event.target.closest("tr")?.dataset.id;
  if (!id || !event.target.matches("input")) return;
  const control = event.ctrlKey || event.metaKey;
  if (event.key in STEPS && !control) {
    if (event.shiftKey && !state.chosen.includes(id)) toggle(state, id);
    moveFocus(state, STEPS[event.key]);
    if (event.shiftKey) chooseStretch(state, state.focused);
  } else if (event.key === "Enter") state.ask({ do: "open", runs: [id] });
  else if (event.key === "Delete") state.ask({ do: "delete", runs: state.chosen.length ? state.chosen : [id] });
  else if (event.key === "Escape" && state.chosen.length) choose(state, []);
  else if (event.key === "a" && control) choose(state, [...state.chosen, ...state.shown]);
  else if (event.key === "z" && control && state.canUndo) state.ask({ do: "undo" });
  else return;
  event.preventDefault();
}

function moveFocus(state, step) {
  const place = state.shown.indexOf(state.focused) + step;
  focusRow(state, state.shown[Math.max(0, Math.min(state.shown.length - 1, place))]);
}

// The row in the focus goes: the nearest that stays has it.
function leaveFocus(state) {
  const here = state.shown.indexOf(state.focused);
  const near = [...state.shown.slice(here + 1), ...state.shown.slice(0, Math.max(0, here)).reverse()];
  const next = near.find((id) => state.runs.has(id));
  if (next) focusRow(state, next);
  else state.search.focus();
}

function focusRow(state, id) {
  state.rows.get(id).box.focus();
}

function takeFocus(state, event) {
  const id = event.target.closest("tr")?.dataset.id;
  if (!id || !event.target.matches("input")) return;
  state.focused = id;
  state.rows.get(id).row.classList.toggle("at", event.target.matches(":focus-visible"));
  keepOneInReach(state);
}

function keepOneInReach(state) {
  if (!state.shown.includes(state.focused)) state.focused = state.shown[0] ?? "";
  for (const [id, { box }] of state.rows) box.tabIndex = id === state.focused ? 0 : -1;
}
