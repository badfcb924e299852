// The stack of layer cards. Python says what to draw (see stack.py); a card keeps its element while
// its layer lives, so that focus and a half-typed number survive every redraw.

export default function (component) {
  const { parentElement, setTriggerValue } = component;
  const data = JSON.parse(new TextDecoder().decode(component.data));
  const root = parentElement.querySelector(".stack");
  const state = (root.layerlab ??= { client: crypto.getRandomValues(new Uint32Array(2)).join("-"), number: 0, waiting: [] });
  state.send = (value) => setTriggerValue("actions", value);
  state.data = data;
  acknowledge(state, data.seen);
  if (!state.parts) build(root, state);
  draw(state);
}

// --- asking Python --------------------------------------------------------------------------------

// Of two triggers that follow quickly one can be dropped, so each message repeats what is not yet
// acknowledged; Python does every number once.
function ask(state, action) {
  state.waiting.push({ number: ++state.number, ...action });
  state.send({ client: state.client, actions: state.waiting });
}

function acknowledge(state, seen) {
  const done = seen?.[state.client] ?? 0;
  state.waiting = state.waiting.filter((action) => action.number > done);
}

// --- drawing --------------------------------------------------------------------------------------

function build(root, state) {
  const input = element("div", "card input");
  const list = element("ol", "cards");
  list.setAttribute("aria-label", "Layers, from input to output");
  const add = element("button", "add", "+ Add a layer");
  add.type = "button";
  add.setAttribute("aria-expanded", "false");
  const palette = element("div", "palette");
  palette.hidden = true;
  const live = element("div", "live");
  live.setAttribute("aria-live", "polite");
  add.onclick = () => openPalette(state, palette.hidden);
  palette.onkeydown = (event) => {
    if (event.key === "Escape") {
      openPalette(state, false);
      add.focus();
    }
  };
  root.append(input, list, add, palette, live);
  state.parts = { input, list, add, palette, live };
  state.cards = new Map();
}

function draw(state) {
  const { input, list, palette } = state.parts;
  const { data } = state;
  input.replaceChildren(
    element("span", "bar"),
    words(data.input.title, data.input.caption),
    figures(data.input.shape, ""),
  );
  const gone = new Set(state.cards.keys());
  let previous = null;
  data.cards.forEach((card, index) => {
    gone.delete(card.name);
    const item = state.cards.get(card.name) ?? newCard(state, card.name);
    drawCard(state, item, card, index);
    const place = previous ? previous.nextSibling : list.firstChild;
    if (place !== item.root) keepingFocus(state, () => list.insertBefore(item.root, place));
    previous = item.root;
  });
  for (const name of gone) {
    state.cards.get(name).root.remove();
    state.cards.delete(name);
  }
  palette.replaceChildren(
    element("p", "place", data.place),
    ...data.palette.map((entry) => paletteEntry(state, entry)),
  );
}

function newCard(state, name) {
  const root = element("li", "card");
  const head = element("button", "head");
  head.type = "button";
  head.onclick = () => ask(state, { do: "select", name });
  head.onkeydown = (event) => moveByKey(state, name, event);
  const body = element("div", "body");
  const problems = element("div", "problems");
  root.append(head, body, problems);
  const item = { root, head, body, problems, fields: new Map() };
  state.cards.set(name, item);
  return item;
}

function drawCard(state, item, card, index) {
  item.root.className = `card ${card.family}${card.selected ? " selected" : ""}`;
  item.root.dataset.layer = card.name;
  item.head.setAttribute("aria-expanded", String(card.selected));
  item.head.setAttribute("aria-keyshortcuts", "Alt+ArrowUp Alt+ArrowDown");
  item.head.replaceChildren(
    element("span", "bar"),
    words(card.kind, card.caption, card.name),
    figures(card.shape, card.parameters),
  );
  drawBody(state, item, card, index);
  item.problems.replaceChildren(...card.problems.map((problem) => problemNote(state, card, problem)));
}

function drawBody(state, item, card, index) {
  if (!card.selected) {
    item.fields.clear();
    item.body.replaceChildren();
    return;
  }
  if (!item.body.firstChild) {
    item.body.append(element("p", "summary", `${capital(card.summary)}.`));
    const fields = element("div", "fields");
    for (const field of card.fields) fields.append(newField(state, item, card, field));
    item.body.append(fields, tools(state, card));
  }
  for (const field of card.fields) item.fields.get(field.name).draw(field);
  const [up, down] = item.body.querySelectorAll(".tools button");
  up.disabled = index === 0;
  down.disabled = index === state.data.cards.length - 1;
}

