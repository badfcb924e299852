// What goes on inside the network. Closed, the card is one button, and Python asks no worker; open, it is built
// once, and a new drawing only fills it anew, so that focus and scrolling stay. maps.js and layers.js are joined
// to this file.

export default function ({ parentElement, data, setTriggerValue }) {
  const told = unpacked(data);
  const card = parentElement.querySelector(".inside");
  if (!card.firstChild) build(card);
  card.ask = (asked) => setTriggerValue("asked", asked);
  const [head, body] = card.children;
  const toggle = head.querySelector("button");
  toggle.onclick = () => {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    opened(card, open);
    card.ask({ open });
  };
  opened(card, told.open);
  if (!told.open) return;
  const [wait, choice, maps, layers] = body.children;
  card.classList.toggle("waiting", Boolean(told.waiting));
  const there = Boolean(told.outputs);
  if (there) card.seen = true;
  // while the next answer is on its way the last one stays, paler
  const empty = !there && !told.waiting;
  if (empty) card.seen = false;
  choice.hidden = maps.hidden = layers.hidden = !card.seen;
  wait.hidden = Boolean(card.seen);
  wait.textContent = told.waiting ? "Looking inside …" : "Draw something: then you see what the network makes of it, layer by layer.";
  fillChoice(card, choice, told);
  if (!there) return;
  fillMaps(maps, told);
  fillLayers(layers, told);
}

function build(card) {
  const head = make("header");
  const title = make("h2");
  const toggle = make("button", "toggle");
  toggle.append(make("i"), make("span", "", "Inside the network"));
  title.append(toggle);
  head.append(title, make("p", "quiet", "Which pixels speak for the answer and which against it, and what each layer makes of the drawing."));
  const body = make("div", "body");
  const choice = make("div", "choice");
  choice.setAttribute("role", "group");
  choice.setAttribute("aria-label", "Which answer is explained");
  const wait = make("p", "wait quiet");
  wait.setAttribute("role", "status");
  body.append(wait, choice, make("div", "maps"), make("div", "layers"));
  card.append(head, body);
}

function opened(card, open) {
  card.querySelector(".toggle").setAttribute("aria-expanded", open);
  card.classList.toggle("open", open);
  card.children[1].hidden = !open;
}

// One button a class; the first leaves it to the network.
function fillChoice(card, choice, told) {
  const strongest = told.outputs ? told.outputs.indexOf(Math.max(...told.outputs)) : -1;
  const labels = ["strongest", ...told.classes];
  if (choice.children.length !== labels.length + 1 || choice.dataset.classes !== told.classes.join("\n")) {
    choice.dataset.classes = told.classes.join("\n");
    choice.replaceChildren(make("span", "", "Explain"), ...labels.map((label, at) => {
      const button = make("button", "plain", label);
      button.onclick = () => {
        mark(choice, at);
        card.ask({ target: at ? at - 1 : null });
      };
      return button;
    }));
  }
  const first = choice.children[1];
  if (told.outputs) say(first, `strongest: ${told.classes[strongest]}`);
  mark(choice, told.chosen === null ? 0 : told.chosen + 1);
}

function mark(choice, chosen) {
  [...choice.querySelectorAll("button")].forEach((button, at) => button.setAttribute("aria-pressed", at === chosen));
}

function floats(text) {
  return new Float32Array(bytes(text).buffer);
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function written(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(size < 1 ? 2 : 3)));
  return text.replaceAll("-", "−");
}

function percent(share) {
  const size = 100 * share;
  if (size >= 99.95 && size < 100) return "over 99.9 %";
  return `${size < 10 ? size.toFixed(1) : size.toFixed(0)} %`;
}
