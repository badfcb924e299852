// Which rows are shown, and in which order.

function heading(state, column) {
  const made = cell("th", column.key, "columnheader");
  made.scope = "col";
  if (column.number) made.classList.add("figure");
  const label = make("span", "label", column.title);
  const button = textButton("sort", "", () => sortBy(state, column));
  const arrow = make("span", "arrow");
  arrow.setAttribute("aria-hidden", "true");
  button.append(label, arrow);
  made.append(button);
  (state.headings ??= new Map()).set(column.key, { made, button, label, arrow });
  return made;
}

// On a phone, where there are no headings.
function buildOrder(state) {
  const box = make("span", "order");
  state.order = make("select");
  state.order.setAttribute("aria-label", "Sort by");
  for (const { key, title } of COLUMNS) state.order.append(new Option(title.replace("\u00ad", ""), key));
  state.order.onchange = () => sortBy(state, columnOf(state.order.value));
  state.turn_around = textButton("turn", "", () => sortBy(state, columnOf(state.sort.key)));
  box.append(state.order, state.turn_around);
  return box;
}

function columnOf(key) {
  return COLUMNS.find((column) => column.key === key);
}

function sortBy(state, column) {
  const again = state.sort.key === column.key;
  state.sort = { key: column.key, down: again ? !state.sort.down : Boolean(column.down) };
  keep(state);
  arrange(state);
  announce(state, `Sorted by ${state.headings.get(column.key).label.textContent}, ${state.sort.down ? "downwards" : "upwards"}`);
}

// Runs without a value come last either way; of equal ones the newest comes first.
function sorted(state) {
  const { value } = columnOf(state.sort.key);
  const sign = state.sort.down ? -1 : 1;
  return [...state.runs.values()].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null) - (b === null) || other.number - one.number;
    if (a === b) return other.number - one.number;
    return sign * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
  });
}

// Rows that are in their place are left alone: one that is taken out and put back loses its focus.
function arrange(state) {
  const focused = focusIn(state);
  const wanted = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
  state.shown = [];
  let next = state.body.firstElementChild;
  for (const run of sorted(state)) {
    const { row, words } = state.rows.get(run.id);
    if (row === next) next = next.nextElementSibling;
    else state.body.insertBefore(row, next);
    row.hidden = !wanted.every((word) => words.includes(word));
    if (!row.hidden) state.shown.push(run.id);
  }
  if (focused?.isConnected && focused !== focusIn(state)) focused.focus({ preventScroll: true });
  drawHead(state);
  drawChosen(state);
  drawCount(state);
}

function drawHead(state) {
  nameMetrics(state);
  for (const [key, { made, arrow }] of state.headings) {
    const here = key === state.sort.key;
    if (here) made.setAttribute("aria-sort", state.sort.down ? "descending" : "ascending");
    else made.removeAttribute("aria-sort");
    arrow.textContent = here ? (state.sort.down ? "▼" : "▲") : "";
  }
  state.order.value = state.sort.key;
  state.turn_around.textContent = state.sort.down ? "▼" : "▲";
  state.turn_around.setAttribute("aria-label", state.sort.down ? "Turn the order around: smallest first" : "Turn the order around: greatest first");
}

// --- the filter -----------------------------------------------------------------------------------

function buildFilter(state) {
  state.search = make("input", "search");
  state.search.type = "search";
  state.search.placeholder = "Filter by name, tag, note, data, status …";
  state.search.setAttribute("aria-label", "Filter the runs by name, tag, note, data, design or status");
  state.search.value = state.filter;
  state.search.oninput = () => setFilter(state, state.search.value);
  state.search.onkeydown = (event) => {
    if (event.key === "ArrowDown" && state.shown.length) {
      focusRow(state, state.shown[0]);
      event.preventDefault();
    }
  };
  state.bar.append(state.search);
}

function setFilter(state, text) {
  state.filter = text;
  if (state.search.value !== text) state.search.value = text;
  keep(state);
  arrange(state);
  announce(state, state.count.textContent);
}

function drawCount(state) {
  const all = state.runs.size;
  const filtered = state.shown.length < all;
  const newest = all >= state.limit ? "the newest " : "";
  state.count.textContent = filtered ? `${state.shown.length} of ${newest}${counted(all, "run")}` : `${newest}${counted(all, "run")}`;
  state.nothing.hidden = state.shown.length > 0;
  if (state.shown.length) return;
  const back = textButton("back", "Show all", () => {
    setFilter(state, "");
    state.search.focus();
  });
  state.nothing.replaceChildren(`No run has “${state.filter.trim()}” in its name, tags, notes, data or status. `, back);
}
