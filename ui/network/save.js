// Saves the drawing as a file that stands alone: colours as numbers, no variables, nothing to fetch.

const KEPT = [
  "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "opacity",
  "font-size", "font-weight", "text-anchor", "image-rendering",
];
const USUAL = {
  "fill-opacity": "1", "stroke-opacity": "1", "stroke-dasharray": "none", opacity: "1",
  "image-rendering": "auto",
};

function save(svg) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([standalone(svg)], { type: "image/svg+xml" }));
  link.download = "layerlab-network.svg";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function standalone(svg) {
  const copy = svg.cloneNode(true);
  const styles = new Map();
  const seen = [...svg.querySelectorAll("*")];
  const written = [...copy.querySelectorAll("*")];
  seen.forEach((element, index) => dress(written[index], getComputedStyle(element), styles));
  for (const halo of copy.querySelectorAll(".layer:not(.selected) > .halo")) halo.remove();
  const rules = [...styles].map(([style, name]) => `.${name}{${style}}`).join("\n");
  const [width, height] = svg.getAttribute("viewBox").split(" ").slice(2);
  const paper = shape("rect", { width, height, fill: plain(token(svg, "--ll-card")) });
  const title = shape("title", {});
  title.textContent = svg.getAttribute("aria-label");
  const style = shape("style", {});
  style.textContent = `text{font-family:"Source Sans","Source Sans 3","Source Sans Pro",system-ui,sans-serif}\n${rules}`;
  copy.prepend(title, style, paper);
  for (const name of ["style", "aria-label"]) copy.removeAttribute(name);
  copy.setAttribute("role", "img");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return new XMLSerializer().serializeToString(copy);
}

// Gives one element of the copy a class for how it looks on the screen, shared with all that look alike.
function dress(element, computed, styles) {
  for (const name of ["tabindex", "data-tip"]) element.removeAttribute(name);
  if (element.localName === "g") return;
  const text = element.localName === "text";
  const style = KEPT.filter((name) => text || !/^(font|text)/.test(name))
    .map((name) => [name, /^(fill|stroke)$/.test(name) ? plain(computed[name]) : computed.getPropertyValue(name)])
    .filter(([name, value]) => value !== USUAL[name])
    .map((each) => each.join(":"))
    .join(";");
  if (!styles.has(style)) styles.set(style, `s${styles.size}`);
  element.setAttribute("class", `${element.classList.contains("halo") ? "halo " : ""}${styles.get(style)}`);
}

function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// Returns what a variable of the page comes to in the present scheme.
function token(svg, name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  svg.parentElement.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

// Programs that draw know #rrggbb; browsers may compute color(srgb …), which those don't.
const PLAIN = new Map();
function plain(color) {
  if (color === "none") return color;
  if (!PLAIN.has(color)) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
    const hex = [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
    PLAIN.set(color, alpha ? `#${hex}` : "none");
  }
  return PLAIN.get(color);
}
