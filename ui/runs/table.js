// The table of runs. Python says what the runs are (rows.py) and takes what is asked for (table.py). Sorting,
// filtering and ticking happen here at once. A row keeps its elements while its run is there, so that focus,
// scroll and ticks survive every redraw. table.py joins this file with the others of this folder.

const KEPT = "layerlab-runs"; // what a reload finds again: order, filter, ticks

export default function (component) {
  const { parentElement, setStateValue, setTriggerValue } = component;
  const root = parentElement.querySelector(".runs");
  const state = (root.layerlab ??= newState(root));
  state.tell = (chosen) => setStateValue("chosen", chosen);
  state.ask = (wish) => setTriggerValue("wish", wish);
  const text = new TextDecoder().decode(component.data);
  if (text !== state.text) take(state, text);
  else for (const run of state.runs.values()) drawRow(state, run);
  window.addEventListener("layerlab-runs", state.onNews);
  const turn = (state.turn = {});
  // Streamlit calls what a drawing returns when the component goes, but also when a later drawing
  // overtakes it; only the last one may end the listening.
  return () => {
    if (state.turn === turn) window.removeEventListener("layerlab-runs", state.onNews);
  };
}

function take(state, text) {
  const first = !state.text;
  const data = JSON.parse(text);
  state.text = text;
  state.canUndo = data.undo;
  state.limit = data.limit;
  state.runs = new Map(data.runs.map((run) => [run.id, run]));
  const before = state.chosen.join();
  state.chosen = (data.asked ?? state.chosen).filter((id) => state.runs.has(id)); // without those deleted since
  drawAll(state);
  // ticked before a reload, asked for by another page, or gone: Python hears what is ticked now
  if (first ? state.chosen.length : state.chosen.join() !== before) report(state);
}

function newState(root) {
  const kept = readKept();
  const state = {
    root,
    rows: new Map(), // the elements of each run, by its id
    shown: [], // ids in the order of the table
    chosen: Array.isArray(kept.chosen) ? kept.chosen : [],
    sort: COLUMNS.some((each) => each.key === kept.sort?.key) ? kept.sort : { key: "number", down: true },
    filter: typeof kept.filter === "string" ? kept.filter : "",
    focused: "", // the run whose box the Tab key finds
    anchor: "", // where a stretch of ticks begins
  };
  state.onNews = (event) => takeNews(state, event.detail);
  build(state);
  return state;
}

function readKept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {}; // a browser that keeps nothing
  }
}

function keep(state) {
  const { sort, filter, chosen } = state;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ sort, filter, chosen }));
  } catch {
    // a browser that keeps nothing: a reload begins anew
  }
}

// A run under way is told of every two seconds. Its row is written anew where it stands: an order that
// changes under the pointer would make people tick the wrong one.
function takeNews(state, runs) {
  for (const run of runs) {
    if (!state.runs.has(run.id)) continue;
    state.runs.set(run.id, run);
    drawRow(state, run);
  }
}

// --- building -------------------------------------------------------------------------------------

function build(state) {
  const { root } = state;
  state.bar = make("div", "bar");
  buildFilter(state);
  state.count = make("span", "count");
  state.bar.append(state.count, buildOrder(state));
  state.region = make("div", "region");
  state.table = make("table");
  state.table.setAttribute("role", "table"); // what is laid out as cards on a phone stays a table to a reader
  state.table.setAttribute("aria-label", "Runs");
  const columns = make("colgroup");
  columns.append(make("col", "check"), ...COLUMNS.map((column) => make("col", column.key)));
  state.body = make("tbody");
  state.body.setAttribute("role", "rowgroup");
  state.table.append(columns, buildHead(state), state.body);
  state.nothing = make("p", "nothing");
  state.region.append(state.table, state.nothing);
  state.live = make("div", "live");
  state.live.setAttribute("aria-live", "polite");
  state.picked = buildPicked(state);
  root.append(state.bar, state.region, state.picked, state.live);
  state.body.addEventListener("keydown", (event) => takeKey(state, event));
  state.body.addEventListener("click", (event) => takeClick(state, event));
  state.body.addEventListener("focusin", (event) => takeFocus(state, event));
  state.body.addEventListener("focusout", (event) => event.target.closest("tr")?.classList.remove("at"));
}

function buildHead(state) {
  const head = make("thead");
  head.setAttribute("role", "rowgroup");
  const row = make("tr");
  row.setAttribute("role", "row");
  state.all = checkbox("Tick all runs that are shown");
  state.all.onchange = () => chooseAll(state);
  const first = cell("th", "check", "columnheader");
  first.append(state.all);
  row.append(first, ...COLUMNS.map((column) => heading(state, column)));
  head.append(row);
  return head;
}

// --- drawing --------------------------------------------------------------------------------------

function drawAll(state) {
  for (const [id, item] of state.rows) {
    if (state.runs.has(id)) continue;
    if (item.row.contains(focusIn(state))) leaveFocus(state);
    item.row.remove();
    state.rows.delete(id);
  }
  for (const run of state.runs.values()) drawRow(state, run);
  arrange(state);
}

function focusIn(state) {
  return state.root.getRootNode().activeElement;
}

// --- small things ---------------------------------------------------------------------------------

function cell(tag, className, role) {
  const made = make(tag, className);
  made.setAttribute("role", role);
  return made;
}

function checkbox(label) {
  const made = make("input");
  made.type = "checkbox";
  made.setAttribute("aria-label", label);
  return made;
}

function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
