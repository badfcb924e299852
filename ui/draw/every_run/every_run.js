// One row a network, and what they say together. Rows are kept by id, so that a key's focus stays where it
// is while answers come and go with every stroke.

export default function ({ parentElement, data, setTriggerValue }) {
  const { words, rows, more } = unpacked(data);
  const card = parentElement.querySelector(".networks");
  if (!card.firstChild) {
    card.append(make("h2", "", "The same drawing, every network"), make("p", "together"), make("ul"), make("button", "plain all"));
    card.querySelector(".together").setAttribute("role", "status");
  }
  const [, together, list, all] = card.children;
  say(together, words);
  together.classList.toggle("idle", !rows.some((row) => row.answer));
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = rows.map((row) => fill(known.get(row.id) ?? newRow(row.id), row));
  // moving an element takes its focus away: where the order is as it was, nothing is moved
  const same = items.length === list.children.length && items.every((item, at) => item === list.children[at]);
  if (!same) list.replaceChildren(...items);
  list.onclick = ({ target }) => {
    const item = target.closest("li");
    if (item) setTriggerValue("choose", item.dataset.id);
  };
  all.hidden = !more;
  say(all, `Show all (${more} more)`);
  all.onclick = () => setTriggerValue("choose", "all");
}

function newRow(id) {
  const item = make("li");
  item.dataset.id = id;
  const button = make("button");
  const name = make("span", "name");
  name.append(make("b"), make("small"));
  const said = make("span", "said");
  said.append(make("strong"), make("i"), make("em"));
  button.append(name, said);
  item.append(button);
  return item;
}

function fill(item, row) {
  const button = item.firstChild;
  const [label, design] = button.querySelector(".name").children;
  const [answer, figure, mark] = button.querySelector(".said").children;
  item.className = [row.chosen && "chosen", row.differs && "differs", row.error && "failed"].filter(Boolean).join(" ");
  button.setAttribute("aria-pressed", row.chosen);
  say(label, row.label);
  say(design, row.error || row.design);
  say(answer, row.answer || (row.error ? "–" : row.waits ? "…" : ""));
  say(figure, row.figure);
  say(mark, row.differs ? "≠ differs" : "");
  button.title = row.chosen ? "Answers on the left" : "Show this network's answer";
  return item;
}
