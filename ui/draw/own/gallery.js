// All drawings by digit. A picture is a button that chooses it; what is chosen is deleted together.

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  const state = (root.layerlab ??= newState(root));
  const { groups, deleted } = unpacked(data);
  state.ask = (wish) => setTriggerValue("wish", wish);
  const ids = new Set(groups.flatMap(({ items }) => items.map(([id]) => id)));
  state.chosen = new Set([...state.chosen].filter((id) => ids.has(id)));
  const focused = root.getRootNode().activeElement?.dataset?.id;
  state.list.replaceChildren(...groups.filter(({ count }) => count).map((group) => row(state, group)));
  if (focused) root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  state.deleted = deleted;
  tell(state);
}

function newState(root) {
  const state = { root, chosen: new Set(), deleted: 0 };
  const bar = make("div", "bar");
  state.said = make("p");
  state.said.setAttribute("role", "status");
  state.remove = make("button", "plain do", "Delete");
  state.remove.onclick = () => state.ask({ do: "delete", ids: [...state.chosen] });
  state.undo = make("button", "plain do", "Put back");
  state.undo.onclick = () => state.ask({ do: "undo" });
  bar.append(state.said, state.remove, state.undo);
  state.list = make("div", "digits");
  root.append(bar, state.list);
  return state;
}

function row(state, { label, count, items }) {
  const section = make("section");
  const pictures = make("div", "pictures");
  for (const [id, source, forTest] of items) {
    const button = make("button", forTest ? "picture test" : "picture");
    button.dataset.id = id;
    const image = make("img");
    image.src = source;
    image.alt = `A ${label}${forTest ? ", kept for measuring" : ""}`;
    button.append(image);
    button.setAttribute("aria-pressed", state.chosen.has(id));
    button.onclick = () => {
      if (!state.chosen.delete(id)) state.chosen.add(id);
      button.setAttribute("aria-pressed", state.chosen.has(id));
      tell(state);
    };
    pictures.append(button);
  }
  if (count > items.length) pictures.append(make("span", "more", `and ${count - items.length} older`));
  const head = make("h3", "", String(label));
  head.append(make("small", "", String(count)));
  section.append(head, pictures);
  return section;
}

function tell(state) {
  const { chosen, deleted } = state;
  state.remove.hidden = !chosen.size;
  state.undo.hidden = Boolean(chosen.size) || !deleted;
  const words = chosen.size
    ? `${chosen.size} chosen`
    : deleted
      ? `${deleted} deleted`
      : "Choose wrong ones to delete them. Those with a dotted frame are kept for measuring.";
  say(state.said, words);
}
