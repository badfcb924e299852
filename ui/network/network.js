// Shows the drawing that Python made (picture.py), and tells of a layer what stands in its data-tip.
// This file, overview.js and save.js are one module.

const SMALLEST = 11 / 12; // the smallest letters have 12 pixels; on the screen they never have less than 11
const LARGEST = 1.15;

export default function (component) {
  const data = unpacked(component.data);
  const root = component.parentElement.querySelector(".network");
  const state = (root.layerlab ??= build(root));
  state.pictures = data.pictures;
  state.selected = data.selected;
  if (state.svg) afterPaint(state);
  else fit(state);
}

// The card that was clicked shows first what came of it; the drawing follows a frame later.
function afterPaint(state) {
  state.awaited ??= requestAnimationFrame(() =>
    setTimeout(() => {
      state.awaited = null;
      fit(state);
    }),
  );
}

function build(root) {
  const find = (name) => root.querySelector(name);
  const state = {
    root, scroll: find(".scroll"), hint: find(".hint"), tip: find(".tip"),
    overview: find(".overview"), sight: find(".sight"),
  };
  state.scroll.addEventListener("scroll", () => {
    follow(state, state.told);
    fade(state);
  });
  find(".download").addEventListener("click", () => save(state.svg));
  listen(state);
  steer(state);
  new ResizeObserver(() => fit(state)).observe(state.scroll);
  return state;
}

// --- the drawing ----------------------------------------------------------------------------------

// Python draws with room and without; the wider is shown where it can be read.
function fit(state) {
  const room = state.scroll.clientWidth;
  if (!state.pictures || !room) return;
  const picture = state.pictures.find((each) => each.width * SMALLEST <= room) ?? state.pictures.at(-1);
  const first = !state.svg;
  const { told } = state;
  if (state.svg?.text !== picture.svg) show(state, picture); // a layer with the focus hides its tip as it goes
  const scale = Math.min(Math.max(room / picture.width, SMALLEST), LARGEST);
  state.svg.style.width = `${picture.width * scale}px`;
  if (first) reveal(state, state.layers[0]); // a high drawing begins where its input is
  if (state.seen !== state.selected) reveal(state, state.svg.querySelector(".selected"));
  state.seen = state.selected;
  follow(state, told);
  fade(state);
}

function show(state, picture) {
  const focused = state.root.getRootNode().activeElement?.dataset?.layer;
  const parsed = new DOMParser().parseFromString(picture.svg, "image/svg+xml");
  state.svg = document.importNode(parsed.documentElement, true);
  state.svg.text = picture.svg;
  state.scroll.replaceChildren(state.svg);
  state.layers = [...state.svg.querySelectorAll(".layer")];
  const again = focused && state.layers.find((layer) => layer.dataset.layer === focused);
  if (again) stop(state, again).focus({ preventScroll: true });
}

// Scrolls the drawing and never the page.
function reveal(state, layer) {
  if (!layer) return;
  const { scroll } = state;
  const [box, frame] = [layer.getBoundingClientRect(), scroll.getBoundingClientRect()];
  if (box.left < frame.left || box.right > frame.right) {
    scroll.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
  }
  if (box.top < frame.top || box.bottom > frame.bottom) {
    scroll.scrollTop += (box.top + box.bottom - frame.top - frame.bottom) / 2;
  }
}

function fade(state) {
  const { scroll, hint } = state;
  const left = scroll.scrollWidth - scroll.clientWidth;
  scroll.classList.toggle("before", scroll.scrollLeft > 1);
  scroll.classList.toggle("beyond", scroll.scrollLeft < left - 1);
  hint.hidden = left < 2 && scroll.scrollHeight < scroll.clientHeight + 2;
  oversee(state);
}

// --- what a layer is ------------------------------------------------------------------------------

function listen(state) {
  const { root, scroll } = state;
  const layerOf = (event) => event.target.closest?.(".layer");
  scroll.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") layerOf(event) ? tell(state, layerOf(event)) : hide(state);
  });
  scroll.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && hide(state));
  scroll.addEventListener("click", (event) => {
    const layer = layerOf(event);
    if (!layer) return hide(state);
    stop(state, layer);
    tell(state, layer);
  });
  scroll.addEventListener("focusin", (event) => layerOf(event)?.matches(":focus-visible") && arrive(state, layerOf(event)));
  scroll.addEventListener("focusout", () => hide(state));
  scroll.addEventListener("keydown", (event) => walk(state, event));
  const page = new AbortController();
  const elsewhere = (event) => {
    if (!root.isConnected) page.abort(); // the visitor is on another page, which has no use for this
    if (event.key ? event.key === "Escape" : !event.composedPath().includes(root)) hide(state);
  };
  document.addEventListener("keydown", elsewhere, page);
  document.addEventListener("pointerdown", elsewhere, page);
}

function arrive(state, layer) {
  reveal(state, layer);
  tell(state, layer);
}

// One layer at a time is a stop of the Tab key.
function stop(state, layer) {
  for (const each of state.layers) each.setAttribute("tabindex", each === layer ? "0" : "-1");
  return layer;
}

function walk(state, event) {
  const at = state.layers.indexOf(event.target.closest(".layer"));
  if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  const last = state.layers.length - 1;
  const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  stop(state, state.layers[Math.min(Math.max(to, 0), last)]).focus({ preventScroll: true });
}

function tell(state, layer) {
  const { tip } = state;
  state.told = layer.dataset.layer;
  tip.replaceChildren(...layer.dataset.tip.split("\n").map((line) => make("div", "", line)));
  tip.hidden = false;
  place(state, layer);
}

// The tip goes with its layer where the drawing is scrolled or made anew, as far as the layer can be seen.
function follow(state, told) {
  const layer = told && state.layers.find((each) => each.dataset.layer === told);
  if (layer && inSight(state, layer)) tell(state, layer);
  else hide(state);
}

function inSight({ scroll }, layer) {
  const [box, frame] = [layer.getBoundingClientRect(), scroll.getBoundingClientRect()];
  const across = box.left < frame.right && box.right > frame.left;
  return across && box.top < frame.bottom && box.bottom > frame.top;
}

function hide(state) {
  state.told = null;
  state.tip.hidden = true;
}

// Beside the layer, where it covers nothing of it; on a narrow screen below its middle.
function place({ root, tip, scroll }, layer) {
  const frame = root.getBoundingClientRect();
  const box = (layer.querySelector(":scope > .halo, :scope > .frame") ?? layer).getBoundingClientRect();
  const [wide, high] = [tip.offsetWidth, tip.offsetHeight];
  const after = box.right - frame.left + 8;
  const before = box.left - frame.left - wide - 8;
  const beside = after + wide <= frame.width ? after : before >= 0 ? before : undefined;
  const middle = (box.left + box.right) / 2 - frame.left - wide / 2;
  const left = beside ?? Math.min(Math.max(middle, 0), Math.max(frame.width - wide, 0));
  const wanted = beside === undefined ? box.bottom - frame.top + 6 : box.top - frame.top + 6;
  const top = Math.min(Math.max(wanted, 0), Math.max(frame.height - high, 0));
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}
