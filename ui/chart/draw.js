// --- drawing --------------------------------------------------------------------------------------

// Everything that is drawn is worked out from the view and handed to Plotly, which changes what differs.
// The ranges are worked out here as well: so a person's zoom is kept, and labels know where curves end.

const NARROW = 560;
const SHORT_PLAN = 20;
const SMOOTHINGS = { light: { share: 0.005, least: 3 }, strong: { share: 0.02, least: 8 } };
const DIGITS = { loss: 4, share: 1 };

function draw(view, panel, colours) {
  const { plot } = panel;
  panel.width = plot.clientWidth;
  panel.height = plot.clientHeight;
  if (!panel.width || !panel.height) return;
  panel.curves = view.runs.map((run) => curves(view, panel, run, colours));
  const layout = frame(view, panel, colours);
  const traces = panel.curves.flatMap((run) => [run.raw, run.smooth, run.validation]);
  window.Plotly.react(plot, traces, layout, {
    displayModeBar: false, doubleClick: false, responsive: false, showTips: false,
  });
  if (!panel.drawn) listen(view, panel);
  panel.drawn = true;
}

function listen(view, panel) {
  panel.plot.on("plotly_relayout", (changes) => {
    for (const axis of ["x", "y"]) {
      if (Object.keys(changes).some((key) => key.startsWith(`${axis}axis.range`))) {
        panel.zoom[axis] = [...panel.plot.layout[`${axis}axis`].range];
      }
    }
    zoomed(panel);
    show(view);
  });
  panel.plot.on("plotly_doubleclick", () => unzoom(view, panel));
  panel.plot.addEventListener("pointerdown", (event) => (view.held = event.pointerType === "mouse"));
}

function unzoom(view, panel) {
  panel.zoom = { x: null, y: null };
  zoomed(panel);
  show(view);
}

// --- what one run looks like ----------------------------------------------------------------------

function curves(view, panel, run, colours) {
  const smoothing = SMOOTHINGS[view.settings.smoothing];
  const colour = (role) => (view.single ? colours[role] : colours.runs[run.index]);
  const words = (role) => `${view.single ? "" : `${run.short} `}${role}`;
  const shown = { training: seen(view, run, "training"), validation: seen(view, run, "validation") };
  const x = across(view, run, run.training);
  const y = figures(panel, run.training);
  const raw = line(panel, words("training"), colour("train"), x, y);
  const smooth = line(panel, words("training, smoothed"), colour("train"), [], []);
  if (smoothing) {
    Object.assign(smooth, { x, y: smoothed(y, smoothing) });
    Object.assign(raw, { opacity: 0.35, hoverinfo: "skip", hovertemplate: "" });
    raw.line.width = 1;
  }
  raw.visible = smooth.visible = shown.training;
  const places = across(view, run, run.validation);
  const values = figures(panel, run.validation);
  const validation = line(panel, words("validation"), colour("validation"), places, values);
  Object.assign(validation, markers(values.length, colour("validation")), { visible: shown.validation });
  return { run, shown, raw, smooth, validation, training: smoothing ? smooth : raw };
}

function line(panel, name, color, x, y) {
  const figure = panel.share ? `%{y:.${DIGITS.share}f} %` : `%{y:.${DIGITS.loss}~g}`;
  return {
    type: "scatter", name, x, y,
    mode: y.length === 1 ? "lines+markers" : "lines", // a line needs two
    marker: { color, size: 5 },
    line: { color, width: 2 },
    opacity: 1,
    hoverlabel: { bordercolor: color },
    hovertemplate: `${name} ${figure}<extra></extra>`,
  };
}

function markers(count, color) {
  const size = count <= 40 ? 7 : count <= 120 ? 5 : 4;
  return {
    mode: "lines+markers",
    line: { color, width: count <= 120 ? 2 : 1.5, dash: "dash" },
    marker: { color, size, maxdisplayed: 80 },
    cliponaxis: false,
  };
}

function seen(view, run, role) {
  return !view.hidden.has(role) && !view.hidden.has(run.id);
}

// Shares are drawn as per cent, so that axis, hover and labels say "97.9 %".
function figures(panel, series) {
  const column = series.columns[panel.metric];
  return panel.share ? column.map((value) => (value === null ? null : value * 100)) : [...column];
}

function across(view, run, series) {
  const { epoch, step, seconds } = series.columns;
  if (view.settings.x === "step") return epoch.map((place, index) => stepAt(run, { epoch: place, step: step[index] }));
  if (view.settings.x === "time") {
    const unit = clock(view).seconds;
    return seconds.map((value) => (value === null ? null : value / unit));
  }
  return [...epoch];
}

// Runs of earlier versions did not say the step at the end of an epoch; the position in epochs tells it.
function stepAt(run, body) {
  return body.step ?? (run.steps ? Math.round(body.epoch * run.steps) : null);
}

