// Ten buttons, and the digits of the keyboard. A press is repeated until Python has done it, because
// Streamlit can drop one of two messages that follow quickly. It waits until the canvas, which tells its last
// stroke a moment after the pen was lifted, has told it: else a 4 would be kept without its second stroke.

const PEN_MS = 420; // the canvas's own delay is 200
const JUST_DRAWN_MS = 3_000;
const REPEAT_MS = 1_500;

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".labels");
  const state = (root.layerlab ??= newState(root));
  state.data = unpacked(data);
  state.send = (press) => setTriggerValue("press", press);
  if (state.waiting?.mark === state.data.done) forget(state);
  draw(state);
  document.addEventListener("keydown", state.onKey);
  document.addEventListener("pointerup", state.onPointerUp, true);
  const turn = (state.turn = {});
  // Streamlit calls what a drawing returns when the component goes, but also when a later drawing
  // overtakes it; only the last one may end the listening.
  return () => {
    if (state.turn !== turn) return;
    document.removeEventListener("keydown", state.onKey);
    document.removeEventListener("pointerup", state.onPointerUp, true);
    clearTimeout(state.timer);
  };
}

function newState(root) {
  const state = { root, waiting: null, timer: 0, penUp: -JUST_DRAWN_MS, buttons: [] };
  const row = make("div", "row");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Which digit it is");
  for (let label = 0; label < 10; label++) {
    const button = make("button");
    button.append(make("b", "", String(label)), make("small"));
    button.onclick = () => press(state, label);
    state.buttons.push(button);
    row.append(button);
  }
  state.said = make("p", "said");
  state.said.setAttribute("role", "status");
  root.append(row, state.said);
  state.onKey = (event) => takeKey(state, event);
  state.onPointerUp = ({ target }) => {
    if (!root.contains(target)) state.penUp = performance.now();
  };
  return state;
}

function draw(state) {
  const { counts, offered, kept, drawn, words } = state.data;
  state.buttons.forEach((button, label) => {
    const pressed = (state.waiting?.label ?? kept) === label;
    button.className = ["plain", pressed && "kept", offered === label && "offered"].filter(Boolean).join(" ");
    button.setAttribute("aria-pressed", pressed);
    const hint = offered === label ? ", as the network says" : "";
    button.setAttribute("aria-label", `${label}${hint}: ${counts[label]} kept`);
    button.lastChild.textContent = counts[label] || "–";
  });
  state.root.classList.toggle("idle", !drawn);
  say(state.said, words);
}

function takeKey(state, event) {
  const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.repeat);
  if (!plain || !/^[0-9]$/.test(event.key) || writes(event.composedPath()[0])) return;
  event.preventDefault();
  press(state, Number(event.key));
}

// Whether what is typed belongs to an element.
function writes(element) {
  const own = element?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], [role=combobox], [role=listbox]");
  return Boolean(own);
}

function press(state, label) {
  const since = performance.now() - state.penUp;
  if (!state.data.drawn && since > JUST_DRAWN_MS) return;
  clearTimeout(state.timer);
  state.waiting = { label, mark: crypto.getRandomValues(new Uint32Array(3)).join("-"), times: 0 };
  draw(state);
  state.timer = setTimeout(() => tell(state), Math.max(0, PEN_MS - since));
}

function tell(state) {
  const { label, mark } = state.waiting;
  if (state.waiting.times++ > 6) return forget(state);
  state.send({ label, mark });
  state.timer = setTimeout(() => tell(state), REPEAT_MS);
}

function forget(state) {
  clearTimeout(state.timer);
  state.waiting = null;
  draw(state);
}
