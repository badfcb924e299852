// Five pictures with arrows between them, and a switch under each step that can be left out. The card is
// built once; with every stroke only pictures and words change, so that focus and scrolling stay.
const SWITCHES = {
  weighed: [["weight", "even weight"]],
  cropped: [["crop", "cut out"]],
  fitted: [["fit", "keep the shape"], ["smooth", "grey edges"]],
  image: [["centre", "centre"]],
};

const AGAIN_MS = 1500;
const HINT = "Each step can be switched off. Try without centring, and watch the answer change.";

export default function ({ parentElement, data, setTriggerValue }) {
  const { steps, on, now } = unpacked(data);
  const card = parentElement.querySelector(".steps");
  if (!card.firstChild) build(card, steps);
  // what comes while switches are pressed may be older than they are: it is theirs once it says the same
  if (card.awaited && same(on, card.told)) card.awaited = false;
  if (!card.awaited) card.told = on;
  const send = () => {
    clearTimeout(card.again);
    if (!card.awaited || !card.isConnected) return;
    setTriggerValue("switches", card.told); // all of them each time: of two quick ones one may be lost
    card.again = setTimeout(send, AGAIN_MS);
  };
  card.tell = (changed) => {
    card.told = { ...card.told, ...changed };
    card.awaited = true;
    show(card, card.told);
    send();
  };
  for (const step of steps) fill(card.querySelector(`[data-step=${step.name}]`), step);
  const said = card.lastChild;
  said.textContent = now || HINT;
  said.className = now ? "now" : "quiet";
  show(card, card.told);
}

function same(one, other) {
  return Object.keys(one).every((name) => one[name] === other[name]);
}

function build(card, steps) {
  const head = make("header");
  const reset = make("button", "reset", "All steps on");
  reset.onclick = () => {
    card.tell(Object.fromEntries(Object.keys(card.told).map((name) => [name, true])));
    card.querySelector("[role=switch]").focus();
  };
  head.append(make("h2", "", "What the network sees"), reset);
  const row = make("ol");
  for (const step of steps) row.append(figure(card, step));
  card.append(head, row, make("p", "quiet", HINT));
}

function figure(card, step) {
  const item = make("li");
  item.dataset.step = step.name;
  const frame = make("div", "frame");
  const picture = make("div", "picture");
  const image = make("img");
  image.draggable = false;
  picture.append(image);
  frame.append(picture);
  item.append(frame, make("b"), make("small"));
  for (const [name, label] of SWITCHES[step.name] ?? []) {
    const button = make("button", "switch", label);
    button.dataset.name = name;
    button.setAttribute("role", "switch");
    button.onclick = () => card.tell({ [name]: !card.told[name] });
    item.append(button);
  }
  return item;
}

function fill(item, step) {
  const [frame, title, words] = item.children;
  const picture = frame.firstChild;
  const image = picture.firstChild;
  title.textContent = step.title;
  words.textContent = step.words;
  picture.hidden = !step.picture;
  if (!step.picture) return image.removeAttribute("src");
  image.src = step.picture;
  image.alt = step.alt;
  picture.classList.toggle("grid", step.grid);
  picture.style.cssText =
    `height:${100 * step.height}%;width:${100 * step.width}%;--rows:${step.rows};--columns:${step.columns}`;
}

function show(card, on) {
  for (const button of card.querySelectorAll("[role=switch]")) {
    button.setAttribute("aria-checked", on[button.dataset.name]);
    const step = button.closest("li");
    step.classList.toggle("off", [...step.querySelectorAll("[role=switch]")].some((each) => !on[each.dataset.name]));
  }
  card.querySelector(".reset").hidden = Object.values(on).every(Boolean);
}
