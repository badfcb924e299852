// --- the palette: what can be added, at the place where it was opened ----------------------------------

// A target has `place()`, where the new layer goes, and `words()`, which say so; both are asked anew at each
// drawing, because the cards can change while the palette is open.
function togglePalette(state, opener, slot, target) {
  const again = state.palette?.opener === opener;
  closePalette(state, again);
  if (again) return;
  const panel = make("section", "palette");
  panel.tabIndex = -1;
  panel.setAttribute("aria-label", "Layers to add");
  const search = Object.assign(make("input", "search"), {
    type: "search",
    placeholder: "Search by name, or by what it does",
    autocomplete: "off",
    spellcheck: false,
  });
  search.setAttribute("aria-label", "Search the layers");
  search.layerlabShown = ""; // see isTyping
  const close = textButton("close", "✕", () => closePalette(state, true));
  close.setAttribute("aria-label", "Close");
  const top = make("div", "palette-top");
  top.append(search, close);
  const found = make("div", "found");
  const place = make("p", "place");
  panel.append(top, place, found);
  slot.append(panel);
  state.palette = { opener, panel, search, found, place, target };
  search.oninput = () => showFound(state);
  panel.onkeydown = (event) => takePaletteKey(state, event);
  opener.setAttribute("aria-expanded", "true");
  if (opener === state.add) opener.textContent = "Close the list";
  refreshPalette(state);
  showFound(state);
  // on a phone the keyboard would cover half of the list
  (matchMedia("(pointer: coarse)").matches ? panel : search).focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
}

function openBeside(state, name, after, opener) {
  const item = state.cards.get(name);
  togglePalette(state, opener, after ? item.afterSlot : item.slot, {
    place: () => {
      const here = placeOf(state.view.cards, name);
      return here && { block: here.block, branch: here.branch, index: here.index + after };
    },
    words: () => `The new layer goes ${after ? "behind" : "before"} ${name}.`,
  });
}

function closePalette(state, focusBack) {
  if (!state.palette) return;
  const { opener, panel } = state.palette;
  state.palette = null;
  panel.remove();
  opener.setAttribute("aria-expanded", "false");
  if (opener === state.add) opener.textContent = "+ Add a layer";
  if (focusBack) (opener.isConnected ? opener : state.add).focus({ preventScroll: true });
}

function refreshPalette(state) {
  const { panel, place, target } = state.palette;
  if (panel.isConnected) place.textContent = target.words();
  else closePalette(state, false); // it went with the card it was opened at
}

// Every word must be found in a layer's name, sentence or family.
function matching(state, written) {
  const wanted = written.toLowerCase().split(/\s+/).filter(Boolean);
  return state.data.families
    .map(({ value, label, about }) => ({
      value,
      label,
      about,
      kinds: Object.entries(state.data.kinds).filter(([kind, { family, summary, words }]) => {
        const text = `${kind} ${summary} ${label} ${words}`.toLowerCase();
        return family === value && wanted.every((word) => text.includes(word));
      }),
    }))
    .filter(({ kinds }) => kinds.length);
}

function showFound(state) {
  const { search, found } = state.palette;
  const families = matching(state, search.value);
  found.replaceChildren(
    ...families.map(({ value, label, about, kinds }) => {
      const group = make("div", `family ${value}`);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", label);
      const heading = make("p", "family-name");
      heading.append(make("span", "bar"), document.createTextNode(label));
      group.append(heading, make("p", "about", about), ...kinds.map(([kind, told]) => paletteEntry(state, kind, told)));
      return group;
    }),
  );
  if (!families.length) {
    found.append(make("p", "place", "No layer is found by these words. Try fewer, or others."));
  }
  const count = families.reduce((sum, { kinds }) => sum + kinds.length, 0);
  if (search.value) {
    bestEntry(state)?.classList.add("best");
    announce(state, count === 1 ? "1 layer found" : `${count} layers found`);
  }
}

function paletteEntry(state, kind, { family, summary }) {
  const button = textButton(`entry ${family}`, "", () => addKind(state, kind));
  button.dataset.kind = kind;
  button.append(make("span", "title", kind), " ", make("span", "caption", summary));
  return button;
}

// What Enter in the search box adds: a layer of that very name before one that begins with the words.
function bestEntry(state) {
  const { search, found } = state.palette;
  const entries = [...found.querySelectorAll(".entry")];
  const wanted = search.value.trim().toLowerCase();
  const name = (entry) => entry.dataset.kind.toLowerCase();
  return (
    entries.find((entry) => name(entry) === wanted) ??
    entries.find((entry) => name(entry).startsWith(wanted)) ??
    entries.find((entry) => name(entry).includes(wanted)) ??
    entries[0]
  );
}

function takePaletteKey(state, event) {
  const { search, found } = state.palette;
  const entries = [...found.querySelectorAll(".entry")];
  const at = entries.indexOf(focusedIn(state));
  if (event.key === "Escape") {
    closePalette(state, true);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) search.focus();
    else entries[Math.min(next, entries.length - 1)]?.focus();
  } else if (event.key === "Enter" && focusedIn(state) === search) {
    const best = bestEntry(state);
    if (best) addKind(state, best.dataset.kind);
  } else {
    const letter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey;
    if (at >= 0 && (letter || event.key === "Backspace")) search.focus(); // and the key lands in it
    if (letter) event.stopPropagation(); // Streamlit has keys of its own: r, c
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function addKind(state, kind) {
  const { target } = state.palette;
  const place = target.place() ?? defaultPlace(state.view);
  closePalette(state, true);
  const focused = focusedIn(state);
  const before = new Set(everyCard(state.view.cards).map((card) => card.name));
  ask(state, { do: "add", kind, place }, () => {
    const name = everyCard(state.view.cards).find((card) => !before.has(card.name))?.name;
    const item = state.cards.get(name);
    if (!item) return; // refused
    announce(state, `${kind} added: ${positionWords(state, name)}`);
    if (hasGoneOn(state, focused)) return;
    (item.body.querySelector("[data-field]") ?? item.head).focus({ preventScroll: true });
    item.root.scrollIntoView({ block: "nearest" });
  });
}