function clock(view) {
  const longest = Math.max(0, ...view.runs.map((run) => reach(run).seconds));
  if (longest < 180) return { seconds: 1, unit: "seconds" };
  return longest < 10_800 ? { seconds: 60, unit: "minutes" } : { seconds: 3600, unit: "hours" };
}

// Seconds have become minutes: what is zoomed to stays the same.
function wind(view) {
  const unit = clock(view).seconds;
  for (const { zoom } of view.panels) {
    if (view.settings.x === "time" && zoom.x) zoom.x = zoom.x.map((place) => (place * view.unit) / unit);
  }
  view.unit = unit;
}

// How far a run has come.
function reach(run) {
  const end = (name) => Math.max(...[run.training, run.validation].map(({ columns }) => columns[name].at(-1) ?? 0));
  return { epoch: end("epoch"), seconds: end("seconds") };
}

// --- axes -----------------------------------------------------------------------------------------

function frame(view, panel, colours) {
  const wide = panel.width >= NARROW;
  panel.log = panel.metric === "loss" && view.settings.y === "log";
  panel.margin = { l: 50, r: wide ? (view.single ? 122 : 62) : 12, t: 8, b: 40 };
  panel.range = { x: panel.zoom.x ?? [0, farthest(view)], y: panel.zoom.y ?? spread(panel) };
  const marks = standing(view, panel, colours);
  const font = { color: colours.quiet, family: colours.font, size: 12 };
  return {
    width: panel.width, height: panel.height, margin: panel.margin, autosize: false,
    // a finger scrolls the page
    hovermode: "x", showlegend: false, dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    xaxis: { ...axis(panel, "x", colours), ...counting(view), showgrid: false, ticks: "outside", ticklen: 4 },
    yaxis: { ...axis(panel, "y", colours), ...reading(panel), type: panel.log ? "log" : "linear", nticks: 6 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font,
    hoverlabel: { bgcolor: colours.card, font: { ...font, color: colours.ink } },
    shapes: marks.shapes,
    annotations: [...marks.notes, ...(wide ? endLabels(view, panel, colours) : [])],
  };
}

function axis(panel, letter, colours) {
  return {
    range: panel.range[letter],
    zeroline: false, gridcolor: colours.line, linecolor: colours.line, tickcolor: colours.line,
    fixedrange: matchMedia("(pointer: coarse)").matches,
  };
}

function counting(view) {
  const title = (text) => ({ title: { text, standoff: 4, font: { size: 12 } } });
  if (view.settings.x === "step") return { ...title("step"), tickformat: ",d", hoverformat: ",d" };
  if (view.settings.x === "epoch") return { ...title("epoch"), tickformat: ",", hoverformat: ",.2f" };
  return { ...title(`${clock(view).unit} of training`), tickformat: ",", hoverformat: ",.1f" };
}

function reading(panel) {
  const empty = panel.curves.every(({ raw, validation }) => !raw.y.length && !validation.y.length);
  const shown = { showticklabels: !empty };
  if (panel.share) return { ...shown, ticksuffix: " %" };
  if (!panel.log) return shown;
  const decades = panel.range.y[1] - panel.range.y[0];
  return { ...shown, tickformat: "~g", dtick: decades > 2.5 ? Math.ceil(decades / 6) : decades > 0.5 ? "D2" : "D1" };
}

// Returns the right end of the x axis. It stays where it is for long, so that only the curve moves: a short
// plan is shown whole, a long one by doubling.
function farthest(view) {
  const ends = view.runs.map((run) => {
    const { epoch, seconds } = reach(run);
    if (view.settings.x === "time") return (run.over ? seconds : doubled(seconds, 10)) / clock(view).seconds;
    const whole = run.epochs <= SHORT_PLAN ? run.epochs : Math.min(run.epochs, doubled(epoch, 10));
    const epochs = run.over && epoch ? epoch : whole;
    return view.settings.x === "step" ? epochs * (run.steps || 1) : epochs;
  });
  return Math.max(...ends) || 1;
}

function doubled(value, least) {
  let end = least;
  while (end < value * 1.2) end *= 2;
  return end;
}

// Returns the range of the y axis for the curves that are shown.
function spread(panel) {
  let low = Infinity;
  let high = -Infinity;
  for (const { raw, smooth, validation } of panel.curves) {
    for (const trace of [raw, smooth, validation]) {
      if (!trace.visible) continue;
      for (const value of trace.y) {
        if (value === null || (panel.log && value <= 0)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  if (low > high) return panel.log ? [-2, 0] : [0, panel.share ? 100 : 1];
  if (panel.log) return [Math.log10(low) - 0.08, Math.max(Math.log10(high), Math.log10(low) + 0.3) + 0.08];
  if (!panel.share) return [0, high * 1.06 || 1];
  const room = high > low ? Math.max((high - low) * 0.07, 0.5) : 5;
  return [Math.max(0, low - room), Math.min(101, high + room)];
}
