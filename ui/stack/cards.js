// --- one card -----------------------------------------------------------------------------------------

function cardFor(state, card) {
  const known = state.cards.get(card.name);
  if (known?.kind === card.kind) return known;
  known?.root.remove(); // another kind of layer has taken the name
  const item = newCard(state, card);
  state.cards.set(card.name, item);
  return item;
}

function newCard(state, { name, kind }) {
  const { family } = state.data.kinds[kind];
  const root = make("li", "layer");
  root.dataset.layer = name;
  const between = betweenButton(`Add a layer before ${name}`);
  const slot = make("div", "slot");
  between.onclick = () => openBeside(state, name, 0, between);
  const box = make("div", `card ${family}`);
  const row = make("div", "row");
  const grip = make("span", "grip");
  grip.title = "Drag to move";
  grip.setAttribute("aria-hidden", "true");
  const head = textButton("head", "", () => select(state, name));
  head.setAttribute(
    "aria-keyshortcuts",
    "Alt+ArrowUp Alt+ArrowDown Delete Control+D Meta+D ArrowUp ArrowDown",
  );
  row.append(grip, head);
  const body = make("div", "body");
  const problems = make("div", "problems");
  box.append(row, body, problems);
  const afterSlot = make("div", "slot");
  root.append(between, slot, box, afterSlot);
  const item = { kind, root, slot, afterSlot, box, row, head, body, problems, fields: new Map() };
  if (state.data.kinds[kind].most) addBlockParts(state, item, name);
  return item;
}

function drawCard(state, item, card) {
  const selected = state.view.selected === card.name;
  const folded = state.folded.has(card.name);
  const { branches, ...own } = card;
  const inside = folded ? everyCard(branches.flat()).flatMap((each) => each.problems) : [];
  const moves = selected ? [-1, 1].map((step) => Boolean(placeBeside(state, card.name, step))) : [];
  const told = JSON.stringify([own, branches?.length, selected, folded, inside.length, moves]);
  if (item.told !== told) {
    item.told = told;
    drawHead(item, card, selected, inside);
    drawBody(state, item, card, selected, moves);
    item.problems.replaceChildren(...card.problems.map((problem) => problemNote(state, card, problem)));
  }
  if (branches) drawBranches(state, item, card, folded);
}

function drawHead(item, card, selected, inside) {
  item.box.classList.toggle("selected", selected);
  item.head.setAttribute("aria-expanded", String(selected));
  const text = words(card.kind, card.caption, card.name);
  if (inside.length) {
    const worst = inside.some((problem) => problem.severity === "error") ? "error" : "warning";
    const count = inside.length === 1 ? "1 problem inside" : `${inside.length} problems inside`;
    text.append(make("span", `inside ${worst}`, count));
  }
  item.head.replaceChildren(make("span", "bar"), text, figures(card.shape, card.parameters));
}

function drawBody(state, item, card, selected, moves) {
  if (!selected) {
    item.fields.clear();
    item.body.replaceChildren();
    return;
  }
  if (!item.body.firstChild) fillBody(state, item, card);
  item.facts.textContent = card.facts;
  for (const [name, field] of item.fields) field.draw(card.values[name]);
  item.up.disabled = !moves[0];
  item.down.disabled = !moves[1];
}

function fillBody(state, item, card) {
  const kind = state.data.kinds[card.kind];
  // a layer without a caption of its own has its summary on the head already
  const summary = make("p", "summary", card.caption === kind.summary ? "" : sentence(kind.summary));
  if (kind.reference) {
    const link = make("a", "reference", `${kind.referenceLabel} ↗`);
    Object.assign(link, { href: kind.reference, target: "_blank", rel: "noopener" });
    summary.append(" ", link);
  }
  item.body.append(summary);
  if (kind.formula) item.body.append(make("p", "formula", `Formula: ${kind.formula}`));
  const plain = kind.fields.filter((field) => !field.advanced);
  const advanced = kind.fields.filter((field) => field.advanced);
  if (plain.length) item.body.append(fieldGrid(state, item, card, plain));
  if (advanced.length) item.body.append(moreSettings(state, item, card, advanced));
  item.facts = make("p", "facts");
  item.body.append(item.facts, tools(state, item, card, kind));
}

function tools(state, item, { name }, kind) {
  const bar = make("div", "tools");
  const button = (text, title, action, className = "tool") => {
    const made = textButton(className, text, action);
    made.title = title;
    bar.append(made);
    return made;
  };
  item.up = button("↑ Up", "Move towards the input (Alt + ↑)", () => moveBy(state, name, -1));
  item.down = button("↓ Down", "Move towards the output (Alt + ↓)", () => moveBy(state, name, 1));
  const before = button("Add before", "", () => openBeside(state, name, 0, before), "tool touch");
  const after = button("Add after", "", () => openBeside(state, name, 1, after), "tool touch");
  button("Duplicate", "Put a copy behind it (Ctrl + D)", () => duplicate(state, name));
  button("Remove", "Take this layer out (Delete); undo brings it back", () => remove(state, name));
  return bar;
}

