// Shows the drawing that Python made (picture.py); nothing is computed here.

export default function (component) {
  const data = JSON.parse(new TextDecoder().decode(component.data));
  const { parentElement } = component;
  const root = parentElement.querySelector(".network");
  if (root.shown === data.svg) return;
  root.shown = data.svg;
  const parsed = new DOMParser().parseFromString(data.svg, "image/svg+xml");
  const svg = document.importNode(parsed.documentElement, true);
  svg.style.minWidth = `${data.narrowest}px`;
  root.replaceChildren(svg);
}
