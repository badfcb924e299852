// The stack of layer cards. Python says what to draw (describe.py) and takes what is asked for (take.py).
// What is asked for shows at once: the cards drawn are those that Python told, with everything done to them
// that it has not acknowledged. A card keeps its elements while its layer lives, so that focus and a
// half-typed number survive every redraw. stack.py joins this file with the others of this folder.

export default function (component) {
  const { parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".stack");
  const state = (root.layerlab ??= newState(root));
  state.send = (value) => setTriggerValue("actions", value);
  const before = state.data?.selected;
  state.data = unpacked(component.data);
  const ready = acknowledge(state);
  for (const [kind, heard] of Object.entries(state.heard)) document.addEventListener(kind, heard);
  if (state.drag) state.late = true;
  else draw(state);
  giveFocusBack(state);
  for (const { run } of ready) run();
  if (before !== state.data.selected && !state.drag) {
    // opened from elsewhere on the page, it may be out of sight; in sight, nothing moves
    state.cards.get(state.data.selected)?.root.scrollIntoView({ block: "nearest" });
  }
  const turn = (state.turn = {});
  // Streamlit calls what a drawing returns when the component goes, but also when a later drawing
  // overtakes it; only the last one may end the listening.
  return () => {
    if (state.turn !== turn) return;
    for (const [kind, heard] of Object.entries(state.heard)) document.removeEventListener(kind, heard);
  };
}

function newState(root) {
  const state = {
    root,
    client: crypto.getRandomValues(new Uint32Array(2)).join("-"),
    number: 0, // of the last action asked for
    waiting: [], // actions that Python has not acknowledged
    then: [], // what is done when it has
    cards: new Map(), // the elements of each layer, by its name
    folded: new Set(), // names of blocks
    drag: null,
    palette: null,
  };
  const note = () => noteFocus(state);
  state.heard = { keydown: (event) => takeDocumentKey(state, event), focusin: note, click: note };
  build(state);
  return state;
}

// --- asking Python --------------------------------------------------------------------------------

// Of two triggers that follow quickly one can be dropped, so each message repeats what is not yet
// acknowledged; Python does every number once.
function ask(state, action, then = null) {
  const number = ++state.number;
  state.waiting.push({ number, ...action });
  if (then) state.then.push({ number, run: then });
  state.send({ client: state.client, actions: [...state.waiting] });
  draw(state);
}

function acknowledge(state) {
  const done = state.data.seen?.[state.client] ?? 0;
  state.waiting = state.waiting.filter((action) => action.number > done);
  const ready = state.then.filter(({ number }) => number <= done);
  state.then = state.then.filter(({ number }) => number > done);
  return ready;
}

// --- drawing --------------------------------------------------------------------------------------

function build(state) {
  const { root } = state;
  state.input = make("div", "card input");
  state.list = make("ol", "cards");
  state.list.setAttribute("aria-label", "Layers, from input to output");
  state.list.dataset.block = "";
  state.list.dataset.branch = "0";
  state.end = betweenButton("Add a layer at the end");
  state.end.classList.add("end");
  state.endSlot = make("div", "slot");
  state.end.onclick = () =>
    togglePalette(state, state.end, state.endSlot, {
      place: () => endOf(state.view.cards, { block: "", branch: 0 }),
      words: () => "The new layer goes to the end.",
    });
  state.add = textButton("add", "+ Add a layer");
  state.add.setAttribute("aria-expanded", "false");
  state.foot = make("div", "slot");
  state.add.onclick = () =>
    togglePalette(state, state.add, state.foot, {
      place: () => defaultPlace(state.view),
      words: () => defaultPlaceWords(state.view),
    });
  state.live = make("div", "live");
  state.live.setAttribute("aria-live", "polite");
  state.line = make("div", "line");
  state.line.hidden = true;
  state.ghost = make("div", "ghost");
  state.ghost.hidden = true;
  root.append(state.input, state.list, state.end, state.endSlot, state.add, state.foot);
  root.append(state.live, state.line, state.ghost);
  state.list.addEventListener("keydown", (event) => takeHeadKey(state, event));
  listenForDrags(state);
}

