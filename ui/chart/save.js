// --- saving ---------------------------------------------------------------------------------------

const PICTURE = { width: 960, height: 480 };

function saver(view, panel, format) {
  const button = make("button", "ll-link", format);
  button.setAttribute("aria-label", `Save the curves of ${panel.title} as ${format}`);
  button.title = `Save these curves as a picture (${format})`;
  button.addEventListener("click", () => save(view, panel, format.toLowerCase()));
  return button;
}

// A picture for a report: on white, in the colours of the light scheme, with title and legend in it.
function save(view, panel, format) {
  if (!panel.drawn) return;
  // a font that every program has: texts take the room that they were measured with
  const colours = { ...palette(view.root, view.runs.length, "light"), font: "Arial, Helvetica, sans-serif" };
  const drawn = { ...panel, ...PICTURE };
  drawn.curves = view.runs.map((run) => curves(view, drawn, run, colours));
  const layout = frame(view, drawn, colours);
  const traces = drawn.curves.flatMap(({ run, raw, smooth, validation, training }) =>
    [raw, smooth, validation].map((trace) => ({
      ...trace,
      name: view.single ? trace.name : trace === validation ? `${run.short}, validation` : plain(run.label),
      showlegend: trace === training || (trace === validation && trace.y.length > 0),
    })),
  );
  const heading = view.single ? `${plain(view.runs[0].label)}: ${panel.title}` : panel.title;
  Object.assign(layout, {
    ...PICTURE,
    title: { text: heading, x: 0.02, xanchor: "left", font: { color: colours.ink, size: 16 } },
    margin: { ...layout.margin, t: 56, b: 80 },
    showlegend: true,
    legend: { orientation: "h", y: -0.16, yanchor: "top" },
    paper_bgcolor: colours.card,
    plot_bgcolor: colours.card,
  });
  const scale = format === "png" ? 2 : 1;
  const filename = fileName(view, panel);
  window.Plotly.downloadImage({ data: traces, layout }, { format, ...PICTURE, scale, filename });
}

function fileName(view, panel) {
  const runs = view.single ? view.runs[0].label : view.runs.map((run) => run.short).join(" ");
  const words = `${runs} ${panel.title}`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  return words.replace(/^-|-$/g, "").slice(0, 100);
}

// Plotly reads tags in its texts; a run's name is only a name.
function plain(words) {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
