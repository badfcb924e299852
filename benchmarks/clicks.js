// What clicks.py runs in the page: finding cards through shadow roots, and doing to them what people do.
const roots = (root = document) => [
  root,
  ...[...root.querySelectorAll("*")].filter((each) => each.shadowRoot).flatMap((each) => roots(each.shadowRoot)),
];
const deep = (selector) => roots().map((root) => root.querySelector(selector)).find(Boolean);
const stack = () => (window.kept?.isConnected ? window.kept : (window.kept = deep("ol.cards")));
const card = (name) => stack().querySelector(`li[data-layer="${name}"]`);
const head = (name) => card(name).querySelector(".head");
const open = (name) => head(name).getAttribute("aria-expanded") === "true" && card(name).querySelector("[data-field]");
const text = (name, part) => card(name).querySelector(part)?.textContent;
const count = () => stack().querySelectorAll("li[data-layer]").length;
const button = (key) => document.querySelector(`.st-key-${key} button`);
const after = (one, two) => card(one) && card(two) && (card(one).compareDocumentPosition(card(two)) & 4) > 0;
const set = (name, field, value) => {
  const input = card(name).querySelector(`[data-field=${field}]`);
  input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
};
const key = (name, pressed, modifiers) =>
  head(name).dispatchEvent(
    new KeyboardEvent("keydown", { key: pressed, bubbles: true, composed: true, cancelable: true, ...modifiers }),
  );