function problemNote(state, card, problem) {
  const note = make("div", `problem ${problem.severity}`);
  const title = problem.severity === "error" ? "Has to be mended" : "Worth a thought";
  note.append(make("strong", "", `${title}: `), document.createTextNode(problem.message));
  const fixes = make("div", "fixes");
  for (const label of problem.fixes) {
    const action = { do: "fix", name: card.name, code: problem.code, label };
    fixes.append(
      textButton("fix", label, () => {
        state.cards.get(card.name)?.head.focus({ preventScroll: true }); // the button goes with its problem
        announce(state, `${label}: done`);
        ask(state, action);
      }),
    );
  }
  if (problem.fixes.length) note.append(fixes);
  return note;
}

// --- blocks: cards that hold lists of cards ------------------------------------------------------------

function addBlockParts(state, item, name) {
  item.fold = textButton("fold", "", () => fold(state, name, !state.folded.has(name)));
  item.row.append(item.fold);
  item.branches = [];
  item.inner = make("div", "inner");
  item.addBranch = textButton("quiet", "+ Add a branch", () => {
    announce(state, `${name} has one more branch`);
    ask(state, { do: "add_branch", name });
  });
  const { fewest, most } = state.data.kinds[item.kind];
  const [text, which] =
    most > 1 ? ["Keep branch 1 only", "of branch 1, without the others,"] : ["Take the layers out", "inside"];
  const out = textButton("quiet out", text, () => unwrap(state, name));
  out.title = `Put the layers ${which} in the block's place; undo brings it back`;
  item.foot = make("div", "inner-foot");
  if (most > fewest) item.foot.append(item.addBranch);
  item.foot.append(out);
  item.inner.append(item.foot);
  item.box.append(item.inner);
}

function drawBranches(state, item, card, folded) {
  const { fewest, most } = state.data.kinds[card.kind];
  item.fold.setAttribute("aria-label", `${folded ? "Unfold" : "Fold"} ${card.name}`);
  item.fold.title = folded ? "Show the layers inside" : "Hide the layers inside";
  item.fold.setAttribute("aria-expanded", String(!folded));
  item.inner.hidden = folded;
  item.addBranch.disabled = card.branches.length >= most;
  while (item.branches.length < card.branches.length) {
    const branch = newBranch(state, card.name, item.branches.length, most > 1);
    item.foot.before(branch.root);
    item.branches.push(branch);
  }
  card.branches.forEach((cards, index) => {
    const branch = item.branches[index];
    drawList(state, branch.list, cards);
    branch.empty.hidden = cards.length > 0;
    branch.remove.disabled = card.branches.length <= fewest;
  });
  // cards in these that live on are moved, with their elements, by the list they are in now
  for (const branch of item.branches.splice(card.branches.length)) branch.root.remove();
}

function newBranch(state, block, branch, labelled) {
  const root = make("div", "branch");
  const label = make("div", "branch-head");
  const title = make("span", "label", `Branch ${branch + 1}`);
  const remove = textButton("quiet", "Remove this branch", () => removeBranch(state, block, branch));
  remove.setAttribute("aria-label", `Remove this branch: branch ${branch + 1} of ${block}`);
  label.append(title, remove);
  const list = make("ol", "cards");
  list.setAttribute("aria-label", labelled ? `Branch ${branch + 1} of ${block}` : `Inside ${block}`);
  Object.assign(list.dataset, { block, branch });
  const empty = make("p", "empty", "Empty: passes its input on");
  const add = textButton("add small", "+ Add here");
  const where = labelled ? `branch ${branch + 1} of ${block}` : block;
  add.setAttribute("aria-label", `+ Add here: to ${where}`);
  const slot = make("div", "slot");
  add.onclick = () =>
    togglePalette(state, add, slot, {
      place: () => endOf(state.view.cards, { block, branch }),
      words: () => `The new layer goes to the end of ${where}.`,
    });
  if (labelled) root.append(label);
  root.append(list, empty, add, slot);
  return { root, list, empty, remove };
}

function fold(state, name, folded) {
  if (folded) state.folded.add(name);
  else state.folded.delete(name);
  draw(state);
}

function unfoldAround(state, name) {
  for (const block of blocksAround(state.view.cards, name)) state.folded.delete(block);
}
