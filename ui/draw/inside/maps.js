// Two maps over the pixels. Blue with a + speaks for the class, orange with a − against it: the signs say the
// same as the colours. Each map has its own scale; what its strongest pixel stands for is told in words.

const CELL = 16; // pixels of the canvas for one of the picture
const SIGNED_FROM = 0.3; // of the strongest: fainter pixels have no sign
const FOR = [37, 99, 235];
const AGAINST = [217, 104, 12];

function fillMaps(place, told) {
  const name = told.classes[told.target];
  const output = told.outputs[told.target];
  const falls = told.shares ? `the network's ${told.word} for ${name}` : `the network's output for ${name}`;
  const size = (value) => (told.shares ? `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} points` : written(value));
  if (!place.firstChild) place.append(mapFigure(), mapFigure(), legend());
  const [hidden, gradient, key] = place.children;
  const occlusion = floats(told.occlusion);
  draw(hidden, told, occlusion, {
    title: "Hide a patch (occlusion)",
    scale: strongest(occlusion, (value) => `${falls} ${value > 0 ? "falls" : "rises"} by ${size(Math.abs(value))}`),
    how:
      `A black patch of ${told.patch} × ${told.patch} pixels slides over the picture. A pixel speaks for ${name} where ` +
      `${falls}, ${told.shares ? percent(output) : written(output)} for the whole picture, falls when it is hidden. ` +
      "It shows what this network leans on here, not what makes a " +
      `${told.noun} a ${name}: it can't show what is missing from the picture.`,
  });
  const product = floats(told.gradient);
  draw(gradient, told, product, {
    title: "Gradient × input",
    scale: strongest(product, (value) => `${value > 0 ? "+" : ""}${written(value)} of ${told.explained}`),
    how:
      `How steeply ${told.explained} for ${name} rises with a pixel's ink, times the ink it has; so paper has no part in it. ` +
      "It is true of tiny changes to this very drawing: it is no share, and no reason.",
  });
  const [plus, minus] = key.querySelectorAll("b");
  say(plus, `speaks for ${name}`);
  say(minus, `speaks against ${name}`);
}

function mapFigure() {
  const figure = make("figure");
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  const caption = make("figcaption");
  caption.append(make("h3"), make("p", "scale"), make("p", "quiet"));
  figure.append(canvas, caption);
  return figure;
}

function legend() {
  const key = make("p", "legend");
  for (const [kind, sign] of [["for", "+"], ["against", "−"]]) {
    const item = make("span", kind);
    item.append(make("i", "", sign), make("b"));
    key.append(item);
  }
  key.append(make("span", "quiet", "The stronger the colour, the more. The drawing shows through in grey."));
  return key;
}

function strongest(values, write) {
  let at = 0;
  for (let each = 1; each < values.length; each++) if (Math.abs(values[each]) > Math.abs(values[at])) at = each;
  return values[at] ? `Strongest pixel: ${write(values[at])}.` : "No pixel makes a difference.";
}

function draw(figure, told, values, { title, scale, how }) {
  const [canvas, caption] = figure.children;
  const [head, said, text] = caption.children;
  say(head, title);
  say(said, scale);
  say(text, how);
  canvas.setAttribute("aria-label", `${title}: a map over the ${told.side} × ${told.side} pixels of the drawing. ${scale}`);
  paint(canvas, told.side, bytes(told.image), values);
}

function paint(canvas, side, ink, values) {
  canvas.width = canvas.height = side * CELL;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  context.lineWidth = 2;
  for (let at = 0; at < values.length; at++) {
    const [x, y] = [(at % side) * CELL, Math.floor(at / side) * CELL];
    const strength = Math.abs(values[at]) / most;
    // the drawing in pale grey below; the colour covers it by the square root, so that the weaker is seen, too
    const paper = 255 - 70 * (ink[at] / 255);
    const colour = values[at] > 0 ? FOR : AGAINST;
    const cover = Math.sqrt(strength);
    const mixed = colour.map((part) => Math.round(part * cover + paper * (1 - cover)));
    context.fillStyle = `rgb(${mixed.join()})`;
    context.fillRect(x, y, CELL, CELL);
    if (strength < SIGNED_FROM) continue;
    context.strokeStyle = "#fff";
    context.beginPath();
    context.moveTo(x + 5, y + CELL / 2);
    context.lineTo(x + CELL - 5, y + CELL / 2);
    if (values[at] > 0) {
      context.moveTo(x + CELL / 2, y + 5);
      context.lineTo(x + CELL / 2, y + CELL - 5);
    }
    context.stroke();
  }
}