function draw(state) {
  const opened = state.view?.selected;
  state.view = replay(state.data, state.waiting);
  if (state.view.selected !== opened) unfoldAround(state, state.view.selected);
  const told = JSON.stringify(state.data.input);
  if (state.toldInput !== told) drawInput(state, told);
  keepingFocus(state, () => {
    drawList(state, state.list, state.view.cards);
    const names = new Set(everyCard(state.view.cards).map((card) => card.name));
    for (const [name, item] of state.cards) {
      if (names.has(name)) continue;
      item.root.remove();
      state.cards.delete(name);
      state.folded.delete(name);
    }
  });
  if (state.palette) refreshPalette(state);
}

function drawInput(state, told) {
  const { title, caption, shape } = state.data.input;
  state.input.replaceChildren(make("span", "bar"), words(title, caption), figures(shape, ""));
  state.toldInput = told;
}

// Elements that are in their place are left alone: one that is taken out and put back loses its focus.
function drawList(state, list, cards) {
  const here = new Set(cards.map((card) => card.name));
  let next = list.firstElementChild;
  for (const card of cards) {
    const item = cardFor(state, card);
    while (next && !here.has(next.dataset.layer)) next = next.nextElementSibling;
    if (item.root === next) next = next.nextElementSibling;
    else list.insertBefore(item.root, next);
    drawCard(state, item, card);
  }
}

// Moving an element in the document takes its focus away; where it is gone for good, its card has the
// focus, or what stands nearest to it.
function keepingFocus(state, change) {
  const focused = focusedIn(state);
  const card = focused?.closest("li");
  const block = card?.parentElement.closest("li");
  const near = [card, card?.nextElementSibling, card?.previousElementSibling, block];
  change();
  if (!focused || focusedIn(state)) return;
  const left = near.find((each) => each?.isConnected);
  const next = focused.isConnected ? focused : (left?.querySelector(".head") ?? state.add);
  next.focus({ preventScroll: true });
  state.movedFocus = focusedIn(state);
}

// A card keeps the focus until a person puts it elsewhere: also where Streamlit makes the whole component
// anew, as it may where two calls of one follow quickly. So the window knows which card has it.
function noteFocus(state) {
  window.layerlabFocused = focusedIn(state)?.closest("li")?.dataset.layer;
}

function giveFocusBack(state) {
  if (document.activeElement !== document.body || !document.hasFocus()) return;
  state.cards.get(window.layerlabFocused)?.head.focus({ preventScroll: true });
}

function focusedIn(state) {
  return state.root.getRootNode().activeElement;
}

// Whether the person has put the focus elsewhere since it was in `focused`: who has is not called back.
function hasGoneOn(state, focused) {
  const now = focusedIn(state);
  if (now && now === state.movedFocus) return false; // it was put there by us, when its element went
  return now ? now !== focused : document.activeElement !== document.body;
}

// --- small things ---------------------------------------------------------------------------------

function betweenButton(label) {
  const made = textButton("between", "");
  made.append(make("span", "plus", "+"));
  made.setAttribute("aria-label", label);
  made.title = label;
  return made;
}

function words(title, caption, name = "") {
  const box = make("span", "words");
  const first = make("span", "title", title);
  // "Dense dense" would say it twice; the number is what tells two of a kind apart
  if (/_\d+$/.test(name)) first.append(" ", make("span", "name", name));
  box.append(first, make("span", "caption", caption));
  return box;
}

function figures(shape, parameters) {
  const box = make("span", "figures");
  box.append(make("span", "shape", shape), make("span", "parameters", parameters));
  return box;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text) {
  return text ? capital(text).replace(/[.!?]?$/, (end) => end || ".") : "";
}
