// Live curves. The component asks a route of this server for what is new since its last look and
// appends it; nothing that is drawn is drawn again, so zoom and hover stay.

const POLL_MS = 400;
const OVER = ["completed", "stopped", "failed"];
const TRAINING = 0;
const VALIDATION = 1;

export default function (component) {
  const data = JSON.parse(new TextDecoder().decode(component.data));
  const { parentElement } = component;
  const root = parentElement.querySelector(".ll-curves");
  if (root.layerlab?.run !== data.run) {
    root.layerlab?.stop();
    root.layerlab = begin(root, data);
  }
  return () => {
    root.layerlab?.stop();
    root.layerlab = null;
  };
}

function begin(root, data) {
  const base = location.pathname.slice(0, location.pathname.lastIndexOf("/") + 1).replace(/\/$/, "");
  const state = { run: data.run, after: 0, points: 0, panels: [], alive: true, timer: 0 };
  state.stop = () => {
    state.alive = false;
    clearTimeout(state.timer);
    watcher?.disconnect();
    for (const panel of state.panels) window.Plotly?.purge(panel.plot);
  };
  let watcher = null;
  root.replaceChildren(...data.panels.map((panel) => card(panel, state)));
  root.dataset.points = "0";
  library(base + data.plotly)
    .then(() => {
      if (!state.alive) return;
      for (const panel of state.panels) draw(panel, data.epochs);
      watcher = new MutationObserver(() => state.panels.forEach(recolour));
      watcher.observe(document.querySelector(".stApp"), { attributes: true });
      poll(root, state, `${base}/layerlab/runs/${encodeURIComponent(data.run)}/events`);
    })
    .catch(() => {
      root.textContent = "The curves could not be loaded. Reload the page.";
    });
  return state;
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

// --- asking ---------------------------------------------------------------------------------------

async function poll(root, state, address) {
  let over = false;
  try {
    const answer = await fetch(`${address}?after=${state.after}`);
    over = answer.status === 404;
    if (answer.ok && state.alive) {
      const news = await answer.json();
      append(root, state, news.events);
      // one more look after the end: events written just before it are then here
      over = OVER.includes(news.status) && news.events.length === 0;
    }
  } catch {
    // the connection is gone for now; the next look asks again from the same place
  }
  if (state.alive && !over) state.timer = setTimeout(() => poll(root, state, address), POLL_MS);
  if (over) root.dataset.over = "true";
}

function append(root, state, events) {
  if (!events.length) return;
  state.after = events.at(-1)[0];
  for (const panel of state.panels) {
    const x = [[], []];
    const y = [[], []];
    for (const [, kind, body] of events) {
      const value = body[panel.metric];
      const validation = body[`val_${panel.metric}`];
      if (kind === "point" && value !== undefined) push(x[TRAINING], y[TRAINING], body.epoch, value);
      if (kind === "epoch" && validation !== undefined) {
        push(x[VALIDATION], y[VALIDATION], body.epoch, validation);
      }
      if (kind === "epoch") panel.last = body;
    }
    window.Plotly.extendTraces(panel.plot, { x, y }, [TRAINING, VALIDATION]);
    describe(panel);
  }
  state.points += events.length;
  root.dataset.points = String(state.points);
}

function push(xs, ys, x, y) {
  xs.push(x);
  ys.push(y);
}

// --- drawing --------------------------------------------------------------------------------------

function card(panel, state) {
  const box = document.createElement("section");
  box.className = "ll-card";
  const head = document.createElement("p");
  head.className = "ll-curve-head";
  const title = document.createElement("strong");
  title.textContent = panel.title;
  head.append(title, ` — ${panel.text}`);
  const plot = document.createElement("div");
  plot.className = "ll-plot";
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", `${panel.title}: no points yet`);
  box.append(head, plot);
  state.panels.push({ ...panel, plot, last: null });
  return box;
}

function draw(panel, epochs) {
  const colours = palette(panel.plot);
  panel.colours = colours;
  const traces = [
    {
      name: "training",
      mode: "lines",
      line: { color: colours.train, width: 2 },
      hovertemplate: `training %{y${panel.share ? ":.1%" : ":.4f"}}<extra></extra>`,
    },
    {
      name: "validation",
      mode: "lines+markers",
      line: { color: colours.validation, width: 2, dash: "dash" },
      marker: { color: colours.validation, size: 7 },
      cliponaxis: false,
      hovertemplate: `validation %{y${panel.share ? ":.1%" : ":.4f"}}<extra></extra>`,
    },
  ];
  for (const trace of traces) Object.assign(trace, { x: [], y: [], type: "scatter" });
  const layout = {
    height: 270,
    margin: { l: 52, r: 14, t: 6, b: 38 },
    hovermode: "x",
    showlegend: true,
    // where the curves of loss and of accuracy are not: top right and bottom right
    legend: {
      orientation: "h",
      x: 1,
      xanchor: "right",
      y: panel.share ? 0.02 : 1,
      yanchor: panel.share ? "bottom" : "top",
      bgcolor: "rgba(0,0,0,0)",
    },
    xaxis: { title: { text: "epoch", standoff: 6 }, range: [0, epochs], zeroline: false, gridcolor: colours.line },
    yaxis: {
      tickformat: panel.share ? ".0%" : "",
      zeroline: false,
      rangemode: panel.share ? "normal" : "tozero",
      // before there are points an axis would run to 300 %
      autorangeoptions: panel.share ? { minallowed: 0, maxallowed: 1.02 } : {},
      gridcolor: colours.line,
    },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: colours.quiet, family: getComputedStyle(panel.plot).fontFamily, size: 12 },
  };
  window.Plotly.newPlot(panel.plot, traces, layout, { displaylogo: false, displayModeBar: false, responsive: true });
}

function recolour(panel) {
  const colours = palette(panel.plot);
  if (same(panel.colours, colours)) return;
  panel.colours = colours;
  window.Plotly.update(
    panel.plot,
    { "line.color": [colours.train, colours.validation], "marker.color": [colours.train, colours.validation] },
    { "font.color": colours.quiet, "xaxis.gridcolor": colours.line, "yaxis.gridcolor": colours.line },
  );
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

// Plotly wants colours, not variables: let the browser work them out where the plot stands.
function palette(place) {
  const probe = document.createElement("span");
  place.parentElement.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--ll-${name})`;
    return getComputedStyle(probe).color;
  };
  const found = { train: colour("train"), validation: colour("validation"), quiet: colour("quiet"), line: colour("line") };
  probe.remove();
  return found;
}

// The curves in words, for those who can't see them.
function describe(panel) {
  if (!panel.last) return;
  const show = (value) => (panel.share ? `${(value * 100).toFixed(1)} %` : value.toFixed(4));
  const validation = panel.last[`val_${panel.metric}`];
  const words = `${panel.title} after epoch ${panel.last.epoch}: training ${show(panel.last[panel.metric])}`;
  panel.plot.setAttribute("aria-label", validation === undefined ? words : `${words}, validation ${show(validation)}`);
}
