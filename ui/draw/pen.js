// Clear, Undo and another pen reach the canvas a moment after the press. Who draws on meanwhile has the canvas
// emptied, or the pen replaced, in the middle of a stroke. So what was drawn since the last press is remembered,
// and what an update has taken away is drawn again, from where it began.

const KEPT_MS = 10_000;
const TOUCHES = { down: "touchstart", move: "touchmove", up: "touchend" };

function newPen() {
  const pen = { stroke: null, strokes: [], up: -Infinity, due: null };
  const listen = (name, does) => addEventListener(name, (event) => event.isTrusted && does(event), true);
  listen("mousedown", (event) => event.button === 0 && begin(pen, event, event));
  listen("mousemove", (event) => move(pen, event));
  listen("mouseup", (event) => end(pen, event));
  listen("touchstart", (event) => begin(pen, event, event.changedTouches[0]));
  listen("touchmove", (event) => move(pen, finger(pen, event)));
  listen("touchend", (event) => end(pen, finger(pen, event)));
  listen("touchcancel", (event) => cancel(pen, finger(pen, event)));
  for (const press of ["click", "keydown", "popstate"]) listen(press, (event) => onCanvas(event) || (pen.strokes = []));
  return pen;
}

function onCanvas({ target }) {
  return !!target.closest?.(".st-key-canvas");
}

function finger({ stroke }, { changedTouches }) {
  return [...changedTouches].find(({ identifier }) => identifier === stroke?.finger);
}

// --- remembering ----------------------------------------------------------------------------------

function begin(pen, event, point) {
  const canvas = event.composedPath()[0];
  if (pen.stroke || !onCanvas(event) || !canvas.matches?.(".upper-canvas")) return;
  pen.stroke = { canvas, finger: point.identifier, way: [] };
  move(pen, point);
}

function move({ stroke }, point) {
  if (!stroke || !point) return;
  const box = stroke.canvas.getBoundingClientRect();
  if (!box.width) return; // it was made anew, and the stroke goes on with the next update
  stroke.way.push([(point.clientX - box.left) / box.width, (point.clientY - box.top) / box.height]);
}

function end(pen, point) {
  const { stroke } = pen;
  if (!stroke || !point) return;
  pen.up = stroke.up = performance.now();
  pen.strokes.push(stroke);
  pen.stroke = null;
  catchUp(pen, stroke); // before the canvas takes it for ended
}

// A palm, or a call: the system takes the finger away. What it has drawn stays; the canvas itself would wait
// for this finger, and miss the next.
function cancel(pen, point) {
  const { stroke } = pen;
  end(pen, point);
  if (point) tell("up", stroke.canvas, stroke.way.at(-1), stroke.finger);
}

// --- drawing again --------------------------------------------------------------------------------

// The canvas was given something: a drawing, a pen, or the same as before. It draws what has ended with its
// next frame, so that one can't be missed before.
function updated(pen, root) {
  const now = performance.now();
  pen.due = root;
  pen.strokes = pen.strokes.filter(({ up }) => now - up < KEPT_MS);
  requestAnimationFrame(() => {
    if (!root.querySelector(".dc-root")) return; // the page was left
    const shows = seen(root);
    const lost = pen.strokes.filter(({ up, way }) => up < now && !shows(way));
    for (const stroke of lost) {
      const finger = pen.stroke?.finger ?? stroke.finger; // the canvas listens to one alone
      draw(root, stroke, finger);
      tell("up", stroke.canvas, stroke.way.at(-1), finger);
    }
    if (lost.length) [pen.up, pen.due] = [performance.now(), root]; // the pen in hand begins again, too
    catchUp(pen, pen.stroke);
  });
}

function catchUp(pen, stroke) {
  const root = pen.due;
  pen.due = null;
  if (stroke && root) draw(root, stroke, stroke.finger);
}

// Whether a way is drawn: the middle between two places of the pen lies on the curve that the canvas makes of them.
function seen(root) {
  const canvas = root.querySelector(".dc-canvas.lower-canvas"); // the background has one, too
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const white = (x, y) => {
    const [column, row] = [Math.floor(x * width), Math.floor(y * height)];
    const outside = column < 0 || row < 0 || column >= width || row >= height;
    return outside || data[4 * (row * width + column)] > 100;
  };
  return (way) =>
    way.every(([x, y], at) => {
      const [x0, y0] = way[Math.max(at - 1, 0)];
      return white((x0 + x) / 2, (y0 + y) / 2);
    });
}

function draw(root, stroke, finger) {
  stroke.canvas = root.querySelector(".upper-canvas");
  stroke.way.forEach((place, at) => {
    tell(at ? "move" : "down", stroke.canvas, place, finger);
    if (at === 1) wipe(stroke.canvas); // of the stroke as it was, and of a line from its end to here
  });
}

function tell(what, canvas, place, finger) {
  (what === "down" ? canvas : document).dispatchEvent(gesture(what, canvas, place, finger));
}

function gesture(what, canvas, [x, y], finger) {
  const box = canvas.getBoundingClientRect();
  const point = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
  if (finger === undefined) return new MouseEvent(`mouse${what}`, { ...point, cancelable: true });
  const touch = new Touch({ identifier: finger, target: canvas, ...point });
  const touches = what === "up" ? [] : [touch];
  return new TouchEvent(TOUCHES[what], { touches, targetTouches: touches, changedTouches: [touch], cancelable: true });
}

function wipe(canvas) {
  const surface = canvas.getContext("2d");
  surface.save();
  surface.resetTransform();
  surface.clearRect(0, 0, canvas.width, canvas.height);
  surface.restore();
}
