// The canvas comes in a shadow of its own. Its toolbar opens on hover only, and lies unseen over a corner
// where it would catch a finger: Clear and Undo stand below instead, for everyone. The drawing fills the
// width it is given, stays where it is under a finger, and has a name for those who do not see it.
const STYLE = `
  .dc-toolbar { display: none !important; }
  .dc-root, .dc-container, .canvas-container, .dc-container canvas {
    width: 100% !important; height: auto !important; aspect-ratio: 1; touch-action: none;
  }
  .dc-scroll { overflow: hidden !important; }
  canvas { cursor: crosshair; outline: 0 !important; }
`;
const NAME = "A black square to draw a digit on, with mouse, pen or finger. The answer stands beside it.";

// The canvas tells of a stroke a moment after the pen is up. Undo and Clear wait for that moment: pressed
// sooner, they would be done to the drawing before the stroke. So do the links that leave the page: the
// canvas goes with it, and what it has not told yet. This file and pen.js are one module.
const TOLD_MS = 360; // it tells after 200; a busy machine makes that later
const WAITS = ".st-key-undo-stroke button, .st-key-clear button, a[href]";

function wait(pen) {
  addEventListener(
    "click",
    (event) => {
      const pressed = event.target.closest?.(WAITS);
      const left = pen.up + TOLD_MS - performance.now();
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey; // opens beside this page
      if (!pressed || left <= 0 || elsewhere) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      setTimeout(() => pressed.click(), left);
    },
    true,
  );
  return pen;
}

// A canvas that is cleaned up while it loads a drawing stumbles over what it no longer has. Nobody sees it.
function forgive() {
  addEventListener("unhandledrejection", (event) => {
    if (/\bclearContext\b/.test(event.reason?.stack)) event.preventDefault();
  });
  return true;
}

export default function ({ parentElement, setTriggerValue }) {
  const pen = (window.layerlabPen ??= wait(newPen()));
  window.layerlabCanvasForgiven ??= forgive();
  const frame = (parentElement.getRootNode().host ?? parentElement).closest(".st-key-canvas");
  if (!frame) return;
  frame.layerlabAnew = () => setTriggerValue("anew", performance.now());
  if (teach(frame, pen)) return;
  const watch = new MutationObserver(() => teach(frame, pen) && watch.disconnect());
  watch.observe(frame, { childList: true, subtree: true });
  const again = setInterval(() => teach(frame, pen) && clearInterval(again), 50); // a shadow opens without a sign
  return () => (watch.disconnect(), clearInterval(again));
}

// Where two calls of a component follow quickly, Streamlit may clean up after the first while the second
// runs: the canvas is then made anew under people's hands, with the drawing it was given last, which may be
// an old one. So the page is asked to give it the present one.
function guard(frame, root, pen) {
  if (root.layerlabGuarded) return;
  root.layerlabGuarded = true;
  let there = root.querySelector(".dc-root") !== null;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      if (![...addedNodes].some((each) => each.classList?.contains("dc-root"))) continue;
      if (there) frame.layerlabAnew();
      there = true;
    }
  }).observe(root, { childList: true });
  // its toolbar's mark is set whenever it is given something
  new MutationObserver(() => updated(pen, root)).observe(root, { subtree: true, attributeFilter: ["data-pinned"] });
}

function teach(frame, pen) {
  for (const element of frame.querySelectorAll("*")) {
    const root = element.shadowRoot?.querySelector(".canvas-root");
    if (!root) continue;
    guard(frame, root, pen);
    root.setAttribute("role", "img");
    root.setAttribute("aria-label", NAME);
    if (!element.shadowRoot.querySelector("style.layerlab")) {
      const style = document.createElement("style");
      style.className = "layerlab";
      style.textContent = STYLE;
      element.shadowRoot.append(style);
    }
    return true;
  }
  return false;
}
