// --- the tree of cards: pure functions, none of them changes what it is given -----------------------

// What Python told, with all done that it has not acknowledged, as far as that can be foreseen here.
function replay(data, waiting) {
  let view = { cards: data.cards, selected: data.selected };
  for (const action of waiting) {
    const foreseen = FORESEEN[action.do]?.(view, action);
    if (foreseen) view = { ...view, ...foreseen };
  }
  return find(view.cards, view.selected) ? view : { ...view, selected: null };
}

const FORESEEN = {
  select: (view, { name }) => ({ selected: name }),
  remove: ({ cards }, { name }) => ({ cards: replaced(cards, name, () => []) }),
  unwrap: ({ cards }, { name }) => ({ cards: replaced(cards, name, (card) => card.branches?.[0] ?? [card]) }),
  move: ({ cards }, { name, place }) => {
    const card = find(cards, name);
    const without = replaced(cards, name, () => []);
    return card && stackAt(without, place) ? { cards: withAt(without, place, card) } : null;
  },
  change: ({ cards }, { name, field, value }) => ({
    cards: replaced(cards, name, (card) => [{ ...card, values: { ...card.values, [field]: value } }]),
  }),
  add_branch: ({ cards }, { name }) => ({
    cards: replaced(cards, name, (card) => [{ ...card, branches: [...card.branches, []] }]),
  }),
  remove_branch: ({ cards }, { name, branch }) => ({
    cards: replaced(cards, name, (card) => [
      { ...card, branches: card.branches.filter((_, index) => index !== branch) },
    ]),
  }),
};

function everyCard(cards) {
  return cards.flatMap((card) => [card, ...(card.branches ?? []).flatMap(everyCard)]);
}

function find(cards, name) {
  return everyCard(cards).find((card) => card.name === name);
}

// The cards with others, or none, in the place of the one called `name`.
function replaced(cards, name, others) {
  return cards.flatMap((card) => {
    if (card.name === name) return others(card);
    if (!card.branches) return [card];
    return [{ ...card, branches: card.branches.map((branch) => replaced(branch, name, others)) }];
  });
}

function withAt(cards, place, card) {
  const into = (stack) => [...stack.slice(0, place.index), card, ...stack.slice(place.index)];
  if (!place.block) return into(cards);
  return replaced(cards, place.block, (block) => [
    {
      ...block,
      branches: block.branches.map((branch, index) => (index === place.branch ? into(branch) : branch)),
    },
  ]);
}

function stackAt(cards, { block, branch }) {
  return block ? find(cards, block)?.branches?.[branch] : cards;
}

// Where a card stands: a place, and the stack around it.
function placeOf(cards, name, block = "", branch = 0) {
  const index = cards.findIndex((card) => card.name === name);
  if (index >= 0) return { block, branch, index, stack: cards };
  for (const card of cards) {
    for (const [number, held] of (card.branches ?? []).entries()) {
      const found = placeOf(held, name, card.name, number);
      if (found) return found;
    }
  }
  return null;
}

function endOf(cards, { block, branch }) {
  return { block, branch, index: stackAt(cards, { block, branch })?.length ?? 0 };
}

function samePlace(one, other) {
  return one.block === other.block && one.branch === other.branch && one.index === other.index;
}

// The blocks around a card, the innermost first.
function blocksAround(cards, name) {
  const around = [];
  for (let place = placeOf(cards, name); place?.block; place = placeOf(cards, place.block)) {
    around.push(place.block);
  }
  return around;
}

function depthOf(card) {
  return card.branches ? 1 + Math.max(0, ...card.branches.flat().map(depthOf)) : 0;
}

// Whether a card may stand in a block: not in itself, and blocks are nested only so deep.
function fits(state, card, block) {
  if (!block) return true;
  if (find([card], block)) return false;
  return blocksAround(state.view.cards, block).length + 1 + depthOf(card) <= state.data.deepest;
}

// --- where new layers go, and how places are said -----------------------------------------------------

// Behind the open card, else before the last one, which is the output.
function defaultPlace({ cards, selected }) {
  const open = selected && placeOf(cards, selected);
  if (open) return { block: open.block, branch: open.branch, index: open.index + 1 };
  return { block: "", branch: 0, index: Math.max(0, cards.length - 1) };
}

function defaultPlaceWords({ cards, selected }) {
  if (selected) return `The new layer goes behind ${selected}.`;
  if (!cards.length) return "";
  return "The new layer goes before the last one; open a card to put it behind that.";
}

function branchWords(state, block, branch) {
  const card = find(state.view.cards, block);
  return card?.branches.length > 1 ? `branch ${branch + 1} of ${block}` : block;
}

function positionWords(state, name) {
  const { block, branch, index, stack } = placeOf(state.view.cards, name);
  const layer = `layer ${index + 1} of ${stack.length}`;
  const around = block ? `in ${branchWords(state, block, branch)}, ` : "";
  return `${name} is now ${around}${layer}`;
}
