// What the network mistakes for what. The card asks the server for what is new since the epoch it shows,
// so that matrix and pictures travel once an epoch.

const POLL_MS = 1500;
const PICTURES = 4;

export default function (component) {
  const { run, noun } = unpacked(component.data);
  const root = component.parentElement.querySelector(".mistakes");
  root.layerlab?.stop(); // this is called again with every run of the page
  if (root.layerlab?.run !== run) {
    root.layerlab = { run, mark: "" };
    root.replaceChildren(heading(""), make("p", "quiet", "After the first epoch you see here what it takes for what."));
  }
  const state = root.layerlab;
  const address = served(`/layerlab/runs/${encodeURIComponent(run)}/answers`);
  let alive = true;

  async function look() {
    clearTimeout(state.timer);
    if (document.hidden || !alive) return;
    let over = false;
    try {
      const answer = await fetch(`${address}?seen=${encodeURIComponent(state.mark)}`);
      over = answer.status === 404;
      if (answer.ok && alive) {
        const news = await answer.json();
        over = news.over;
        if (news.answers) draw(root, news.answers, noun);
        else if (over && !news.mark) root.replaceChildren(heading(""), make("p", "quiet", "No epoch was finished."));
        state.mark = news.mark;
      }
    } catch {
      // the connection is gone for now; the next look asks again
    }
    clearTimeout(state.timer);
    if (alive && !over) state.timer = setTimeout(look, POLL_MS);
  }

  document.addEventListener("visibilitychange", look);
  state.stop = () => {
    alive = false;
    clearTimeout(state.timer);
    document.removeEventListener("visibilitychange", look);
  };
  look();
  return state.stop;
}

function draw(root, answers, noun) {
  const focused = root.getRootNode().activeElement?.dataset?.place; // what the keys stand on stays where it is
  root.dataset.epoch = String(answers.epoch);
  root.replaceChildren(
    heading(`epoch ${answers.epoch}, ${answers.samples.toLocaleString("en")} validation ${noun}s`),
    make("p", "sentence", sentence(answers, noun)),
    ...matrix(answers, noun),
    ...pictures(answers.wrong.slice(0, PICTURES)),
  );
  if (focused) root.querySelector(`[data-place="${focused}"]`)?.focus();
}

function heading(when) {
  const head = make("h2", "", "What it mistakes");
  head.append(make("span", "", when));
  return head;
}

function sentence({ matrix, labels }, noun) {
  let most = null;
  let all = 0;
  matrix.forEach((row, truth) =>
    row.forEach((count, given) => {
      if (truth === given) return;
      all += count;
      if (count > (most?.count ?? 0)) most = { truth, given, count };
    }),
  );
  if (!most) return `Nothing: it has every one of these ${noun}s right.`;
  const pair = `${labels[most.truth]} for ${labels[most.given]}`;
  if (all === 1) return `Once it takes ${pair}; all else is right.`;
  if (most.count === 1) return `No mistake comes twice: ${all} in all, ${pair} among them.`;
  return `It takes ${pair} most often: ${times(most.count)}.`;
}

function times(count) {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count.toLocaleString("en")} times`;
}

// --- the most certain mistakes ---------------------------------------------------------------------

function pictures(wrong) {
  const shown = wrong.filter((each) => each.image.startsWith("data:image/"));
  if (!shown.length) return [];
  const list = make("ul");
  list.setAttribute("aria-label", "Mistakes it was most sure of");
  list.append(...shown.map(picture));
  return [list];
}

function picture({ image, truth, given, share }) {
  const item = make("li");
  const shown = make("img");
  shown.src = image;
  shown.alt = "";
  const words = make("span", "", `${truth}, taken for ${given}`);
  item.append(shown, words);
  if (typeof share === "number") words.append(make("br"), `${(100 * share).toFixed(0)} % sure`);
  return item;
}
