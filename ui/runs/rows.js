// The rows, one a run; and what stands in a row on a phone, where it is a card.

function drawRow(state, run) {
  const told = JSON.stringify(run);
  const item = state.rows.get(run.id) ?? newRow(state, run);
  if (item.told === told) {
    writeWhen(item.cells.get("created"), run); // an hour ago is two hours ago by now
    return;
  }
  item.told = told;
  item.words = searchable(run);
  item.box.setAttribute("aria-label", `Run ${run.number}, ${run.name}`);
  item.row.dataset.status = run.status;
  for (const column of COLUMNS) column.write(item.cells.get(column.key), run, state, column.key);
  item.facts.textContent = facts(run);
}

function newRow(state, run) {
  const row = make("tr");
  row.setAttribute("role", "row");
  row.dataset.run = run.number;
  row.dataset.id = run.id;
  const box = checkbox("");
  box.tabIndex = -1;
  const first = cell("td", "check", "cell");
  first.append(box);
  const cells = new Map(COLUMNS.map((column) => [column.key, newCell(column)]));
  const facts = cell("td", "facts", "cell");
  row.append(first, ...cells.values(), facts);
  const item = { row, box, cells, facts, told: "" };
  state.rows.set(run.id, item);
  return item;
}

function newCell(column) {
  const naming = column.key === "name";
  const made = cell(naming ? "th" : "td", column.key, naming ? "rowheader" : "cell");
  if (naming) made.scope = "row";
  if (column.number) made.classList.add("figure");
  return made;
}

// What a card says in its last line.
function facts(run) {
  const loss = run.loss[0] === null ? "" : `loss ${run.loss[1]}`;
  const time = run.time[0] === null ? "" : run.time[1];
  const parts = [loss, run.data, run.normalization, time, ago(new Date(run.created * 1000))];
  return parts.filter(Boolean).join(" · ");
}

function searchable(run) {
  const parts = [`run ${run.number}`, run.name, run.status, run.state, run.design, run.data, run.normalization];
  return [...parts, ...run.tags, run.notes, run.best ? "best" : ""].join("\n").toLowerCase();
}
