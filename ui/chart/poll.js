// --- asking ---------------------------------------------------------------------------------------

const AWAITED_POLL_MS = 100; // the first point of a run that has just begun
const AWAITED_LOOKS = 50;
const POLL_MS = 400;
const LAZY_POLL_MS = 1000;
const REST = 25; // times what drawing takes: watching a run on the machine that trains it should slow it little
const SLOW_POLL_MS = 2000;
const PATIENCE_MS = 20_000;
const MOST_ASKED = 2000;
const FAILURES_TOLD = 3;
const OVER = ["completed", "stopped", "failed", "interrupted"];

// Looks at every run that may still have news, takes them, and comes back until all are over for good. One that
// was interrupted may be resumed by anyone.
async function look(view) {
  clearTimeout(view.timer);
  if (view.looking || !view.alive) return;
  view.looking = true;
  const open = view.runs.filter((run) => !run.settled);
  const found = await Promise.all(open.map((run) => ask(view, run)));
  view.looking = false;
  if (!view.alive) return;
  view.failures = found.includes("failed") ? view.failures + 1 : 0;
  if (!found.includes("rewound")) {
    view.asked ||= view.failures === 0;
    show(view, found.includes("news"));
  }
  if (view.runs.some((run) => !run.settled)) {
    view.timer = setTimeout(() => look(view), found.includes("rewound") ? 0 : pace(view));
  }
}

function pace(view) {
  if (document.hidden || view.runs.every((run) => run.quiet)) return SLOW_POLL_MS;
  if (view.runs.some(awaited)) return AWAITED_POLL_MS;
  return Math.min(LAZY_POLL_MS, Math.max(POLL_MS, REST * view.cost));
}

function awaited(run) {
  return run.status === "running" && run.looks < AWAITED_LOOKS && !run.training.columns.epoch.length;
}

async function ask(view, run) {
  run.looks += 1;
  const address = served(`/layerlab/runs/${encodeURIComponent(run.id)}/events`);
  try {
    const answer = await fetch(`${address}?after=${run.after}&most=${MOST_ASKED}`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 404) {
      run.settled = run.quiet = run.over = true; // deleted; what is drawn stays
      return "gone";
    }
    if (!answer.ok) return "failed";
    return take(run, await answer.json());
  } catch {
    return "failed"; // the next look asks again from the same place
  }
}

function take(run, news) {
  const generation = news.generation ?? 0;
  if (run.generation !== null && generation !== run.generation) {
    forget(run);
    run.generation = generation;
    return "rewound"; // it goes on from a checkpoint: what was told after that no longer counts
  }
  run.generation = generation;
  const turned = run.status !== news.status;
  if (turned) run.looks = 0;
  run.status = news.status;
  run.over = OVER.includes(news.status);
  run.epochs = news.progress?.epochs || run.epochs;
  run.steps = news.progress?.steps || run.steps;
  for (const [seq, kind, body] of news.events) {
    run.after = seq;
    run.taken += 1;
    if (kind === "point") run.training.take(body);
    if (kind === "epoch") note(run, body);
    if (kind === "rate" || kind === "resume") run.marks.push({ kind, ...body });
  }
  // one more look after the end: events written just before it are then here
  run.quiet = run.over && news.events.length === 0;
  run.settled = run.quiet && run.status !== "interrupted";
  return turned || news.events.length ? "news" : "nothing";
}

function note(run, body) {
  run.last = body;
  if (run.figures.some((name) => body[`val_${name}`] !== undefined)) run.validation.take(body, "val_");
}

function forget(run) {
  run.after = run.taken = 0;
  run.last = null;
  run.marks = [];
  run.training.clear();
  run.validation.clear();
}
