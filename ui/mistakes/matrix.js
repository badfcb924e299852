// The counts as a table: a row a truth, a column an answer. What is right is quiet; mistakes stand out, and
// more of them stand out more. Arrow keys go from cell to cell, and a line below says what a cell means.

const LEVELS = 5;
const MANY = 5;
const MOST_CLASSES = 16;
const SHORT = 2;

function matrix({ matrix: counts, labels, samples }, noun) {
  if (labels.length > MOST_CLASSES) return [pairs(counts, labels)];
  const most = Math.max(MANY, ...counts.flatMap((row, truth) => row.filter((_, given) => given !== truth)));
  const table = make("table");
  const caption = table.createCaption();
  caption.textContent = `Validation ${noun}s by what they are (rows) and what the network takes them for (columns)`;
  const long = labels.some((label) => label.length > SHORT);
  if (long) table.className = "long";
  table.createTHead().append(headRow(labels));
  const body = table.createTBody();
  counts.forEach((row, truth) => body.append(bodyRow(row, truth, labels, most)));
  const said = make("p", "said");
  said.setAttribute("aria-live", "polite");
  const rest = `Rows: what it is. Columns: what the network says.`;
  said.textContent = rest;
  const tell = (cell) => (said.textContent = cell ? meaning(cell, counts, labels, noun) : rest);
  table.onmouseover = (event) => tell(event.target.closest("td"));
  table.onmouseleave = () => tell(table.querySelector("td:focus"));
  table.addEventListener("focusin", (event) => tell(event.target.closest("td")));
  table.addEventListener("focusout", () => tell(null));
  table.onkeydown = (event) => go(event, table, labels.length);
  table.onclick = (event) => event.target.closest("td")?.focus();
  table.querySelector("td").tabIndex = 0;
  return [table, said];
}

function headRow(labels) {
  const row = make("tr");
  row.append(make("th"), ...labels.map((label) => head(label, "col")));
  row.firstChild.setAttribute("aria-label", "what it is");
  return row;
}

function head(label, scope) {
  const cell = make("th");
  cell.scope = scope;
  cell.append(make("span", "", scope === "col" && label.length > SHORT ? label.slice(0, 4).trim() : label));
  cell.title = label;
  cell.abbr = label;
  return cell;
}

function bodyRow(counts, truth, labels, most) {
  const row = make("tr");
  row.append(head(labels[truth], "row"));
  counts.forEach((count, given) => {
    const cell = row.insertCell();
    cell.textContent = count || "";
    cell.tabIndex = -1;
    cell.dataset.place = `${truth}-${given}`;
    cell.className = truth === given ? "right" : count ? `wrong level-${level(count, most)}` : "none";
    if (!count) cell.setAttribute("aria-label", "0");
  });
  return row;
}

// The square root, so that single mistakes are seen beside the most frequent one.
function level(count, most) {
  return Math.max(1, Math.ceil(LEVELS * Math.sqrt(count / most)));
}

function meaning(cell, counts, labels, noun) {
  const [truth, given] = cell.dataset.place.split("-").map(Number);
  const all = counts[truth].reduce((sum, count) => sum + count, 0);
  const count = counts[truth][given];
  const of = `${count.toLocaleString("en")} of ${all.toLocaleString("en")}`;
  if (truth === given) return `${labels[truth]}: ${of} right.`;
  return `${labels[truth]}, taken for ${labels[given]}: ${of}.`;
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function go(event, table, size) {
  const step = STEPS[event.key];
  const cell = event.target.closest("td");
  if (!step || !cell) return;
  event.preventDefault();
  const place = cell.dataset.place.split("-").map((at, axis) => Math.min(size - 1, Math.max(0, +at + step[axis])));
  const next = table.querySelector(`[data-place="${place.join("-")}"]`);
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

// Too many classes for a table: the most frequent mistakes as a list.
function pairs(counts, labels) {
  const found = counts.flatMap((row, truth) =>
    row.map((count, given) => ({ truth, given, count })).filter((each) => each.count && each.truth !== each.given),
  );
  const list = make("ol");
  for (const { truth, given, count } of found.sort((a, b) => b.count - a.count).slice(0, 8)) {
    list.append(make("li", "", `${labels[truth]}, taken for ${labels[given]}: ${times(count)}`));
  }
  return list;
}
