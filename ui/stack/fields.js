// --- the fields of an open card, as the catalog declares them -------------------------------------------

function fieldGrid(state, item, card, fields) {
  const grid = make("div", "fields");
  for (const field of fields) grid.append(newField(state, item, card, field));
  return grid;
}

function moreSettings(state, item, card, fields) {
  const more = make("details", "more");
  more.open = Boolean(item.more);
  more.ontoggle = () => (item.more = more.open);
  more.append(make("summary", "", "More settings"), fieldGrid(state, item, card, fields));
  return more;
}

function newField(state, item, card, field) {
  const kind = CONTROLS[field.type];
  const options = state.data.choices[field.options];
  const id = `${card.name}-${field.name}`;
  const control = kind.make(field, options);
  Object.assign(control, { id });
  control.dataset.field = field.name;
  const root = make("div", `field ${field.type}`);
  const label = make("label", "label", field.unit ? `${field.label}, ${field.unit}` : field.label);
  label.htmlFor = id;
  label.title = field.help;
  const help = make("p", "help");
  help.id = `${id}-help`;
  control.setAttribute("aria-describedby", help.id);
  const option = make("div", "option");
  root.append(...(field.type === "flag" ? [control, label] : [label, control]), option, help);
  if (options?.some((each) => each.help)) addQuestion(field, control, label);

  const explain = () => {
    const chosen = options?.find((each) => each.value === control.value);
    help.textContent = chosen?.help || field.help;
    if (options) option.replaceChildren(...optionPicture(chosen));
    root.classList.remove("wrong");
    control.removeAttribute("aria-invalid");
  };
  control.onchange = () => {
    const value = kind.read(control);
    explain();
    if (kind.allows(field, value)) {
      ask(state, { do: "change", name: card.name, field: field.name, value });
    } else {
      root.classList.add("wrong");
      control.setAttribute("aria-invalid", "true");
      help.textContent = `${capital(field.expected)}, please.`;
      announce(state, help.textContent);
    }
  };
  const shown = {};
  item.fields.set(field.name, {
    draw(value) {
      // what is being typed stays, unless the value itself has changed meanwhile
      const busy = focusedIn(state) === control || root.classList.contains("wrong");
      if (shown.value === value && busy) return;
      kind.write(control, value);
      shown.value = value;
      control.layerlabShown = control.value; // see isTyping
      explain();
    },
  });
  return root;
}

// The line below the box speaks of the option chosen, so what the field is stands behind a question mark.
function addQuestion(field, control, label) {
  const about = make("p", "help about", field.help);
  about.id = `${control.id}-about`;
  about.hidden = true;
  const question = textButton("question", "?", () => {
    about.hidden = !about.hidden;
    question.setAttribute("aria-expanded", String(!about.hidden));
  });
  question.title = field.help;
  question.setAttribute("aria-label", `What is ${field.label}?`);
  question.setAttribute("aria-expanded", "false");
  control.setAttribute("aria-describedby", `${about.id} ${control.id}-help`);
  const line = make("span", "asked");
  label.replaceWith(line);
  line.append(label, question);
  line.after(about);
}

// How each kind of field is made, read and written, and the same rule as in core/experiment/fields.py.
const NUMBER = {
  make: (field) => numberBox(field),
  read: (control) => control.valueAsNumber,
  write: (control, value) => (control.value = value),
};
const CONTROLS = {
  integer: { ...NUMBER, allows: (field, value) => Number.isInteger(value) && within(field, value) },
  real: { ...NUMBER, allows: (field, value) => Number.isFinite(value) && within(field, value) },
  choice: {
    make: (field, options) => {
      const select = make("select");
      for (const option of options) select.append(new Option(option.label, option.value));
      return select;
    },
    read: (control) => control.value,
    write: (control, value) => (control.value = value),
    allows: () => true,
  },
  flag: {
    make: () => Object.assign(make("input"), { type: "checkbox" }),
    read: (control) => control.checked,
    write: (control, value) => (control.checked = value),
    allows: () => true,
  },
  sizes: {
    make: () => textBox(),
    read: (control) => control.value,
    write: (control, value) => (control.value = value),
    allows: (field, value) => {
      const parts = value.length <= 80 ? value.trim().split(/[\s×x*,;]+/) : [];
      const enough = parts.length >= field.fewest && parts.length <= field.most;
      return enough && parts.every((part) => /^[0-9]+$/.test(part) && +part >= 1 && +part <= field.high);
    },
  },
  text: {
    make: () => textBox(),
    read: (control) => control.value,
    write: (control, value) => (control.value = value),
    allows: (field, value) => new RegExp(`^(?:${field.pattern})$`, "u").test(value),
  },
};

function numberBox(field) {
  const input = make("input");
  Object.assign(input, { type: "number", min: field.low, max: field.high, step: field.step });
  input.inputMode = field.type === "integer" ? "numeric" : "decimal";
  return input;
}

function textBox() {
  return Object.assign(make("input"), { type: "text", autocomplete: "off", spellcheck: false });
}

function within(field, value) {
  return value >= field.low && value <= field.high;
}

// --- what an option looks like ------------------------------------------------------------------------

function optionPicture(option) {
  const parts = [];
  if (option?.curve) parts.push(curve(option));
  if (option?.formula) parts.push(make("span", "maths", option.formula));
  return parts;
}

// The curve from x = -4 to 4; its height follows the values, and always shows -1 to 1.
function curve({ curve: values, label }) {
  const [width, height, edge] = [72, 44, 3];
  const low = Math.min(-1, ...values);
  const high = Math.max(1, ...values);
  const x = (index) => edge + (index / (values.length - 1)) * (width - 2 * edge);
  const y = (value) => height - edge - ((value - low) / (high - low)) * (height - 2 * edge);
  const shape = (tag, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const picture = shape("svg", { class: "curve", viewBox: `0 0 ${width} ${height}`, role: "img" });
  picture.setAttribute("aria-label", `The curve of ${label} from −4 to 4`);
  const middle = x((values.length - 1) / 2);
  picture.append(
    shape("line", { class: "axis", x1: 0, x2: width, y1: y(0), y2: y(0) }),
    shape("line", { class: "axis", x1: middle, x2: middle, y1: 0, y2: height }),
    shape("polyline", { points: values.map((value, index) => `${x(index)},${y(value)}`).join(" ") }),
  );
  return picture;
}
