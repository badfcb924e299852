// The run under way, in a few words. The chip asks the server every few seconds while the tab is seen.
const BUSY_MS = 2000;
const IDLE_MS = 5000;
const END_MS = 8000;

export default function ({ parentElement, setTriggerValue }) {
  const chip = parentElement.querySelector(".chip");
  const said = parentElement.querySelector(".said");
  const state = (chip.layerlab ??= { seen: "", id: "", until: 0, stop: () => {} });
  state.stop(); // this is called again with every run of the page
  chip.onclick = () => setTriggerValue("open", state.id);

  async function look() {
    clearTimeout(state.timer);
    if (document.hidden || !chip.isConnected) return;
    try {
      const answer = await fetch(served(`/layerlab/now?seen=${encodeURIComponent(state.seen)}`));
      if (answer.ok) show(await answer.json());
    } catch {
      // the connection is gone for now; the next look asks again
    }
    clearTimeout(state.timer);
    state.timer = setTimeout(look, state.seen ? BUSY_MS : IDLE_MS);
  }

  function show({ now, ended, more }) {
    if (ended) {
      state.until = Date.now() + END_MS;
      state.ended = ended;
      said.textContent = ended.aloud;
    }
    state.seen = now?.id ?? "";
    const shown = state.until > Date.now() ? state.ended : now;
    chip.hidden = !shown;
    if (!shown) return;
    state.id = shown.id;
    chip.className = `chip ${shown.state}`;
    chip.setAttribute("aria-label", `${shown.aloud} Open it.`);
    chip.replaceChildren(make("span", "wide", shown.long), make("span", "short", shown.short), make("span", "more", more && shown === now ? `+${more}` : ""));
  }

  document.addEventListener("visibilitychange", look);
  look();
  return (state.stop = () => {
    clearTimeout(state.timer);
    document.removeEventListener("visibilitychange", look);
  });
}
