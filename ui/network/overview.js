// A small copy of a drawing that is much wider than its place: what is in sight, and a way to the rest.

const WORTH = 1.6; // times as wide as its place
const HIGHEST = 60; // pixels

function overlook(state) {
  const { overview } = state;
  const copy = state.svg.cloneNode(true);
  for (const each of copy.querySelectorAll("text, .halo")) each.remove();
  for (const each of copy.querySelectorAll(".layer")) {
    for (const name of ["tabindex", "role", "aria-label", "data-layer", "data-tip"]) each.removeAttribute(name);
  }
  for (const name of ["role", "aria-label", "style"]) copy.removeAttribute(name);
  const { width, height } = copy.viewBox.baseVal;
  overview.style.maxWidth = `${(HIGHEST * width) / height}px`;
  overview.replaceChildren(copy, state.sight);
  overview.of = state.svg;
}

function oversee(state) {
  const { overview, scroll, sight } = state;
  overview.hidden = scroll.scrollWidth < WORTH * scroll.clientWidth;
  if (overview.hidden) return;
  if (overview.of !== state.svg) overlook(state);
  sight.style.left = `${(100 * scroll.scrollLeft) / scroll.scrollWidth}%`;
  sight.style.width = `${(100 * scroll.clientWidth) / scroll.scrollWidth}%`;
}

function steer(state) {
  const { overview, scroll } = state;
  const go = (event) => {
    const box = overview.getBoundingClientRect();
    scroll.scrollLeft = ((event.clientX - box.left) / box.width) * scroll.scrollWidth - scroll.clientWidth / 2;
  };
  overview.addEventListener("pointerdown", (event) => {
    overview.setPointerCapture(event.pointerId);
    go(event);
  });
  overview.addEventListener("pointermove", (event) => event.buttons && go(event));
}
