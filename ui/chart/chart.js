// Live curves. The component asks a route of this server for what is new since its last look and adds it to
// what is drawn; nothing is drawn afresh, so zoom, hidden curves and hover stay.

const MOST_TRAINING = 4000;
const MOST_VALIDATION = 1000;
const COLOURS = ["train", "validation", "ink", "quiet", "line", "card"];

export default function (component) {
  const data = unpacked(component.data);
  const root = component.parentElement.querySelector(".ll-curves");
  const ids = data.runs.map((run) => run.id);
  const subject = JSON.stringify([ids, data.panels.map((panel) => panel.metric)]);
  if (root.layerlab?.subject === subject) {
    adapt(root.layerlab, data);
  } else {
    root.layerlab?.stop();
    root.layerlab = begin(root, data, subject);
  }
  // Streamlit also calls this for a call that another overtook, with the curves still in the page
  return () => setTimeout(() => root.isConnected || root.layerlab?.stop());
}

function begin(root, data, subject) {
  const figures = data.panels.map((panel) => panel.metric);
  const view = {
    root, subject,
    runs: data.runs.map((run, index) => follow(run, index, figures)),
    single: data.runs.length === 1,
    log: data.log,
    settings: settings(data.log),
    hidden: new Set(),
    alive: true, ready: false, stale: true, looking: false, asked: false, held: false, failures: 0, timer: 0, frame: 0,
    cost: 0, // ms that the last drawing took
  };
  view.stop = () => stop(view);
  view.panels = data.panels.map((panel) => card(view, panel));
  const bar = toolbar(view);
  root.replaceChildren(bar, ...view.panels.map((panel) => panel.box));
  root.dataset.points = "0";
  delete root.dataset.over;
  attend(view);
  look(view);
  library(served(data.plotly)).then(
    () => {
      if (!view.alive) return;
      view.ready = true;
      show(view);
    },
    () => {
      view.stop();
      root.textContent = "The curves could not be loaded. Reload the page.";
    },
  );
  return view;
}

function follow(run, index, figures) {
  return {
    ...run, index, figures,
    generation: null, after: 0, taken: 0, looks: 0, steps: 0, over: false, quiet: false, settled: false, last: null, marks: [],
    training: new Series(figures, MOST_TRAINING),
    validation: new Series(figures, MOST_VALIDATION),
  };
}

// The page ran again: names and plans may be others, and a run that was over may go on.
function adapt(view, data) {
  view.runs.forEach((run, index) => {
    Object.assign(run, data.runs[index]);
    run.settled = false;
  });
  name(view);
  look(view);
}

function attend(view) {
  const again = () => show(view);
  view.watcher = new MutationObserver(() => dressed(view) || again()); // another theme
  view.watcher.observe(document.querySelector(".stApp"), { attributes: true });
  view.sizes = new ResizeObserver(again);
  for (const panel of view.panels) view.sizes.observe(panel.plot);
  view.listening = new AbortController();
  const { signal } = view.listening;
  const awake = () => {
    if (document.hidden) return;
    look(view);
    again();
  };
  document.addEventListener("visibilitychange", awake, { signal });
  // what is being dragged is not drawn under the hand
  const release = () => {
    if (!view.held) return;
    view.held = false;
    setTimeout(again);
  };
  for (const end of ["mouseup", "pointercancel", "blur"]) window.addEventListener(end, release, { signal });
}

function stop(view) {
  view.alive = false;
  clearTimeout(view.timer);
  cancelAnimationFrame(view.frame);
  view.watcher.disconnect();
  view.sizes.disconnect();
  view.listening.abort();
  for (const panel of view.panels) window.Plotly?.purge(panel.plot);
  view.root.layerlab = null;
}

// Draws what has come, once a frame at most, and not at all in a tab that nobody sees.
function show(view, stale = true) {
  view.stale ||= stale;
  if (view.frame || !view.alive) return;
  view.frame = requestAnimationFrame(() => {
    view.frame = 0;
    if (view.held || !view.alive) return;
    tell(view);
    if (!view.ready) return;
    if (view.stale) redraw(view);
    const { dataset } = view.root;
    dataset.points = String(view.runs.reduce((sum, run) => sum + run.taken, 0));
    if (view.runs.every((run) => run.quiet)) dataset.over = "true";
    else if (view.runs.some((run) => !run.over)) delete dataset.over;
  });
}

function redraw(view) {
  view.stale = false;
  const colours = palette(view.root, view.runs.length);
  view.colours = JSON.stringify(colours);
  wind(view);
  const begun = performance.now();
  for (const panel of view.panels) draw(view, panel, colours);
  view.cost = performance.now() - begun;
}

function dressed(view) {
  return view.colours === JSON.stringify(palette(view.root, view.runs.length));
}

// One copy of Plotly a page, from this server.
function library(address) {
  window.layerlabPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => {
      window.layerlabPlotly = undefined;
      reject(new Error("no Plotly"));
    };
    document.head.append(script);
  });
  return window.layerlabPlotly;
}

// Plotly wants colours, not variables: let the browser work them out where the curves stand.
function palette(place, runs, scheme = "") {
  const probe = document.createElement("span");
  probe.style.colorScheme = scheme;
  place.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--ll-${name})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(COLOURS.map((name) => [name, colour(name)]));
  found.runs = Array.from({ length: runs }, (_, index) => colour(`run-${(index % 8) + 1}`));
  found.font = getComputedStyle(probe).fontFamily;
  probe.remove();
  return found;
}
