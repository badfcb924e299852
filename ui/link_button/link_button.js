// Copies the address of this page with the design in it, and says so. Where a browser keeps its
// clipboard closed (an address without https), the link is shown to be copied by hand.

const OTHER_PAGES = /(train|draw|learn|runs)\/?$/; // the link opens the Build page, wherever it is copied

export default function (component) {
  const { design } = unpacked(component.data);
  const root = component.parentElement.querySelector(".ll-copy");
  const [button, field, said] = root.children;
  button.onclick = async () => {
    const address = new URL(location.origin + location.pathname.replace(OTHER_PAGES, ""));
    address.searchParams.set("design", design);
    try {
      await navigator.clipboard.writeText(address.href);
      field.hidden = true;
      said.textContent = "Copied.";
    } catch {
      field.value = address.href;
      field.hidden = false;
      field.select();
      said.textContent = "Press Ctrl + C to copy it.";
    }
    clearTimeout(root.forget);
    root.forget = setTimeout(() => (said.textContent = ""), 4000);
  };
}
