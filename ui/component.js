// What every inline component has at hand: ui/component.py puts this before its own scripts.

// What Python's `payload` packed.
function unpacked(data) {
  return JSON.parse(new TextDecoder().decode(data));
}

// The address of something that this server serves beside the pages.
function served(path) {
  return location.pathname.slice(0, location.pathname.lastIndexOf("/")) + path;
}

function make(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  if (tag === "button") made.type = "button";
  return made;
}

function textButton(name, text, action = null) {
  const made = make("button", name, text);
  made.onclick = action;
  return made;
}

// The same words again would be read aloud again.
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Has words read aloud, and the same ones again.
function announce({ live }, text) {
  live.textContent = live.textContent === text ? `${text}.` : text;
}
