// What each layer gives, first to last: planes as small pictures, rows of numbers as rows of cells. Black is the
// layer's lowest value and white its highest; both stand beside it.

const TALL = 56; // pixels on the screen that a plane is about as high as
const NEURON = 12; // pixels of a cell that stands for one number
const NAMED = 26; // pixels of one with a class's name below it
const SHORT = 2; // letters of such a name

function fillLayers(place, told) {
  if (!place.firstChild) {
    place.append(
      make("h3", "", "Layer by layer"),
      make("p", "quiet", "Black is a layer's lowest value and white its highest. Planes with the largest mean come first. Layers that do nothing once training is over, like Dropout, are left out."),
      make("ol"),
    );
  }
  const list = place.lastChild;
  const last = told.layers.length - 1;
  const short = told.classes.every((name) => name.length <= SHORT) ? told.classes : null;
  const items = told.layers.map((layer, at) => {
    const named = at === last && layer.flat && layer.shown === told.classes.length ? short : null;
    return fillLayer(list.children[at] ?? newLayer(), layer, named);
  });
  if (items.length !== list.children.length || items.some((item, at) => item !== list.children[at])) list.replaceChildren(...items);
}

function newLayer() {
  const item = make("li");
  const about = make("div", "about");
  const range = make("p", "range");
  range.append(make("span"), make("i"), make("span"));
  about.append(make("b"), make("p", "quiet"), range);
  const tiles = make("div", "tiles");
  tiles.setAttribute("role", "img");
  const names = make("div", "names quiet");
  names.setAttribute("aria-hidden", "true");
  const given = make("div");
  given.append(tiles, names, make("small", "quiet"));
  item.append(about, given);
  return item;
}

function fillLayer(item, layer, named) {
  const [about, given] = item.children;
  const [tiles, names, more] = given.children;
  const [name, kind, range] = about.children;
  say(name, layer.name);
  const shape = make("span", "shape", layer.shape.map((size) => size.toLocaleString("en")).join(" × "));
  kind.replaceChildren(`${layer.kind}${layer.block ? ` in ${layer.block}` : ""} · `, shape);
  kind.title = layer.summary;
  const [low, , high] = range.children;
  say(low, Math.abs(layer.low) * 1000 < Math.abs(layer.high) && layer.low ? "≈ 0" : written(layer.low));
  say(high, written(layer.high));
  item.classList.toggle("same", layer.low === layer.high);
  item.classList.toggle("held", Boolean(layer.block));
  say(more, remark(layer));
  more.hidden = !more.textContent;
  const what = layer.flat ? `${layer.count} numbers` : `${layer.count} planes of ${layer.shape[0]} × ${layer.shape[1] ?? 1}`;
  tiles.setAttribute("aria-label", `${layer.name}: ${what}, from ${written(layer.low)} to ${written(layer.high)}`);
  const pixels = bytes(layer.tiles);
  names.hidden = !named;
  names.replaceChildren(...(named ?? []).map((name) => make("span", "", name)));
  tiles.classList.toggle("planes", !layer.flat);
  if (layer.flat) fillRow(tiles, layer, pixels, named ? NAMED : NEURON);
  else fillPlanes(tiles, layer, pixels);
  return item;
}

function remark(layer) {
  const told = [];
  if (layer.low === layer.high) told.push("All its values are the same.");
  if (layer.shown < layer.count) told.push(`${(layer.count - layer.shown).toLocaleString("en")} more are not shown.`);
  if (layer.thinned > 1) told.push(`Every ${layer.thinned}. pixel is shown.`);
  return told.join(" ");
}

function fillPlanes(tiles, layer, pixels) {
  const [tall, wide] = layer.tile;
  const times = Math.max(1, Math.round(TALL / tall));
  const canvases = canvasesOf(tiles, layer.shown);
  canvases.forEach((canvas, at) => {
    shade(canvas, wide, tall, pixels.subarray(at * tall * wide, (at + 1) * tall * wide), tall * wide);
    canvas.style.width = `${wide * times}px`;
  });
}

function fillRow(tiles, layer, pixels, size) {
  const [tall, wide] = layer.tile;
  const [canvas] = canvasesOf(tiles, 1);
  shade(canvas, wide, tall, pixels, layer.shown);
  canvas.style.width = `${wide * size}px`;
}

function canvasesOf(tiles, count) {
  while (tiles.children.length > count) tiles.lastChild.remove();
  while (tiles.children.length < count) tiles.append(make("canvas"));
  return [...tiles.children];
}

function shade(canvas, wide, tall, pixels, shown) {
  canvas.width = wide;
  canvas.height = tall;
  const context = canvas.getContext("2d");
  const image = context.createImageData(wide, tall);
  for (let at = 0; at < shown; at++) {
    image.data.fill(pixels[at], 4 * at, 4 * at + 3);
    image.data[4 * at + 3] = 255; // what is not shown stays transparent
  }
  context.putImageData(image, 0, 0);
}
