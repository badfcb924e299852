// Pictures of a test set as a group of radio buttons: arrow keys go from one to the next, as in any such group.
// What is chosen shows at once; the network's answer follows.

export default function ({ parentElement, data, setTriggerValue }) {
  const told = unpacked(data);
  const card = parentElement.querySelector(".samples");
  if (!card.firstChild) build(card);
  const [grid, truth, foot] = card.children;
  const choose = (index) => {
    show(grid, truth, told, index);
    setTriggerValue("choose", index);
  };
  if (card.dataset.set !== told.set) {
    card.dataset.set = told.set;
    grid.setAttribute("aria-label", `${told.noun}s of the test set of ${told.from}`);
    grid.replaceChildren(...told.images.map((image, index) => button(told, image, index)));
  }
  grid.onclick = ({ target }) => {
    const pressed = target.closest("button");
    if (pressed) choose([...grid.children].indexOf(pressed));
  };
  grid.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const at = [...grid.children].indexOf(event.target.closest("button"));
    if (!step || at < 0) return;
    event.preventDefault();
    const next = (at + step + grid.children.length) % grid.children.length;
    choose(next);
    grid.children[next].focus();
  };
  foot.firstChild.onclick = () => setTriggerValue("choose", "others");
  show(grid, truth, told, told.chosen);
}

function build(card) {
  const grid = make("div", "grid");
  grid.setAttribute("role", "radiogroup");
  const truth = make("p", "truth");
  truth.setAttribute("role", "status");
  const foot = make("footer");
  const others = make("button", "plain others", "Others");
  foot.append(others, make("span", "", "drawn at random from the test set, which no network has learned from"));
  card.append(grid, truth, foot);
}

function button(told, image, index) {
  const element = make("button");
  element.setAttribute("role", "radio");
  element.setAttribute("aria-label", `${told.noun} ${index + 1}: ${told.classes[index]}`);
  const canvas = make("canvas");
  canvas.width = canvas.height = told.side;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(told.side, told.side);
  const greys = atob(image);
  for (let at = 0; at < greys.length; at++) {
    pixels.data.fill(greys.charCodeAt(at), 4 * at, 4 * at + 3);
    pixels.data[4 * at + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  element.append(canvas);
  return element;
}

function show(grid, truth, told, chosen) {
  [...grid.children].forEach((element, index) => {
    element.setAttribute("aria-checked", index === chosen);
    element.tabIndex = index === chosen ? 0 : -1;
  });
  say(truth, `The chosen ${told.noun} really is: ${told.classes[chosen]}`);
}
