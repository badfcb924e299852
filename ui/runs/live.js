// Hands what is new about the runs under way to the table on the same page (table.js).

export default function (component) {
  const { runs } = unpacked(component.data);
  window.dispatchEvent(new CustomEvent("layerlab-runs", { detail: runs }));
}