function newField(state, item, card, field) {
  const label = element("label", "field");
  const title = element("span", "label", field.unit ? `${field.label}, ${field.unit}` : field.label);
  const input = document.createElement(field.options ? "select" : "input");
  input.dataset.field = field.name;
  const help = element("span", "help");
  label.append(title, input, help);
  if (field.options) {
    for (const option of field.options) input.append(new Option(option.label, option.value));
  } else {
    Object.assign(input, { type: "number", min: field.low, max: field.high, step: field.step });
    input.inputMode = Number.isInteger(field.step) ? "numeric" : "decimal";
  }
  input.onchange = () => {
    const value = field.options ? input.value : input.valueAsNumber;
    const wrong = field.options ? "" : refusal(field, value);
    label.classList.toggle("wrong", Boolean(wrong));
    if (wrong) help.textContent = wrong;
    else ask(state, { do: "change", name: card.name, field: field.name, value });
  };
  item.fields.set(field.name, {
    draw(now) {
      // what is being typed stays, unless the value itself has changed meanwhile
      const typing = input.getRootNode().activeElement === input;
      if (item.shown?.[field.name] !== now.value || !(typing || label.classList.contains("wrong"))) {
        input.value = now.value;
        label.classList.remove("wrong");
        help.textContent = now.help;
      }
      item.shown = { ...item.shown, [field.name]: now.value };
    },
  });
  return label;
}

function refusal(field, value) {
  const whole = Number.isInteger(field.step);
  if (Number.isNaN(value) || value < field.low || value > field.high || (whole && !Number.isInteger(value))) {
    const kind = whole ? "A whole number" : "A number";
    return `${kind} from ${field.low.toLocaleString("en")} to ${field.high.toLocaleString("en")}, please.`;
  }
  return "";
}

function tools(state, card) {
  const bar = element("div", "tools");
  const button = (text, title, action) => {
    const made = element("button", "tool", text);
    made.type = "button";
    made.title = title;
    made.onclick = action;
    bar.append(made);
  };
  button("↑ Up", "Move towards the input (Alt + ↑)", () => moveBy(state, card.name, -1));
  button("↓ Down", "Move towards the output (Alt + ↓)", () => moveBy(state, card.name, 1));
  button("Remove", "Take this layer out; undo brings it back", () => {
    announce(state, `${card.name} removed`);
    ask(state, { do: "remove", name: card.name });
  });
  return bar;
}

function problemNote(state, card, problem) {
  const note = element("div", `problem ${problem.severity}`);
  const name = problem.severity === "error" ? "Has to be mended" : "Worth a thought";
  note.append(element("strong", "", `${name}: `), document.createTextNode(problem.message));
  const fixes = element("div", "fixes");
  for (const label of problem.fixes) {
    const fix = element("button", "fix", label);
    fix.type = "button";
    fix.onclick = () => ask(state, { do: "fix", name: card.name, code: problem.code, label });
    fixes.append(fix);
  }
  note.append(fixes);
  return note;
}

function paletteEntry(state, entry) {
  const button = element("button", `entry ${entry.family}`);
  button.type = "button";
  button.append(element("span", "bar"), words(entry.kind, entry.summary));
  button.onclick = () => {
    openPalette(state, false);
    announce(state, `${entry.kind} added`);
    ask(state, { do: "add", kind: entry.kind });
    state.parts.add.focus();
  };
  return button;
}

function openPalette(state, open) {
  const { add, palette } = state.parts;
  palette.hidden = !open;
  add.setAttribute("aria-expanded", String(open));
  add.textContent = open ? "Close the list" : "+ Add a layer";
  if (open) palette.querySelector("button")?.focus();
}

// --- moving ---------------------------------------------------------------------------------------

function moveByKey(state, name, event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || !event.altKey) return;
  event.preventDefault();
  moveBy(state, name, step);
}

function moveBy(state, name, step) {
  const index = state.data.cards.findIndex((card) => card.name === name) + step;
  if (index < 0 || index >= state.data.cards.length) return;
  announce(state, `${name} is now layer ${index + 1} of ${state.data.cards.length}`);
  ask(state, { do: "move", name, index });
}

function announce(state, text) {
  state.parts.live.textContent = text;
}

// Moving an element in the document takes its focus away.
function keepingFocus(state, change) {
  const focused = state.parts.list.getRootNode().activeElement;
  change();
  if (focused?.isConnected && focused !== document.body) focused.focus?.();
}

// --- small things ---------------------------------------------------------------------------------

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function words(title, caption, name = "") {
  const box = element("span", "words");
  const first = element("span", "title", title);
  // "Dense dense" would say it twice; the number is what tells two of a kind apart
  if (/_\d+$/.test(name)) first.append(" ", element("span", "name", name));
  box.append(first, element("span", "caption", caption));
  return box;
}

function figures(shape, parameters) {
  const box = element("span", "figures");
  box.append(element("span", "shape", shape), element("span", "parameters", parameters));
  return box;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
