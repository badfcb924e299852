// The columns: what each is called, what it sorts by, and how its cell is written.

// `down`: whether the first click puts the greatest on top, which is where the best is looked for
const COLUMNS = [
  { key: "number", title: "Run", down: true, value: (run) => run.number, write: writeNumber },
  { key: "name", title: "Name", value: (run) => run.name.toLowerCase(), write: writeName },
  { key: "status", title: "Status", value: (run) => STATUSES.indexOf(run.status), write: writeStatus },
  { key: "design", title: "Design", value: (run) => run.design, write: writeWords },
  { key: "data", title: "Data", value: (run) => run.data.toLowerCase(), write: writeWords },
  { key: "normalization", title: "Normal\u00adization", value: (run) => run.normalization, write: writeWords },
  { key: "loss", title: "Validation loss", number: true, value: (run) => run.loss[0], write: writeFigure },
  // shares first, errors behind them: one says nothing about the other
  { key: "metric", title: "Validation accuracy", number: true, down: true, value: ofMetric("metric"), write: writeFigure },
  { key: "test", title: "Test accuracy", number: true, down: true, value: ofMetric("test"), write: writeFigure },
  { key: "time", title: "Time", number: true, value: (run) => run.time[0], write: writeFigure },
  { key: "weights", title: "Weights", number: true, value: (run) => run.weights[0], write: writeFigure },
  { key: "tags", title: "Tags", value: (run) => run.tags.join(" ").toLowerCase() || null, write: writeTags },
  { key: "created", title: "When", down: true, value: (run) => run.created, write: writeWhen },
];
const STATUSES = ["running", "queued", "interrupted", "failed", "stopped", "completed"];
const LARGEST_ERROR = 1e12;

function ofMetric(key) {
  return (run) => {
    const value = run[key][0];
    if (value === null || run.measure === "accuracy") return value;
    return -value / LARGEST_ERROR; // the lowest error is the best of its kind
  };
}

// Headings that name what the figures are: accuracies, errors, or both.
function nameMetrics(state) {
  const kinds = [...new Set([...state.runs.values()].map((run) => run.measure))].sort();
  const words = kinds.length === 1 ? kinds[0] : "accuracy or error";
  for (const [key, part] of [["metric", "Validation"], ["test", "Test"]]) {
    const { label, button } = state.headings.get(key);
    label.textContent = `${part} ${words.replace("mean absolute error", "error")}`;
    button.title = words.includes("error") ? "Errors are mean absolute errors" : "";
    [...state.order.options].find((option) => option.value === key).textContent = label.textContent;
  }
}

// --- cells ----------------------------------------------------------------------------------------

function writeNumber(box, run) {
  box.textContent = run.number;
}

function writeName(box, run, state) {
  const link = make("a", "open", run.name);
  link.href = addressOf(run);
  link.tabIndex = -1; // Enter on the row's box opens it
  link.title = run.name;
  link.dataset.number = run.number;
  link.onclick = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a tab of its own, as with every link
    event.preventDefault();
    state.ask({ do: "open", runs: [run.id] });
  };
  const whole = make("span", "whole");
  whole.append(link);
  if (run.best) {
    const star = make("span", "best", "★ best");
    star.title = `${run.best}.`;
    whole.append(star);
  }
  if (run.notes) {
    const note = make("span", "note", "✎");
    note.title = run.notes;
    note.setAttribute("role", "img");
    note.setAttribute("aria-label", "has notes");
    whole.append(note);
  }
  box.replaceChildren(whole);
}

function addressOf(run) {
  const address = new URL(location.href);
  address.pathname = address.pathname.replace(/[^/]*$/, "train");
  address.searchParams.set("run", run.id);
  return address.href;
}

function writeStatus(box, run) {
  box.replaceChildren(make("span", `state ${run.state}`, run.state));
  if (run.share !== null) {
    box.append(make("span", "doing", `${Math.floor(run.share * 100)} %`));
    const track = make("span", "track");
    const done = make("span");
    done.style.width = `${(run.share * 100).toFixed(1)}%`;
    track.append(done);
    box.append(track);
  }
  box.title = run.reason;
}

function writeWords(box, run, state, key) {
  box.replaceChildren(make("span", "", run[key]));
  if (key === "design") box.title = run.design;
}

function writeFigure(box, run, state, key) {
  const [value, text] = run[key];
  const soFar = run.so_far && (key === "loss" || key === "metric");
  box.replaceChildren(make("span", soFar ? "so-far" : "", text));
  box.classList.toggle("none", value === null);
  if (key === "metric") box.dataset.label = `validation ${run.measure.replace("mean absolute ", "")}`;
  box.title = soFar ? run.so_far : "";
}

function writeTags(box, run, state) {
  box.replaceChildren(
    ...run.tags.map((tag) => {
      const button = textButton("tag", tag, () => setFilter(state, tag));
      button.tabIndex = -1;
      button.title = `Show the runs tagged ${tag}`;
      return button;
    }),
  );
  const more = run.tags.length - 1;
  if (more > 0) box.firstElementChild.after(make("span", "more", `+${more}`));
  box.title = run.tags.join(", ");
}

function writeWhen(box, run) {
  const then = new Date(run.created * 1000);
  const time = make("time", "", ago(then));
  time.dateTime = then.toISOString();
  box.title = then.toLocaleString("en-GB", { dateStyle: "full", timeStyle: "short" });
  box.replaceChildren(time);
}

function ago(then) {
  const minutes = (Date.now() - then) / 60_000;
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${Math.floor(minutes)} min ago`;
  const clock = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const midnight = new Date().setHours(0, 0, 0, 0);
  if (then >= midnight) return `today ${clock}`;
  if (then >= midnight - 86_400_000) return `yesterday ${clock}`;
  const sameYear = then.getFullYear() === new Date().getFullYear();
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}
