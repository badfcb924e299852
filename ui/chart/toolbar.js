// --- controls and words around the curves ---------------------------------------------------------

const REMEMBERED = "layerlab.curves";
const CHOICES = [
  { name: "y", label: "Loss axis", values: ["linear", "log"] },
  { name: "smoothing", label: "Smoothing", values: ["off", "light", "strong"] },
  { name: "x", label: "Plot by", values: ["epoch", "step", "time"] },
];
const SMOOTHED =
  "Smoothed: each point is averaged with those before it, the newest counting most; the pale line is as measured.";
let toolbars = 0;

function settings(log) {
  const found = Object.fromEntries(CHOICES.map(({ name, values }) => [name, values[0]]));
  if (log) found.y = "log";
  try {
    const kept = JSON.parse(localStorage.getItem(remembered(log))) ?? {};
    for (const { name, values } of CHOICES) if (values.includes(kept[name])) found[name] = kept[name];
  } catch {
    // nothing is remembered where a browser keeps its storage closed
  }
  return found;
}

// Curves that begin on another axis are remembered for themselves.
function remembered(log) {
  return log ? `${REMEMBERED}.log` : REMEMBERED;
}

function choose(view, name, value) {
  view.settings[name] = value;
  try {
    localStorage.setItem(remembered(view.log), JSON.stringify(view.settings));
  } catch {
    // then it holds until the page is left
  }
  // a zoom means nothing on an axis that counts something else
  for (const panel of view.panels) {
    if (name === "x") panel.zoom.x = null;
    if (name === "y" && panel.metric === "loss") panel.zoom.y = null;
    zoomed(panel);
  }
  show(view);
}

function toolbar(view) {
  const bar = make("div", "ll-bar");
  const group = `ll-curves-${++toolbars}`;
  view.legend = make("div", "ll-legend");
  view.legend.setAttribute("role", "group");
  view.legend.setAttribute("aria-label", "Curves that are shown");
  view.explained = make("p", "ll-explained", SMOOTHED);
  view.lost = make("p", "ll-lost", "Connection lost; the run goes on. Trying again…");
  view.lost.setAttribute("role", "status");
  view.explained.hidden = view.lost.hidden = true;
  bar.append(...CHOICES.map((choice) => segments(view, choice, group)), view.legend, view.explained, view.lost);
  name(view);
  return bar;
}

// Radio buttons that look like one switch: arrow keys and screen readers know them.
function segments(view, choice, group) {
  const box = make("fieldset", "ll-choice");
  box.append(make("legend", "", choice.label));
  for (const value of choice.values) {
    const label = make("label");
    const input = make("input");
    const checked = view.settings[choice.name] === value;
    Object.assign(input, { type: "radio", name: `${group}-${choice.name}`, value, checked });
    input.addEventListener("change", () => choose(view, choice.name, value));
    label.append(input, make("span", "", value));
    box.append(label);
  }
  return box;
}

// Writes the names of the curves: each hides and shows what it names, in all panels.
function name(view) {
  const roles = Object.entries({ training: "train", validation: "validation" }).map(([role, colour]) =>
    entry(view, role, role, view.single ? colour : "quiet", role),
  );
  const runs = view.runs.map((run) => entry(view, run.id, run.label, `run-${(run.index % 8) + 1}`, "training"));
  const focused = view.legend.querySelector(":focus")?.dataset.curve;
  view.legend.replaceChildren(...(view.single ? [] : runs), ...roles);
  if (focused) [...view.legend.children].find((each) => each.dataset.curve === focused)?.focus();
}

function entry(view, curve, words, colour, stroke) {
  const button = make("button", `ll-entry ${stroke}`);
  const swatch = make("i");
  swatch.style.setProperty("--colour", `var(--ll-${colour})`);
  button.dataset.curve = curve;
  button.title = words;
  button.setAttribute("aria-pressed", String(!view.hidden.has(curve)));
  button.append(swatch, make("span", "", words));
  button.addEventListener("click", () => {
    if (!view.hidden.delete(curve)) view.hidden.add(curve);
    button.setAttribute("aria-pressed", String(!view.hidden.has(curve)));
    show(view);
  });
  return button;
}

function card(view, panel) {
  const box = make("section", "ll-card");
  const head = make("div", "ll-curve-head");
  const title = make("p");
  title.append(make("strong", "", panel.title), make("span", "", ` — ${panel.text}`));
  const found = { ...panel, box, zoom: { x: null, y: null }, drawn: false, spoken: "" };
  found.plot = make("div", "ll-plot");
  found.unzoom = make("button", "ll-link", "Reset zoom");
  found.unzoom.title = "Or double-click the curves";
  found.unzoom.hidden = true;
  found.unzoom.addEventListener("click", () => unzoom(view, found));
  const buttons = make("div", "ll-tools");
  const savers = ["PNG", "SVG"].map((format) => saver(view, found, format));
  buttons.append(found.unzoom, make("span", "", "Save as"), ...savers);
  head.append(title, buttons);
  found.waiting = make("p", "ll-waiting");
  found.plot.setAttribute("role", "img");
  found.plot.setAttribute("aria-label", `${panel.title}: no points yet`);
  const stage = make("div", "ll-stage");
  stage.append(found.plot, found.waiting);
  box.append(head, stage);
  return found;
}

function zoomed(panel) {
  panel.unzoom.hidden = !panel.zoom.x && !panel.zoom.y;
}

// Says in words how things stand: before the first point, without a connection, and to those who can't see.
function tell(view) {
  view.lost.hidden = view.failures < FAILURES_TOLD;
  view.explained.hidden = view.settings.smoothing === "off";
  const drawn = view.runs.some((run) => run.training.length || run.validation.length);
  const words = drawn || !view.asked ? "" : whatToWaitFor(view);
  for (const panel of view.panels) {
    say(panel.waiting, words);
    const spoken = inWords(view, panel);
    if (spoken !== panel.spoken) panel.plot.setAttribute("aria-label", spoken);
    panel.spoken = spoken;
  }
}

function whatToWaitFor(view) {
  if (view.runs.every((run) => run.over)) return "It ended before the first batch: there are no curves.";
  if (view.runs.every((run) => run.status === "queued")) return "The curves begin with the first batches.";
  return "Waiting for the first batches…";
}

function inWords(view, panel) {
  const show = (value) => (panel.share ? `${(value * 100).toFixed(1)} %` : value.toFixed(4));
  const known = view.runs.filter((run) => run.last?.[panel.metric] !== undefined);
  const told = known.map((run) => {
    const validation = run.last[`val_${panel.metric}`];
    const words = `after epoch ${run.last.epoch}: training ${show(run.last[panel.metric])}`;
    const more = validation === undefined ? "" : `, validation ${show(validation)}`;
    return `${view.single ? "" : `${run.short} `}${words}${more}`;
  });
  if (!told.length) return `${panel.title}: no points yet`;
  return view.single ? `${panel.title} ${told[0]}` : `${panel.title}. ${told.join("; ")}`;
}
