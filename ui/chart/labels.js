// --- words in the plot ----------------------------------------------------------------------------

const LINE_HEIGHT = 15;
const LETTER = 6.2;

// Names the curves where they end, and never one over another.
function endLabels(view, panel, colours) {
  const found = [];
  const percent = (share) => (share === undefined || !panel.share ? share : share * 100);
  for (const { run, shown, training, validation } of panel.curves) {
    const ends = [
      ["training", training, training.y.at(-1)],
      ["validation", validation, percent(run.last?.[`val_${panel.metric}`])],
    ].filter(([role, trace]) => shown[role] && trace.y.length);
    // one label a run is enough where there are several: its number
    for (const [role, trace, value] of view.single ? ends : ends.slice(-1)) {
      const [x, y] = [trace.x.at(-1), trace.y.at(-1)];
      if (x === null || y === null || (panel.log && y <= 0)) continue;
      const text = view.single ? `${role} ${figure(panel, value)}` : run.short;
      found.push({ x, y: panel.log ? Math.log10(y) : y, text, colour: trace.line.color });
    }
  }
  return apart(panel, found).map((label) => ({
    x: label.x, y: label.y, xref: "x", yref: "y", xanchor: "left", yanchor: "middle",
    xshift: 8, yshift: label.wanted - label.top, showarrow: false,
    bgcolor: colours.card.replace("rgb(", "rgba(").replace(")", ", 0.75)"), borderpad: 0,
    text: `<b>${label.text}</b>`, font: { color: label.colour, size: 12 },
  }));
}

// Returns the labels with the place, nearest to where each belongs, at which none covers another.
function apart(panel, labels) {
  const placed = [];
  for (const label of labels) {
    const left = fromLeft(panel, label.x);
    const right = left + label.text.length * LETTER * 1.15 + 16;
    const near = placed.filter((other) => left < other.right && right > other.left);
    const wanted = fromTop(panel, label.y);
    const free = (top) => near.every((other) => Math.abs(other.top - top) >= LINE_HEIGHT - 0.01);
    const tops = [wanted, ...near.flatMap(({ top }) => [top - LINE_HEIGHT, top + LINE_HEIGHT])].filter(free);
    const top = tops.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;
    placed.push({ ...label, left, right, wanted, top });
  }
  return placed;
}

function fromTop(panel, y) {
  const [low, high] = panel.range.y;
  return ((high - y) / (high - low)) * (panel.height - panel.margin.t - panel.margin.b);
}

function fromLeft(panel, x) {
  const [low, high] = panel.range.x;
  return ((x - low) / (high - low)) * (panel.width - panel.margin.l - panel.margin.r);
}

function figure(panel, value) {
  if (value === undefined || value === null) return "";
  if (panel.share) return `${value.toFixed(DIGITS.share)} %`;
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value < 0.01 ? value.toPrecision(2) : value.toFixed(value < 1 ? 3 : 2);
}

// --- what happened on the way ---------------------------------------------------------------------

// Returns lines where the learning rate was changed or the run was resumed, with as many words as have room.
function standing(view, panel, colours) {
  const marks = view.runs
    .filter((run) => !view.hidden.has(run.id))
    .flatMap((run) => run.marks.map((mark) => ({ ...mark, run })))
    .map((mark) => ({ ...mark, x: markPlace(view, mark.run, mark), text: markText(view, mark.run, mark) }))
    .filter((mark) => Number.isFinite(mark.x))
    .sort((a, b) => a.x - b.x);
  const above = !endHigh(panel);
  const colour = (run) => (view.single ? colours.quiet : colours.runs[run.index]);
  return {
    shapes: marks.map(({ x, run, kind }) => ({
      type: "line", xref: "x", yref: "paper", x0: x, x1: x, y0: 0, y1: 1, layer: "below",
      line: { color: colour(run), width: 1, dash: kind === "resume" ? "solid" : "dot" },
    })),
    notes: roomFor(panel, marks).map(({ x, text, row, left }) => ({
      x, y: above ? 1 : 0, xref: "x", yref: "paper", text, showarrow: false,
      yanchor: above ? "top" : "bottom", yshift: (above ? -row : row) * LINE_HEIGHT,
      xanchor: left ? "right" : "left", xshift: left ? -2 : 2, bgcolor: colours.card, borderpad: 1,
      font: { color: colours.quiet, size: 11 },
    })),
  };
}

// Whether the curves end in the upper half, so that words have room in the lower one.
function endHigh(panel) {
  const ends = panel.curves.map(({ training }) => training.y.at(-1)).filter((y) => y && Number.isFinite(y));
  const middle = (panel.height - panel.margin.t - panel.margin.b) / 2;
  const high = ends.filter((y) => fromTop(panel, panel.log ? Math.log10(y) : y) < middle);
  return ends.length ? high.length * 2 > ends.length : panel.share;
}

function markPlace(view, run, mark) {
  if (view.settings.x === "step") return stepAt(run, mark);
  return view.settings.x === "time" ? mark.seconds / clock(view).seconds : mark.epoch;
}

function markText(view, run, mark) {
  const rate = Number(Number(mark.learning_rate).toPrecision(4));
  const words = mark.kind === "resume" ? "resumed" : `learning rate ${rate}`;
  return view.single ? words : `${run.short}: ${words}`;
}

// Chooses rows for the words, the newest first, and leaves out what finds no room in three.
function roomFor(panel, marks) {
  const width = panel.width - panel.margin.l - panel.margin.r;
  const taken = [[], [], []];
  const placed = [];
  for (const mark of [...marks].reverse()) {
    const at = fromLeft(panel, mark.x);
    const long = mark.text.length * LETTER + 6;
    const left = at + long > width + panel.margin.r;
    const [from, to] = left ? [at - long, at] : [at, at + long];
    const row = taken.findIndex((spans) => spans.every(([start, end]) => to <= start || from >= end));
    if (row < 0 || at < 0 || at > width) continue;
    taken[row].push([from, to]);
    placed.push({ ...mark, row, left });
  }
  return placed;
}
